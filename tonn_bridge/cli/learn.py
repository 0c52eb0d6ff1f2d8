"""`learn`: binds the controls of a surface by moving them."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tonn_bridge.cli.output import clean, err, out
from tonn_bridge.core.plugins import Slot
from tonn_bridge.errors import BridgeError, MappingError, PortError

if TYPE_CHECKING:
    from tonn_bridge.client import Document
    from tonn_bridge.clock import Clock
    from tonn_bridge.learning import Happened, Hearing, Learnt
    from tonn_bridge.ports.midi import MidiSystem, PortNames

OPENING_S = 5.0
"""How long inputs may take to open; one that takes longer is another program's."""

RESERVED = ("law", "plugin")
"""Names of other lessons."""

Say = Callable[[str], None]


def learn(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[NAME]", help="What to call it; `law` and `plugin` learn from a DAW instead."),
    ] = None,
    of_session: Annotated[
        Path | None, typer.Argument(metavar="[SESSION]", help="For `law` and `plugin`: the same as --session.")
    ] = None,
    part: Annotated[
        str | None, typer.Option("--input", metavar="PART", help="Part of a MIDI input's name. Default: every input.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="The file to write. Default: ./NAME.toml.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there, without asking.")] = False,
    session: Annotated[
        Path, typer.Option("--session", metavar="FILE", help="For `law` and `plugin`: the session that names the DAW.")
    ] = Path("session.toml"),
    track: Annotated[
        str | None,
        typer.Option("--track", metavar="NAME", help="For `law` and `plugin`: on which track. Default: any."),
    ] = None,
    slot: Annotated[Slot | None, typer.Option("--slot", help="For `plugin`: only what serves as that.")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="For `plugin`: only compare the laws that are known with what is shown.")
    ] = False,
    version: Annotated[
        str,
        typer.Option(
            "--daw-version", metavar="TEXT", help="For `law` and `plugin`: the DAW's version, if it tells none."
        ),
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="For `law` and `plugin`: move it without asking.")] = False,
) -> None:
    """Bind the faders, knobs and buttons of a control surface by moving them, and write its mapping file.

    With the name `law`, move one fader of a DAW that is spoken to over MIDI, and learn its law from the dB it prints.

    With the name `plugin`, turn the dials of the plug-ins on one track, and learn their laws from what the DAW shows.

    Example: tonn-bridge learn nanokontrol
    """
    if name == "law":
        from tonn_bridge.cli.learn_law import LawWish, learn_law

        learn_law(LawWish(of_session or session, track, version, yes))
        return
    if name == "plugin":
        from tonn_bridge.cli.learn_plugin import PluginWish, learn_plugin

        learn_plugin(PluginWish(of_session or session, track, slot, check, version, yes))
        return
    if of_session is not None:
        raise typer.BadParameter(f'only "law" and "plugin" are learnt of a session, not "{name}"', param_hint="SESSION")
    from tonn_bridge.cli.stopping import run_until_stopped

    written = run_until_stopped(_at_the_terminal(Wish(_checked(name), part, output, force)))
    if written is not None:
        out.print(f"wrote {clean(str(written.path))}; put this into session.toml:\n", markup=False)
        for line in written.session:
            out.print(clean(line), markup=False)


def add_to(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    app.command()(learn)


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for on the command line."""

    name: str | None = None
    part: str | None = None
    """Of the input's name."""
    output: Path | None = None
    force: bool = False

    @property
    def names_its_file(self) -> bool:
        """Whether it is clear from the start which file is to be written."""
        return self.name is not None or (self.output is not None and not self.output.is_dir())

    def path(self, name: str) -> Path:
        """The file for a surface called `name`."""
        if self.output is None or self.output.is_dir():
            return (self.output or Path()) / f"{name}.toml"
        return self.output


@dataclass(frozen=True, slots=True)
class Written:
    """The mapping file, and what a session file says to use it."""

    path: Path
    session: tuple[str, ...]
    """Line by line."""


async def teach(
    wish: Wish, midi: "MidiSystem", ports: "PortNames", clock: "Clock", typed: Callable[[], Awaitable[str]], say: Say
) -> Written:
    """Give the lesson on the inputs of `ports` and write what was learnt; `typed` waits for text, "" is its end.

    Raises:
        PortError: no input to listen to, or nothing was bound. MappingError: the file is there or cannot be written.
    """
    from tonn_bridge.learning import Hearing, Lesson

    inputs = _inputs(wish.part, ports)
    async with _typing(typed) as happened:
        if wish.names_its_file:
            await _ask_to_replace(wish, happened, say)
        with closing(Hearing(midi, inputs, clock, happened.put_nowait)) as hearing:
            await _open(hearing, say)
            learnt = await Lesson(happened.get, say).run()
            chosen = hearing.chosen
    if chosen is None or learnt.is_empty:
        raise PortError(
            "nothing was bound, so nothing is written; `tonn-bridge monitor --midi PART` shows what a port hears"
        )
    return _write(wish, learnt, chosen, ports)


async def _at_the_terminal(wish: Wish) -> Written:
    from tonn_bridge.cli.midi import known_ports
    from tonn_bridge.cli.typed import TypedLines
    from tonn_bridge.clock import SystemClock
    from tonn_bridge.ports.midi import open_midi

    def say(line: str) -> None:
        err.print(line, markup=False)

    clock = SystemClock()
    async with open_midi(clock) as midi:
        ports = await known_ports(midi)
        await warn_of_daemon(say)
        return await teach(wish, midi, ports, clock, TypedLines().next, say)


async def warn_of_daemon(say: Say, url: str | None = None) -> None:
    """Say so where a running daemon takes what is moved in the lesson for a hand on the mix."""
    from tonn_bridge.cli.checks import ask_daemon
    from tonn_bridge.client import daemon_url

    document: Document = {}
    with suppress(BridgeError):  # a session file that is wrong is no lesson's business
        document = await ask_daemon(daemon_url(url)) or {}
    if any(end["name"] == "surface" and end["connected"] for end in document.get("endpoints", ())):
        say("tonn-bridge is running with a surface: if it is this one, what you move now moves the DAW as well.")


def _checked(name: str | None) -> str | None:
    """The name without the ending of a file."""
    if name is None:
        return None
    name = name.removesuffix(".toml")
    if name in RESERVED or not re.fullmatch(r"\w[\w .-]*", name):
        raise typer.BadParameter(
            f'"{name}" cannot be the name of a surface: letters, digits, "-" and "_", but not {" or ".join(RESERVED)}',
            param_hint="NAME",
        )
    return name


def _inputs(part: str | None, ports: "PortNames") -> Sequence[str]:
    from tonn_bridge.ports.midi.match import find

    if not ports.inputs:
        raise PortError("no MIDI input is connected: plug the surface in and switch it on; see: tonn-bridge ports")
    return ports.inputs if part is None else [find("input", part, ports.inputs)]


@asynccontextmanager
async def _typing(typed: Callable[[], Awaitable[str]]) -> "AsyncIterator[asyncio.Queue[Happened]]":
    """What is typed, line by line, in a queue that others may put things into; the end of input counts as q."""
    happened: asyncio.Queue[Happened] = asyncio.Queue()

    async def read() -> None:
        while text := await typed():
            for line in text.splitlines():
                happened.put_nowait(line)
        happened.put_nowait("q")

    reading = asyncio.create_task(read(), name="typed lines")
    try:
        yield happened
    finally:
        reading.cancel()
        with suppress(asyncio.CancelledError):
            await reading


async def _ask_to_replace(wish: Wish, happened: "asyncio.Queue[Happened]", say: Say) -> None:
    """Raises MappingError where a file is there that may not be replaced."""
    path = wish.path(wish.name or "")
    if wish.force or not path.exists():
        return
    say(f"{clean(str(path))} is there already. Replace it in the end? y: yes, Enter: no.")
    if str(await happened.get()).strip().casefold() not in ("y", "yes"):
        raise MappingError(f"{path} is there already; give another name, or add --force to replace it")


async def _open(hearing: "Hearing", say: Say) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(OPENING_S):
            await hearing.opened()
    if not hearing.hears:
        raise PortError(hearing.problems[0])
    for problem in hearing.problems:
        say(f"not listened to: {clean(problem)}")


def _write(wish: Wish, learnt: "Learnt", chosen: str, ports: "PortNames") -> Written:
    from tonn_bridge.learning import mapping_text

    part = _lasting_part(chosen, ports)
    path = wish.path(wish.name or "") if wish.names_its_file else _free(wish, _file_name(part))
    text = mapping_text(learnt, name=wish.name or part, source=f'learnt on MIDI input "{chosen}"', file=path.name)
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as exc:
        raise MappingError(f"{path}: {exc.strerror}") from exc
    return Written(path, _session_lines(path, part, ports))


def _free(wish: Wish, name: str) -> Path:
    """A file for a surface that was given no name: one that is not there yet."""
    path, number = wish.path(name), 1
    while path.exists() and not wish.force:
        number += 1
        path = wish.path(f"{name}-{number}")
    return path


def _file_name(part: str) -> str:
    name = re.sub(r"\W+", "-", part.casefold()).strip("-") or "surface"
    return f"{name}-surface" if name in RESERVED else name


def _lasting_part(name: str, ports: "PortNames") -> str:
    """The shortest part of an input's name that finds it again; one that finds an output too comes first."""
    client, _, own = re.sub(r"\s+\d+:\d+$", "", name).partition(":")
    parts = sorted({part.strip() for part in (client, own, name) if part.strip()}, key=len)
    fitting = [part for part in parts if _finds("input", part, ports.inputs) == name] or [name]
    return next((part for part in fitting if _finds("output", part, ports.outputs)), fitting[0])


def _finds(kind: str, part: str, names: Sequence[str]) -> str | None:
    from tonn_bridge.ports.midi.match import find

    try:
        return find(kind, part, names)
    except PortError:
        return None


def _session_lines(path: Path, part: str, ports: "PortNames") -> tuple[str, ...]:
    """The table that makes a session use the surface."""
    mapping = f"./{path.as_posix()}" if len(path.parts) == 1 else path.as_posix()
    lines = ["[[surface]]", f"mapping = {_quoted(mapping)}", f"input = {_quoted(part)}"]
    if _finds("output", part, ports.outputs):
        lines.append(f"output = {_quoted(part)}")
    return tuple(lines)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
