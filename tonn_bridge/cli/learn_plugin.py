"""`learn plugin`: read the laws of a DAW's plug-ins from what it shows while their dials are turned."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from tonn_bridge.cli.output import clean, err, out
from tonn_bridge.core.plugins import Slot
from tonn_bridge.errors import PortError, SessionError, UnknownTrack

if TYPE_CHECKING:
    from tonn_bridge.clock import Clock
    from tonn_bridge.core import Param
    from tonn_bridge.learning.dial import FoundDial
    from tonn_bridge.links import DawLink
    from tonn_bridge.mapping.plugins.events import ParamId
    from tonn_bridge.mapping.plugins.model import Plugins, Serves, Text
    from tonn_bridge.session import Session

Say = Callable[[str], None]

ANSWER_S = 20.0
"""A DAW that has not told its tracks by then does not hear us."""
LOOK_EVERY_S = 0.1


@dataclass(frozen=True, slots=True)
class PluginWish:
    """What was asked for on the command line; `track` is a name of the session's, None any that has the plug-in."""

    session: Path = Path("session.toml")
    track: str | None = None
    slot: Slot | None = None
    check: bool = False
    version: str = ""
    yes: bool = False


def learn_plugin(wish: PluginWish) -> None:
    """Learn the dials of the DAW's plug-ins whose law is not known, and keep them where the daemon looks for them.

    Raises:
        SessionError, MappingError: the session is wrong, or nothing is known of plug-ins in its DAW.
        PortError: a port is taken, the DAW does not answer, or what it shows makes no law. UnknownTrack: no such track.
    """
    from tonn_bridge.cli.stopping import run_until_stopped
    from tonn_bridge.session import load_session

    session = load_session(wish.session)
    _table(session)
    for path in run_until_stopped(_at_the_terminal(wish, session)) or ():
        out.print(f"kept in {clean(str(path))}; tonn-bridge uses it from now on", markup=False)


async def teach_plugins(
    wish: PluginWish, session: "Session", clock: "Clock", typed: Callable[[], Awaitable[str]], say: Say, folder: Path
) -> list[Path]:
    """Turn the dials of the plug-ins on the session's tracks, and keep what is learnt in `folder`; the files.

    None of them where the person at the terminal does not want it. Raises as `learn_plugin` does.
    """
    table = _table(session)
    numbers = _chosen(session, wish.track)
    async with _linked(session, clock, say) as link:
        targets = [target async for target in _targets(link, table, wish, numbers)]
        if not targets:
            raise PortError(_nothing_found(table, wish.slot, [session.tracks[number - 1].name for number in numbers]))
        for line in _announced(targets, session, wish):
            say(line)
        if not wish.yes:
            say("Go on? y: yes, Enter: no.")
            if (await typed()).strip().casefold() not in ("y", "yes"):
                return []
        lessons = _Lessons(link, wish, clock, say)
        kept = [await lessons.give(target, session, folder) for target in targets]
    return [path for path in kept if path is not None]


@dataclass(frozen=True, slots=True)
class _Target:
    """A plug-in that is going to be turned: on which track of the session, and what the mapping says of it."""

    number: int
    serves: "Serves"
    text: "Text | None"

    @property
    def unknown(self) -> tuple[str, ...]:
        """The dials whose law has to be learnt."""
        from tonn_bridge.learning.plugin import QUANTITIES

        dials = {key: getattr(self.serves, key) for key in (*QUANTITIES, "trim")}
        return tuple(key for key, dial in dials.items() if dial is not None and dial.law == "learn")

    @property
    def other_bell(self) -> "Mapping[str, ParamId]":
        """What the dials of the bells have at the second one."""
        bells = self.serves.bells
        return dict(zip(("freq", "gain", "q"), bells[1], strict=True)) if len(bells) > 1 else {}


@dataclass(frozen=True, slots=True)
class _Lessons:
    """Gives one lesson after the other over a link."""

    link: "DawLink"
    wish: PluginWish
    clock: "Clock"
    say: Say

    async def give(self, target: _Target, session: "Session", folder: Path) -> Path | None:
        """Learn or check one plug-in; the file in which what was learnt is kept."""
        from tonn_bridge.learning.dial import NoText
        from tonn_bridge.learning.plugin import PlugInLesson

        title, track = target.serves.called, session.tracks[target.number - 1].name
        if target.text is None:
            self.say(f"{title}: its laws are known, and {session.daw.mapping} shows no text that could check them")
            return None
        version = await self.link.plugins.version() or self.wish.version
        async with self.link.plugins.probe(target.number, target.serves.slot) as probe:
            if probe is None:
                raise PortError(f'{title} is no longer on "{track}"')
            self.say(f'{title} on "{track}":')
            lesson = PlugInLesson(probe, target.other_bell, self.clock, lambda line: self.say(f"  {line}"))
            if self.wish.check:
                await lesson.check()
                return None
            try:
                found = await lesson.learn(target.unknown)
            except NoText as exc:
                raise NoText(f"{exc}. {target.text.without}".rstrip(". ")) from exc
        return self._keep(folder, PurePath(session.daw.mapping).stem, version, title, found) if found else None

    def _keep(self, folder: Path, label: str, version: str, title: str, found: "Mapping[str, FoundDial]") -> Path:
        from tonn_bridge.mapping.plugins import LearntDial, LearntDials, keep_dials

        learnt = datetime.fromtimestamp(self.clock.wall(), UTC).date().isoformat()
        dials = {
            key: LearntDial(unit=dial.unit, log=dial.law.log, error=dial.error, points=dial.law.points)
            for key, dial in found.items()
        }
        return keep_dials(folder, LearntDials(mapping=label, version=version, plugin=title, learnt=learnt, dials=dials))


class _Bound:
    """Waits until the DAW has told where the session's tracks stand; what it says of faders is not looked at."""

    def __init__(self) -> None:
        self.places: Mapping[int, int] = {}

    def daw_read(self, number: int, param: "Param", wire: float) -> None: ...
    def daw_confirmed(self, number: int, param: "Param", wire: float, tolerance: float) -> None: ...
    def daw_sent(self, number: int, param: "Param", wire: float) -> None: ...
    def daw_lost(self) -> None: ...
    def daw_bound(self, places: Mapping[int, int], readings: object, *, fresh: bool) -> None:
        self.places = places


@asynccontextmanager
async def _linked(session: "Session", clock: "Clock", say: Say) -> "AsyncIterator[DawLink]":
    """The link to the session's DAW, as the daemon would have it, once the DAW has told its tracks."""
    from tonn_bridge.core import TrackSpec
    from tonn_bridge.daw import Surroundings, make_daw
    from tonn_bridge.links import DawLink, Traffic
    from tonn_bridge.ports import Turn
    from tonn_bridge.ports.midi import memory_midi

    turn = Turn(asyncio.get_running_loop().call_soon)
    tracks = [TrackSpec(number, track.name, track.daw) for number, track in enumerate(session.tracks, 1)]
    daw = make_daw(session, Surroundings(tracks, clock, turn.soon, Traffic(clock), lambda: None))
    assert isinstance(daw.link, DawLink)  # it speaks OSC
    async with AsyncExitStack() as stack:
        where, begin = await daw.open(stack, turn, memory_midi())  # for a DAW on OSC, MIDI is nothing
        bound = _Bound()
        begin(bound)
        say(f"waiting for {daw.name} ({where})")
        started = clock.now()
        while not bound.places:
            if clock.now() - started > ANSWER_S:
                raise PortError(f"{daw.name} does not tell its tracks ({where}); is it open, and its OSC set up?")
            await clock.sleep(LOOK_EVERY_S)
        yield daw.link


async def _targets(
    link: "DawLink", table: "Plugins", wish: PluginWish, numbers: Collection[int]
) -> "AsyncIterator[_Target]":
    """For each slot the first of these tracks on which a plug-in serves in it."""
    for slot in dict.fromkeys(serves.slot for serves in table.serves if wish.slot in (None, serves.slot)):
        for number in numbers:
            async with link.plugins.probe(number, slot) as probe:
                title = None if probe is None else probe.title
            if title is not None:
                serves = next(it for it in table.serves if it.slot is slot and it.called == title)
                yield _Target(number, serves, table.speech_of(serves).text)
                break


def _table(session: "Session") -> "Plugins":
    """What the mapping says of plug-ins. Raises SessionError where that is nothing."""
    from tonn_bridge.mapping import Role, load, role_of

    label, name = session.daw.mapping, session.path.name
    if role_of(label, session.folder) is Role.DEVICE:
        raise SessionError(f'{name}: "{label}" is spoken to over MIDI, which does not reach plug-ins')
    table = load(label, session.folder).plugins
    if table is None:
        raise SessionError(f'{name}: the mapping "{label}" says nothing of plug-ins, so there are no dials to learn')
    return table


def _chosen(session: "Session", wanted: str | None) -> list[int]:
    """The numbers of the tracks that may be used. Raises UnknownTrack."""
    names = [track.name for track in session.tracks]
    if wanted is None:
        return list(range(1, len(names) + 1))
    found = [number for number, name in enumerate(names, 1) if name.casefold() == wanted.strip().casefold()]
    if not found:
        shown = ", ".join(f'"{name}"' for name in names)
        raise UnknownTrack(f'the session has no track "{wanted}"; it has {shown}')
    return found[:1]


def _nothing_found(table: "Plugins", slot: Slot | None, tracks: Collection[str]) -> str:
    where = f'"{next(iter(tracks))}"' if len(tracks) == 1 else "any track of the session"
    wanted = [serves for serves in table.serves if slot in (None, serves.slot)]
    if not wanted:
        return f"the mapping knows no plug-in that serves as {slot}"
    titles = " or ".join(dict.fromkeys(serves.called for serves in wanted))
    return f"no {titles} stands on {where}. {wanted[0].insert}".strip()


def _announced(targets: Collection[_Target], session: "Session", wish: PluginWish) -> list[str]:
    """What is going to be turned, line by line, for whoever has to agree."""
    how = "to a few places" if wish.check else "through their travel, 2 to 10 seconds each,"
    return [
        *(_turned(target, session, wish) for target in targets),
        f"Dials are turned {how} and put back. Stop the playback, and touch nothing meanwhile.",
    ]


def _turned(target: _Target, session: "Session", wish: PluginWish) -> str:
    name = f'{target.serves.called} on "{session.tracks[target.number - 1].name}"'
    if wish.check or not target.unknown:
        return f"{name}: known laws are checked"
    return f"{name}: {', '.join(target.unknown)} to be learnt"


async def _at_the_terminal(wish: PluginWish, session: "Session") -> list[Path]:
    from tonn_bridge import places
    from tonn_bridge.cli.typed import TypedLines
    from tonn_bridge.clock import SystemClock

    await _refuse_beside_daemon(session)
    return await teach_plugins(wish, session, SystemClock(), TypedLines().next, _say, places.laws_dir())


def _say(line: str) -> None:
    err.print(clean(line), markup=False)


async def _refuse_beside_daemon(session: "Session") -> None:
    """Raises PortError where the daemon of this session speaks to the same DAW."""
    from tonn_bridge.cli.checks import ask_daemon, runs
    from tonn_bridge.client import url_of

    document = await ask_daemon(url_of(session))
    if document is not None and runs(document, session):
        raise PortError("tonn-bridge is running with this session and sets its DAW: end it first, then learn")
