"""`ports`: the MIDI ports of this machine, and where the session looks for its DAW and its surfaces."""

import asyncio
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Annotated

import typer

from tonn_bridge.cli.output import clean, err, out
from tonn_bridge.errors import PortError

if TYPE_CHECKING:
    from tonn_bridge.ports.midi import PortNames
    from tonn_bridge.session import Session


def ports(
    session: Annotated[Path, typer.Argument(metavar="[SESSION.toml]", help="The session file.")] = Path("session.toml"),
) -> None:
    """List the MIDI ports there are, the addresses of the session, and which port each of its surfaces takes.

    Example: tonn-bridge ports
    """
    from tonn_bridge.cli.midi import midi_ports
    from tonn_bridge.session import load_session

    midi: PortNames | None = None
    try:
        midi = asyncio.run(midi_ports())
    except PortError as exc:
        err.print(str(exc), markup=False)
    else:
        for label, names in (("MIDI in", midi.inputs), ("MIDI out", midi.outputs)):
            for name in names or ("(none connected)",):
                _print(label, name)
    if session == Path("session.toml") and not session.exists():
        err.print("no session.toml here, so no addresses; `tonn-bridge init FOLDER` writes one", markup=False)
        return
    loaded = load_session(session)
    for label, address in (*addresses(loaded), *midi_places(loaded, midi)):
        _print(label, address)


def add_to(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    app.command()(ports)


def addresses(session: "Session") -> list[tuple[str, str]]:
    """What the session listens on and sends to, each with a label."""
    return [
        *_daw_addresses(session),
        *(
            (f"Surface {_label(surface.mapping)}", f"sends to {surface.send}, listens on {surface.listen}")
            for surface in session.surfaces
            if surface.send is not None or surface.listen is not None
        ),
        ("OSC control", str(session.control.osc)),
        ("HTTP", f"http://{session.control.http}"),
    ]


def midi_places(session: "Session", ports: "PortNames | None") -> Iterator[tuple[str, str]]:
    """Which MIDI port each surface, and a DAW on MIDI, takes of these, or why none; None: there is no MIDI."""
    yield from _daw_places(session, ports)
    for surface in session.surfaces:
        if surface.input is not None or surface.output is not None:
            yield f"Surface {_label(surface.mapping)}", ports_taken(surface.input, surface.output, ports)[1]


def _daw_addresses(session: "Session") -> list[tuple[str, str]]:
    from tonn_bridge.mapping import Role, load, role_of

    if role_of(session.daw.mapping) is Role.DEVICE:
        return []
    own = load(session.daw.mapping).ports
    return [
        ("DAW send", str(session.daw.send or own.send or "not set: write [daw] send")),
        ("DAW listen", str(session.daw.listen or own.listen)),
    ]


def _daw_places(session: "Session", ports: "PortNames | None") -> Iterator[tuple[str, str]]:
    """The ports of each unit that is played to a DAW; nothing for one that speaks OSC."""
    from tonn_bridge.links.device import units_for, wanted_ports
    from tonn_bridge.mapping import Role, load_device, role_of

    daw = session.daw
    if role_of(daw.mapping) is not Role.DEVICE:
        return
    units = units_for(load_device(daw.mapping), len(session.tracks), daw.units)
    try:
        wanted = wanted_ports(units, daw.input, daw.output)
    except PortError as exc:
        yield "DAW", str(exc)
        return
    for number, pair in enumerate(wanted, start=1):
        offered = f'"{pair.input}", offered while tonn-bridge runs'
        yield f"DAW unit {number}", offered if pair.virtual else ports_taken(pair.input, pair.output, ports)[1]


def ports_taken(wanted_input: str | None, wanted_output: str | None, ports: "PortNames | None") -> tuple[bool, str]:
    """Whether both ports of a pair are found, and which they are, in words, or what is wrong."""
    if ports is None:
        return False, "no MIDI"
    wishes = (("input", wanted_input, ports.inputs), ("output", wanted_output, ports.outputs))
    ends = [_end(kind, wanted, names) for kind, wanted, names in wishes if wanted is not None]
    return all(found for found, _ in ends), ", ".join(text for _, text in ends)


def _end(kind: str, wanted: str, names: tuple[str, ...]) -> tuple[bool, str]:
    from tonn_bridge.ports.midi.match import find

    try:
        return True, f'{kind} "{find(kind, wanted, names)}"'
    except PortError as exc:
        return False, str(exc)


def _label(mapping: str) -> str:
    return PurePath(mapping).stem


def _print(label: str, text: str) -> None:
    out.print(clean(f"{label:<13}{text}" if len(label) < 13 else f"{label} {text}"), markup=False)
