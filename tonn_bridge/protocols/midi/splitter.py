"""A stream of bytes to complete messages, for wires and drivers that do not keep messages apart."""

from tonn_bridge.protocols.midi.decode import LENGTHS, REAL_TIME, SYSEX, SYSEX_END

MAX_SYSEX = 4096
"""Bytes of one SysEx, F0 and F7 counted: the longest that a surface sends is a dump of its settings, some hundreds."""


class Splitter:
    """Cuts a stream into messages, however it is chopped: running status written out, real-time bytes on their own.

    Real-time bytes are given where they came, before the message they stand in. What cannot be a message is left out
    and counted: `too_long` (SysEx above `max_sysex` bytes), `cut` (messages ended by another's status byte) and
    `stray` (bytes that belong to nothing).
    """

    def __init__(self, max_sysex: int = MAX_SYSEX) -> None:
        self.too_long = 0
        self.cut = 0
        self.stray = 0
        self._max_sysex = max_sysex
        self._running = 0
        """The status that data bytes without one belong to; 0 for none."""
        self._message = bytearray()
        """What has come of the message under way."""
        self._overflow = False
        """The SysEx under way has grown too long; what is left of it is skipped."""

    def feed(self, data: bytes) -> list[bytes]:
        """The messages that are complete with these bytes, in order."""
        messages: list[bytes] = []
        for byte in data:
            if byte < 0x80:
                self._data(byte, messages)
            elif byte >= REAL_TIME:
                self._real_time(byte, messages)
            else:
                self._status(byte, messages)
        return messages

    def _real_time(self, byte: int, messages: list[bytes]) -> None:
        if LENGTHS[byte]:
            messages.append(bytes((byte,)))
        else:
            self.stray += 1

    def _status(self, byte: int, messages: list[bytes]) -> None:
        if byte == SYSEX_END:
            self._end_sysex(messages)
            return
        if self._message and not self._overflow:
            self.cut += 1
        self._message.clear()
        self._overflow = False
        self._running = byte if byte < SYSEX else 0
        if LENGTHS[byte] == 1:
            messages.append(bytes((byte,)))
        elif LENGTHS[byte] or byte == SYSEX:
            self._message.append(byte)
        else:
            self.stray += 1

    def _end_sysex(self, messages: list[bytes]) -> None:
        if self._message and self._message[0] == SYSEX:
            if not self._overflow:
                messages.append(bytes(self._message) + b"\xf7")
        elif self._message:
            self.cut += 1
        else:
            self.stray += 1
        self._message.clear()
        self._overflow = False
        self._running = 0

    def _data(self, byte: int, messages: list[bytes]) -> None:
        if self._overflow:
            return
        if not self._message:
            if not self._running:
                self.stray += 1
                return
            self._message.append(self._running)
        self._message.append(byte)
        if self._message[0] == SYSEX:
            if len(self._message) >= self._max_sysex:  # no room for its end
                self._overflow = True
                self.too_long += 1
        elif len(self._message) == LENGTHS[self._message[0]]:
            messages.append(bytes(self._message))
            self._message.clear()
