"""A HUI: everything in zones, faders in two halves, and a host that must be heard from.

There is no public text of the protocol; numbers are those on which REAPER's and DrivenByMoss's sources agree.
"""

from tests.peers.surfaces.mackie import Ring
from tests.peers.surfaces.motor import MotorFader, Temper
from tests.peers.surfaces.unit import SimulatedUnit, is_message
from tonn_bridge.clock import Clock, Timer

STRIPS = 8
HOST_GONE_S = 5.0
"""Without a ping for this long, the unit shows that it is off line."""

STRIP_PORTS = ("touch", "select", "mute", "solo", "auto", "vpot", "insert", "rec")
ZONES: dict[int, tuple[str, ...]] = {
    0x08: ("control", "shift", "edit_mode", "undo", "alt", "option", "edit_tool", "save"),
    0x09: ("window_mix", "window_edit", "window_transport", "window_mem_loc", "window_status", "window_alt"),
    0x0A: ("channel_left", "bank_left", "channel_right", "bank_right"),
    0x0B: ("output", "input", "pan", "send_e", "send_d", "send_c", "send_b", "send_a"),
    0x0C: ("assign", "default", "suspend", "assign_shift", "assign_mute", "bypass", "rec_all"),
    0x0D: ("cursor_down", "cursor_left", "cursor_mode", "cursor_right", "cursor_up", "scrub", "shuttle"),
    0x0E: ("talkback", "rewind", "fast_forward", "stop", "play", "record"),
    0x0F: ("return_to_zero", "end", "online", "cycle", "quick_punch"),
    0x10: ("punch_audition", "punch_pre", "punch_in", "punch_out", "punch_post"),
    0x11: ("room_input_3", "room_input_2", "room_input_1", "room_mute", "room_discrete"),
    0x12: ("room_output_3", "room_output_2", "room_output_1", "room_dim", "room_mono"),
    0x13: ("num_0", "num_1", "num_4", "num_2", "num_5", "num_dot", "num_3", "num_6"),
    0x14: ("num_enter", "num_plus"),
    0x15: ("num_7", "num_8", "num_9", "num_minus", "num_clear", "num_equals", "num_divide", "num_multiply"),
    0x16: ("smpte", "feet", "beats", "rude_solo"),
    0x17: ("auto_plugin", "auto_pan", "auto_fader", "auto_send_mute", "auto_send", "auto_mute"),
    0x18: ("trim", "latch", "read", "auto_off", "write", "touch"),
    0x19: ("status_phase", "status_monitor", "status_auto", "group_suspend", "group_create", "group"),
    0x1A: ("edit_paste", "edit_cut", "edit_capture", "edit_delete", "edit_copy", "edit_separate"),
    0x1B: tuple(f"f{number}" for number in range(1, 9)),
    0x1C: (
        "dsp_insert",
        "dsp_assign",
        *(f"dsp_select_{number}" for number in range(1, 5)),
        "dsp_bypass",
        "dsp_compare",
    ),
    0x1D: ("relay_1", "relay_2", "relay_click", "beep"),
}
"""Buttons by zone, in the order of their ports."""
PLACES = {name: (zone, port) for zone, names in ZONES.items() for port, name in enumerate(names)}


class SimulatedHui(SimulatedUnit):
    """Eight motor faders with touch, endless encoders with rings, four characters a strip, two rows of forty."""

    def __init__(self, clock: Clock, temper: Temper | None = None) -> None:
        super().__init__(clock)
        self.faders = {
            fader: MotorFader(clock, temper or Temper(), lambda place, fader=fader: self._tell_fader(fader, place))  # type: ignore[misc]
            for fader in range(STRIPS)
        }
        self.answers_pings = True
        self.online = False
        self._timer: Timer | None = None
        self._readings = 0
        self._blank()

    # --- what a person sees --------------------------------------------------------------------------------------

    def fader(self, fader: int) -> float:
        return self.faders[fader].position

    @property
    def at_rest(self) -> bool:
        return all(fader.at_rest for fader in self.faders.values())

    def display(self) -> tuple[str, str]:
        """The two rows of the main display."""
        return "".join(self._main[:4]), "".join(self._main[4:])

    def cell(self, strip: int) -> str:
        """A strip's four characters; 8 is the one that stands beside them."""
        return self._cells[strip].rstrip()

    def ring(self, encoder: int) -> Ring:
        return self._rings[encoder]

    def lamp(self, button: str, strip: int | None = None) -> str:
        """ "on" or "off": its lamps cannot blink by themselves."""
        return "on" if _place(button, strip) in self._lit else "off"

    # --- hands ---------------------------------------------------------------------------------------------------

    def touch(self, fader: int) -> None:
        self.faders[fader].grip()
        self._switch(fader, 0, True)

    def move(self, fader: int, position: float) -> None:
        self.faders[fader].push(position)

    def release(self, fader: int) -> None:
        self.faders[fader].held = False
        self._switch(fader, 0, False)
        self.faders[fader].let_go()

    def press(self, button: str, strip: int | None = None) -> None:
        zone, port = _place(button, strip)
        self._switch(zone, port, True)
        self._switch(zone, port, False)

    def turn(self, encoder: int, ticks: int) -> None:
        self.say(0xB0, 0x40 + encoder, 0x40 | ticks if ticks > 0 else -ticks)

    # --- what the host says --------------------------------------------------------------------------------------

    def power_on(self) -> None:
        self._blank()
        self.online = False
        for fader in self.faders.values():
            fader.power_off()

    def take(self, message: bytes) -> None:
        if not is_message(message):
            self.fault("not one complete MIDI message", message)
        elif message == b"\x90\x00\x00":
            self._take_ping()
        elif message[0] == 0xB0:
            self._take_control(message)
        elif message[0] == 0xF0:
            self._take_sysex(message)
        elif message[0] != 0xA0:
            self.fault("nothing a HUI knows", message)

    def _take_ping(self) -> None:
        self.online = True
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.clock.call_later(HOST_GONE_S, self._miss_host)
        if self.answers_pings:
            self.say(0x90, 0x00, 0x7F)

    def _take_control(self, message: bytes) -> None:
        control, value = message[1], message[2]
        if control < STRIPS:
            self._coarse[control] = value
        elif 0x20 <= control < 0x20 + STRIPS:
            self._take_fader(control - 0x20, value)
        elif control == 0x0C:
            self._zone = value
        elif control == 0x2C:
            self._take_lamp(message)
        elif 0x10 <= control < 0x10 + STRIPS:
            ring = self._ring_of(message)
            self.told(("ring", control - 0x10), self._rings[control - 0x10], ring)
            self._rings[control - 0x10] = ring
        else:
            self.fault("nothing there to be set", message)

    def _take_fader(self, fader: int, fine: int) -> None:
        if fader not in self._coarse:
            self.fault("the fine half of a position without the coarse one", bytes([0xB0, 0x20 + fader, fine]))
            return
        position = ((self._coarse.pop(fader) << 7 | fine) >> 4) / 1023
        self.told(("fader", fader), self.faders[fader].goal, position)
        self.faders[fader].drive(position)

    def _take_lamp(self, message: bytes) -> None:
        """Its zone must come with every lamp: nothing else makes sure that it is still the one selected."""
        zone, self._zone = self._zone, None
        port = message[2] & 0x0F
        if zone is None or message[2] & 0x30 or port > 7:
            self.fault("a lamp in no zone", message)
            return
        name = _name(zone, port)
        if name is None:
            self.fault(f"no such lamp in zone {zone:02x}", message)
            return
        lit = bool(message[2] & 0x40)
        self.told(("lamp", *name), (zone, port) in self._lit, lit)
        if lit:
            self._lit.add((zone, port))
        else:
            self._lit.discard((zone, port))

    def _ring_of(self, message: bytes) -> Ring:
        mode, place = message[2] >> 4 & 0x03, message[2] & 0x0F
        if place > 11:
            self.fault("no such place on a ring", message)
        if not place:
            return Ring(frozenset(), bool(message[2] & 0x40))
        lit = [{place}, set(range(min(6, place), max(6, place) + 1)), set(range(1, place + 1)),
               set(range(7 - min(place, 6), 6 + min(place, 6)))][mode]  # fmt: skip
        return Ring(frozenset(lit), bool(message[2] & 0x40))

    def _take_sysex(self, message: bytes) -> None:
        head, content = message[:6], message[6:-1]
        if head != b"\xf0\x00\x00\x66\x05\x00" or not content:
            self.fault("not a HUI's SysEx", message)
            return
        place, text = content[1] if len(content) > 1 else -1, content[2:]
        if text and content[0] in (0x10, 0x12) and (min(text) < 0x20 or max(text) > 0x7E):
            self.fault("characters it may not have", message)
        elif content[0] == 0x10 and 0 <= place <= STRIPS and len(text) == 4:
            self.told(("text", place, 0), self._cells[place], text.decode("ascii"))
            self._cells[place] = text.decode("ascii")
        elif content[0] == 0x12 and 0 <= place < 8 and len(text) == 10:
            self._take_line(place, text.decode("ascii"))
        elif content[0] != 0x11:
            self.fault("no such display", message)

    def _take_line(self, place: int, text: str) -> None:
        """A quarter of a row; when one is new, the row is."""
        self.received["main", place] += 1
        if self._main[place] != text:
            first = place // 4 * 4
            self.changes.update(("main", quarter) for quarter in range(first, first + 4))
        self._main[place] = text

    # --- inside --------------------------------------------------------------------------------------------------

    def _blank(self) -> None:
        self._cells = [" " * 4] * (STRIPS + 1)
        self._main = [" " * 10] * 8
        self._rings = [Ring()] * STRIPS
        self._lit: set[tuple[int, int]] = set()
        self._zone: int | None = None
        self._coarse: dict[int, int] = {}

    def _miss_host(self) -> None:
        self.online = False
        self._timer = None

    def _switch(self, zone: int, port: int, on: bool) -> None:
        self.say(0xB0, 0x0F, zone)
        self.say(0xB0, 0x2F, port | (0x40 if on else 0))

    def _tell_fader(self, fader: int, place: int) -> None:
        self._readings += 1
        value = place << 4 | (self._readings * 7 & 0x0F if place < 1023 else 0)
        self.say(0xB0, fader, value >> 7)
        self.say(0xB0, 0x20 + fader, value & 0x7F)


def _place(button: str, strip: int | None) -> tuple[int, int]:
    return (strip, STRIP_PORTS.index(button)) if strip is not None else PLACES[button]


def _name(zone: int, port: int) -> tuple[str, int | None] | None:
    if zone < STRIPS:
        return STRIP_PORTS[port], zone
    names = ZONES.get(zone, ())
    return (names[port], None) if port < len(names) else None
