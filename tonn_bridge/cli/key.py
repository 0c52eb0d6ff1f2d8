"""`key`: where Tonn's API key is kept."""

import sys

import typer

from tonn_bridge.cli.output import out
from tonn_bridge.errors import BridgeError

group = typer.Typer(name="key", help="Keep Tonn's API key in the system's keyring.", no_args_is_help=True)


@group.command("set")
def set_key() -> None:
    """Ask for the key, unseen, and keep it in the keyring. It can also come on standard input.

    Example: tonn-bridge key set
    """
    from pydantic import SecretStr

    from tonn_bridge.keys import keep_key

    typed = typer.prompt("Tonn API key", hide_input=True) if sys.stdin.isatty() else sys.stdin.readline()
    key = typed.strip()
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise BridgeError("that is no key: copy it again, whole and without line breaks")
    out.print(f"kept in the keyring ({keep_key(SecretStr(key))})", markup=False)


@group.command("delete")
def delete() -> None:
    """Take the key out of the keyring.

    Example: tonn-bridge key delete
    """
    from tonn_bridge.keys import delete_key

    out.print("deleted" if delete_key() else "there was no key in the keyring")


@group.command("show-where")
def show_where() -> None:
    """Say where the key comes from, not what it is.

    Example: tonn-bridge key show-where
    """
    from tonn_bridge.keys import VARIABLE, find_key

    found = find_key()
    if found is None:
        raise BridgeError(f"there is no key; keep one with `tonn-bridge key set`, or set {VARIABLE} in the environment")
    out.print(found.where, markup=False)


def add_to(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    app.add_typer(group)
