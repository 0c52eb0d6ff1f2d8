"""The job itself, step by step, each with what has to hold after it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import soundfile

from tonn_bridge.client import Document
from tonn_bridge.demo.measure import stem_gains
from tonn_bridge.demo.mixes import EXACT_DB, Mix, column, half_way, mix_of, same, same_mix
from tonn_bridge.demo.remote import at_rest
from tonn_bridge.demo.report import Finding, Report, TrackResult
from tonn_bridge.demo.ruler import Ruler
from tonn_bridge.demo.stage import KEY, USER_MIX, Stage
from tonn_bridge.demo.verify_step import verify

GLIDED, MUTED = "Bass", "Pad"
HANDS_DB = {"Voice": 2.0, "Hats": -3.0, GLIDED: 1.5}
"""What the hands do to Tonn's mix."""

HAND_S, HAND_STEPS = 0.5, 25
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
    document = await stage.bridge.settled(lambda now: at_rest(now) and mix_of(now, "current").known, WAIT_S)
    found = same_mix(stage.names, USER_MIX, mix_of(document, "current"))
    report.check("the daemon reads the user's faders and pans", found)


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
    report.check("the user's own mix is kept", same_mix(stage.names, USER_MIX, mix_of(document, "user")))
    report.check("nothing counts as an adjustment yet", _adjusted(stage, document, {}))


async def ride(stage: Stage, report: Report) -> None:
    """A mute, two jumps and a glide on three faders, each from where Tonn's mix has put it."""
    daw = stage.daw
    daw.mute(MUTED, True)
    for name, moved_db in HANDS_DB.items():
        if name != GLIDED:
            daw.hand_move(name, daw.track(name).db + moved_db)
    await daw.hand_glide(GLIDED, daw.track(GLIDED).db + HANDS_DB[GLIDED], HAND_S, HAND_STEPS)
    document = await stage.bridge.settled(lambda now: _adjusted(stage, now, HANDS_DB).ok, WAIT_S)
    report.check("each move is an adjustment in dB, and nothing else is", _adjusted(stage, document, HANDS_DB))
    muted = [track["name"] for track in document["tracks"] if track["muted"]]
    report.check("the mute is seen", Finding(muted == [MUTED], f"muted: {', '.join(muted) or 'none'}"))


async def compare(stage: Stage, report: Report) -> None:
    stage.remote.press("compare")
    await stage.bridge.ended("compare", lambda now: now["showing"] == "user")
    report.check("the DAW shows the user's mix, exactly", _daw_shows(stage, USER_MIX))
    report.check("the adjustments stand still meanwhile", _all_adjusted(stage, stage.bridge.seen))


async def crash(stage: Stage, report: Report) -> None:
    """SIGKILL a second after the last change, where the DAW itself knows nothing of the hands' moves any more."""
    before, pid = stage.bridge.document, stage.daemon.pid
    await stage.daw.clock.sleep(KEPT_AFTER_S)
    await stage.daemon.kill()
    await stage.daemon.start()
    document = await stage.bridge.settled(lambda now: at_rest(now) and mix_of(now, "current").known, WAIT_S)
    stage.remote.subscribe()
    back = Finding(stage.daemon.pid not in (None, pid), f"process {pid} was killed, {stage.daemon.pid} runs")
    report.check("the daemon is back", back)
    report.check("the user's mix is still known", same_mix(stage.names, USER_MIX, mix_of(document, "user")))
    baselines = column(before, "baseline_db"), column(document, "baseline_db")
    report.check("so is the baseline", same(stage.names, *baselines, within=EXACT_DB, unit="dB"))
    report.check("so are the adjustments", _all_adjusted(stage, [document]))
    report.check("no fader has moved", _daw_shows(stage, USER_MIX))


async def compare_back(stage: Stage, report: Report) -> None:
    tonn = mix_of(stage.bridge.document, "proposal")
    moved_db = [HANDS_DB.get(name, 0.0) for name in stage.names]
    ridden = Mix([db + moved for db, moved in zip(tonn.faders_db, moved_db, strict=True)], tonn.pans)
    stage.remote.press("compare")
    await stage.bridge.ended("compare", lambda now: now["showing"] == "proposal")
    report.check("the DAW shows Tonn's mix as the hands left it", _daw_shows(stage, ridden))
    report.check("the adjustments are what they were", _all_adjusted(stage, stage.bridge.seen))


async def morph(stage: Stage, report: Report) -> None:
    tonn = mix_of(stage.bridge.document, "proposal")
    half = half_way(USER_MIX, tonn)
    off_db = {name: h - t for name, h, t in zip(stage.names, half.faders_db, tonn.faders_db, strict=True)}
    await _morph_to(stage, 0.5, half)
    report.check("0.5 is half-way between the mixes, in dB", _daw_shows(stage, half))
    document = await stage.bridge.settled(lambda now: _adjusted(stage, now, off_db).ok, WAIT_S)
    report.check("which is an adjustment like any other", _adjusted(stage, document, off_db))
    await _morph_to(stage, 1.0, tonn)
    report.check("1.0 is Tonn's mix", _daw_shows(stage, tonn))


async def revert(stage: Stage, report: Report) -> None:
    await stage.bridge.act("revert")
    report.check("the user's mix stands again, exactly", _daw_shows(stage, USER_MIX))
    refused = await stage.bridge.refuses("final")
    report.check("a final mix of it is refused", Finding(refused is not None, refused or "it was begun"))


async def final(stage: Stage, report: Report) -> None:
    document = await stage.bridge.act("final")
    report.check("the final mix is a file that plays", await _plays(document["final_file"]))
    charged = await Ruler(stage.sandbox_url, KEY).charges()
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
    Step("Meet", "REAPER tells the user's mix", meet),
    Step("Preview", "a button on an OSC remote: stems up, a mix down", preview),
    Step("Verify", "the settings rendered here, against that mix", verify),
    Step("Apply", "Tonn's mix, gliding onto the faders", apply),
    Step("Ride", "hands on three faders (one glides), a mute", ride),
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


async def _morph_to(stage: Stage, amount: float, goal: Mix) -> None:
    await stage.bridge.act("morph", value=amount)
    await stage.daw.until(lambda: _daw_shows(stage, goal).ok, WAIT_S)


def _daw_shows(stage: Stage, wanted: Mix) -> Finding:
    return same_mix(stage.names, wanted, stage.shown)


def _adjusted(stage: Stage, document: Document, moved_db: dict[str, float]) -> Finding:
    """Whether the document's adjustments are these, and 0 for every other track."""
    wanted = [moved_db.get(name, 0.0) for name in stage.names]
    return same(stage.names, wanted, column(document, "adjust_db"), within=EXACT_DB, unit="dB")


def _all_adjusted(stage: Stage, documents: list[Document]) -> Finding:
    """Whether the hands' moves are the adjustments in every one of these documents; the first where they are not."""
    found = [_adjusted(stage, document, HANDS_DB) for document in documents]
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
