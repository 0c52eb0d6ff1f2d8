"""A stand-in for REAPER at the far end of the wire: its OSC device with the default pattern file, on a real UDP socket.

It keeps REAPER's habits, because they are what the bridge has to live with:

- Each value goes out in every form its patterns name (travel, text, dB), but only where it differs from what that
  address last carried. The address just written to stays silent, and forgets what it last carried.
- Feedback is gathered, packed into bundles with REAPER's own odd time tag, and sent with a pause after each datagram.
- The slots of the bank past the last track are reported too: as "Track 9", silent, centred.

Sources: justinfrankel/reaper-sdk `csurf_osc.cpp`, `osc.cpp`, `osc_message.cpp`; the default `.ReaperOSC` file.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tonn_bridge.clock import Clock, Timer
from tonn_bridge.core.laws import ReaperLaw
from tonn_bridge.core.values import Gain
from tonn_bridge.demo.reaper_fx import Fx
from tonn_bridge.demo.reaper_patterns import Patterns
from tonn_bridge.demo.reaper_plugins import PlugIns
from tonn_bridge.demo.reaper_wire import as_float32, flat_elements, number_in, pack, understood
from tonn_bridge.demo.simulated import Address, SimulatedPeer
from tonn_bridge.errors import DecodeError
from tonn_bridge.protocols import osc

TOP_DB = 12.0
FLOOR_DB = -150.0
"""What the dB form says of a fader that is off."""

PACKET_BYTES = 1024
PACING_S = 0.010
"""What the dialog of the OSC device has, where nobody changes it."""

BANK_SIZE = 8
REFRESH_ALL_SURFACES = 41743

UNITY_POSITION = 0.716
"""Where REAPER puts 0 dB; its law alone would say 0.7162."""


@dataclass(slots=True)
class ReaperTrack:
    """One track as REAPER keeps it: `volume` linear (1.0 = 0 dB, 0.0 = off), `pan` -1.0 (left) to +1.0, plug-ins."""

    name: str
    volume: float = 1.0
    pan: float = 0.0
    muted: bool = False
    chain: list[Fx] = field(default_factory=list)

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
    `chain` makes the plug-ins that each track has; they are heard and told as the lines about them in `patterns` say.
    What `loses` says yes to is lost on its way in. Packets are at most `packet_bytes` long, and `pacing_s` apart.
    """

    def __init__(
        self,
        names: Sequence[str],
        clock: Clock,
        feedback: Address | None = None,
        *,
        patterns: str = "",
        chain: Callable[[], list[Fx]] = list,
        packet_bytes: int = PACKET_BYTES,
        pacing_s: float = PACING_S,
    ) -> None:
        super().__init__("reaper", clock)
        self.feedback = feedback
        self._packet_bytes = packet_bytes
        self._pacing_s = pacing_s
        self.master = ReaperTrack("MASTER")
        self.tracks = [ReaperTrack(name, chain=chain()) for name in names]
        self.loses: Callable[[str], bool] = lambda _address: False
        self._plug_ins = PlugIns(Patterns(patterns), self._chain_at, self._say_of_fx)
        self._bank_size = BANK_SIZE
        self._editing = ""
        self._last: dict[str, float | str] = {}
        self._waiting: list[bytes] = []
        self._flush_timer: Timer | None = None

    async def start(self, listen: Address = ("127.0.0.1", 0)) -> None:
        """Listen (port 0: any free one) and send the full state, as REAPER does when the surface is created."""
        await super().start(listen)
        self._bank_size = BANK_SIZE
        self._plug_ins.restart()
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
        self._plug_ins.forget_all()
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

    # What a person does in the FX windows; plug-ins are given by place, from 1, or by what their name begins with.

    def fx(self, which: int | str, fx: int | str) -> Fx:
        """The plug-in as it truly stands."""
        return self.track(which).chain[self._place(which, fx) - 1]

    def hand_turn(self, which: int | str, fx: int | str, parameter: int | str, value: float) -> None:
        """A hand turns a parameter (by name, or place from 0) to a value in its own unit."""
        plug_in = self.fx(which, fx)
        plug_in.set_value(parameter, value)
        self._plug_ins.tell_parameter(self.number(which), self._place(which, fx), plug_in.number(parameter))

    def bypass(self, which: int | str, fx: int | str, bypassed: bool) -> None:
        self.fx(which, fx).enabled = not bypassed
        self._plug_ins.tell_enabled(self.number(which), self._place(which, fx))

    def insert_fx(self, which: int | str, place: int, plug_in: Fx) -> None:
        """A plug-in appears at `place`, from 1; the ones from there on move down the chain."""
        self.track(which).chain.insert(place - 1, plug_in)
        self._tell_all()

    def remove_fx(self, which: int | str, fx: int | str) -> None:
        del self.track(which).chain[self._place(which, fx) - 1]
        self._tell_all()

    def move_fx(self, which: int | str, fx: int | str, place: int) -> None:
        """Drag a plug-in so that it stands at `place`."""
        chain = self.track(which).chain
        chain.insert(place - 1, chain.pop(self._place(which, fx) - 1))
        self._tell_all()

    def _place(self, which: int | str, fx: int | str) -> int:
        if isinstance(fx, int):
            return fx
        return 1 + [plug_in.name.startswith(fx) for plug_in in self.track(which).chain].index(True)

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
        if self.loses(address):
            return
        self.received[address] += 1
        if self._last.pop(address, None) is not None:
            self._plug_ins.forget(address)
        self._editing = address
        value = args[0] if args else None
        match address.split("/")[1:]:
            case ["track", _, "fx" | "fxeq", *_]:
                if self._plug_ins.obey(address, value):
                    self._tell_all()
            case ["track", number, *form] if number.isdecimal():
                self._write(int(number), "/".join(form), value)
            case ["track", *form]:  # the device-selected track, which is the master until another is chosen
                self._write(0, "/".join(form), value)
            case ["device", "track", "count"] if isinstance(value, int | float):
                self._bank_size = int(value)
                self._tell_all()
            case ["device", "track", "bank", "select"] if value == 1:  # where the bank is already
                self._tell_all()
            case ["device", "fx", "count"] if isinstance(value, int | float):
                self._plug_ins.fx_count = int(value)
                self._tell_all()
            case ["device", "fxparam", "count"] if isinstance(value, int | float):
                self._plug_ins.parameter_count = int(value)  # which tells those of the selected plug-in alone
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

    def _chain_at(self, slot: int) -> list[Fx] | None:
        return self.tracks[slot - 1].chain if 1 <= slot <= len(self.tracks) else None

    # What goes out. Slot 0 is the master, which this device also has as its selected track.

    def _tell_all(self) -> None:
        for slot in range(self._bank_size + 1):
            self._tell_name(slot)
            self._tell_volume(slot)
            self._tell_pan(slot)
            self._tell_mute(slot)
            if slot:
                self._plug_ins.tell_track(slot)

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
            self._say(slot, form, float(self._at(slot).muted), switch=True)

    def _say(self, slot: int, form: str, value: float | str, *, switch: bool = False) -> None:
        if slot <= self._bank_size:
            self._say_at(f"/track/{slot}/{form}" if slot else f"/track/{form}", value, switch=switch)

    def _say_of_fx(self, slot: int, address: str, value: float | str, *, switch: bool) -> None:
        if slot <= self._bank_size:
            self._say_at(address, value, switch=switch)

    def _say_at(self, address: str, value: float | str, *, switch: bool = False) -> None:
        """Send `value`, unless the address carried it last or is the one just written to; switches answer even then."""
        if address == self._editing and not switch:
            return
        carried = value if isinstance(value, str) else as_float32(value)
        if self.feedback is None or self._last.get(address) == carried:
            return
        self._last[address] = carried
        self._waiting.append(osc.encode(address, "s" if isinstance(carried, str) else "f", carried))
        if self._flush_timer is None:
            self._flush_timer = self.clock.call_later(self._pacing_s, self._flush)

    def _flush(self) -> None:
        """Send one datagram of what waits, and come back for the rest after the pause."""
        packet, self._waiting = pack(self._waiting, self._packet_bytes)
        if self.feedback is not None:
            self.send(packet, self.feedback)
        self._flush_timer = self.clock.call_later(self._pacing_s, self._flush) if self._waiting else None


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
