"""The units that are played to a DAW: what each understands and says, and where in the row it stands."""

import asyncio
from dataclasses import dataclass, field

import pytest

from tests.clock import FakeClock
from tests.links.test_device import FILE, NAMES, Listener
from tonn_bridge.core import Param, TrackSpec
from tonn_bridge.core.laws import ReaperLaw
from tonn_bridge.errors import PortError
from tonn_bridge.links import Traffic
from tonn_bridge.links.device import DeviceLink, Row, units_for, wanted_ports
from tonn_bridge.links.device.languages import Alive, Forgotten, HuiUnit, MackieUnit, unit_languages
from tonn_bridge.links.device.names import full_name
from tonn_bridge.links.device.row import StripTold, parts
from tonn_bridge.mapping.device import DeviceFile, Protocol
from tonn_bridge.ports.midi import MidiPort, Wanted
from tonn_bridge.ports.midi.memory import MemoryMidi, memory_midi
from tonn_bridge.protocols.surface import Answer, ButtonPressed, CellText, FaderMoved, FaderSet

POWER_UP = "f0 00 00 66 {unit:02x} 01 58 59 5a 57 18 61 05 57 18 61 05 f7"


@pytest.mark.parametrize("unit", [0x14, 0x15, 0x10, 0x11])
def test_a_unit_answers_the_question_who_it_is_if_it_is_meant(unit: int) -> None:
    played = MackieUnit(unit)
    power_up = bytes.fromhex(POWER_UP.format(unit=unit))
    assert played.read(bytes.fromhex(f"f0 00 00 66 {unit:02x} 00 f7")) == (Answer((power_up,)),)
    assert list(played.power_up()) == [power_up]
    other = 0x10 if unit != 0x10 else 0x14
    assert played.read(bytes.fromhex(f"f0 00 00 66 {other:02x} 00 f7")) == (Alive(),)


@pytest.mark.parametrize("response", ["64 5a 5e 57", "64 5f 5e 57"], ids=["as-most-hosts", "as-ardour"])
def test_any_response_to_its_challenge_is_confirmed(response: str) -> None:
    reply = bytes.fromhex(f"f0 00 00 66 10 02 58 59 5a 57 18 61 05 {response} f7")
    confirmed = bytes.fromhex("f0 00 00 66 10 03 58 59 5a 57 18 61 05 f7")
    assert MackieUnit(0x10).read(reply) == (Answer((confirmed,)),)


def test_text_that_is_written_in_parts_is_read_as_cells() -> None:
    unit = MackieUnit(0x14)
    assert unit.read(bytes.fromhex("f0 00 00 66 14 12 07") + b"Bass   Pad" + b"\xf7") == [
        CellText(1, 0, "Bass   "),
        CellText(2, 0, "Pad    "),
    ]
    assert unit.read(bytes.fromhex("f0 00 00 66 14 12 09") + b"ll" + b"\xf7") == [CellText(1, 0, "Ball   ")]
    assert unit.read(bytes.fromhex("f0 00 00 66 14 12 6d") + b"-6.5dB and more" + b"\xf7") == [
        CellText(7, 1, "    -6.")
    ]


def test_a_reset_means_that_the_daw_has_let_go() -> None:
    unit = MackieUnit(0x14)
    unit.read(bytes.fromhex("f0 00 00 66 14 12 00") + b"Kick   " + b"\xf7")
    assert unit.read(bytes.fromhex("f0 00 00 66 14 08 00 f7")) == (Forgotten(),)
    assert unit.read(bytes.fromhex("f0 00 00 66 14 12 01") + b"x" + b"\xf7") == [CellText(0, 0, " x     ")]


def test_a_hui_answers_the_sign_of_life_and_reads_faders_in_halves() -> None:
    unit = HuiUnit()
    assert unit.read(b"\x90\x00\x00") == (Alive(), Answer((b"\x90\x00\x7f",)))
    assert unit.read(b"\xb0\x00\x5b") == ()
    assert unit.read(b"\xb0\x20\x52") == (FaderSet(0, 11730 / 16383),)
    assert list(unit.write(FaderMoved(0, 11730 / 16383))) == [b"\xb0\x00\x5b", b"\xb0\x20\x52"]
    assert list(unit.write(ButtonPressed("bank_right", True))) == [b"\xb0\x0f\x0a", b"\xb0\x2f\x43"]


@pytest.mark.parametrize("unit", [MackieUnit(0x14), HuiUnit()], ids=["mackie", "hui"])
@pytest.mark.parametrize("message", [b"", b"\xf0\xf7", b"\xe0\x00", b"\x90\x80\x00", b"\xf0\x00\x00\x66\x14\xf7"])
def test_broken_messages_say_nothing(unit: MackieUnit | HuiUnit, message: bytes) -> None:
    assert unit.read(message) == ()


def test_a_row_has_as_many_units_as_the_tracks_need_and_the_daw_takes() -> None:
    mapping = DeviceFile.model_validate(FILE)
    assert [units_for(mapping, tracks) for tracks in (2, 8, 9, 20, 32)] == [1, 1, 2, 3, 4]
    assert units_for(mapping.model_copy(update={"units": mapping.units.model_copy(update={"most": 2})}), 32) == 2
    assert units_for(mapping, 20, wanted=1) == 1
    assert len(unit_languages(Protocol.HUI, 4, 0)) == 4


def test_ports_are_virtual_unless_every_unit_has_its_own() -> None:
    assert wanted_ports(2) == [
        Wanted("tonn-bridge 1", "tonn-bridge 1", virtual=True),
        Wanted("tonn-bridge 2", "tonn-bridge 2", virtual=True),
    ]
    assert wanted_ports(1, ("loop in",), ("loop out",)) == [Wanted("loop in", "loop out")]
    with pytest.raises(PortError, match=r"2 units need 2 inputs and 2 outputs, not 1 and 1: write daw\.units = 1"):
        wanted_ports(2, ("a",), ("b",))


@pytest.mark.parametrize(("ticks", "sent"), [(0, []), (5, [5]), (-63, [-63]), (64, [63, 1]), (-130, [-63, -63, -4])])
def test_many_ticks_go_in_several_messages(ticks: int, sent: list[int]) -> None:
    assert list(parts(ticks, 63)) == sent


@pytest.mark.parametrize(
    ("shown", "name"),
    [
        ("Kick", "Kick"),
        ("BckngV", "BackingVox"),
        ("Lead V", "Lead Vox"),
        ("DrumBs", "DrumBs"),  # two could be meant
        ("Lead", "Lead"),  # too short to have been shortened
        ("01", "Track 1"),
        ("", ""),
    ],
)
def test_a_shortened_name_is_the_one_it_can_only_stand_for(shown: str, name: str) -> None:
    names = ["Kick", "BackingVox", "Lead Vox", "Drum Bus", "DrumBusses"]
    assert full_name(shown, names, 6) == name


# --- whole rows -------------------------------------------------------------------------------------------------------


@dataclass
class Ears:
    """A `RowListener` that notes nothing but strips."""

    strips: list[tuple[int, StripTold]] = field(default_factory=list)

    def heard(self) -> None: ...
    def told(self, strip: int, said: StripTold, *, news: bool) -> None:
        self.strips.append((strip, said))

    def forgotten(self) -> None: ...
    def connected(self) -> None: ...


@dataclass
class Host:
    """The other ends of the units' ports."""

    midi: MemoryMidi
    heard: list[tuple[int, bytes]] = field(default_factory=list)
    ports: list[MidiPort] = field(default_factory=list)

    def open(self, units: int) -> None:
        for unit in range(1, units + 1):
            wanted = Wanted(f"tonn-bridge {unit}", f"tonn-bridge {unit}")
            self.ports.append(self.midi.open(wanted, self._ear(unit), lambda: None))

    def _ear(self, unit: int):  # type: ignore[no-untyped-def]
        return lambda messages: self.heard.extend((unit, message) for message in messages)


@pytest.mark.parametrize(("main", "unit", "device"), [("left", 1, 0x14), ("right", 3, 0x14)])
async def test_the_main_unit_stands_where_the_daw_was_told(main: str, unit: int, device: int) -> None:
    midi, ears = memory_midi(), Ears()
    mapping = DeviceFile.model_validate(FILE | {"units": {"most": 4, "main": main}})
    row, host = Row(mapping, 3, lambda _, __: None), Host(midi)
    row.open(midi, wanted_ports(3), ears)
    host.open(3)
    for _ in range(4):
        await asyncio.sleep(0)
    row.press("bank_right")
    row.power_up()
    row.move(17, 16383)
    host.ports[1].send([b"\xe2\x00\x40"])
    for _ in range(4):
        await asyncio.sleep(0)
    assert [each for each in host.heard if each[1][0] == 0x90] == [(unit, b"\x90\x2f\x7f"), (unit, b"\x90\x2f\x00")]
    devices = {place: message[4] for place, message in host.heard if message[0] == 0xF0}
    assert devices == {place: device if place == unit else 0x15 for place in (1, 2, 3)}
    assert [each for each in host.heard if each[1][0] == 0xE1] == [(3, b"\xe1\x7f\x7f")]
    assert ears.strips == [(10, FaderSet(2, 8192 / 16383))]
    row.close()


async def test_a_hui_host_is_read_and_moved_like_any_other() -> None:
    midi, clock, mixer = memory_midi(), FakeClock(), Listener()
    changes = {"protocol": "hui", "names": {"characters": 4}, "fader": {"law": "reaper"}, "presence": {"silent_s": 3}}
    mapping = DeviceFile.model_validate({**{k: v for k, v in FILE.items() if k != "pan"}, **changes})
    tracks = [TrackSpec(number, name) for number, name in enumerate(NAMES, 1)]
    soon = asyncio.get_running_loop().call_soon
    link = DeviceLink(mapping, "hui", tracks, clock, soon, Traffic(clock), lambda: None, law=ReaperLaw())
    host = Host(midi)
    link.start(midi, wanted_ports(1), mixer)
    host.open(1)
    await clock.run(0.1)
    told = [bytes.fromhex(f"f0 00 00 66 05 00 10 {z:02x}") + n.ljust(4).encode() + b"\xf7" for z, n in enumerate(NAMES)]
    faders = [bytes([0xB0, z, 0x5B]) for z in range(3)] + [bytes([0xB0, 0x20 + z, 0x52]) for z in range(3)]
    host.ports[0].send([b"\x90\x00\x00", *told, *faders, b"\xb0\x0c\x01", b"\xb0\x2c\x42"])
    await clock.run(2.0)
    assert (1, b"\x90\x00\x7f") in host.heard
    bound = mixer.take()
    assert [what for what, *_ in bound] == ["bound"]
    assert bound[0][1] == {1: 1, 2: 2, 3: 3}
    assert bound[0][2][2] == {Param.GAIN: 11730.0, Param.MUTE: 1.0}
    link.put(3, Param.GAIN, 9713.0)
    await clock.run(0.05)
    assert [message for _, message in host.heard[-4:]] == [
        b"\xb0\x0f\x02",
        b"\xb0\x2f\x40",  # touch
        b"\xb0\x02\x4b",
        b"\xb0\x22\x71",
    ]
    await clock.run(4.0)
    assert ("lost",) in mixer.take()
    link.stop()
