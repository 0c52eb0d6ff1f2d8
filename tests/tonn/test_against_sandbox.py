"""The client's whole way, against the real sandbox over real HTTP."""

import asyncio

import pytest
import soundfile
from pydantic import SecretStr

from tests.sandbox_server import SandboxServer, sandbox, write_stem
from tonn_bridge.core.values import Pan
from tonn_bridge.errors import KeyRefused, NoCredits, PaidOutcomeUnknown, TonnRejected
from tonn_bridge.tonn import (
    FinalMove,
    InstrumentGroup,
    MusicalStyle,
    PanPreference,
    Presence,
    PreviewTrack,
    Reverb,
    StemSource,
    TonnClient,
    Units,
    check_stems,
    final_request,
    preview_request,
    translate,
)

__all__ = ["sandbox"]


def quiet(*_):
    """Nobody looks at the progress."""


@pytest.fixture
async def tonn(sandbox: SandboxServer, eager):
    async with TonnClient(sandbox.url, SecretStr("test"), clock=eager) as client:
        yield client


@pytest.fixture
def stems(tmp_path):
    folders = {"low": 110.0, "high": 1760.0}  # two stems of one file name
    paths = [write_stem(tmp_path / name / "Stem.wav", 2.0, hz) for name, hz in folders.items()]
    return check_stems([StemSource(n, path.parent.name, path, None) for n, path in enumerate(paths, start=1)])


async def uploaded(tonn, stems):
    urls = {}

    async def on_done(stem, url):
        urls[stem.number] = url

    await tonn.upload_all(stems, quiet, on_done)
    return sorted(urls.items())


def request_for(tracks):
    words = {"presence": Presence.NORMAL, "pan": PanPreference.LEFT, "reverb": Reverb.NONE}
    return preview_request(
        [PreviewTrack(track_url=url, group=InstrumentGroup.SYNTH, **words) for _, url in tracks],
        MusicalStyle.POP,
        44_100,
        False,
        None,
    )


async def previewed(tonn, tracks):
    """The name of a task that is done."""
    task_id = await tonn.request_preview(request_for(tracks))
    async with asyncio.timeout(30):
        while not (await tonn.preview_status(task_id)).done:
            pass
    return task_id


def final_of(task_id, tracks):
    moves = [FinalMove(number, url, 3.0 * number, pan=Pan(0.5)) for number, url in tracks]
    return final_request(task_id, moves, sample_rate=48_000, return_stems=True, webhook_url=None)[0]


async def test_from_stems_to_the_final_mix(tonn, sandbox, stems, tmp_path):
    assert (await tonn.health())["status"] == "ok"
    tracks = await uploaded(tonn, stems)
    task_id = await previewed(tonn, tracks)
    status = await tonn.wait_for_preview(task_id, asyncio.Event(), quiet)
    preview = await tonn.download(status.preview_url, tmp_path / "mixes" / "preview.mp3")
    assert soundfile.info(preview).format == "MP3"
    assert sandbox.charges()["total"] == 0, "waiting never asks for what costs credits"

    settings = translate(await tonn.fetch_settings(task_id), tracks, Units())
    assert settings.keys() == {1, 2}
    assert all(track.gain_db is not None and track.limited == () for track in settings.values())
    assert sandbox.charges()["total"] == 25

    result = await tonn.request_final(final_of(task_id, tracks))
    assert sandbox.charges()["total"] == 275
    mix = await tonn.download(result.download_url, tmp_path / "mixes" / "final.wav")
    assert soundfile.info(mix).samplerate == 48_000
    assert len(result.stems) == 2
    moved = translate(result.settings, tracks, Units())
    for number in (1, 2):
        assert moved[number].gain_db == pytest.approx(settings[number].gain_db + 3.0 * number, abs=0.01)
        assert moved[number].pan == Pan(0.5)
        assert moved[number].eq == settings[number].eq


@pytest.mark.parametrize(
    ("spoken", "units"),
    [
        ({"times": "ms"}, Units()),
        ({"times": "ms"}, Units(times="ms")),
        ({"times": "s"}, Units(times="s")),
        ({"pan": "left_positive"}, Units(pan="left_positive")),
    ],
)
async def test_settings_mean_the_same_in_whatever_units_they_are_told(spoken, units, tonn, sandbox, stems):
    tracks = await uploaded(tonn, stems)
    task_id = await previewed(tonn, tracks)
    plain = translate(await tonn.fetch_settings(task_id), tracks, Units())
    sandbox.units(**spoken)
    other = translate(await tonn.fetch_settings(task_id), tracks, units)
    for number, _ in tracks:
        one, two = plain[number], other[number]
        assert (one.gain_db, one.trim_db, one.pan, one.eq) == (two.gain_db, two.trim_db, two.pan, two.eq)
        assert one.comp.attack_s == pytest.approx(two.comp.attack_s, rel=0.02)
        assert one.comp.release_s == pytest.approx(two.comp.release_s, rel=0.02)


async def test_a_preview_outlives_what_goes_wrong_on_the_way(tonn, eager, sandbox, stems, tmp_path):
    sandbox.faults(
        {"endpoint": "/upload", "status": 503, "retry_after_s": 1},
        {"endpoint": "/uploads", "expired": True},
        {"endpoint": "/uploads", "cut_after": 1000},
        {"endpoint": "/uploads", "status": 500},
        {"endpoint": "/mixpreview", "cut_after": 0},
        {"endpoint": "/downloads", "cut_after": 1000},
    )
    tracks = await uploaded(tonn, stems)
    task_id = await previewed(tonn, tracks)
    status = await tonn.preview_status(task_id)
    preview = await tonn.download(status.preview_url, tmp_path / "preview.mp3")
    assert soundfile.info(preview).frames > 0
    assert sandbox.charges()["total"] == 0
    assert len(eager.pauses) == 6, "each fault has cost one pause"


async def test_a_paid_answer_that_is_cut_is_charged_once_and_never_asked_for_again(tonn, sandbox, stems):
    tracks = await uploaded(tonn, stems)
    task_id = await previewed(tonn, tracks)
    sandbox.faults({"endpoint": "/retrievefinalmix", "times": 1, "cut_after": 20})
    with pytest.raises(PaidOutcomeUnknown):
        await tonn.request_final(final_of(task_id, tracks))
    (task,) = sandbox.tasks()
    assert [request["endpoint"] for request in task["requests"]].count("/retrievefinalmix") == 1
    assert sandbox.charges()["total"] == 250


@pytest.mark.parametrize(("key", "kind"), [("wrong", KeyRefused), (None, KeyRefused), ("broke", NoCredits)])
async def test_refusals_are_told_apart(key, kind, sandbox, stems, eager):
    secret = SecretStr(key) if key else None
    async with TonnClient(sandbox.url, secret, clock=eager) as tonn:
        with pytest.raises(kind):
            await tonn.upload(stems[0], quiet)


async def test_what_the_service_says_about_bad_input_is_passed_on(tonn, sandbox):
    with pytest.raises(TonnRejected, match="task gone not found"):
        await tonn.preview_status("gone")
