"""`sandbox`: the offline stand-in for Tonn's service, on its own."""

from pathlib import Path
from typing import Annotated

import typer

DEFAULT_PORT = 8766


def sandbox(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any free port.")] = DEFAULT_PORT,
    state_dir: Annotated[Path | None, typer.Option(help="Where uploads, tasks and charges are kept.")] = None,
    stage_seconds: Annotated[float, typer.Option(min=0.0, help="Least time of each stage of a preview.")] = 2.0,
    until_stdin_closes: Annotated[bool, typer.Option("--until-stdin-closes", hidden=True)] = False,
    upload_limit: Annotated[float | None, typer.Option(min=1.0, hidden=True)] = None,
) -> None:
    """Run the offline stand-in for Tonn's service, until Ctrl-C. Its credits cost nothing.

    Example: tonn-bridge sandbox --port 8766
    """
    from tonn_bridge import places
    from tonn_bridge.sandbox import SandboxSettings, run

    run(
        SandboxSettings(
            state_dir=state_dir or places.state_dir() / "sandbox",
            host=host,
            port=port,
            stage_seconds=stage_seconds,
            until_stdin_closes=until_stdin_closes,
            upload_limit_bytes_per_s=upload_limit,
        )
    )


def add_to(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    app.command()(sandbox)
