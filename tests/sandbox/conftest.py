"""The sandbox fixture for this folder, and two stems already uploaded."""

import pytest

from tests.sandbox_server import SandboxServer, sandbox, write_stem

__all__ = ["sandbox"]


@pytest.fixture
def two_urls(sandbox: SandboxServer, tmp_path) -> list[str]:
    """Readable URLs of a low and a high stem, half a second each."""
    stems = [write_stem(tmp_path / f"{name}.wav", 0.5, freq) for name, freq in (("low", 110.0), ("high", 1760.0))]
    return [sandbox.upload(stem) for stem in stems]
