"""`doctor`: whether all is set up, and what to do where it is not."""

import asyncio
import json
import socket
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tonn_bridge.cli.output import cell, out

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from tonn_bridge.cli.checks import Check
    from tonn_bridge.ports.midi import PortNames
    from tonn_bridge.session import Address, Session

_COLOURS = {"ok": "green", "warn": "yellow", "fail": "red"}


def doctor(
    session: Annotated[Path, typer.Argument(metavar="[SESSION.toml]", help="The session file.")] = Path("session.toml"),
    as_json: Annotated[bool, typer.Option("--json", help="Print a list of objects instead.")] = False,
) -> None:
    """Check the set-up from Python to the DAW, and say what to do about what is wrong. Costs nothing, moves nothing.

    Example: tonn-bridge doctor session.toml
    """

    async def collect() -> "list[Check]":
        return [check async for check in _all_checks(session)]

    checks = asyncio.run(collect())
    if as_json:
        print(json.dumps([check.as_dict() for check in checks], indent=2, ensure_ascii=False))
    else:
        _show(checks)
    if any(check.verdict == "fail" for check in checks):
        raise typer.Exit(1)


def add_to(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    app.command()(doctor)


async def _all_checks(path: Path) -> "AsyncIterator[Check]":
    from tonn_bridge.cli import checks

    yield checks.check_python()
    found, session = checks.check_session(path)
    yield checks.check_packages(needed=session is not None and session.tonn.is_sandbox)
    midi, ports = await checks.check_midi()
    yield midi
    yield checks.check_places()
    yield found
    if session is not None:
        async for check in _session_checks(session, ports):
            yield check


async def _session_checks(session: "Session", ports: "PortNames | None") -> "AsyncIterator[Check]":
    from tonn_bridge.cli import checks
    from tonn_bridge.cli.daw_check import check_daw, setting_up
    from tonn_bridge.cli.plugin_check import check_plugins, check_running_plugins
    from tonn_bridge.cli.surface_check import check_running_surfaces, check_surfaces
    from tonn_bridge.client import url_of

    yield await asyncio.to_thread(checks.check_stems, session)
    document = await checks.ask_daemon(url_of(session))
    if document is not None and not checks.runs(document, session):
        document = None  # another song's: its addresses count as taken
    wanted = (
        *_feedback(session),
        *(("[[surface]] listen", s.listen, socket.SOCK_DGRAM) for s in session.surfaces if s.listen is not None),
        ("[control] osc", session.control.osc, socket.SOCK_DGRAM),
        ("[control] http", session.control.http, socket.SOCK_STREAM),
    )
    yield checks.check_addresses(wanted, running=document is not None)
    yield checks.check_key(session)
    yield await checks.check_service(session)
    if document is None:
        yield await check_daw(session)
        reports = chain(check_plugins(session), check_surfaces(session.surfaces, ports))
    else:
        yield checks.check_running_daw(document, setting_up(session))
        reports = chain(check_running_plugins(document), check_running_surfaces(document))
    for report in reports:
        yield report


def _feedback(session: "Session") -> "Iterator[tuple[str, Address, socket.SocketKind]]":
    """Where a DAW on OSC sends its feedback."""
    from tonn_bridge.mapping import Role, load, role_of
    from tonn_bridge.session import parse_address

    if role_of(session.daw.mapping) is Role.DAW:
        address = session.daw.listen or parse_address(load(session.daw.mapping).ports.listen)
        yield "[daw] listen", address, socket.SOCK_DGRAM


def _show(checks: "list[Check]") -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=False, padding=(0, 1))
    for check in checks:
        table.add_row(
            Text(check.verdict, style=_COLOURS[check.verdict]),
            cell(check.name),
            Text("\n").join(map(cell, check.text.split("\n"))),
        )
    out.print(table)
