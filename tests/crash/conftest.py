"""One service and one nursery for all crashes; a house of its own for each."""

import pytest
import pytest_asyncio

from tests.crash.house import House, Nursery
from tests.sandbox_server import SandboxServer
from tonn_bridge.sandbox import SandboxSettings


@pytest.fixture(scope="package")
def service(tmp_path_factory):
    server = SandboxServer(SandboxSettings(state_dir=tmp_path_factory.mktemp("sandbox"), stage_seconds=0.01))
    yield server
    server.close()


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def nursery():
    async with Nursery() as nursery:
        yield nursery


@pytest_asyncio.fixture(loop_scope="package")
async def build(tmp_path, service, nursery):
    """Build a house (see `House.build`)."""
    houses = []

    async def _build(extra: str = "", glide_s: float = 0.0) -> House:
        houses.append(House(tmp_path, service, nursery))
        await houses[-1].build(extra, glide_s)
        return houses[-1]

    yield _build
    service.faults()
    for house in houses:
        await house.tear_down()
