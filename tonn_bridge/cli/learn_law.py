"""`learn law`: read a DAW's fader law from the dB that it prints while one of its faders is moved."""

from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from tonn_bridge.cli.output import clean, err, out
from tonn_bridge.errors import PortError, SessionError, UnknownTrack

if TYPE_CHECKING:
    from tonn_bridge.clock import Clock
    from tonn_bridge.core.laws import FaderLaw, TableLaw
    from tonn_bridge.learning.law import LearntFader
    from tonn_bridge.mapping.device import DeviceFile
    from tonn_bridge.ports.midi import MidiSystem
    from tonn_bridge.session import Session

Say = Callable[[str], None]

CHECKED_FROM_DB = -60.0
"""Below this nobody hears a difference between two laws."""


@dataclass(frozen=True, slots=True)
class LawWish:
    """What was asked for on the command line; `track` is a name as the DAW shows it, None the first."""

    session: Path = Path("session.toml")
    track: str | None = None
    version: str = ""
    yes: bool = False


def learn_law(wish: LawWish) -> None:
    """Learn the law of the session's DAW and keep it where the daemon looks for it.

    Raises:
        SessionError, MappingError: the session is wrong, or its DAW is not spoken to over MIDI.
        PortError: the ports are taken, or the DAW prints no dB. UnknownTrack: it shows no such track.
    """
    from tonn_bridge.cli.stopping import run_until_stopped
    from tonn_bridge.mapping import Role, role_of
    from tonn_bridge.session import load_session

    session = load_session(wish.session)
    if role_of(session.daw.mapping, session.folder) is not Role.DEVICE:
        raise SessionError(
            f'{wish.session.name}: "{session.daw.mapping}" speaks OSC, and its fader law is in its mapping; only of a '
            "DAW that is spoken to over MIDI a law is learnt"
        )
    path = run_until_stopped(_at_the_terminal(wish, session))
    if path is not None:
        out.print(f"kept in {clean(str(path))}; tonn-bridge uses it from now on", markup=False)


async def teach_law(
    wish: LawWish,
    session: "Session",
    midi: "MidiSystem",
    clock: "Clock",
    typed: Callable[[], Awaitable[str]],
    say: Say,
    folder: Path,
) -> Path | None:
    """Move one fader of the DAW through its travel, and keep what it prints in `folder`; the file.

    None where the person at the terminal does not want it. Raises as `learn_law` does.
    """
    from tonn_bridge.learning.law import LawLesson
    from tonn_bridge.links.device import Row, units_for, wanted_ports
    from tonn_bridge.mapping import load_device
    from tonn_bridge.mapping.device import LearntLaw, keep_law

    mapping, table = load_device(session.daw.mapping, session.folder), session.daw
    units = units_for(mapping, len(session.tracks), table.units)
    row = Row(mapping, units, lambda _, __: None)
    lesson = LawLesson(mapping, row, clock)
    with closing(row):
        row.open(midi, wanted_ports(units, table.input, table.output), lesson)
        say(f"waiting for {mapping.name} to find this control surface. {mapping.setup}".rstrip())
        strip, name = _chosen(await lesson.meet(), wish.track)
        say(
            f'The fader of "{name}" is moved through its whole travel now, which takes a minute, and put back. '
            "Stop the playback, or turn it down."
        )
        if not wish.yes:
            say("Go on? y: yes, Enter: no.")
            if (await typed()).strip().casefold() not in ("y", "yes"):
                return None
        found = await lesson.learn(strip, lambda share: say(f"{share:.0%}"))
    say(_report(found, mapping))
    label = PurePath(table.mapping).stem
    learnt = datetime.fromtimestamp(clock.wall(), UTC).date().isoformat()
    return keep_law(
        folder,
        LearntLaw(mapping=label, version=wish.version, learnt=learnt, error_db=found.error_db, points=found.law.points),
    )


async def _at_the_terminal(wish: LawWish, session: "Session") -> Path | None:
    from tonn_bridge import places
    from tonn_bridge.cli.typed import TypedLines
    from tonn_bridge.clock import SystemClock
    from tonn_bridge.ports.midi import open_midi

    await _refuse_beside_daemon(session)
    clock = SystemClock()
    async with open_midi(clock) as midi:
        return await teach_law(wish, session, midi, clock, TypedLines().next, _say, places.laws_dir())


def _say(line: str) -> None:
    err.print(clean(line), markup=False)


async def _refuse_beside_daemon(session: "Session") -> None:
    """Raises PortError where the daemon of this session is playing the same control surface."""
    from tonn_bridge.cli.checks import ask_daemon, runs
    from tonn_bridge.client import url_of

    document = await ask_daemon(url_of(session))
    if document is not None and runs(document, session):
        raise PortError("tonn-bridge is running with this session and has its MIDI ports: end it first, then learn")


def _chosen(names: dict[int, str], wanted: str | None) -> tuple[int, str]:
    """The strip whose fader is moved. Raises UnknownTrack."""
    for strip, name in names.items():
        if wanted is None or name.casefold() == wanted.strip().casefold():
            return strip, name
    shown = ", ".join(f'"{name}"' for name in names.values())
    raise UnknownTrack(f'the DAW shows no track "{wanted}"; it shows {shown}')


def _report(found: "LearntFader", mapping: "DeviceFile") -> str:
    """What was found, and how far it is from the law that the mapping knew."""
    known = mapping.fader.fader_law()
    text = (
        f"{len(found.marks)} positions; the fader ends at {found.law.top.db:+z.1f} dB; "
        f"{mapping.name} printed at most {found.error_db:.2f} dB beside it"
    )
    if known is None:
        return text
    return f"{text}; the law that its mapping had is at most {_apart(found.law, known):.2f} dB away"


def _apart(law: "TableLaw", known: "FaderLaw") -> float:
    """The most by which two laws differ where it can be heard."""
    places = [place / 256 for place in range(1, 257)]
    heard = [place for place in places if known.gain(place).db >= CHECKED_FROM_DB]
    return max((abs(law.gain(place).db - known.gain(place).db) for place in heard), default=0.0)
