"""`mappings`: the files that say how DAWs are spoken to."""

import json
from pathlib import Path
from typing import Annotated

import typer

from tonn_bridge.cli.output import cell, out

group = typer.Typer(name="mappings", help="The files that say how DAWs are spoken to.", no_args_is_help=True)


@group.command("list")
def list_all() -> None:
    """List the mappings that ship.

    Example: tonn-bridge mappings list
    """
    from rich.table import Table

    from tonn_bridge.mapping import load, shipped

    table = Table("Name", "For", "DAW listens on", "DAW sends to")
    for name in shipped():
        mapping = load(name)
        table.add_row(*map(cell, (name, mapping.name, mapping.ports.send or "–", mapping.ports.listen)))
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
    from tonn_bridge.mapping import DawMapping, load

    mapping = DawMapping(load(str(file.absolute())))
    controls = ", ".join(sorted(mapping.caps.params))
    out.print(f"{file}: good. {mapping.name}: {controls} of up to {mapping.caps.most_strips} strips", markup=False)


@group.command("schema")
def schema() -> None:
    """Print the JSON Schema of mapping files, for editors.

    Example: tonn-bridge mappings schema > mapping.schema.json
    """
    from tonn_bridge.mapping import Mapping

    print(json.dumps(Mapping.model_json_schema(), indent=2, ensure_ascii=False))


def add_to(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    app.add_typer(group)
