"""Which real programs a test may use, and which must not be missing."""

import os
import shutil

import pytest

COMMANDS = {
    "ardour": ("ardour9-lua", "ardour8-lua", "ardour7-lua"),
    "jack": ("jackd",),
    "browser": ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
}
PACKAGES = {"ardour": "ardour", "jack": "jackd2", "browser": "chromium"}


def require(program: str) -> None:
    """Skip the test where `program` is missing; fail instead where TONN_BRIDGE_REQUIRE (a comma list) names it."""
    if any(shutil.which(command) for command in COMMANDS[program]):
        return
    if program in os.environ.get("TONN_BRIDGE_REQUIRE", "").split(","):
        pytest.fail(
            f"TONN_BRIDGE_REQUIRE asks for {program}, which is not installed; "
            f"on Debian: apt-get install {PACKAGES[program]}"
        )
    pytest.skip(f"{program} is not installed")
