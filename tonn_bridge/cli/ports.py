"""`ports`: the MIDI ports of this machine, and the addresses of the session."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tonn_bridge.cli.output import clean, err, out
from tonn_bridge.errors import PortError

if TYPE_CHECKING:
    from tonn_bridge.session import Session


def ports(
    session: Annotated[Path, typer.Argument(metavar="[SESSION.toml]", help="The session file.")] = Path("session.toml"),
) -> None:
    """List the MIDI ports there are, and the addresses of the session.

    Example: tonn-bridge ports
    """
    from tonn_bridge.cli.midi import midi_ports
    from tonn_bridge.session import load_session

    try:
        midi = asyncio.run(midi_ports())
    except PortError as exc:
        err.print(str(exc), markup=False)
    else:
        for label, names in (("MIDI in", midi.inputs), ("MIDI out", midi.outputs)):
            for name in names or ("(none connected)",):
                out.print(f"{label:<13}{clean(name)}", markup=False)
    if session == Path("session.toml") and not session.exists():
        err.print("no session.toml here, so no OSC addresses; `tonn-bridge init FOLDER` writes one", markup=False)
        return
    for label, address in addresses(load_session(session)):
        out.print(f"{label:<13}{address}", markup=False)


def add_to(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    app.command()(ports)


def addresses(session: "Session") -> list[tuple[str, str]]:
    """What the session listens on and sends to, each with a label."""
    from tonn_bridge.mapping import load

    own = load(session.daw.mapping).ports
    return [
        ("DAW send", str(session.daw.send or own.send or "not set: write [daw] send")),
        ("DAW listen", str(session.daw.listen or own.listen)),
        ("OSC control", str(session.control.osc)),
        ("HTTP", f"http://{session.control.http}"),
    ]
