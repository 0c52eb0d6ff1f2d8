"""`verify`: from a preview that the daemon has fetched to a verdict, and from the verdict to the session file."""

import json
import sys

import pytest
import soundfile

from tests.daemon import free_address, make_session, running_daemon
from tests.fidelity.songs import BAND, play
from tests.sandbox_server import sandbox
from tonn_bridge.engine.journal import Step
from tonn_bridge.session import load_session
from tonn_bridge.store import Store

__all__ = ["sandbox"]

SIDES = (BAND[2], BAND[0], BAND[3])  # make_session asks for left, centre, right in turn


@pytest.fixture
async def mixed(sandbox, tmp_path):
    """A session whose preview a real daemon has fetched from the sandbox, settings and all; the session's file."""

    async def mix(**units):
        sandbox.units(**units)
        (tmp_path / "stems").mkdir()
        for place, part in enumerate(SIDES):
            soundfile.write(tmp_path / "stems" / f"{place}.wav", play(part, 4.0, place), 44_100, subtype="PCM_24")
        names = [part.name for part in SIDES]
        session = make_session(tmp_path, names, "reaper", send=free_address(), tonn=sandbox.url)
        async with running_daemon(session, tmp_path / "kept") as daemon:
            await daemon.does("preview")
        return session.path

    return mix


async def test_a_session_that_reads_all_of_it_right_is_told_so(run_here, mixed):
    await mixed()
    ended = await run_here("verify")
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert lines[0] == "Song preview.mp3: 4.0 s from 0:00.0 of the song, 3 of 3 stems rendered"
    assert lines[2].startswith("residual  -")
    assert "an MP3 like this one alone leaves" in lines[2]
    assert any(line.startswith("attack and release: seconds (residual -") for line in lines)
    assert any(line.startswith("pan: negative is left (residual -") for line in lines)
    assert any(line.startswith("trim: applied (residual -") for line in lines)
    assert all(any(name in line for line in lines) for name in ("Keys", "Kick", "Hats"))


async def test_json_has_it_all(run_here, mixed, sandbox):
    path = await mixed(times="ms", pan="left_positive")
    ended = await run_here("verify", path, "--json")
    found = json.loads(ended.out)
    assert {key: verdict["answer"] for key, verdict in found["verdicts"].items()} == {
        "times": "ms",
        "pan": "left_positive",
        "trim": "apply",
    }
    assert found["verdicts"]["times"]["session_is_right"] is True  # the session says auto
    assert found["verdicts"]["pan"]["session_is_right"] is False
    assert ended.code == 1
    assert found["task_id"] == sandbox.tasks()[0]["task_id"]
    assert found["residual_db"] == min(reading["residual_db"] for reading in found["readings"]) < -10.0
    assert [track["name"] for track in found["tracks"]] == ["Keys", "Kick", "Hats"]
    assert found["tracks"][0]["balance_heard_db"] < -5.0 < 5.0 < found["tracks"][2]["balance_heard_db"]
    assert len(found["bands"]) == 10


async def test_a_session_that_reads_it_wrong_fails_until_it_is_stored(run_here, mixed, sandbox):
    path = await mixed()
    text = path.read_text().replace("[tonn]", '[tonn]\ntimes = "ms"         # a guess\npan = "left_positive"')
    path.write_text(text)
    ended = await run_here("verify")
    assert ended.code == 1
    assert ended.err.startswith(
        'tonn-bridge: session.toml: times = "ms" is wrong for this preview, which was made with'
    )
    assert 'pan = "left_positive" is wrong' in ended.err
    assert ended.err.endswith("`tonn-bridge verify --store` do it\n")
    assert path.read_text() == text
    stored = await run_here("verify", "--store")
    assert (stored.code, stored.err) == (0, "")
    assert 'wrote times = "s", pan = "left_negative", trim = "apply" into [tonn] of' in stored.out
    assert 'times = "s"         # a guess\n' in path.read_text()
    tonn = load_session(path).tonn
    assert (tonn.times, tonn.pan, tonn.trim) == ("s", "left_negative", "apply")
    assert (await run_here("verify")).code == 0
    assert len(sandbox.charges()["charges"]) == 1


async def test_what_is_not_clear_is_not_stored(run_here, mixed):
    path = await mixed(trim=False)
    stored = await run_here("verify", "--store", "--json")
    assert json.loads(stored.out)["verdicts"]["trim"]["why"] == "Tonn sent no trim"
    assert 'wrote times = "s", pan = "left_negative" into [tonn]' in stored.err
    assert "trim" not in path.read_text()


async def test_without_a_preview_it_says_what_to_do_first(run_here, tmp_path, session_text):
    (tmp_path / "session.toml").write_text(session_text)
    ended = await run_here("verify")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == (
        "tonn-bridge: session.toml has no preview yet; ask for one first: tonn-bridge run, then tonn-bridge preview\n"
    )
    assert not (tmp_path / "kept/state/tonn-bridge.sqlite").exists()


async def test_without_the_settings_it_says_how_to_get_them(run_here, tmp_path, session_text):
    path = tmp_path / "session.toml"
    path.write_text(session_text)
    sources = {"1": str(tmp_path / "kick.wav"), "2": str(tmp_path / "bass.wav")}
    async with Store.open(tmp_path / "kept/state/tonn-bridge.sqlite") as store:
        await store.journal(str(path), Step.PREVIEW_WANTED, {"fingerprint": "f"}, 1.0)
        task = {"task_id": "t", "urls": dict.fromkeys("12", "https://a/b.wav"), "sources": sources}
        await store.journal(str(path), Step.TASK_CREATED, task, 2.0)
        await store.journal(str(path), Step.PREVIEW_SAVED, {"file": str(tmp_path / "preview.mp3")}, 3.0)
        await store.journal(str(path), Step.SETTINGS_DECLINED, {}, 4.0)
    ended = await run_here("verify")
    assert ended.code == 1
    assert "the preview is there, but its settings are not: tonn-bridge preview asks for them" in ended.err


async def test_a_missing_extra_is_named(run_here, tmp_path, session_text, monkeypatch):
    (tmp_path / "session.toml").write_text(session_text)
    monkeypatch.setitem(sys.modules, "pyloudnorm", None)
    ended = await run_here("verify")
    assert (ended.code, ended.err) == (1, 'tonn-bridge: verify needs pyloudnorm: pip install "tonn-bridge[verify]"\n')


async def test_without_a_session_there_is_nothing_to_verify(run_here):
    ended = await run_here("verify")
    assert ended.code == 2
    assert "session.toml: no such file" in ended.err
