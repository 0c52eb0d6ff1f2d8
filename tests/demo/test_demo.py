"""The whole job: the demo as a user starts it, with its sandbox, its daemon and its simulated REAPER."""

import json
import os
import signal
import subprocess
import sys

import pytest

STEPS = ["Stage", "Learn", "Meet", "Preview", "Verify", "Apply", "Ride", "Compare", "Crash", "And back", "Morph"]
STEPS += ["Revert", "Apply again", "Ride again", "Final", "Measure"]


@pytest.fixture
def demo(tmp_path):
    """Starts `tonn-bridge demo` with its state and temporary files below `tmp_path`, in a process group of its own."""

    def start(*arguments, missing=None, of="demo"):
        env = {**os.environ, "TONN_BRIDGE_STATE": str(tmp_path / "state"), "TMPDIR": str(tmp_path)}
        if missing is not None:
            text = f"import sys\nif {of!r} in sys.orig_argv:\n    sys.modules[{missing!r}] = None\n"
            (tmp_path / "sitecustomize.py").write_text(text)
            env["PYTHONPATH"] = os.pathsep.join([str(tmp_path), *filter(None, [env.get("PYTHONPATH")])])
        return subprocess.Popen(
            [sys.executable, "-m", "tonn_bridge", "demo", *arguments],
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    return start


def assert_nothing_is_left(process, tmp_path):
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
    assert not list(tmp_path.glob("tonn-bridge-demo-*"))


def test_the_whole_job_is_done_and_every_check_holds(demo, tmp_path):
    process = demo("--json")
    out, err = process.communicate(timeout=110)
    assert process.returncode == 0, out + err
    assert err == ""
    result = json.loads(out)
    assert [check for check in result["checks"] if not check["ok"]] == []
    assert result["ok"] is True
    assert list(dict.fromkeys(check["name"].partition(":")[0] for check in result["checks"])) == STEPS
    assert 0.0 < result["seconds"] < 60.0
    tracks = {track["name"]: track for track in result["tracks"]}
    assert {name: track["moved_db"] for name, track in tracks.items() if track["moved_db"]} == {
        "Voice": 2.0,
        "Hats": -3.0,
        "Bass": 1.5,
    }
    assert [name for name, track in tracks.items() if track["muted"]] == ["Pad"]
    assert all(track["error_db"] < 0.1 for name, track in tracks.items() if name != "Pad")
    assert len({track["user_db"] for track in tracks.values()}) == len(tracks) == 8
    assert_all_settings_are_proved(result["settings"], set(tracks))
    assert {file.suffix for file in (tmp_path / "state/cache/demo-mixes").iterdir()} == {".mp3", ".wav"}
    assert_nothing_is_left(process, tmp_path)


def assert_all_settings_are_proved(settings, tracks):
    """Every fader, pan, band and compressor: read back, and truly there, within what the ear allows."""
    parameters = {name: {row["parameter"] for row in settings if row["track"] == name} for name in tracks}
    always = {"gain_db", "pan", "comp.threshold_db", "comp.ratio", "comp.attack_s", "comp.release_s"}
    assert all(always <= found for found in parameters.values())
    bands = {row["parameter"].rpartition(".")[0] for row in settings if row["parameter"].startswith("eq.")}
    assert {"eq.1", "eq.2"} <= bands
    assert {row["verdict"] for row in settings} == {"confirmed"}
    for row in settings:
        percent = 0.01 if row["parameter"].endswith("freq_hz") else 0.02
        near = {"dB": {"abs": 0.1}, "%": {"rel": percent}, "": {"abs": 0.001}}[row["unit"]]
        assert row["got"] == pytest.approx(row["wanted"], **near), row
        assert row["stands"] == pytest.approx(row["wanted"], **near), row


def test_ctrl_c_in_the_middle_ends_everything(demo, tmp_path):
    process = demo()
    while not process.stdout.readline().startswith("Preview"):
        assert process.poll() is None, process.stderr.read()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "checks" not in out
    assert err == ""
    assert_nothing_is_left(process, tmp_path)


def test_a_missing_extra_is_one_line_that_says_how_to_get_it(demo):
    process = demo(missing="pyloudnorm")
    out, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert out == ""
    assert err == 'tonn-bridge: the demo needs pyloudnorm: pip install "tonn-bridge[demo]"\n'


def test_a_sandbox_that_does_not_start_is_a_failed_check_and_one_line(demo, tmp_path):
    process = demo("--json", missing="pyloudnorm", of="sandbox")
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert err.startswith("tonn-bridge: the sandbox did not start: the sandbox needs pyloudnorm")
    assert err.count("\n") == 1
    result = json.loads(out)
    assert result["ok"] is False
    assert [check["ok"] for check in result["checks"]] == [False]
    assert_nothing_is_left(process, tmp_path)
