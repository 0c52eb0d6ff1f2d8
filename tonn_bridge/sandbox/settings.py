"""What the sandbox is told when it starts, and what its services cost."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

Paid = Literal["fx_settings", "final"]
"""What can be charged for."""

PRICES: Final[dict[Paid, int]] = {"fx_settings": 25, "final": 250}
"""Credits. 250 for a final is what users report of the real service; it states no price for the settings."""


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """Where the sandbox listens, where it keeps its state, and how long things take.

    Args:
        state_dir: uploads, tasks, charges and results; a sandbox started again on it goes on where it was.
        host, port: the address to listen on; port 0 lets the system choose.
        stage_seconds: the least time each of a preview's three stages takes.
        until_stdin_closes: end when standard input does, so that a child process goes with its parent.
        upload_limit_bytes_per_s: how fast one connection may upload; None is as fast as it comes.
        upload_url_s: how long a signed upload URL is valid (60 s as users report of the real service).
        download_url_s: how long readable and download URLs are (one hour, as the vendor says).
    """

    state_dir: Path
    host: str = "127.0.0.1"
    port: int = 0
    stage_seconds: float = 2.0
    until_stdin_closes: bool = False
    upload_limit_bytes_per_s: float | None = None
    upload_url_s: float = 60.0
    download_url_s: float = 3600.0
