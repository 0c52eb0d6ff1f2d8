"""What surfaces say and are told, in bytes: every file that ships, and what a language has to remember."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonn_bridge.errors import MappingError
from tonn_bridge.files import parse_toml
from tonn_bridge.mapping import Role, load_surface, shipped
from tonn_bridge.mapping.surface import Language, Motors, SurfaceMapping
from tonn_bridge.mapping.surface.compiled import MODELS, Protocol, compiled
from tonn_bridge.protocols.surface import (
    MASTER,
    Answer,
    AssignmentText,
    Awake,
    BannerText,
    ButtonPressed,
    CellText,
    ColoursSet,
    EncoderTurned,
    FaderMoved,
    FaderSet,
    FaderTouched,
    GhostSet,
    Heard,
    KnobMoved,
    Lamp,
    LampSet,
    ProgressSet,
    QuestionText,
    RingMode,
    RingSet,
    StateText,
    Told,
)

MIDI = [name for name in shipped(Role.SURFACE) if not load_surface(name).is_osc]


def wire(text: str) -> list[bytes]:
    """The messages in hexadecimal, set apart by commas."""
    return [bytes.fromhex(message) for message in text.split(",")] if text else []


def surface(text: str, protocol: Protocol = Protocol.MIDI) -> SurfaceMapping:
    """A surface from the tables of its file."""
    head = f'name = "Box"\nsource = "its manual"\nrole = "surface"\nprotocol = "{protocol}"\ntried = "simulated"\n'
    return compiled(parse_toml(head + text, "box.toml", MODELS[protocol], MappingError))


def heard(language: Language, text: str) -> list[Heard]:
    return [event for message in wire(text) for event in language.read(message)]


SAID = [
    ("mackie", "e0 7f 7f", [FaderMoved(0, 1.0)]),
    ("mackie", "e8 00 00", [FaderMoved(MASTER, 0.0)]),
    ("mackie", "90 6a 7f, 90 6a 00", [FaderTouched(2, True), FaderTouched(2, False)]),
    ("mackie", "90 70 7f", [FaderTouched(MASTER, True)]),
    ("mackie", "b0 11 42", [EncoderTurned(1, -2)]),
    ("mackie", "90 3d 7f", [ButtonPressed("f8", True)]),
    ("mackie", "90 19 7f", [ButtonPressed("select", True, 1)]),
    ("mackie", "b0 3c 01", []),
    ("mackie-extender", "f0 00 00 66 15 01 58 59 5a 57 18 61 05 57 18 61 05 f7", [Awake()]),
    ("mackie-extender", "e8 00 00", []),
    ("x-touch", "f0 00 00 66 14 01 58 59 5a 57 18 61 05 57 18 61 05 f7", [Awake()]),
    ("x-touch-extender", "90 20 7f", [ButtonPressed("vpot", True, 0)]),
    ("faderport", "90 2a 7f", [ButtonPressed("pan", True)]),
    ("faderport", "b0 10 01", []),
    ("icon", "90 36 7f", [ButtonPressed("f1", True)]),
    ("hui", "b0 00 40, b0 20 00", [FaderMoved(0, 8192 / 16383)]),
    ("hui", "b0 0f 00, b0 2f 40", [FaderTouched(0, True)]),
    ("hui", "b0 0f 1b, b0 2f 47, b0 0f 1b, b0 2f 07", [ButtonPressed("f8", True), ButtonPressed("f8", False)]),
    ("hui", "b0 0f 02, b0 2f 41", [ButtonPressed("select", True, 2)]),
    ("hui", "b0 40 42", [EncoderTurned(0, 2)]),
    ("hui", "90 00 7f", []),
    ("x-touch-mini", "b0 10 01", [EncoderTurned(0, 1)]),
    ("x-touch-mini", "e8 7f 7f", [FaderMoved(MASTER, 1.0)]),
    ("x-touch-mini", "e0 7f 7f", []),
    ("x-touch-mini", "90 59 7f", [ButtonPressed("click", True)]),
    ("x-touch-compact", "b0 01 7f", [FaderMoved(0, 1.0)]),
    ("x-touch-compact", "b0 09 00", [FaderMoved(MASTER, 0.0)]),
    ("x-touch-compact", "b0 65 7f, b0 65 00", [FaderTouched(0, True), FaderTouched(0, False)]),
    ("x-touch-compact", "b0 6d 7f", [FaderTouched(MASTER, True)]),
    ("x-touch-compact", "b0 0a 7f", [KnobMoved(0, 1.0)]),
    ("x-touch-compact", "90 2f 7f", [ButtonPressed("select", True, 7)]),
    ("bcf2000", "b0 51 00", [FaderMoved(0, 0.0)]),
    ("bcf2000", "b0 08 7f", [KnobMoved(7, 1.0)]),
    ("bcf2000", "b0 4e 7f, b0 4e 00", [ButtonPressed("final", True), ButtonPressed("final", False)]),
    ("nanokontrol2", "b0 07 7f", [FaderMoved(7, 1.0)]),
    ("nanokontrol2", "b0 10 00", [KnobMoved(0, 0.0)]),
    ("nanokontrol2", "b0 29 7f", [ButtonPressed("play", True)]),
    ("nanokontrol2", "b0 22 7f", [ButtonPressed("solo", True, 2)]),
    ("nanokontrol2", "b1 29 7f", []),
    ("midimix", "b0 13 7f", [FaderMoved(0, 1.0)]),
    ("midimix", "b0 3e 7f", [FaderMoved(MASTER, 1.0)]),
    ("midimix", "90 16 7f, 80 16 7f", [ButtonPressed("mute", True, 7), ButtonPressed("mute", False, 7)]),
    ("launch-control-xl", "b8 4d 7f", [FaderMoved(0, 1.0)]),
    ("launch-control-xl", "b0 4d 7f", []),
    ("launch-control-xl", "98 39 7f", [ButtonPressed("focus", True, 4)]),
    ("launch-control-xl", "b8 6b 7f", [ButtonPressed("track_right", True)]),
    ("midi-generic", "b7 07 7f", [FaderMoved(7, 1.0)]),
    ("midi-generic", "b0 0a 7f", [KnobMoved(0, 1.0)]),
]  # fmt: skip

TOLD = [
    ("mackie", FaderSet(0, 11730 / 16383), "e0 52 5b"),
    ("mackie", FaderSet(MASTER, 1.0), "e8 7f 7f"),
    ("mackie", LampSet("select", Lamp.BLINK, 1), "90 19 01"),
    ("mackie", RingSet(0, RingMode.DOT, 0.5, centre=True), "b0 30 46"),
    ("mackie", AssignmentText("PN"), "b0 4b 10, b0 4a 0e"),
    ("mackie", CellText(2, 0, "Kick Drum"), "f0 00 00 66 14 12 0e 4b 69 63 6b 20 44 20 f7"),
    ("mackie", CellText(2, 1, "-6.5dB"), "f0 00 00 66 14 12 46 2d 36 2e 35 64 42 20 f7"),
    ("mackie", ColoursSet((1, 2)), ""),
    ("mackie-extender", CellText(0, 0, "Bass"), "f0 00 00 66 15 12 00 42 61 73 73 20 20 20 f7"),
    ("mackie-extender", AssignmentText("PN"), ""),
    ("x-touch", ColoursSet((1, 2, 3, 4, 5, 6, 7, 7)), "f0 00 00 66 14 72 01 02 03 04 05 06 07 07 f7"),
    ("x-touch", CellText(2, 0, "Kick Drum"), "f0 00 00 66 14 12 0e 4b 69 63 6b 20 44 72 f7"),
    ("x-touch-extender", ColoursSet((7,) * 8), "f0 00 00 66 15 72 07 07 07 07 07 07 07 07 f7"),
    ("faderport", RingSet(0, RingMode.DOT, 0.5), ""),
    ("faderport", LampSet("f5", Lamp.ON), "90 3a 7f"),
    ("icon", LampSet("f8", Lamp.ON), "90 3d 7f"),
    ("hui", FaderSet(0, 11730 / 16383), "b0 00 5b, b0 20 52"),
    ("hui", LampSet("mute", Lamp.ON, 1), "b0 0c 01, b0 2c 42"),
    ("hui", RingSet(0, RingMode.DOT, 0.5), "b0 10 06"),
    ("hui", CellText(0, 0, "Bass"), "f0 00 00 66 05 00 10 00 42 61 73 73 f7"),
    ("hui", CellText(0, 1, "Bass"), ""),
    ("x-touch-mini", RingSet(7, RingMode.FAN, 1.0), "b0 37 2b"),
    ("x-touch-mini", FaderSet(MASTER, 0.5), ""),
    ("x-touch-mini", CellText(0, 0, "Bass"), ""),
    ("x-touch-compact", FaderSet(0, 1.0), "b0 01 7f"),
    ("x-touch-compact", FaderSet(MASTER, 0.0), "b0 09 00"),
    ("x-touch-compact", RingSet(0, RingMode.SPREAD, 0.5), "b0 0a 03, b0 1a 07"),
    ("x-touch-compact", LampSet("confirm", Lamp.BLINK), "90 07 02"),
    ("x-touch-compact", LampSet("select", Lamp.ON, 7), "90 1f 01"),
    ("x-touch-compact", LampSet("push", Lamp.ON, 0), ""),
    ("bcf2000", FaderSet(7, 1.0), "b0 58 7f"),
    ("bcf2000", RingSet(0, RingMode.DOT, 1.0), "b0 01 7f"),
    ("bcf2000", LampSet("confirm", Lamp.ON), "b0 50 7f"),
    ("nanokontrol2", LampSet("play", Lamp.ON), "b0 29 7f"),
    ("nanokontrol2", LampSet("solo", Lamp.OFF, 2), "b0 22 00"),
    ("nanokontrol2", LampSet("marker_set", Lamp.ON), ""),
    ("nanokontrol2", FaderSet(0, 0.5), ""),
    ("midimix", LampSet("mute", Lamp.ON, 0), "90 01 7f"),
    ("midimix", FaderSet(MASTER, 0.5), ""),
    ("launch-control-xl", LampSet("final", Lamp.ON), "98 5a 0f"),
    ("launch-control-xl", LampSet("focus", Lamp.ON, 4), "98 39 3e"),
    ("launch-control-xl", LampSet("focus", Lamp.OFF, 4), "98 39 0c"),
    ("launch-control-xl", LampSet("track_left", Lamp.ON), "b8 6a 0f"),
    ("midi-generic", FaderSet(0, 0.5), ""),
    ("midi-generic", RingSet(0, RingMode.DOT, 0.5), ""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "said", "events"), SAID, ids=[f"{name} {said}" for name, said, _ in SAID])
def test_what_a_shipped_surface_says(name: str, said: str, events: list[Heard]) -> None:
    assert heard(load_surface(name).language(), said) == events


@pytest.mark.parametrize(("name", "told", "messages"), TOLD, ids=[f"{name} {told}" for name, told, _ in TOLD])
def test_what_a_shipped_surface_is_told(name: str, told: Told, messages: str) -> None:
    assert list(load_surface(name).language().write(told)) == wire(messages)


def test_every_shipped_surface_stands_in_both_tables() -> None:
    assert {name for name, _, _ in SAID} == {name for name, _, _ in TOLD} == set(MIDI)


@pytest.mark.parametrize("name", MIDI)
def test_what_a_motor_is_sent_is_what_its_fader_says_there(name: str) -> None:
    mapping = load_surface(name)
    language = mapping.language()
    for position in (0.0, 0.3, 1.0):
        messages = language.write(FaderSet(0, position))
        assert bool(messages) == (mapping.caps.motors is not Motors.NONE)
        for event in (event for message in messages for event in language.read(message)):
            assert isinstance(event, FaderMoved)
            assert event.position == pytest.approx(position, abs=0.5 / (mapping.caps.fader_steps - 1))


@pytest.mark.parametrize("name", MIDI)
def test_on_leaving_every_lamp_is_dark_and_no_fader_moves(name: str) -> None:
    mapping = load_surface(name)
    language = mapping.language()
    farewell = list(language.farewell())
    positions = {message for at in (0.0, 0.4, 1.0) for message in language.write(FaderSet(0, at))}
    lit = {button for button in mapping.caps.functions if language.write(LampSet(button, Lamp.OFF))}
    assert all(message in farewell for button in lit for message in language.write(LampSet(button, Lamp.OFF)))
    assert not positions & set(farewell)


# --- Mackie ----------------------------------------------------------------------------------------------------------


def lcd(language: Language, told: Told) -> list[str]:
    """What is written into a Mackie display, as `offset text`."""
    return [f"{message[6]} {message[7:-1].decode()}" for message in language.write(told)]


def test_a_mackie_display_is_sent_only_what_is_new_in_it() -> None:
    language = load_surface("mackie").language()
    assert lcd(language, CellText(1, 0, "Kick")) == ["7 Kick   "]
    assert lcd(language, CellText(1, 0, "Kick")) == []
    assert lcd(language, CellText(1, 0, "Kuck")) == ["8 u"]
    assert lcd(language, CellText(1, 1, "-6.0")) == ["63 -6.0   "]


def test_a_banner_covers_the_cells_of_a_mackie_display() -> None:
    language = load_surface("x-touch").language()
    language.write(CellText(0, 1, "-6.0"))
    [message] = language.write(BannerText(1, "MIX 45%"))
    assert message[6:].startswith(b"\x38MIX 45%   ")
    assert len(message) == 7 + 56 + 1
    assert lcd(language, CellText(0, 1, "-6.0")) == ["56 -6.0   "]


def test_a_mackie_unit_that_begins_again_is_written_everything_again() -> None:
    language = load_surface("mackie").language()
    language.write(CellText(1, 0, "Kick"))
    [power_up] = wire("f0 00 00 66 14 01 58 59 5a 57 18 61 05 57 18 61 05 f7")
    assert list(language.read(power_up)) == [Awake()]
    assert lcd(language, CellText(1, 0, "Kick")) == ["7 Kick   "]


def test_a_logic_control_gets_the_response_to_its_challenge() -> None:
    logic = surface("[unit]\nstrips = 8\nmessages_per_s = 500\n[mackie]\ndevice_id = 0x10", Protocol.MACKIE)
    query, reply = wire(
        "f0 00 00 66 10 01 58 59 5a 57 18 61 05 57 18 61 05 f7, f0 00 00 66 10 02 58 59 5a 57 18 61 05 64 5a 5e 57 f7"
    )
    assert list(logic.language().read(query)) == [Answer((reply,)), Awake()]
    assert next(iter(logic.language().greeting())) == bytes.fromhex("f0 00 00 66 10 00 f7")


@pytest.mark.parametrize(("name", "unit"), [("mackie", 0x14), ("mackie-extender", 0x15), ("x-touch-extender", 0x15)])
def test_a_mackie_unit_is_asked_who_it_is_and_cleared(name: str, unit: int) -> None:
    greeting = list(load_surface(name).language().greeting())
    assert greeting[0] == bytes([0xF0, 0, 0, 0x66, unit, 0, 0xF7])
    assert b"\x90\x10\x00" in greeting  # what another program left lit: a MUTE, a ring, a name
    assert b"\xb0\x37\x00" in greeting
    assert any(message[5:7] == b"\x12\x38" for message in greeting)
    assert (b"\x90\x36\x00" in greeting) == (unit == 0x14)  # an extender has no F1


def test_the_second_display_of_an_icon_unit_shows_the_banner() -> None:
    icon = surface('[unit]\nstrips = 8\nmessages_per_s = 500\ndisplays = "cells_and_banner"', Protocol.MACKIE)
    [message] = icon.language().write(BannerText(1, "MIX"))
    assert message == bytes.fromhex("f0 00 00 67 15 13 38") + b"MIX".ljust(56) + b"\xf7"
    assert icon.caps.banner == 56


# --- HUI -------------------------------------------------------------------------------------------------------------


def test_a_hui_is_pinged_once_a_second_and_has_a_display_for_everybody() -> None:
    hui = load_surface("hui")
    language = hui.language()
    assert (hui.caps.keep_alive_s, list(language.keep_alive())) == (1.0, [b"\x90\x00\x00"])
    assert next(iter(language.greeting())) == b"\x90\x00\x00"
    assert [message[7:-1] for message in language.write(BannerText(0, "MIX 45%"))] == [
        b"\x00MIX 45%   ",
        *(bytes([quarter]) + b" " * 10 for quarter in (1, 2, 3)),
    ]


# --- plain MIDI ------------------------------------------------------------------------------------------------------

UNIT = "[unit]\nstrips = 2\nmessages_per_s = 500\n"
MOTORS = '[unit]\nstrips = 2\nmessages_per_s = 500\nmotors = "at_once"\n'


@pytest.mark.parametrize(
    ("faders", "messages"),
    [
        ("cc14 = [0, 1]", "b0 01 5b, b0 21 52"),
        ("cc14 = [0, 1]\nfine_first = true", "b0 21 52, b0 01 5b"),
        ("nrpn = [300, 301]", "b0 63 02, b0 62 2d, b0 06 5b, b0 26 52, b0 65 7f, b0 64 7f"),
        ("pitch_bend = true\nchannel = [1, 2]", "e1 52 5b"),
    ],
)
def test_a_fader_of_fourteen_bits_is_driven_and_heard(faders: str, messages: str) -> None:
    language = surface(f"{MOTORS}[faders]\n{faders}").language()
    assert list(language.write(FaderSet(1, 11730 / 16383))) == wire(messages)
    assert heard(language, messages)[-1] == FaderMoved(1, 11730 / 16383)


def test_each_connection_remembers_its_own_halves() -> None:
    box = surface(f"{UNIT}[faders]\ncc14 = [0, 1]\nfine_first = true")
    one, other = box.language(), box.language()
    assert heard(one, "b0 20 7f") == []
    assert heard(other, "b0 00 7f") != heard(one, "b0 00 7f") == [FaderMoved(0, 1.0)]


def test_a_button_that_toggles_is_pressed_by_every_message() -> None:
    language = surface(f'{UNIT}[buttons]\nplay = {{ note = 5, does = "preview", toggle = true }}').language()
    press = [ButtonPressed("play", True), ButtonPressed("play", False)]
    assert [heard(language, said) for said in ("90 05 7f", "90 05 00", "80 05 40")] == [press, press, press]


@pytest.mark.parametrize(
    ("relative", "said", "ticks"),
    [
        ("twos_complement", ["b0 10 02", "b0 10 7e"], [2, -2]),
        ("offset", ["b0 10 42", "b0 10 3e"], [2, -2]),
        ("sign_down", ["b0 10 02", "b0 10 42"], [2, -2]),
        ("sign_up", ["b0 10 42", "b0 10 02"], [2, -2]),
    ],
)
def test_an_endless_encoder_is_read_as_it_writes(relative: str, said: list[str], ticks: list[int]) -> None:
    language = surface(f'{UNIT}[encoders]\ncc = [16, 17]\nrelative = "{relative}"').language()
    assert [heard(language, message) for message in said] == [[EncoderTurned(0, turn)] for turn in ticks]
    assert heard(language, "b0 10 40" if relative == "offset" else "b0 10 00") == []


def test_the_way_a_ring_shows_is_set_when_it_changes() -> None:
    language = load_surface("x-touch-compact").language()
    assert [message.hex(" ") for message in language.write(RingSet(1, RingMode.FAN, 0.0))] == ["b0 0b 02", "b0 1b 01"]
    assert [message.hex(" ") for message in language.write(RingSet(1, RingMode.FAN, 1.0))] == ["b0 1b 0d"]
    assert [message.hex(" ") for message in language.write(RingSet(1, RingMode.FAN, None))] == ["b0 1b 00"]
    language.greeting()
    assert len(language.write(RingSet(1, RingMode.FAN, 1.0))) == 2


def test_a_launch_control_is_set_to_the_template_its_file_is_for() -> None:
    [template] = wire("f0 00 20 29 02 11 77 08 f7")
    greeting = list(load_surface("launch-control-xl").language().greeting())
    assert greeting[0] == template
    assert template not in greeting[1:]


# --- anything ---------------------------------------------------------------------------------------------------------

places = st.integers(-1, 40)
positions = st.floats(0.0, 1.0)
texts = st.text(max_size=80)
buttons = st.sampled_from(["f1", "f8", "select", "mute", "play", "confirm", "focus", "no such button"])
anything = st.one_of(
    st.builds(FaderSet, places, positions),
    st.builds(RingSet, st.integers(0, 40), st.sampled_from(RingMode), st.none() | positions, st.booleans()),
    st.builds(LampSet, buttons, st.sampled_from(Lamp), st.none() | st.integers(0, 40)),
    st.builds(CellText, st.integers(0, 40), st.integers(0, 3), texts),
    st.builds(BannerText, st.integers(0, 3), texts),
    st.builds(AssignmentText, texts),
    st.builds(ColoursSet, st.lists(st.integers(0, 7), max_size=8).map(tuple)),
    st.builds(GhostSet, st.integers(0, 40), st.none() | positions),
    st.builds(StateText, texts),
    st.builds(ProgressSet, positions),
    st.builds(QuestionText, texts, st.floats(0.0, 60.0)),
)
messages = st.one_of(
    st.binary(max_size=24),
    st.tuples(st.integers(0x80, 0xFF), st.integers(0, 127), st.integers(0, 127)).map(bytes),
    st.binary(max_size=16).map(lambda data: bytes.fromhex("f0 00 00 66 14") + data + b"\xf7"),
    st.tuples(st.just(0xB0), st.sampled_from([0x0F, 0x2F, 0x00, 0x20, 6, 38, 98, 99]), st.integers(0, 127)).map(bytes),
)


@pytest.mark.parametrize("name", MIDI)
@given(said=st.lists(messages, max_size=8))
def test_nothing_that_comes_in_is_more_than_not_understood(name: str, said: list[bytes]) -> None:
    mapping = LOADED[name]
    language = mapping.language()
    for event in (event for message in said for event in language.read(message)):
        match event:
            case FaderMoved(fader, position):
                assert fader < mapping.caps.faders
                assert 0.0 <= position <= 1.0
            case EncoderTurned(place) | KnobMoved(place):
                assert 0 <= place < mapping.caps.strips


@pytest.mark.parametrize("name", MIDI)
@given(told=st.lists(anything, max_size=8))
def test_whatever_is_told_becomes_complete_messages_or_none(name: str, told: list[Told]) -> None:
    language = LOADED[name].language()
    for message in (message for each in told for message in language.write(each)):
        data = message[1:-1] if message[0] == 0xF0 else message[1:]
        assert message[0] >= 0x80
        assert data.isascii()
        assert len(message) == 3 or message[-1] == 0xF7


LOADED = {name: load_surface(name) for name in MIDI}
