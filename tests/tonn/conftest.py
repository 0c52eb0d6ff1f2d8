import hashlib
from pathlib import Path

import pytest
from pydantic import SecretStr

from tests.tonn.service import EagerClock, running_service
from tonn_bridge.tonn.client import TonnClient
from tonn_bridge.tonn.stems import Stem

KEY = "very-secret-key"


@pytest.fixture
async def service():
    async with running_service() as service:
        yield service


@pytest.fixture
def eager():
    return EagerClock()


@pytest.fixture
async def client(service, eager):
    async with TonnClient(service.url(), SecretStr(KEY), clock=eager) as client:
        yield client


@pytest.fixture
def make_stem(tmp_path: Path):
    """A stem as `check_stems` hands it out, of any bytes."""

    def make(number: int = 1, data: bytes = b"RIFF" * 1000) -> Stem:
        path = tmp_path / f"{number:02d}-stem.wav"
        path.write_bytes(data)
        digest = hashlib.sha256(data).hexdigest()
        return Stem(number, "Stem", path, None, path.name, "audio/wav", len(data), digest, 1.0, 1, 44_100)

    return make
