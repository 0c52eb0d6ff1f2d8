"""From datagrams to messages, each at the moment its sender wants; what is not OSC is counted and costs a few lines."""

import logging
from collections.abc import Callable

from tonn_bridge.clock import Clock, Timer
from tonn_bridge.errors import DecodeError
from tonn_bridge.links.traffic import Traffic
from tonn_bridge.ports.port import Address
from tonn_bridge.protocols import osc

log = logging.getLogger(__name__)

MOST_LATER = 256
"""Messages for a later moment that are kept at most; those beyond are taken at once."""


class Intake:
    """Hands each message to `take` with its sender. `began` is called at each datagram that could be read."""

    def __init__(
        self,
        endpoint: str,
        clock: Clock,
        traffic: Traffic,
        take: Callable[[osc.Message, Address], None],
        began: Callable[[], None] = lambda: None,
    ) -> None:
        self._endpoint = endpoint
        self._clock = clock
        self._traffic = traffic
        self._take = take
        self._began = began
        self._later: list[Timer] = []
        self.refused = 0
        """Datagrams that were not understood."""

    def on_datagrams(self, batch: list[tuple[bytes, Address]]) -> None:
        """Read what has arrived together."""
        wall = self._clock.wall()
        for datagram, sender in batch:
            self._traffic.note("in", self._endpoint, datagram)
            try:
                messages = osc.decode(datagram, wall)
            except DecodeError as exc:
                self._refuse(exc, sender)
                continue
            self._began()
            for message in messages:
                if message.delay_s > 0.0 and len(self._later) < MOST_LATER:
                    self._put_off(message, sender)
                else:
                    self._take(message, sender)

    def stop(self) -> None:
        """Forget what was to be taken later."""
        for timer in self._later:
            timer.cancel()
        self._later.clear()

    def _put_off(self, message: osc.Message, sender: Address) -> None:
        def now() -> None:
            self._later.remove(timer)
            self._take(message, sender)

        timer = self._clock.call_later(message.delay_s, now)
        self._later.append(timer)

    def _refuse(self, exc: DecodeError, sender: Address) -> None:
        self.refused += 1
        if self.refused.bit_count() == 1:  # the 1st, 2nd, 4th, 8th …: a flood costs a few lines
            log.warning("%s: datagram %d from %s refused: %s", self._endpoint, self.refused, sender, exc)
