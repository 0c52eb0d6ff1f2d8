"""What a layout for a session shows, and where it speaks to."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath

from tonn_bridge.errors import MappingError
from tonn_bridge.mapping import load_surface
from tonn_bridge.mapping.surface.osc import OscSurface
from tonn_bridge.mapping.surface.osc_file import heard_places, told_places
from tonn_bridge.session import Address, Session, SurfaceTable, parse_address

NEUTRAL = "#8a8f98"

_COLOURS: Mapping[str, str] = {
    "BASS_GROUP": "#8e63d9",
    "DRUMS_GROUP": "#d9534f",
    "KICK_GROUP": "#d9534f",
    "SNARE_GROUP": "#e0785a",
    "CYMBALS_GROUP": "#e6a15c",
    "PERCS_GROUP": "#d98c3d",
    "VOCAL_GROUP": "#e3c341",
    "BACKING_VOX_GROUP": "#c8b766",
    "STRINGS_GROUP": "#5fb06a",
    "BRASS_GROUP": "#9ab84c",
    "KEYS_GROUP": "#45b5a5",
    "SYNTH_GROUP": "#4aa3df",
    "FX_GROUP": "#5c7bd6",
    "E_GUITAR_GROUP": "#d064a6",
    "ACOUSTIC_GUITAR_GROUP": "#c98a78",
}
"""One colour for each instrument group; all light enough for a dark ground. Backing tracks and others are neutral."""


def colour_of(group: str) -> str:
    """The colour of an instrument group, `#rrggbb`."""
    return _COLOURS.get(group, NEUTRAL)


@dataclass(frozen=True, slots=True)
class Track:
    """A strip's name and its group's colour, `#rrggbb`."""

    name: str
    colour: str


@dataclass(frozen=True, slots=True)
class Panel:
    """A surface for one session. `tracks` stand on its first strips; `strips` is how many it has.

    `send` is where the surface listens, `listen` where it sends to: the bridge. `in_session`: the session names the
    surface already.
    """

    title: str
    program: str
    mapping: str
    tracks: tuple[Track, ...]
    strips: int
    buttons: tuple[str, ...]
    send: Address
    listen: Address
    in_session: bool
    _addresses: Mapping[tuple[str, int | None, int | None, str | None], str]

    @property
    def target(self) -> Address:
        """The bridge as a program on this machine reaches it: listening everywhere is no address to send to."""
        everywhere = self.listen.host in ("0.0.0.0", "::")
        return Address("127.0.0.1", self.listen.port) if everywhere else self.listen

    def at(
        self, key: str, *, strip: int | None = None, row: int | None = None, button: str | None = None
    ) -> str | None:
        """The address under `key` in the mapping file; None where the surface has no such thing."""
        return self._addresses.get((key, strip, row, button))


def panel_for(session: Session, name: str) -> Panel:
    """The panel that the mapping `name`, or the session's own copy of it, describes.

    Raises:
        MappingError: there is no such mapping, it has mistakes, or its surface does not speak OSC.
    """
    table = _named(session, name)
    mapping = name if table is None else table.mapping
    surface = load_surface(mapping, session.folder)
    if not isinstance(surface, OscSurface):
        raise MappingError(f'"{mapping}" speaks {surface.protocol}: a layout can be made for surfaces that speak OSC')
    file = surface.fitted(len(session.tracks)).file
    places = [*heard_places(file), *told_places(file)]
    return Panel(
        title=session.mix.name,
        program=file.name,
        mapping=mapping,
        tracks=tuple(Track(track.name, colour_of(track.group)) for track in session.tracks),
        strips=file.unit.strips,
        buttons=tuple(file.buttons),
        send=(table and table.send) or parse_address(file.ports.send),
        listen=(table and table.listen) or parse_address(file.ports.listen),
        in_session=table is not None,
        _addresses={(place.key, place.strip, place.row, place.button): place.address for place in places},
    )


def _named(session: Session, name: str) -> SurfaceTable | None:
    """The session's first OSC surface with this mapping, or with a file of that name."""
    tables = (table for table in session.surfaces if table.send is not None or table.listen is not None)
    return next((table for table in tables if PurePath(table.mapping).stem == name), None)
