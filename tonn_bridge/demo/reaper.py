"""A stand-in for REAPER at the far end of the wire: its OSC device with the default pattern file, on a real UDP socket.

It keeps REAPER's habits, because they are what the bridge has to live with:

- Each value goes out in every form its patterns name (travel, text, dB), but only where it differs from what that
  address last carried. The address just written to stays silent, and forgets what it last carried.
- Feedback is gathered, packed into bundles with REAPER's own odd time tag, and sent with a pause after each datagram.
- The slots of the bank past the last track are reported too: as "Track 9", silent, centred.

Sources: justinfrankel/reaper-sdk `csurf_osc.cpp`, `osc.cpp`, `osc_message.cpp`; the default `.ReaperOSC` file.
"""

import math
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tonn_bridge.clock import Clock, Timer
from tonn_bridge.core.laws import ReaperLaw
from tonn_bridge.core.values import Gain
from tonn_bridge.demo.simulated import Address, SimulatedPeer
from tonn_bridge.errors import DecodeError
from tonn_bridge.protocols import osc

TOP_DB = 12.0
FLOOR_DB = -150.0
"""What the dB form says of a fader that is off."""

PACKET_BYTES = 1024
PACING_S = 0.010
BANK_SIZE = 8
BUNDLE_HEADER = b"#bundle\0" + bytes.fromhex("00 00 00 00 01 00 00 00")
REFRESH_ALL_SURFACES = 41743

UNITY_POSITION = 0.716
"""Where REAPER puts 0 dB; its law alone would say 0.7162."""


@dataclass(slots=True)
class ReaperTrack:
    """One track as REAPER keeps it: `volume` linear (1.0 = 0 dB, 0.0 = off), `pan` -1.0 (left) to +1.0."""

    name: str
    volume: float = 1.0
    pan: float = 0.0
    muted: bool = False

    @property
    def db(self) -> float:
        """The fader in dB; -inf when off."""
        return 20.0 * math.log10(self.volume) if self.volume > 0.0 else -math.inf

    @db.setter
    def db(self, db: float) -> None:
        self.volume = 10.0 ** (min(db, TOP_DB) / 20.0) if db > FLOOR_DB else 0.0


EMPTY_SLOT = ReaperTrack(name="", volume=0.0)


class SimulatedReaper(SimulatedPeer):
    """REAPER with the tracks `names`, all at 0 dB and centred; tracks are counted from 1.

    Feedback goes to `feedback`; while that is None nothing is sent, and `refresh` brings the rest once it is set.
    """

    def __init__(self, names: Sequence[str], clock: Clock, feedback: Address | None = None) -> None:
        super().__init__("reaper", clock)
        self.feedback = feedback
        self.master = ReaperTrack("MASTER")
        self.tracks = [ReaperTrack(name) for name in names]
        self._bank_size = BANK_SIZE
        self._editing = ""
        self._last: dict[str, float | str] = {}
        self._waiting: list[bytes] = []
        self._flush_timer: Timer | None = None

    async def start(self, listen: Address = ("127.0.0.1", 0)) -> None:
        """Listen (port 0: any free one) and send the full state, as REAPER does when the surface is created."""
        await super().start(listen)
        self._bank_size = BANK_SIZE
        self.refresh()

    async def stop(self) -> None:
        """Close the socket; what was waiting to be sent is lost, the tracks stay."""
        if self._flush_timer:
            self._flush_timer.cancel()
        self._flush_timer = None
        self._waiting.clear()
        await super().stop()

    def refresh(self) -> None:
        """Send everything again (action 41743, "refresh all control surfaces")."""
        self._last.clear()
        self._tell_all()

    # What a person does at the screen; tracks are given by number or by name.

    def track(self, which: int | str) -> ReaperTrack:
        """The track as it truly stands."""
        return self.tracks[self.number(which) - 1]

    def number(self, which: int | str) -> int:
        """The number a track has now, from 1."""
        return which if isinstance(which, int) else 1 + [track.name for track in self.tracks].index(which)

    def hand_move(self, which: int | str, db: float) -> None:
        """A hand puts a fader to `db`; it stops at +12 dB."""
        self.track(which).db = db
        self._tell_volume(self.number(which))

    async def hand_glide(self, which: int | str, db: float, seconds: float, steps: int) -> None:
        """A hand draws a fader evenly in dB from where it stands to `db`."""
        start = max(self.track(which).db, FLOOR_DB)
        for step in range(1, steps + 1):
            await self.clock.sleep(seconds / steps)
            self.hand_move(which, start + (db - start) * step / steps)

    def hand_pan(self, which: int | str, pan: float) -> None:
        """A hand turns a pan pot, -1.0 (left) to +1.0."""
        self.track(which).pan = pan
        self._tell_pan(self.number(which))

    def mute(self, which: int | str, muted: bool) -> None:
        self.track(which).muted = muted
        self._tell_mute(self.number(which))

    def insert_track(self, number: int, name: str) -> None:
        """A new track appears as `number`; the ones from there on move up."""
        self.tracks.insert(number - 1, ReaperTrack(name))
        self._tell_all()

    def remove_track(self, which: int | str) -> None:
        del self.tracks[self.number(which) - 1]
        self._tell_all()

    def move_track(self, which: int | str, number: int) -> None:
        """Drag a track so that it becomes `number`."""
        self.tracks.insert(number - 1, self.tracks.pop(self.number(which) - 1))
        self._tell_all()

    def rename_track(self, which: int | str, name: str) -> None:
        number = self.number(which)
        self.track(number).name = name
        self._tell_name(number)

    # What comes in.

    def on_datagram(self, datagram: bytes, sender: Address) -> None:
        for element in flat_elements(datagram):
            try:
                messages = osc.decode(element, self.clock.wall()) if understood(element) else []
            except DecodeError:
                messages = []
            self.dropped += not messages
            for message in messages:
                self._obey(message.address, message.args)

    def _obey(self, address: str, args: tuple[object, ...]) -> None:
        self.received[address] += 1
        self._last.pop(address, None)
        self._editing = address
        value = args[0] if args else None
        match address.split("/")[1:]:
            case ["track", number, *form] if number.isdecimal():
                self._write(int(number), "/".join(form), value)
            case ["track", *form]:  # the device-selected track, which is the master until another is chosen
                self._write(0, "/".join(form), value)
            case ["device", "track", "count"] if isinstance(value, int | float):
                self._bank_size = int(value)
                self._tell_all()
            case ["action"] if value == REFRESH_ALL_SURFACES:
                self.refresh()
        self._editing = ""

    def _write(self, slot: int, form: str, value: object) -> None:
        track = self._at(slot)
        if track is EMPTY_SLOT:
            return
        match form, value:
            case "volume", int() | float():
                track.db = db_at(value)
                self._tell_volume(slot)
            case "volume/db", int() | float():
                track.db = float(value)
                self._tell_volume(slot)
            case "volume/str", str():
                track.db = number_in(value)
                self._tell_volume(slot)
            case "pan", int() | float():
                track.pan = min(max(2.0 * float(value) - 1.0, -1.0), 1.0)
                self._tell_pan(slot)
            case "mute", 0 | 1 if track.muted != bool(value):
                track.muted = bool(value)
                self._tell_mute(slot)
            case "mute/toggle", None | 1:
                track.muted = not track.muted
                self._tell_mute(slot)
            case "name", str():
                track.name = value
                self._tell_name(slot)

    def _at(self, slot: int) -> ReaperTrack:
        if slot == 0:
            return self.master
        return self.tracks[slot - 1] if slot <= len(self.tracks) else EMPTY_SLOT

    # What goes out. Slot 0 is the master, which this device also has as its selected track.

    def _tell_all(self) -> None:
        for slot in range(self._bank_size + 1):
            self._tell_name(slot)
            self._tell_volume(slot)
            self._tell_pan(slot)
            self._tell_mute(slot)

    def _tell_name(self, slot: int) -> None:
        self._say(slot, "name", self._at(slot).name or f"Track {slot}")
        self._say(slot, "number/str", str(slot))

    def _tell_volume(self, slot: int) -> None:
        db = max(self._at(slot).db, FLOOR_DB)
        position = position_of(db)
        self._say(slot, "volume", position)
        self._say(slot, "volume/str", volume_text(db))
        self._say(slot, "volume/db", db)
        if slot == 0:
            self._say_at("/master/volume", position)
            self._say_at("/master/volume/str", volume_text(db))

    def _tell_pan(self, slot: int) -> None:
        pan = self._at(slot).pan
        self._say(slot, "pan", (pan + 1.0) / 2.0)
        self._say(slot, "pan/str", pan_text(pan))
        if slot == 0:
            self._say_at("/master/pan", (pan + 1.0) / 2.0)
            self._say_at("/master/pan/str", pan_text(pan))

    def _tell_mute(self, slot: int) -> None:
        for form in ("mute", "mute/toggle"):
            self._say(slot, form, float(self._at(slot).muted))

    def _say(self, slot: int, form: str, value: float | str) -> None:
        if slot <= self._bank_size:
            self._say_at(f"/track/{slot}/{form}" if slot else f"/track/{form}", value)

    def _say_at(self, address: str, value: float | str) -> None:
        """Send `value`, unless the address carried it last or is the one just written to; switches answer even then."""
        switch = address.endswith(("/mute", "/mute/toggle"))
        if address == self._editing and not switch:
            return
        carried = value if isinstance(value, str) else as_float32(value)
        if self.feedback is None or self._last.get(address) == carried:
            return
        self._last[address] = carried
        self._waiting.append(osc.encode(address, "s" if isinstance(carried, str) else "f", carried))
        if self._flush_timer is None:
            self._flush_timer = self.clock.call_later(PACING_S, self._flush)

    def _flush(self) -> None:
        """Send one datagram of what waits, and come back for the rest after the pause."""
        packet, self._waiting = pack(self._waiting)
        if self.feedback is not None:
            self.send(packet, self.feedback)
        self._flush_timer = self.clock.call_later(PACING_S, self._flush) if self._waiting else None


def flat_elements(datagram: bytes) -> Iterator[bytes]:
    """The messages in a datagram as REAPER finds them: time tag ignored, a bundle inside a bundle passed over."""
    if not datagram.startswith(b"#bundle\0"):
        yield datagram
        return
    at = len(BUNDLE_HEADER)
    while at + 4 <= len(datagram):
        (size,) = struct.unpack_from(">i", datagram, at)
        element = datagram[at + 4 : at + 4 + size]
        if size <= 0 or len(element) < size:
            return
        if not element.startswith(b"#bundle\0"):
            yield element
        at += 4 + size


def understood(message: bytes) -> bool:
    """Whether REAPER reads a message: one with any argument but `i`, `f` and `s` is dropped whole."""
    tags = message[(message.find(b"\0") + 4) & ~3 :].split(b"\0", 1)[0]
    return set(tags) <= set(b",ifs")


def pack(messages: list[bytes]) -> tuple[bytes, list[bytes]]:
    """One datagram of as many messages as fit the packet limit (a lone one bare), and the messages left over."""
    size, count = len(BUNDLE_HEADER), 0
    while count < len(messages) and size + 4 + len(messages[count]) <= PACKET_BYTES:
        size += 4 + len(messages[count])
        count += 1
    if count <= 1:
        return messages[0], messages[1:]
    framed = b"".join(struct.pack(">i", len(message)) + message for message in messages[:count])
    return BUNDLE_HEADER + framed, messages[count:]


def position_of(db: float) -> float:
    """The fader's travel, 0.0 to 1.0, as REAPER tells it."""
    if db == 0.0:
        return UNITY_POSITION
    return 0.0 if db <= FLOOR_DB else ReaperLaw().position(Gain(db))


def db_at(position: float) -> float:
    """What REAPER sets when it is told a fader's travel."""
    return 0.0 if as_float32(position) == as_float32(UNITY_POSITION) else ReaperLaw().gain(position).db


def volume_text(db: float) -> str:
    """A fader as REAPER writes it (the wording is reported, not verified)."""
    return "-inf dB" if db <= FLOOR_DB else f"{db:+.2f}dB"


def pan_text(pan: float) -> str:
    """A pan pot as REAPER writes it (the wording is reported, not verified)."""
    percent = round(abs(pan) * 100)
    return "center" if percent == 0 else f"{percent}%{'R' if pan > 0 else 'L'}"


def number_in(text: str) -> float:
    """The number a text begins with, 0.0 when it begins with none: REAPER reads the text forms with C's `atof`."""
    for end in range(len(text), 0, -1):
        try:
            return float(text[:end])
        except ValueError:
            continue
    return 0.0


def as_float32(value: float) -> float:
    """`value` as the wire carries it."""
    (carried,) = struct.unpack(">f", struct.pack(">f", value))
    return float(carried)
