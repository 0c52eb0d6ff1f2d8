"""Which plug-ins the DAW has listed on each strip, and when."""

from collections.abc import Mapping

from tonn_bridge.clock import Clock
from tonn_bridge.mapping.plugins.events import PluginsListed

MOST = 256
"""Plug-ins of one strip that are kept."""


class Listing:
    """Names by strip and by the DAW's number of the plug-in."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._listed: dict[int, dict[int, str]] = {}
        self._told_at: dict[int, float] = {}
        self._begun: set[int] = set()

    def of(self, strip: int) -> Mapping[int, str]:
        return self._listed.get(strip, {})

    def age_s(self, strip: int) -> float:
        """How long ago the strip told anything of its list."""
        return self._clock.now() - self._told_at.get(strip, float("-inf"))

    def begin(self, strip: int) -> None:
        """A list that comes one by one is asked for: its first entry begins a new one."""
        self._begun.add(strip)

    def complete(self, strip: int) -> None:
        """The last entry must have come; if none has, there is nothing on the strip."""
        if strip in self._begun:
            self.hear(PluginsListed(strip, (), whole=True))

    def hear(self, event: PluginsListed) -> bool:
        """True when that is news."""
        known = self._listed.get(event.strip)
        told = {} if event.whole or known is None or event.strip in self._begun else dict(known)
        self._begun.discard(event.strip)
        for plugin in event.plugins[:MOST]:
            if not plugin.name:
                told.pop(plugin.number, None)
            elif plugin.number < MOST:
                told[plugin.number] = plugin.name
        self._listed[event.strip] = told
        self._told_at[event.strip] = self._clock.now()
        return told != (known or {})

    def clear(self) -> None:
        self._listed.clear()
        self._told_at.clear()
        self._begun.clear()
