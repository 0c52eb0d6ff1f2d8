"""One sandbox for all tests here: they differ by their session, not by the service."""

from collections.abc import Iterator

import pytest

from tests.sandbox_server import SandboxServer
from tonn_bridge.sandbox import SandboxSettings


@pytest.fixture(scope="session")
def tonn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    """A sandbox with stages of 10 ms."""
    server = SandboxServer(SandboxSettings(state_dir=tmp_path_factory.mktemp("sandbox"), stage_seconds=0.01))
    yield server
    server.close()
