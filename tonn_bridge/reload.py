"""Notices that the session file, or a mapping it names, was saved, and reads it anew: in force, or said to be wrong."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

from tonn_bridge.clock import Clock
from tonn_bridge.errors import BridgeError, FileError
from tonn_bridge.mapping import find
from tonn_bridge.session import Session, load_session

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.25
"""Saved files are seen within twice this: a file that is still being written has to keep still for one look."""

Stamp = tuple[int, int] | None
"""When a file was changed, and how long it is; None where there is none."""


class Reloader:
    """Looks after the files of one session.

    `check` reads what else the session names, and raises FileError where that is wrong; `take_surfaces` puts other
    surfaces in force; `busy` tells whether a job is under way that a new session would cut short.
    """

    def __init__(
        self,
        session: Session,
        clock: Clock,
        *,
        check: Callable[[Session], None],
        take_surfaces: Callable[[Session], Awaitable[None]],
        busy: Callable[[], bool],
        tell: Callable[[tuple[str, ...]], None],
    ) -> None:
        self._session = session
        self._clock = clock
        self._check = check
        self._take_surfaces = take_surfaces
        self._busy = busy
        self._tell = tell

    async def next_session(self) -> Session:
        """Return when all of the daemon has to begin anew, with the session it is to begin with.

        What only concerns surfaces is put in force on the way.
        """
        stamps = await self._stamps()
        while True:
            stamps, changed = await self._saved(stamps)
            session = await self._read(changed)
            if session is None:
                continue
            stamps |= await self._stamps(session)
            if self._only_surfaces(session, changed):
                await self._change_surfaces(session)
            else:
                await self._until_idle()
                log.info("%s is read anew", session.path.name)
                return session

    async def _saved(self, before: dict[Path, Stamp]) -> tuple[dict[Path, Stamp], set[Path]]:
        """Wait until files differ from `before` and keep still."""
        last = before
        while True:
            await self._clock.sleep(LOOK_EVERY_S)
            now = await self._stamps()
            changed = {path for path, stamp in now.items() if stamp != before.get(path) and stamp is not None}
            if changed and now == last:
                return now, changed
            last = now

    async def _read(self, changed: Iterable[Path]) -> Session | None:
        """The session as it is on disk now; None where something in it is wrong, which is said."""
        try:
            session = await asyncio.to_thread(load_session, self._session.path)
            await asyncio.to_thread(self._check, session)
        except FileError as exc:
            log.warning("%s", exc)
            names = " and ".join(sorted(path.name for path in changed))
            self._tell((f"{names} was saved with a mistake, so what was in force before still is: {exc}",))
            return None
        self._tell(())
        return session

    def _only_surfaces(self, session: Session, changed: set[Path]) -> bool:
        """Whether DAW, tracks and service stay as they are."""
        others = changed - {session.path} - set(_surface_files(session)) - set(_surface_files(self._session))
        return not others and session.model_copy(update={"surfaces": self._session.surfaces}) == self._session

    async def _change_surfaces(self, session: Session) -> None:
        self._session = session
        try:
            await self._take_surfaces(session)
        except BridgeError as exc:
            log.warning("%s", exc)
            self._tell((str(exc),))
        else:
            log.info("the surfaces of %s are read anew", session.path.name)

    async def _until_idle(self) -> None:
        if self._busy():
            self._tell(("the session was saved, and takes effect when what is under way has ended",))
        while self._busy():
            await self._clock.sleep(LOOK_EVERY_S)

    async def _stamps(self, session: Session | None = None) -> dict[Path, Stamp]:
        return await asyncio.to_thread(_stamps, _files(session or self._session))


def _files(session: Session) -> list[Path]:
    return [session.path, *_mapping_files(session, [session.daw.mapping]), *_surface_files(session)]


def _surface_files(session: Session) -> list[Path]:
    return _mapping_files(session, [surface.mapping for surface in session.surfaces])


def _mapping_files(session: Session, names: Iterable[str]) -> list[Path]:
    found = []
    for name in names:
        try:
            found.append(find(name, session.folder))
        except FileError:
            continue  # it was there, and may come back
    return found


def _stamps(paths: Iterable[Path]) -> dict[Path, Stamp]:
    return {path: _stamp(path) for path in paths}


def _stamp(path: Path) -> Stamp:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
