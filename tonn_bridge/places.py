"""Where state, cache and logs live: the platform's own folders, or those in $TONN_BRIDGE_STATE."""

import os
from pathlib import Path

import platformdirs

from tonn_bridge.errors import StoreError

_NAME = "tonn-bridge"


def state_dir() -> Path:
    """The folder for journals: what must survive a crash.

    Raises:
        StoreError: it does not exist and cannot be made.
    """
    return _made("state", platformdirs.user_state_path(_NAME, appauthor=False))


def laws_dir() -> Path:
    """Where learnt fader laws are kept; it is made when the first is. Raises as `state_dir` does."""
    return state_dir() / "laws"


def cache_dir() -> Path:
    """The folder for what can be made again, such as the demo's stems. Raises as `state_dir` does."""
    return _made("cache", platformdirs.user_cache_path(_NAME, appauthor=False))


def logs_dir() -> Path:
    """The folder for logs. Raises as `state_dir` does."""
    return _made("logs", platformdirs.user_log_path(_NAME, appauthor=False))


def _made(kind: str, own: Path) -> Path:
    chosen = os.environ.get("TONN_BRIDGE_STATE", "")
    folder = Path(chosen).expanduser().absolute() / kind if chosen else own
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise StoreError(
            f"the {kind} folder {folder} cannot be made ({exc.strerror}); "
            "set TONN_BRIDGE_STATE to a folder that can be written"
        ) from exc
    return folder
