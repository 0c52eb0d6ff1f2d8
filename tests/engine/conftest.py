"""Songs whose stems are written, in front of a sandbox of their own."""

import socket

import pytest

from tests.engine.studio import write_stems
from tests.sandbox_server import SandboxServer
from tonn_bridge.sandbox import SandboxSettings


@pytest.fixture
def song(tmp_path):
    """A folder with the stems of a song."""
    write_stems(tmp_path)
    return tmp_path


@pytest.fixture
def sandbox(tmp_path):
    server = SandboxServer(SandboxSettings(state_dir=tmp_path / "sandbox", stage_seconds=0.0))
    yield server
    server.close()


@pytest.fixture
def free_url():
    """Where nobody answers."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{trial.getsockname()[1]}"
