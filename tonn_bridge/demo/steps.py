"""The job itself, step by step, each with what has to hold after it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import soundfile

from tonn_bridge.client import Document
from tonn_bridge.demo import hands
from tonn_bridge.demo.hands import HANDS_DB, MUTED, adjusted, turned
from tonn_bridge.demo.learn_step import learn
from tonn_bridge.demo.measure import stem_gains
from tonn_bridge.demo.mixes import EXACT_DB, Mix, column, half_way, mix_of, same, same_mix
from tonn_bridge.demo.plug_ins import asked, audible, held, middle, near, positions, same_positions
from tonn_bridge.demo.proof import all_confirmed, found_everywhere, setting_results
from tonn_bridge.demo.remote import at_rest
from tonn_bridge.demo.report import Finding, Report, TrackResult
from tonn_bridge.demo.ruler import Ruler
from tonn_bridge.demo.stage import KEY, USER_MIX, Stage, user_tracks
from tonn_bridge.demo.verify_step import verify

KEPT_AFTER_S = 1.0
"""What has stood for so long survives a crash (contract, section 5)."""

ARRIVED_DB = 0.1
GONE_DB = -50.0
NOTHING_ELSE_DB = -50.0
"""What the final mix may hold beside the stems, against the whole: the rounding to 16 bits lies at about -55 dB."""

WAIT_S = 10.0


@dataclass(frozen=True, slots=True)
class Step:
    """A part of the job: its name, what is done in a few words, and how."""

    name: str
    does: str
    run: Callable[[Stage, Report], Awaitable[None]]


async def meet(stage: Stage, report: Report) -> None:
    await stage.daemon.start()
    report.check("it runs", Finding(True, f"process {stage.daemon.pid}, at {stage.ports.url}"))
    document = await stage.bridge.settled(_met, WAIT_S)
    found = same_mix(stage.names, USER_MIX, mix_of(document, "current"))
    report.check("it reads the user's faders and pans", found)
    report.check("it finds an equaliser and a compressor on each track", found_everywhere(document))


async def preview(stage: Stage, report: Report) -> None:
    remote = stage.remote
    remote.subscribe()
    remote.press("preview")
    await remote.until(lambda: remote.states[-1:] in (["ready"], ["error"]), seconds=60.0)
    document = await stage.bridge.ended("preview", lambda now: now["preview_file"] is not None)
    seen = Finding(remote.states[-1:] == ["ready"] and "mixing" in remote.states, ", ".join(remote.states))
    report.check("the OSC remote is told how it goes", seen)
    missing = [track["name"] for track in document["tracks"] if track["proposal"] is None]
    came = Finding(not missing, f"none for {', '.join(missing)}" if missing else "gain, pan, EQ, compressor")
    report.check(f"Tonn's settings come for all {len(stage.names)} tracks", came)
    report.check("the preview is a file that plays", await _plays(document["preview_file"]))


async def apply(stage: Stage, report: Report) -> None:
    document = await stage.bridge.act("apply")
    report.check("every fader and pan stands where Tonn put it", _daw_shows(stage, mix_of(document, "proposal")))
    proposals, tracks = _proposals(document), stage.daw.tracks
    wanted = {name: asked(proposal) for name, proposal in proposals.items()}
    stands = {track.name: held(track, proposals[track.name]) for track in tracks}
    report.check("equalisers and compressors hold Tonn's settings", near(wanted, stands))
    report.settings = setting_results(document, tracks, stands)
    report.check("every value was read back, and is confirmed", all_confirmed(document))
    report.check("the user's own mix is kept", same_mix(stage.names, USER_MIX, mix_of(document, "user")))
    report.check("nothing counts as an adjustment yet", adjusted(document, {}))
    report.check("nor as turned", turned(document, {}))
    stage.knobs["tonn"] = positions(stage.daw)


async def ride(stage: Stage, report: Report) -> None:
    await hands.ride(stage.daw)
    stage.knobs["ridden"] = positions(stage.daw)
    document = await stage.bridge.settled(lambda now: adjusted(now).ok and turned(now).ok, WAIT_S)
    report.check("each move is an adjustment in dB, and nothing else is", adjusted(document))
    report.check("the turned plug-ins are seen, and no others", turned(document))
    muted = [track["name"] for track in document["tracks"] if track["muted"]]
    report.check("the mute is seen", Finding(muted == [MUTED], f"muted: {', '.join(muted) or 'none'}"))


async def compare(stage: Stage, report: Report) -> None:
    stage.remote.press("compare")
    await stage.bridge.ended("compare", lambda now: now["showing"] == "user")
    report.check("the DAW shows the user's mix, exactly", _daw_shows(stage, USER_MIX))
    report.check("and the user's own plug-ins", _knobs_are(stage, "user"))
    report.check("the adjustments stand still meanwhile", _all_adjusted(stage.bridge.seen))


async def crash(stage: Stage, report: Report) -> None:
    """SIGKILL a second after the last change, where the DAW itself knows nothing of the hands' moves any more."""
    before, pid = stage.bridge.document, stage.daemon.pid
    await stage.daw.clock.sleep(KEPT_AFTER_S)
    await stage.daemon.kill()
    await stage.daemon.start()
    document = await stage.bridge.settled(_met, WAIT_S)
    stage.remote.subscribe()
    back = Finding(stage.daemon.pid not in (None, pid), f"process {pid} was killed, {stage.daemon.pid} runs")
    report.check("the daemon is back", back)
    report.check("the user's mix is still known", same_mix(stage.names, USER_MIX, mix_of(document, "user")))
    baselines = column(before, "baseline_db"), column(document, "baseline_db")
    report.check("so is the baseline", same(stage.names, *baselines, within=EXACT_DB, unit="dB"))
    report.check("so are the adjustments", _all_adjusted([document]))
    report.check("and what was turned", turned(document))
    report.check("no fader has moved", _daw_shows(stage, USER_MIX))
    report.check("and no dial", _knobs_are(stage, "user"))


async def compare_back(stage: Stage, report: Report) -> None:
    tonn = mix_of(stage.bridge.document, "proposal")
    moved_db = [HANDS_DB.get(name, 0.0) for name in stage.names]
    ridden = Mix([db + moved for db, moved in zip(tonn.faders_db, moved_db, strict=True)], tonn.pans)
    stage.remote.press("compare")
    await stage.bridge.ended("compare", lambda now: now["showing"] == "proposal")
    report.check("the DAW shows Tonn's mix as the hands left it", _daw_shows(stage, ridden))
    report.check("and its plug-ins, exactly as the hands left them", _knobs_are(stage, "ridden"))
    report.check("the adjustments are what they were", _all_adjusted(stage.bridge.seen))


async def morph(stage: Stage, report: Report) -> None:
    document = stage.bridge.document
    tonn = mix_of(document, "proposal")
    half = half_way(USER_MIX, tonn)
    off_db = {name: h - t for name, h, t in zip(stage.names, half.faders_db, tonn.faders_db, strict=True)}
    await stage.bridge.act("morph", value=0.5)
    proposals = _proposals(document)
    await stage.daw.until(lambda: _daw_shows(stage, half).ok and _half_way_in_plug_ins(stage, proposals).ok, WAIT_S)
    report.check("0.5 is half-way between the mixes, in dB", _daw_shows(stage, half))
    report.check("and between the settings of the plug-ins", _half_way_in_plug_ins(stage, proposals))
    document = await stage.bridge.settled(lambda now: adjusted(now, off_db).ok, WAIT_S)
    report.check("which is an adjustment like any other", adjusted(document, off_db))
    await stage.bridge.act("morph", value=1.0)
    await stage.daw.until(lambda: _daw_shows(stage, tonn).ok and _knobs_are(stage, "tonn").ok, WAIT_S)
    report.check("1.0 is Tonn's mix", _daw_shows(stage, tonn))
    report.check("and Tonn's plug-ins, exactly", _knobs_are(stage, "tonn"))


async def revert(stage: Stage, report: Report) -> None:
    await stage.bridge.act("revert")
    report.check("the user's mix stands again, exactly", _daw_shows(stage, USER_MIX))
    report.check("and the user's own plug-ins", _knobs_are(stage, "user"))
    refused = await stage.bridge.refuses("final")
    report.check("a final mix of it is refused", Finding(refused is not None, refused or "it was begun"))


async def final(stage: Stage, report: Report) -> None:
    document = await stage.bridge.act("final")
    report.check("the final mix is a file that plays", await _plays(document["final_file"]))
    ruler, task_id = Ruler(stage.sandbox_url, KEY), document["task_id"]
    tracks, proposal = (await ruler.final_request(task_id))["trackData"], await ruler.proposal(task_id)
    report.check("the turned settings went with it", hands.sent(stage.names, tracks, list(proposal.values())))
    charged = await ruler.charges()
    once = Finding(charged == ["fx_settings", "final"], f"charged: {', '.join(charged) or 'nothing'}")
    report.check("settings and final mix are charged once each", once)


async def measure(stage: Stage, report: Report) -> None:
    document = stage.bridge.document
    stems = await Ruler(stage.sandbox_url, KEY).unmoved_stems(document["task_id"], stage.folder)
    measured = await asyncio.to_thread(stem_gains, Path(document["final_file"]), stems)
    rows = zip(document["tracks"], USER_MIX.faders_db, measured.gains_db, strict=True)
    report.tracks = [_result(track, user_db, got_db) for track, user_db, got_db in rows]
    heard = [track for track in report.tracks if not track.muted]
    moved_db, got_db = [track.moved_db for track in heard], [track.got_db for track in heard]
    arrived = same([track.name for track in heard], moved_db, got_db, within=ARRIVED_DB, unit="dB")
    report.check(f"every adjustment arrived within {ARRIVED_DB:g} dB", arrived)
    (silent,) = (track for track in report.tracks if track.muted)
    gone = Finding(silent.got_db <= GONE_DB, f"{silent.name} at {silent.got_db:.1f} dB")
    report.check("the muted track is gone", gone)
    rest = Finding(measured.rest_db <= NOTHING_ELSE_DB, f"the rest is at {measured.rest_db:.0f} dB")
    report.check("nothing else is in the mix", rest)


STEPS = (
    Step("Learn", "the dials of ReaEQ and ReaComp, as `tonn-bridge learn plugin` does", learn),
    Step("Meet", "the daemon, and REAPER tells it the user's mix", meet),
    Step("Preview", "a button on an OSC remote: stems up, a mix down", preview),
    Step("Verify", "the settings rendered here, against that mix", verify),
    Step("Apply", "Tonn's mix: gliding onto the faders, set in the plug-ins, read back", apply),
    Step("Ride", "hands on three faders (one glides) and two plug-ins, a mute", ride),
    Step("Compare", "the remote's other button: how it was before", compare),
    Step("Crash", "kill -9, and the daemon is started again", crash),
    Step("And back", "the same button: Tonn's mix and the hands' moves", compare_back),
    Step("Morph", "between the user's mix and Tonn's", morph),
    Step("Revert", "the user's mix back", revert),
    Step("Apply again", "after all", apply),
    Step("Ride again", "the same moves", ride),
    Step("Final", "asked for once, with the hands' moves", final),
    Step("Measure", "what is in the final mix, stem by stem", measure),
)


def _daw_shows(stage: Stage, wanted: Mix) -> Finding:
    return same_mix(stage.names, wanted, stage.shown)


def _met(document: Document) -> bool:
    """Whether the DAW has told its faders and its plug-ins."""
    return at_rest(document) and mix_of(document, "current").known and all(t["plugins"] for t in document["tracks"])


def _knobs_are(stage: Stage, whose: str) -> Finding:
    """Whether all dials stand where they stood in the mix of "user", "tonn", or "ridden" by the hands."""
    return same_positions(stage.knobs[whose], positions(stage.daw))


def _proposals(document: Document) -> dict[str, Document]:
    return {track["name"]: track["proposal"] for track in document["tracks"]}


def _half_way_in_plug_ins(stage: Stage, proposals: dict[str, Document]) -> Finding:
    """Whether the plug-ins stand in the middle of the user's settings, as they sounded, and Tonn's."""
    users = user_tracks(stage.names)
    wanted = {t.name: middle(audible(t, proposals[t.name]), asked(proposals[t.name])) for t in users}
    return near(wanted, {track.name: held(track, proposals[track.name]) for track in stage.daw.tracks})


def _all_adjusted(documents: list[Document]) -> Finding:
    """Whether the hands' moves are the adjustments in every one of these documents; the first where they are not."""
    found = [adjusted(document) for document in documents]
    return next((finding for finding in found if not finding.ok), found[-1])


async def _plays(file: str | None) -> Finding:
    if file is None:
        return Finding(False, "there is no file")
    try:
        info = await asyncio.to_thread(soundfile.info, file)
    except (OSError, RuntimeError) as exc:
        return Finding(False, f"{file}: {exc}")
    return Finding(info.duration > 1.0, f"{info.duration:.1f} s, {info.format}, {info.samplerate} Hz")


def _result(track: Document, user_db: float, got_db: float) -> TrackResult:
    name: str = track["name"]
    moved_db, muted = HANDS_DB.get(name, 0.0), name == MUTED
    return TrackResult(
        number=track["number"],
        name=name,
        user_db=user_db,
        tonn_db=round(track["proposal"]["gain_db"], 3),
        moved_db=moved_db,
        muted=muted,
        got_db=round(got_db, 3) + 0.0,  # no -0.0
        error_db=None if muted else round(abs(got_db - moved_db), 3),
    )
