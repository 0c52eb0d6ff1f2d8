"""`mappings`: the files that say how DAWs and control surfaces are spoken to."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tonn_bridge.cli.output import cell, out

if TYPE_CHECKING:
    from tonn_bridge.mapping.surface import SurfaceCaps

group = typer.Typer(
    name="mappings", help="The files that say how DAWs and control surfaces are spoken to.", no_args_is_help=True
)


@group.command("list")
def list_all() -> None:
    """List the mappings that ship: DAWs, control surfaces, and DAWs to which a control surface is played.

    Example: tonn-bridge mappings list
    """
    _list_daws()
    out.print()
    _list_surfaces()
    out.print()
    _list_devices()


def _list_daws() -> None:
    from tonn_bridge.mapping import Role, load, shipped

    rows = []
    for name in shipped(Role.DAW):
        mapping = load(name)
        rows.append((name, mapping.name, mapping.ports.send or "–", mapping.ports.listen))
    _print_table("DAWs that speak OSC: [daw]", ("Name", "For", "DAW listens on", "DAW sends to"), rows)


def _list_surfaces() -> None:
    from tonn_bridge.mapping import Role, load_surface_file, shipped

    rows = []
    for name in shipped(Role.SURFACE):
        file = load_surface_file(name)
        strips = f"+{file.unit.strips}" if file.unit.extends else file.unit.strips
        rows.append((name, file.name, file.protocol, strips, file.tried))
    _print_table("Control surfaces: [[surface]]", ("Name", "For", "Speaks", "Strips", "Tried"), rows)


def _list_devices() -> None:
    from tonn_bridge.mapping import Role, load_device, shipped

    rows = []
    for name in shipped(Role.DEVICE):
        file = load_device(name)
        law = "known" if file.fader.fader_law() else "to be learnt"
        rows.append((name, file.name, file.protocol, 8 * file.units.most, law))
    if rows:
        title = "DAWs to which a control surface is played: [daw]"
        _print_table(title, ("Name", "For", "Speaks", "Strips", "Fader law"), rows)


def _print_table(title: str, columns: tuple[str, ...], rows: Sequence[tuple[object, ...]]) -> None:
    from rich.table import Table

    table = Table(*columns, title=cell(title), title_justify="left")
    for row in rows:
        table.add_row(*map(cell, row))
    out.print(table)


@group.command("show")
def show(name: Annotated[str, typer.Argument(metavar="NAME", help="A name from the list, or a file.")]) -> None:
    """Print a mapping file, to read it or to copy it as the start of your own.

    Example: tonn-bridge mappings show reaper > my-daw.toml
    """
    from tonn_bridge.mapping import find

    print(find(name).read_text(encoding="utf-8"), end="")


@group.command("check")
def check(file: Annotated[Path, typer.Argument(metavar="FILE", help="The mapping file.")]) -> None:
    """Check a mapping file; each mistake is told with its table and key.

    Example: tonn-bridge mappings check my-daw.toml
    """
    from tonn_bridge.mapping import Role, role_of

    told = {Role.DAW: _daw, Role.SURFACE: _surface, Role.DEVICE: _device}
    path = str(file.absolute())
    out.print(f"{file}: good. {told[role_of(path)](path)}", markup=False)


def _daw(path: str) -> str:
    from tonn_bridge.mapping import DawMapping, load

    mapping = DawMapping(load(path))
    controls = ", ".join(sorted(mapping.caps.params))
    return f"{mapping.name}: {controls} of up to {mapping.caps.most_strips} strips"


def _surface(path: str) -> str:
    from tonn_bridge.mapping import load_surface

    mapping = load_surface(path)
    functions = ", ".join(dict.fromkeys(mapping.caps.functions.values()))
    buttons = f"buttons for {functions}" if functions else "no buttons"
    return f"{mapping.name}: {', '.join(_parts(mapping.caps))}; {buttons}"


def _parts(caps: "SurfaceCaps") -> list[str]:
    """What a surface has, in words."""
    from tonn_bridge.mapping.surface import Displays, Encoders, Motors

    faders = "faders with motors" if caps.motors is not Motors.NONE else "faders"
    knobs = {Encoders.NONE: "", Encoders.KNOBS: "knobs", Encoders.ENDLESS: "endless encoders"}[caps.encoders]
    parts = [
        f"{caps.faders} {faders}" if caps.faders else "",
        "a master fader" if caps.master is not None else "",
        f"{caps.strips} {knobs}" if knobs else "",
        "rings" if caps.rings else "",
        "displays" if caps.displays is not Displays.NONE else "",
        "lamps" if caps.lamps else "",
    ]
    return [part for part in parts if part]


def _device(path: str) -> str:
    from tonn_bridge.mapping import load_device

    file = load_device(path)
    return f"{file.name}: sees {file.protocol} units, {8 * file.units.most} strips at most"


@group.command("schema")
def schema() -> None:
    """Print the JSON Schema of mapping files, for editors.

    Example: tonn-bridge mappings schema > mapping.schema.json
    """
    from tonn_bridge.mapping import schema

    print(schema())


def add_to(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    app.add_typer(group)
