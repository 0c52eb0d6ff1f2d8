"""A mapping made fast: message to events by one look-up, change to bytes by one pack."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tonn_bridge.core.values import Param
from tonn_bridge.errors import RangeError
from tonn_bridge.mapping import readers
from tonn_bridge.mapping.events import Alive, Event, ListChanged
from tonn_bridge.mapping.messages import Meaning, Message
from tonn_bridge.mapping.model import Control, EchoForm, Mapping
from tonn_bridge.mapping.plugins.compiled import PluginsMapping
from tonn_bridge.mapping.plugins.events import PluginEvent
from tonn_bridge.mapping.plugins.learnt import LearntDials
from tonn_bridge.mapping.scales import Scale, gain_scale, mute_scale, pan_scale
from tonn_bridge.mapping.senders import Sender, addresses, senders, to_each
from tonn_bridge.protocols import osc


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a link has to know about a DAW. Ports are `host:port`; times are seconds.

    `send` None: the session must say. `asks`: the controls whose value can be asked for on one strip.
    `rounds`: it says which round of questions a value answers. `keep_alive_s` None: nothing need be repeated.
    """

    send: str | None
    listen: str
    one_socket: bool
    most_strips: int
    vacant_at_the_end: bool
    params: frozenset[Param]
    asks: frozenset[Param]
    tells_count: bool
    ask_after_s: float
    lost_after: int
    rounds: bool
    keep_alive_s: float | None
    echo: EchoForm
    late_s: float
    messages_per_s: float
    bundle: bool
    datagram_bytes: int
    glide_step_s: float


class DawMapping:
    """One DAW's language, both ways. Strips count from 1, whatever the wire's base."""

    def __init__(self, mapping: Mapping, learnt: Sequence[LearntDials] = ()) -> None:
        self.name = mapping.name
        self.plugins = PluginsMapping(mapping.plugins, mapping.strips, learnt) if mapping.plugins else None
        """How its plug-ins are set, by laws that are known and those that were `learnt`; None: they cannot be."""
        self.caps = _capabilities(mapping)
        self.fader_law = mapping.strip.gain.seen_law()
        """The law by which its own faders stand."""
        controls, strips = _controls(mapping), mapping.strips
        self._scales = _scales(mapping)
        self._readers = _readers(mapping, self._scales)
        self._writers = {param: Sender(control, strips) for param, control in controls.items()}
        self._greeting = senders(mapping.greeting, strips)
        self._farewell = senders(mapping.farewell, strips)
        self._asks = {param: senders(control.ask, strips) for param, control in controls.items()}
        self._name_asks = senders(mapping.strip.name.ask if mapping.strip.name else (), strips)
        self._ask_all = senders(mapping.ask_all, strips)
        self._ask_life = senders(mapping.presence.ask, strips) or self._greeting
        self._keep_alive = senders(mapping.keep_alive.messages if mapping.keep_alive else (), strips)

    def read(self, message: osc.Message) -> Sequence[Event]:
        """What the DAW says in `message`; nothing for one that has no use here or is malformed. Never raises."""
        found = self._readers.get(message.address)
        return found[0](found[1], message.args) if found else readers.NOTHING

    def read_plugins(self, message: osc.Message) -> Sequence[PluginEvent]:
        """What the DAW says of plug-ins in a message that says nothing else."""
        return self.plugins.read(message) if self.plugins else ()

    def write(self, strip: int, param: Param, wire: float) -> bytes:
        """The message that sets a control to `wire`, a number of its scale.

        Raises:
            RangeError: the DAW has no such strip or control, or `wire` cannot be sent.
        """
        writer = self._writers.get(param)
        if writer is None:
            raise RangeError(f"{self.name}: control", param, f"what it can set: {', '.join(sorted(self._writers))}")
        return writer.message(strip, wire)

    def scale(self, param: Param) -> Scale:
        """How a control's numbers stand for values.

        Raises:
            KeyError: `caps.params` does not hold it.
        """
        return self._scales[param]

    def greet(self, track_count: int) -> list[bytes]:
        """What is sent first, and again whenever the DAW may have forgotten us; its values are asked for after it."""
        return to_each(self._greeting, self._up_to(track_count), track_count)

    def farewell(self) -> list[bytes]:
        """What is sent on leaving."""
        return to_each(self._farewell)

    def ask_all(self, strips: Sequence[int], round_number: int = 0) -> list[bytes]:
        """What makes the DAW tell all values of `strips` (some tell all strips), in a round with this number."""
        if self._ask_all:
            return to_each(self._ask_all, strips, round_number)
        return to_each([sender for asks in (*self._asks.values(), self._name_asks) for sender in asks], strips)

    def ask(self, strip: int, param: Param) -> list[bytes]:
        """What makes the DAW tell one value; nothing where it cannot be asked for one."""
        return to_each(self._asks.get(param, ()), (strip,))

    def ask_life(self, track_count: int) -> list[bytes]:
        """What the DAW answers when it lives: what the file says, else the greeting."""
        return to_each(self._ask_life, self._up_to(track_count), track_count)

    def keep_alive(self, track_count: int) -> list[bytes]:
        """What must be sent every `caps.keep_alive_s`."""
        return to_each(self._keep_alive, number=track_count)

    def _up_to(self, track_count: int) -> range:
        return range(1, min(track_count, self.caps.most_strips) + 1)


def _controls(mapping: Mapping) -> dict[Param, Control]:
    strip = mapping.strip
    present: dict[Param, Control | None] = {Param.GAIN: strip.gain, Param.PAN: strip.pan, Param.MUTE: strip.mute}
    return {param: control for param, control in present.items() if control is not None}


def _scales(mapping: Mapping) -> dict[Param, Scale]:
    strip = mapping.strip
    scales: dict[Param, Scale] = {Param.GAIN: gain_scale(strip.gain)}
    if strip.pan:
        scales[Param.PAN] = pan_scale(strip.pan)
    if strip.mute:
        scales[Param.MUTE] = mute_scale(strip.mute)
    return scales


def _capabilities(mapping: Mapping) -> Capabilities:
    controls = _controls(mapping)
    listed = mapping.list
    return Capabilities(
        send=mapping.ports.send,
        listen=mapping.ports.listen,
        one_socket=mapping.ports.one_socket,
        most_strips=mapping.strips.most,
        vacant_at_the_end=mapping.strips.vacant_at_the_end,
        params=frozenset(controls),
        asks=frozenset(param for param, control in controls.items() if control.ask),
        tells_count=any((listed.count, listed.names, listed.end)),
        rounds=any(message.means(Meaning.ROUND) for message in mapping.ask_all),
        ask_after_s=mapping.presence.ask_after_s,
        lost_after=mapping.presence.lost_after,
        keep_alive_s=mapping.keep_alive.every_s if mapping.keep_alive else None,
        echo=mapping.echo.form,
        late_s=mapping.echo.late_s,
        messages_per_s=mapping.pacing.messages_per_s,
        bundle=mapping.pacing.bundle,
        datagram_bytes=mapping.pacing.datagram_bytes,
        glide_step_s=mapping.pacing.glide_step_ms / 1000.0,
    )


def _readers(mapping: Mapping, scales: dict[Param, Scale]) -> dict[str, tuple[readers.Reader, int]]:
    """Every address the DAW may send, with what reads it and the strip it names."""
    table: dict[str, tuple[readers.Reader, int]] = {}
    for message, reader in (*_strip_readers(mapping, scales), *_list_readers(mapping)):
        for strip, address in addresses(message.address, mapping.strips):
            other = table.get(address)
            table[address] = (readers.one_after_another(other[0], reader) if other else reader, strip)
    table.update((address, (readers.telling(ListChanged()), 0)) for address in mapping.list.changed)
    for address in mapping.presence.alive:
        table.setdefault(address, (readers.telling(Alive()), 0))
    return table


def _strip_readers(mapping: Mapping, scales: dict[Param, Scale]) -> Iterator[tuple[Message, readers.Reader]]:
    """What reads the messages that tell of one strip."""
    strip = mapping.strip
    for param, control in _controls(mapping).items():
        gone = frozenset(strip.gain.no_strip if param is Param.GAIN else ())
        told_in = control.read or (control,)
        exact = any(message.means(Meaning.ROUND) for message in told_in)
        for message in told_in:
            told, at = readers.layout(message, mapping.strips, exact=exact), readers.place_of(message, Meaning.VALUE)
            round_at = readers.place_of(message, Meaning.ROUND)
            yield message, readers.value_reader(param, told, at, scales[param], gone, round_at)
    for gain in strip.gain.confirm:
        told, take = readers.layout(gain, mapping.strips), readers.gain_taker(gain)
        yield gain, readers.confirm_reader(Param.GAIN, told, take, scales[Param.GAIN], gain.tolerance)
    for pan in strip.pan.confirm if strip.pan else ():
        told, take = readers.layout(pan, mapping.strips), readers.pan_taker(pan, scales[Param.PAN])
        yield pan, readers.confirm_reader(Param.PAN, told, take, scales[Param.PAN], pan.tolerance)
    if strip.name:
        told, at = readers.layout(strip.name, mapping.strips), readers.place_of(strip.name, Meaning.NAME)
        yield strip.name, readers.name_reader(told, at, frozenset(mapping.strips.blank_names))


def _list_readers(mapping: Mapping) -> Iterator[tuple[Message, readers.Reader]]:
    """What reads the messages that tell of all strips."""
    listed, strips = mapping.list, mapping.strips
    if listed.count:
        at = readers.place_of(listed.count, Meaning.COUNT)
        yield listed.count, readers.count_reader(readers.layout(listed.count, strips), at)
    if listed.names:
        at = readers.place_of(listed.names, Meaning.NAMES)
        yield listed.names, readers.names_reader(readers.layout(listed.names, strips), at, strips.most)
    if listed.entry and listed.end:
        at = readers.place_of(listed.entry, Meaning.NAME)
        entries = readers.ListReader(readers.layout(listed.entry, strips), at, readers.layout(listed.end, strips))
        yield listed.entry, entries.entry
        yield listed.end, entries.end
