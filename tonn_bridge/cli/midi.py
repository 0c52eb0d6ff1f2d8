"""What MIDI this machine has."""

import asyncio

from tonn_bridge.clock import SystemClock
from tonn_bridge.errors import PortError
from tonn_bridge.ports.midi import PortNames, RtMidi, open_midi

PATIENCE_S = 15.0
"""How long a system's driver may take to tell its ports."""


async def midi_ports() -> PortNames:
    """The MIDI ports of this machine. Raises as `known_ports` does."""
    async with open_midi(SystemClock()) as midi:
        return await known_ports(midi)


async def known_ports(midi: RtMidi) -> PortNames:
    """The ports there are, once that is known.

    Raises:
        PortError: python-rtmidi is not installed, or the system has no MIDI; says what to do.
    """
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await midi.scan()
    except TimeoutError as exc:
        raise PortError("no MIDI: the system's MIDI does not answer; restart its MIDI server or driver") from exc
