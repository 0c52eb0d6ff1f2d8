"""A DAW whose mapping knows no plug-ins."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tonn_bridge.core.plugins import NoPlugins, Slot
from tonn_bridge.links.plugins.probe import Probe
from tonn_bridge.mapping.plugins.events import PluginEvent


class Unserved(NoPlugins):
    """Does nothing where `DawPlugins` would."""

    @asynccontextmanager
    async def probe(self, number: int, slot: Slot) -> AsyncIterator[Probe | None]:
        yield None

    async def version(self) -> str:
        return ""

    def hear(self, event: PluginEvent) -> None:
        pass

    def hold(self, held: bool) -> None:
        pass

    def forget(self) -> None:
        pass

    def lost(self) -> None:
        pass

    def spend(self, messages: int) -> None:
        pass
