"""A stand-in for Ableton Live with AbletonOSC: its habits over a real UDP socket.

Sources: ideoforms/AbletonOSC `osc_server.py`, `handler.py`, `track.py`, `song.py`, `manager.py`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pythonosc.osc_message_builder import OscMessageBuilder
from pythonosc.osc_packet import OscPacket, ParseError

from tests.peers.live_devices import LiveDevice
from tests.peers.live_script import DeviceScript
from tonn_bridge.clock import Clock, Timer
from tonn_bridge.demo.simulated import Address, SimulatedPeer

TICK_S = 0.100
RANGES = {"volume": (0.0, 1.0), "panning": (-1.0, 1.0)}
PROPERTIES = ("volume", "panning", "mute", "name")
UNITY = 0.85

Value = float | bool | str


@dataclass(eq=False)
class LiveTrack:
    """One track: `volume` raw 0..1 (0.85 = 0 dB), `panning` -1..1; `listeners` hear of each change of a property."""

    name: str
    volume: float = UNITY
    panning: float = 0.0
    mute: bool = False
    devices: list[LiveDevice] = field(default_factory=list)
    listeners: dict[str, list[Callable[[], None]]] = field(default_factory=lambda: {p: [] for p in PROPERTIES})

    def get(self, prop: str) -> Value:
        value: Value = getattr(self, prop)
        return value

    def set(self, prop: str, value: Value) -> None:
        """Set a property and tell who listens, if it is another value.

        Raises:
            RuntimeError: outside the property's range, as Live itself refuses it.
        """
        if prop in RANGES:
            low, high = RANGES[prop]
            if not low <= float(value) <= high:
                raise RuntimeError(f"Invalid value for {prop}: {value}")
        value = bool(value) if prop == "mute" else value
        if value != self.get(prop):
            setattr(self, prop, value)
            for tell in list(self.listeners[prop]):
                tell()


class SimulatedLive(SimulatedPeer):
    """Live with the tracks `names`, all at 0 dB and centred, counted from 0.

    All that has arrived waits for the next tick of 100 ms. Answers and news go to the last sender's host at
    `reply_port`, whatever port it sent from. A listener stays with the track it was started on and goes on calling it
    by the number it had then, and repeats whatever stood behind that number. `chain` makes the devices of the track
    with a number, from 0. What `loses` says yes to, by address and arguments, is lost on its way in.
    """

    def __init__(
        self,
        names: Sequence[str],
        clock: Clock,
        reply_port: int = 11001,
        *,
        chain: Callable[[int], list[LiveDevice]] = lambda _number: [],
    ) -> None:
        super().__init__("Live", clock)
        self.reply_port = reply_port
        self.version = (12, 1)
        self.tracks = [LiveTrack(name, devices=chain(number)) for number, name in enumerate(names)]
        self.loses: Callable[[str, list[object]], bool] = lambda _address, _args: False
        self._devices = DeviceScript(lambda number: self.tracks[number].devices, self._say)
        self._inbox: list[tuple[bytes, Address]] = []
        self._client: str | None = None
        self._listening: dict[tuple[object, ...], tuple[LiveTrack, Callable[[], None]]] = {}
        self._tick_timer: Timer | None = None

    async def start(self, listen: Address = ("127.0.0.1", 0)) -> None:
        """Listen and begin to tick; `/live/startup` goes to this host, as when the script loads."""
        await super().start(listen)
        self._client = listen[0]
        self._say("/live/startup")
        self._tick_timer = self.clock.call_later(TICK_S, self._tick)

    async def stop(self) -> None:
        """Quit Live: listeners are gone, the tracks stay for the next start."""
        if self._tick_timer:
            self._tick_timer.cancel()
        for (prop, *_), (track, tell) in self._listening.items():
            track.listeners[str(prop)].remove(tell)
        self._listening.clear()
        self._devices.stop()
        self._inbox.clear()
        await super().stop()

    # What a person does in Live; tracks are given by number, from 0, or by name.

    def track(self, which: int | str) -> LiveTrack:
        return self.tracks[which if isinstance(which, int) else [track.name for track in self.tracks].index(which)]

    def hand_move(self, which: int | str, volume: float) -> None:
        """A hand puts a fader to a raw 0..1 position."""
        self.track(which).set("volume", volume)

    def hand_pan(self, which: int | str, panning: float) -> None:
        self.track(which).set("panning", panning)

    def mute(self, which: int | str, muted: bool) -> None:
        self.track(which).set("mute", muted)

    def rename_track(self, which: int | str, name: str) -> None:
        self.track(which).set("name", name)

    def insert_track(self, number: int, name: str) -> None:
        self.tracks.insert(number, LiveTrack(name))

    def remove_track(self, which: int | str) -> None:
        self.tracks.remove(self.track(which))

    def move_track(self, which: int | str, number: int) -> None:
        track = self.track(which)
        self.tracks.remove(track)
        self.tracks.insert(number, track)

    # Devices are given by place, from 0, or by class name.

    def device(self, which: int | str, device: int | str) -> LiveDevice:
        """The device as it truly stands."""
        return self.track(which).devices[self._place(which, device)]

    def hand_turn(self, which: int | str, device: int | str, parameter: str, shown: float) -> None:
        """A hand turns a parameter to what Live shows then, in its unit."""
        knob = self.device(which, device).parameter(parameter)
        knob.set(knob.raw_of(shown))

    def insert_device(self, which: int | str, place: int, device: LiveDevice) -> None:
        self.track(which).devices.insert(place, device)

    def remove_device(self, which: int | str, device: int | str) -> None:
        del self.track(which).devices[self._place(which, device)]

    def move_device(self, which: int | str, device: int | str, place: int) -> None:
        devices = self.track(which).devices
        devices.insert(place, devices.pop(self._place(which, device)))

    def _place(self, which: int | str, device: int | str) -> int:
        if isinstance(device, int):
            return device
        return [each.class_name for each in self.track(which).devices].index(device)

    # The script.

    def on_datagram(self, datagram: bytes, sender: Address) -> None:
        self._inbox.append((datagram, sender))

    def _tick(self) -> None:
        """Run what waits, oldest first; a handler that fails leaves the rest to the next tick."""
        self._tick_timer = self.clock.call_later(TICK_S, self._tick)
        while self._inbox:
            datagram, sender = self._inbox.pop(0)
            self._client = sender[0]
            try:
                messages = [timed.message for timed in OscPacket(datagram).messages]
            except ParseError:
                self.dropped += 1
                continue
            for message in messages:
                if self.loses(message.address, list(message.params)):
                    continue
                self.received[message.address] += 1
                try:
                    answer = self._handle(message.address, list(message.params))
                except Exception as exc:
                    self._say("/live/error", f"Error handling message: {exc}")
                    return
                if answer is not None:
                    self._say(message.address, *answer)

    def _handle(self, address: str, args: list[object]) -> tuple[object, ...] | None:
        match address.split("/")[2:]:
            case ["test"]:
                return ("ok",)
            case ["application", "get", "version"]:
                return self.version
            case ["song", "get", "num_tracks"]:
                return (len(self.tracks),)
            case ["song", "get", "track_names"]:
                return tuple(track.name for track in self._between(args or [0, -1]))
            case ["song", "get", "track_data"]:
                wanted = [str(prop).removeprefix("track.") for prop in args[2:]]
                return tuple(track.get(prop) for track in self._between(args) for prop in wanted)
            case ["track", "get", prop] if prop in PROPERTIES:
                number = int(str(args[0]))
                return number, self.tracks[number].get(prop)
            case ["track", "set", prop] if prop in PROPERTIES:
                self.tracks[int(str(args[0]))].set(prop, args[1])  # type: ignore[arg-type]
            case ["track", "start_listen", prop] if prop in PROPERTIES:
                self._listen(prop, args)
            case ["track", "stop_listen", prop] if prop in PROPERTIES:
                self._unlisten(prop, args)
            case path:
                return self._devices.handle(path, args)
        return None

    def _between(self, args: list[object]) -> list[LiveTrack]:
        first, last = int(str(args[0])), int(str(args[1]))
        return self.tracks[first : len(self.tracks) if last == -1 else last]

    def _listen(self, prop: str, args: list[object]) -> None:
        track = self.tracks[int(str(args[0]))]
        self._unlisten(prop, args)

        def tell() -> None:
            self._say(f"/live/track/get/{prop}", *args, track.get(prop))

        track.listeners[prop].append(tell)
        self._listening[prop, *args] = track, tell
        tell()

    def _unlisten(self, prop: str, args: list[object]) -> None:
        """Take a listener back. Live looks for it on the track that has the number now, which may be another one."""
        if (prop, *args) not in self._listening:
            return
        track, tell = self._listening[prop, *args]
        present = self.tracks[int(str(args[0]))]
        if track is not present and prop in RANGES:
            raise RuntimeError("Observer not connected")  # and the old listener stays: mixer properties do not catch it
        if track is present:
            track.listeners[prop].remove(tell)
        del self._listening[prop, *args]

    def _say(self, address: str, *args: object) -> None:
        """Send as python-osc chooses types: a bool goes as `T` or `F`, which has no bytes of its own."""
        builder = OscMessageBuilder(address)
        for arg in args:
            builder.add_arg(arg)  # type: ignore[arg-type]
        self.send(builder.build().dgram, (self._client or "127.0.0.1", self.reply_port))
