"""Who wants to hear of changes over OSC, and for how long."""

from dataclasses import dataclass, field

from tonn_bridge.clock import Clock
from tonn_bridge.ports.port import Address
from tonn_bridge.protocols.osc import Argument

KEPT_S = 60.0
MOST = 16

State = dict[str, tuple[Argument, ...]]
"""What each outgoing address says now."""


@dataclass(slots=True)
class _Subscriber:
    until: float
    told: State = field(default_factory=dict)


class Subscribers:
    """Keeps, for each subscriber, what it has been told, so that each change goes out once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._all: dict[Address, _Subscriber] = {}

    def __bool__(self) -> bool:
        return bool(self._all)

    def add(self, address: Address) -> bool:
        """Subscribe for 60 s, or renew; False when there are 16 others already."""
        self._expire()
        known = self._all.get(address)
        if known is None and len(self._all) >= MOST:
            return False
        self._all[address] = _Subscriber(self._clock.now() + KEPT_S)
        return True

    def news(self, state: State) -> list[tuple[Address, State]]:
        """What has changed for each subscriber since it was told last; counts as told from now on."""
        self._expire()
        found = []
        for address, subscriber in self._all.items():
            fresh = {path: args for path, args in state.items() if subscriber.told.get(path) != args}
            if fresh:
                subscriber.told = dict(state)
                found.append((address, fresh))
        return found

    def addresses(self) -> list[Address]:
        self._expire()
        return list(self._all)

    def _expire(self) -> None:
        now = self._clock.now()
        for address in [address for address, subscriber in self._all.items() if subscriber.until <= now]:
            del self._all[address]
