"""Tonn's API key: from the environment, else from the system's keyring; never from a file or an argument."""

import os
from dataclasses import dataclass

from pydantic import SecretStr

from tonn_bridge.errors import BridgeError

VARIABLE = "TONN_API_KEY"
SERVICE, USER = "tonn-bridge", "tonn-api-key"


class NoKeyring(BridgeError):
    """This system has no keyring that can be used."""

    code = "keyring"


@dataclass(frozen=True, slots=True)
class FoundKey:
    """A key, and where it was found, in words."""

    key: SecretStr
    where: str


def find_key() -> FoundKey | None:
    """The key, the environment's first; None where there is none, or no keyring to look in."""
    if text := os.environ.get(VARIABLE, "").strip():
        return FoundKey(SecretStr(text), f"the environment variable {VARIABLE}")
    try:
        kept, name = _in_keyring("get_password", SERVICE, USER)
    except NoKeyring:
        return None
    return FoundKey(SecretStr(str(kept)), f"the keyring ({name})") if kept else None


def keep_key(key: SecretStr) -> str:
    """Keep `key` in the keyring; which one, in words.

    Raises:
        NoKeyring: there is none, or it refused.
    """
    _, name = _in_keyring("set_password", SERVICE, USER, key.get_secret_value())
    return name


def delete_key() -> bool:
    """Take the key out of the keyring; whether there was one. Raises as `keep_key`."""
    if not _in_keyring("get_password", SERVICE, USER)[0]:
        return False
    _in_keyring("delete_password", SERVICE, USER)
    return True


def _in_keyring(action: str, *arguments: str) -> tuple[object, str]:
    """What the keyring answers, and its name."""
    import keyring  # here, because looking for the system's keyrings takes longer than the rest of the program's start
    import keyring.errors

    try:
        backend = keyring.get_keyring()
        return getattr(backend, action)(*arguments), str(backend.name)
    except Exception as exc:  # each system's keyring raises errors of its own, not only keyring.errors'
        reason = "there is none" if isinstance(exc, keyring.errors.NoKeyringError) else type(exc).__name__
        raise NoKeyring(f"no keyring can be used here ({reason}); set {VARIABLE} in the environment instead") from exc
