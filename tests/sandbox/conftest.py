"""The sandbox fixture for this folder."""

from tests.sandbox_server import sandbox

__all__ = ["sandbox"]
