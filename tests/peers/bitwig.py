"""A stand-in for Bitwig Studio with the extension DrivenByMoss, its controller "Open Sound Control (OSC)".

It keeps the habits of both, because they are what the bridge has to live with:

- What has changed is told in cycles, framed by `/update 1` and `/update 0`, in bundles of a hundred messages. Changed
  means: other than that address last carried, whichever track it stood for then. A cycle without news is not sent.
- There is one cursor track, and `/eq/...` and `/device/...` are its devices alone. A selection takes effect cycles
  later; what is written before that lands on the track that was selected until then.
- Any message to a device's `bypass` flips it, whatever it says.

Sources: git-moss/DrivenByMoss `TrackModule.java`, `DeviceModule.java`, `AbstractModule.java`, `OSCWriter.java`,
`AbstractOpenSoundControlWriter.java`, `EqualizerDeviceImpl.java`.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder
from pythonosc.osc_packet import OscPacket, ParseError

from tests.peers.bitwig_devices import BANDS, PAGE, QUANTITIES, TYPES, Device, EqPlus, Knob, db_text
from tonn_bridge.clock import Clock, Timer
from tonn_bridge.demo.simulated import Address, SimulatedPeer

CYCLE_S = 0.020
SELECT_S = 0.050
BUNDLE_PAUSE_S = 0.010
BUNDLE_MESSAGES = 100
UNITY = 0.5 ** (1.0 / 3.0)

Value = int | str


@dataclass(eq=False)
class BitwigTrack:
    """One track: `volume` 0..1 by the cube law, `pan` 0..1 (0.5 in the middle), and its devices from left to right."""

    name: str
    volume: float = UNITY
    pan: float = 0.5
    mute: bool = False
    devices: list[Device] = field(default_factory=list)
    cursor: int = 0
    """Which device is selected."""

    @property
    def db(self) -> float:
        """The fader in dB, -inf at the bottom."""
        return 20.0 * math.log10(2.0 * self.volume**3) if self.volume > 0.0 else -math.inf

    @property
    def eq(self) -> EqPlus | None:
        """The first EQ+ on the track."""
        return next((device for device in self.devices if isinstance(device, EqPlus)), None)

    @property
    def device(self) -> Device | None:
        return self.devices[self.cursor] if self.devices else None


class SimulatedBitwig(SimulatedPeer):
    """Bitwig with the tracks `names`, all at 0 dB, centred and without devices; the first one is selected.

    `page` and `resolution` are the extension's settings "bank page size" and "value resolution" (High is 16384).
    Feedback goes to `feedback`. `loses` is asked of each datagram that arrives, and one it says yes to never did.
    """

    def __init__(
        self,
        names: Sequence[str],
        clock: Clock,
        feedback: Address | None = None,
        *,
        page: int = 32,
        resolution: int = 16384,
    ) -> None:
        super().__init__("Bitwig", clock)
        self.feedback = feedback
        self.tracks = [BitwigTrack(name) for name in names]
        self.master = BitwigTrack("Master")
        self.selected = self.tracks[0]
        self.loses: Callable[[bytes], bool] = lambda datagram: False
        self._page = page
        self._first = 0
        self._top = resolution - 1
        self._last: dict[str, Value] = {}
        self._waiting: list[bytes] = []
        self._selecting: Timer | None = None
        self._cycle: Timer | None = None
        self._sending: Timer | None = None

    async def start(self, listen: Address = ("127.0.0.1", 0)) -> None:
        """Listen, and tell everything, as when the extension is started."""
        await super().start(listen)
        self._first = 0
        self._refresh()

    async def stop(self) -> None:
        """Quit; what waited to be sent is lost, the tracks stay."""
        for timer in (self._selecting, self._cycle, self._sending):
            if timer is not None:
                timer.cancel()
        self._selecting = self._cycle = self._sending = None
        self._waiting.clear()
        await super().stop()

    # What a person does in Bitwig; tracks are given by number, from 1, or by name.

    def track(self, which: int | str) -> BitwigTrack:
        return self.tracks[self.number(which) - 1]

    def number(self, which: int | str) -> int:
        return which if isinstance(which, int) else 1 + [track.name for track in self.tracks].index(which)

    def hand_move(self, which: int | str, db: float, *, snapped: bool = False) -> None:
        """A hand puts a fader to `db`; it stops at +6.02 dB. `snapped`: to a place that can be told exactly."""
        self.track(which).volume = self._snapped(min(10.0 ** (db / 60.0) * UNITY, 1.0), snapped)
        self._news()

    def hand_pan(self, which: int | str, pan: float, *, snapped: bool = False) -> None:
        """A hand turns a pan pot, -1.0 (left) to +1.0. `snapped`: to a place that can be told exactly."""
        self.track(which).pan = self._snapped((pan + 1.0) / 2.0, snapped)
        self._news()

    def _snapped(self, at: float, snapped: bool) -> float:
        return round(at * self._top) / self._top if snapped else at

    def mute(self, which: int | str, muted: bool) -> None:
        self.track(which).mute = muted
        self._news()

    def rename(self, which: int | str, name: str) -> None:
        self.track(which).name = name
        self._news()

    def insert(self, which: int | str, device: Device) -> None:
        """A device is put at the end of a track's chain, and is the selected one."""
        track = self.track(which)
        track.devices.append(device)
        track.cursor = len(track.devices) - 1
        self._news()

    def hand_select(self, which: int | str) -> None:
        """A click on a track: at once, as a person sees it."""
        self.selected = self.track(which)
        self._news()

    def turn(self, which: int | str, quantity: str, band: int, shown: float) -> None:
        """A hand turns `gain` (dB), `freq` (Hz) or `q` of a band of the track's EQ+."""
        self.eq(which).band(quantity, band).turn(shown)
        self._news()

    def turn_type(self, which: int | str, band: int, word: str) -> None:
        self.eq(which).types[band - 1] = word
        self._news()

    def bypass(self, which: int | str, bypassed: bool) -> None:
        """A hand switches the track's EQ+ off or on."""
        self.eq(which).bypassed = bypassed
        self._news()

    def eq(self, which: int | str) -> EqPlus:
        """The EQ+ of a track that has one."""
        eq = self.track(which).eq
        assert eq is not None, f"{which} has no EQ+"
        return eq

    # What comes in.

    def on_datagram(self, datagram: bytes, sender: Address) -> None:
        if self.loses(datagram):
            return
        try:
            messages: list[OscMessage] = [timed.message for timed in OscPacket(datagram).messages]
        except ParseError:
            self.dropped += 1
            return
        for message in messages:
            self.received[message.address] += 1
            try:
                self._obey(message.address.split("/")[1:], next(iter(message.params), None))
            except (ValueError, IndexError):
                self.dropped += 1
            self._news()

    def _obey(self, path: list[str], value: object) -> None:
        """Do what a message says. ValueError: the value is none of the kind; IndexError: there is no such thing."""
        match path:
            case ["refresh"] if _pressed(value):
                self._refresh()
            case ["track", "selected", *rest]:
                self._write_track(self.selected, rest, value)
            case ["track", "bank", "page", way]:
                self._scroll(self._page if way == "+" else -self._page)
            case ["track", "bank", ("+" | "-") as way]:
                self._scroll(1 if way == "+" else -1)
            case ["track", ("+" | "-") as way] if _pressed(value):
                self._select(self.tracks[max(self.tracks.index(self.selected) + (1 if way == "+" else -1), 0)])
            case ["track", number, *rest]:
                track = self._banked(int(number))
                if track is not None:
                    self._write_track(track, rest, value)
            case ["master", *rest]:
                self._write_track(self.master, rest, value)
            case ["eq", *rest]:
                self._write_eq(rest, value)
            case ["device", *rest] if self.selected.device is not None:
                self._write_device(self.selected.device, rest, value)

    def _write_track(self, track: BitwigTrack, path: list[str], value: object) -> None:
        match path:
            case ["volume"]:
                track.volume = self._way(value)
            case ["volume", "reset"]:
                track.volume = UNITY
            case ["pan"]:
                track.pan = self._way(value)
            case ["pan", "reset"]:
                track.pan = 0.5
            case ["mute"]:
                track.mute = not track.mute if value is None else _pressed(value)
            case ["name"] if value is not None:
                track.name = str(value)
            case ["select" | "selected"] if _pressed(value):
                self._select(track)

    def _write_eq(self, path: list[str], value: object) -> None:
        """What is written for the equaliser of the cursor track; without one it goes nowhere."""
        eq = self.selected.eq
        match path:
            case ["add"] if _pressed(value):
                self.selected.devices.append(EqPlus())
            case ["type", band, *_] if eq is not None:
                word = str(value).lower()
                if word not in TYPES:
                    raise ValueError(f"no band type {value!r}")
                eq.types[_place(band, BANDS)] = word
            case [quantity, band, *_] if quantity in QUANTITIES and eq is not None:
                eq.band(quantity, 1 + _place(band, BANDS)).at = self._way(value)
            case ["bypass"] if eq is not None:
                eq.bypassed = not eq.bypassed

    def _write_device(self, device: Device, path: list[str], value: object) -> None:
        track = self.selected
        match path:
            case ["param", number, "value"] if number.isdecimal():
                device.remotes()[_place(number, PAGE)].at = self._way(value)
            case ["page", "select" | "selected"]:
                device.page = _place(str(_whole(value)), len(device.pages))
            case ["page", number]:
                device.page = _place(number, len(device.pages))
            case ["bypass"]:
                device.bypassed = not device.bypassed
            case ["sibling", number, "select" | "selected"] if _pressed(value):
                track.cursor = _place(number, len(track.devices))
            case ["+" | "-" as way] if _pressed(value):
                track.cursor = min(max(track.cursor + (1 if way == "+" else -1), 0), len(track.devices) - 1)

    def _way(self, value: object) -> float:
        return min(max(_whole(value) / self._top, 0.0), 1.0)

    def _select(self, track: BitwigTrack) -> None:
        """The cursor follows later; a second wish takes the place of the first."""
        if self._selecting is not None:
            self._selecting.cancel()
        self._selecting = self.clock.call_later(SELECT_S, lambda: self._arrive(track))

    def _arrive(self, track: BitwigTrack) -> None:
        self._selecting = None
        self.selected = track
        self._news()

    def _scroll(self, by: int) -> None:
        if 0 <= self._first + by < len(self.tracks):
            self._first += by

    def _banked(self, place: int) -> BitwigTrack | None:
        """The track at a place of the bank, from 1; None for a place that holds none."""
        if not 1 <= place <= self._page:
            raise IndexError(place)
        at = self._first + place - 1
        return self.tracks[at] if at < len(self.tracks) else None

    # What goes out.

    def _refresh(self) -> None:
        self._last.clear()
        self._news()

    def _news(self) -> None:
        if self._cycle is None:
            self._cycle = self.clock.call_later(CYCLE_S, self._tell)

    def _tell(self) -> None:
        """One cycle: what differs from what was told last, between its two marks."""
        self._cycle = None
        if self.feedback is None:
            return
        news = [(address, value) for address, value in self._all() if self._last.get(address) != value]
        self._last.update(news)
        if news:
            framed: list[tuple[str, Value]] = [("/update", 1), *news, ("/update", 0)]
            self._waiting += [
                _bundle(framed[at : at + BUNDLE_MESSAGES]) for at in range(0, len(framed), BUNDLE_MESSAGES)
            ]
            if self._sending is None:
                self._send_next()

    def _send_next(self) -> None:
        self._sending = None
        if self._waiting and self.feedback is not None:
            self.send(self._waiting.pop(0), self.feedback)
            self._sending = self.clock.call_later(BUNDLE_PAUSE_S, self._send_next)

    def _all(self) -> Iterator[tuple[str, Value]]:
        for place in range(1, self._page + 1):
            yield from self._track(f"/track/{place}", self._banked(place))
        yield from self._track("/master", self.master)
        yield from self._track("/track/selected", self.selected)
        yield from self._cursor_device()
        yield from self._equaliser()

    def _track(self, root: str, track: BitwigTrack | None) -> Iterator[tuple[str, Value]]:
        shown = track or BitwigTrack("", volume=0.0)
        yield f"{root}/exists", int(track is not None)
        yield f"{root}/selected", int(track is self.selected)
        yield f"{root}/name", shown.name
        yield f"{root}/volumeStr", volume_text(shown.db) if track else ""
        yield f"{root}/volume", round(shown.volume * self._top)
        yield f"{root}/panStr", f"{200.0 * shown.pan - 100.0:.0f} %" if track else ""
        yield f"{root}/pan", round(shown.pan * self._top)
        yield f"{root}/mute", int(shown.mute)

    def _device(self, root: str, device: Device | None) -> Iterator[tuple[str, Value]]:
        yield f"{root}/exists", int(device is not None)
        yield f"{root}/name", device.name if device else ""
        yield f"{root}/bypass", int(device is None or device.bypassed)

    def _cursor_device(self) -> Iterator[tuple[str, Value]]:
        device, siblings = self.selected.device, self.selected.devices
        yield from self._device("/device", device)
        for place in range(PAGE):
            sibling = siblings[place] if place < len(siblings) else None
            yield from self._device(f"/device/sibling/{place + 1}", sibling)
            yield f"/device/sibling/{place + 1}/selected", int(sibling is not None and sibling is device)
        remotes = device.remotes() if device else []
        pages = device.pages if device else ()
        for place in range(PAGE):
            yield from self._knob(f"/device/param/{place + 1}", remotes[place] if place < len(remotes) else None)
            yield f"/device/page/{place + 1}/name", pages[place] if place < len(pages) else ""
            yield f"/device/page/{place + 1}/selected", int(device is not None and device.page == place)

    def _equaliser(self) -> Iterator[tuple[str, Value]]:
        eq = self.selected.eq
        yield from self._device("/eq", eq)
        for band in range(1, BANDS + 1):
            yield f"/eq/type/{band}/value", eq.types[band - 1] if eq else "off"
            for quantity in QUANTITIES:
                yield from self._knob(f"/eq/{quantity}/{band}", eq.band(quantity, band) if eq else None)

    def _knob(self, root: str, knob: Knob | None) -> Iterator[tuple[str, Value]]:
        at = round(knob.at * self._top) if knob else 0
        yield f"{root}/name", knob.name if knob else ""
        yield f"{root}/valueStr", knob.text if knob else ""
        yield f"{root}/value", at
        yield f"{root}/modulatedValue", at


def volume_text(db: float) -> str:
    """A fader as Bitwig prints it."""
    return "-inf dB" if db == -math.inf else db_text(db)


def _pressed(value: object) -> bool:
    return value is None or (isinstance(value, int | float) and value > 0)


def _whole(value: object) -> int:
    """A number without what stands behind its point."""
    if not isinstance(value, int | float):
        raise ValueError(f"{value!r} is not a number")
    return int(value)


def _place(number: str, count: int) -> int:
    """A place from 0 for a number from 1."""
    place = int(number) - 1
    if not 0 <= place < count:
        raise IndexError(number)
    return place


def _bundle(messages: Sequence[tuple[str, Value]]) -> bytes:
    builder = OscBundleBuilder(IMMEDIATELY)
    for address, value in messages:
        message = OscMessageBuilder(address)
        message.add_arg(value, "s" if isinstance(value, str) else "i")
        builder.add_content(message.build())
    return builder.build().dgram
