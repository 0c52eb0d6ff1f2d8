"""The sandbox as a process: what it prints, and how it ends."""

import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.sandbox_server import SandboxServer
from tonn_bridge.errors import PortError, StoreError
from tonn_bridge.sandbox import SandboxSettings, create_app

ROOT = Path(__file__).parents[2]
RUN = """
import sys
from pathlib import Path
from tonn_bridge.sandbox import SandboxSettings, run
run(SandboxSettings(Path(sys.argv[1]), until_stdin_closes=sys.argv[2] == "child"))
"""


def start(state: Path, kind: str) -> tuple[subprocess.Popen[str], str]:
    """A sandbox process, and the URL it printed."""
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", RUN, str(state), kind]
    process = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
    assert process.stdout is not None
    said, url = process.stdout.readline().strip().rsplit(" ", 1)
    assert said == "sandbox listening on"
    return process, url


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_prints_its_address_and_a_signal_ends_it_cleanly(tmp_path, number):
    process, url = start(tmp_path, "alone")
    with httpx.Client(verify=False) as http:  # its open connection must not hold the sandbox up
        assert http.get(f"{url}/health").json()["sandbox"] is True
        process.send_signal(number)
        assert process.wait(timeout=20) == 0
    assert process.communicate() == ("", "")


def test_a_child_ends_when_its_standard_input_does(tmp_path):
    process, _ = start(tmp_path, "child")
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(timeout=20) == 0
    assert process.stderr is not None
    assert process.stderr.read() == ""


def test_a_busy_port_is_said_in_one_line(sandbox, tmp_path):
    port = httpx.URL(sandbox.url).port
    with pytest.raises(PortError, match=f"the sandbox cannot listen on 127.0.0.1:{port} .*--port"):
        SandboxServer(SandboxSettings(tmp_path / "second", port=port))


@pytest.mark.parametrize("package", ["numpy", "scipy", "soundfile", "pyloudnorm"])
def test_without_the_audio_packages_it_imports_and_says_what_to_install(package, tmp_path):
    code = f"""
import sys
sys.modules[{package!r}] = None
from pathlib import Path
from tonn_bridge.errors import BridgeError
from tonn_bridge.sandbox import SandboxSettings, run
try:
    run(SandboxSettings(Path({str(tmp_path)!r})))
except BridgeError as exc:
    print(exc)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == f'the sandbox needs {package}: pip install "tonn-bridge[demo]"'


def test_importing_it_loads_no_audio_package():
    code = "import sys, tonn_bridge.sandbox; print({'numpy', 'scipy', 'soundfile', 'pyloudnorm'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "set()"


def test_a_state_folder_that_cannot_be_used_is_said(tmp_path):
    (tmp_path / "tasks").mkdir()
    (tmp_path / "tasks" / "00000.json").write_text("{}")
    with pytest.raises(StoreError, match=f"state folder {tmp_path}"):
        create_app(SandboxSettings(tmp_path))
