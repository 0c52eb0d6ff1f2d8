"""The sandbox, and one song mixed by it for all tests of a module that only read it."""

import pytest

from tests.fidelity.songs import mix_song
from tests.sandbox_server import SandboxServer, sandbox
from tonn_bridge.sandbox import SandboxSettings

__all__ = ["sandbox"]


@pytest.fixture(scope="module")
def shared_sandbox(tmp_path_factory):
    server = SandboxServer(SandboxSettings(state_dir=tmp_path_factory.mktemp("sandbox"), stage_seconds=0.0))
    yield server
    server.close()


@pytest.fixture(scope="module")
def mixed(shared_sandbox, tmp_path_factory):
    """A band of four, its settings told in the sandbox's own units."""
    return mix_song(shared_sandbox, tmp_path_factory.mktemp("song"), stems=True)
