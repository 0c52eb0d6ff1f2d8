"""The program `tonn-bridge`: its verbs, and what becomes of an error."""

import sys
import traceback
from typing import NoReturn

import typer

from tonn_bridge.cli import (
    actions,
    daemon,
    demo,
    doctor,
    export,
    import_,
    init,
    key,
    learn,
    mappings,
    monitor,
    ports,
    sandbox,
    status,
    verify,
)
from tonn_bridge.errors import BridgeError, FileError

FAILED, WRONG = 1, 2

app = typer.Typer(
    name="tonn-bridge",
    help="Tonn's mix on your own DAW's faders, where it can be heard, touched, blended and taken back.",
    epilog="Begin with: tonn-bridge demo",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

for verbs in (
    demo,
    daemon,
    init,
    actions,
    status,
    verify,
    doctor,
    ports,
    monitor,
    learn,
    sandbox,
    mappings,
    export,
    import_,
    key,
):
    verbs.add_to(app)


def main() -> NoReturn:
    """Run the command line and end the process: 0 done, 1 failed, 2 the command or a file is wrong."""
    try:
        app()
    except BaseExceptionGroup as group:
        sys.exit(_report(_reason(group)))
    except Exception as exc:
        sys.exit(_report(exc))
    sys.exit(0)


def _reason(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The error in a task group's bundle that means most to a person."""
    leaves = [leaf for exc in group.exceptions for leaf in _leaves(exc)]
    return next((leaf for leaf in leaves if isinstance(leaf, BridgeError)), leaves[0])


def _leaves(exc: BaseException) -> list[BaseException]:
    return [leaf for e in exc.exceptions for leaf in _leaves(e)] if isinstance(exc, BaseExceptionGroup) else [exc]


def _report(exc: BaseException) -> int:
    """One message on stderr (a wrong file: one line per mistake); the exit code for it."""
    if isinstance(exc, BridgeError):
        print(f"tonn-bridge: {exc}", file=sys.stderr)
        return WRONG if isinstance(exc, FileError) else FAILED
    print(f"tonn-bridge: {type(exc).__name__}: {exc} ({_keep(exc)})", file=sys.stderr)
    return FAILED


def _keep(exc: BaseException) -> str:
    """Write the traceback of a fault of our own where a report of it can take it from; say where."""
    from tonn_bridge.places import logs_dir

    try:
        path = logs_dir() / "fault.txt"
        path.write_text("".join(traceback.format_exception(exc)), encoding="utf-8")
    except (BridgeError, OSError):
        return "a fault in tonn-bridge; please report it"
    return f"a fault in tonn-bridge; please report it with {path}"
