"""The DAW's tracks as the units have shown them, window by window, and which of them are the session's."""

from collections.abc import Sequence
from copy import deepcopy

from tonn_bridge.core import Param, TrackSpec
from tonn_bridge.links.device.names import full_name
from tonn_bridge.links.device.panel import Panel, Shown
from tonn_bridge.links.roster import Roster
from tonn_bridge.mapping.device import DeviceFile


class Strips:
    """Strips count from 0 in the window, places from 1 in the DAW."""

    def __init__(self, mapping: DeviceFile, panel: Panel, tracks: Sequence[TrackSpec]) -> None:
        self._names = mapping.names
        self._panel = panel
        self._tracks = tracks
        self.roster = Roster(tracks)
        self.seen: dict[int, Shown] = {}
        """What the last survey has seen, by place."""

    def shown(self, strip: int) -> Shown:
        return self._panel.strips[strip]

    def shown_value(self, strip: int, param: Param) -> float | None:
        """Where a fader or a mute stands; None while the DAW has not told."""
        shown = self._panel.strips[strip]
        if param is Param.GAIN:
            return shown.fader
        return None if param is not Param.MUTE or shown.muted is None else float(shown.muted)

    def names(self) -> tuple[str, ...]:
        """The names in the window, as they are shown."""
        return tuple(shown.rows[self._names.row] for shown in self._panel.strips)

    # --- a survey -----------------------------------------------------------------------------------------------

    def begin(self) -> None:
        self.seen = {}

    def collect(self, offset: int) -> bool:
        """Take down the window behind `offset` tracks; True when every track has been found, or the DAW's last one."""
        self.seen |= {offset + strip: deepcopy(shown) for strip, shown in enumerate(self._panel.strips, 1)}
        if self._vacant(self._panel.strips[-1]):
            return True
        found = {self._name(place).casefold() for place in self.seen}
        return all(isinstance(track.daw, str | None) and track.sought.casefold() in found for track in self._tracks)

    def finish(self) -> int:
        """Tell the roster what was seen; how many tracks the DAW has shown."""
        last = max((place for place, shown in self.seen.items() if not self._vacant(shown)), default=0)
        self.seen = {place: shown for place, shown in self.seen.items() if place <= last}
        for place in self.roster.strips():
            if place not in self.seen:
                self.roster.gone(place)
        for place, shown in self.seen.items():
            self.roster.name(place, self._name(place))
            if shown.fader is not None:
                self.roster.value(place, Param.GAIN, shown.fader)
            if shown.muted is not None:
                self.roster.value(place, Param.MUTE, float(shown.muted))
        return last

    def as_known(self, offset: int) -> bool:
        """Whether the window behind `offset` tracks shows the names that the survey saw there."""
        return all(
            place not in self.seen or self.seen[place].rows[self._names.row] == name
            for place, name in enumerate(self.names(), offset + 1)
        )

    def _name(self, place: int) -> str:
        sought = [track.sought for track in self._tracks]
        return full_name(self.seen[place].rows[self._names.row], sought, self._names.characters)

    def _vacant(self, shown: Shown) -> bool:
        """Whether there is no track: a blank name, and a fader that was pulled down."""
        return not shown.rows[self._names.row] and not shown.fader
