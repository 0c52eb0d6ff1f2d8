"""`demo`: the whole job, offline."""

from typing import TYPE_CHECKING, Annotated

import typer

from tonn_bridge.cli.output import err, out
from tonn_bridge.cli.stopping import run_until_stopped

if TYPE_CHECKING:
    from pathlib import Path

    from tonn_bridge.clock import Clock
    from tonn_bridge.session import Session


def demo(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Leave everything running at the end, until Ctrl-C.")] = False,
) -> None:
    """Do the whole job offline: stems, the service's stand-in, a simulated DAW, the real daemon between them.

    Example: tonn-bridge demo
    """
    from tonn_bridge.demo.run import run_demo

    console = err if as_json else out
    held = run_until_stopped(run_demo(json_output=as_json, keep=keep, console=console, teach=_teach))
    raise typer.Exit(0 if held else 1)


async def _teach(session: "Session", clock: "Clock", folder: "Path") -> object:
    """`tonn-bridge learn plugin --yes`, without its words."""
    from tonn_bridge.cli.learn_plugin import PluginWish, teach_plugins

    return await teach_plugins(PluginWish(yes=True), session, clock, _nobody, lambda _: None, folder)


async def _nobody() -> str:
    return ""


def add_to(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    app.command()(demo)
