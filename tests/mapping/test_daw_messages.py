import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonn_bridge.core.values import Param
from tonn_bridge.errors import RangeError
from tonn_bridge.mapping import (
    Alive,
    DawMapping,
    Event,
    ListChanged,
    StripCount,
    StripGone,
    StripName,
    StripValue,
    load,
    shipped,
)
from tonn_bridge.protocols import osc

DAWS = {name: DawMapping(load(name)) for name in shipped()}
GAIN, PAN, MUTE = Param.GAIN, Param.PAN, Param.MUTE
SET_SURFACE = "2f 73 65 74 5f 73 75 72 66 61 63 65 00 00 00 00 2c 69 69 69 69 69 69 69 00"
XREMOTE = "2f 78 72 65 6d 6f 74 65 00 00 00 00 2c 00 00 00"
NO_FX_PARAMETERS = "2f 64 65 76 69 63 65 2f 66 78 70 61 72 61 6d 2f 63 6f 75 6e 74 00 00 00 2c 69 00 00 00 00 00 00"
TRACK_1_NAME = "2f 74 72 61 63 6b 2f 31 2f 6e 61 6d 65 00 00 00 2c 00 00 00"
FX_COUNT_8 = "2f 64 65 76 69 63 65 2f 66 78 2f 63 6f 75 6e 74 00 00 00 00 2c 69 00 00 00 00 00 08"
TRACK_COUNT_64 = "2f 64 65 76 69 63 65 2f 74 72 61 63 6b 2f 63 6f 75 6e 74 00 2c 69 00 00 00 00 00 40"
REFRESH_ALL_SURFACES = "2f 61 63 74 69 6f 6e 00 2c 69 00 00 00 00 a3 0f"
REFRESH = "2f 72 65 66 72 65 73 68 00 00 00 00 2c 69 00 00 00 00 00 01"
NUM_TRACKS = "2f 6c 69 76 65 2f 73 6f 6e 67 2f 67 65 74 2f 6e 75 6d 5f 74 72 61 63 6b 73 00 00 00 2c 00 00 00"
TRACK_NAMES = (
    "2f 6c 69 76 65 2f 73 6f 6e 67 2f 67 65 74 2f 74 72 61 63 6b 5f 6e 61 6d 65 73 00 00 2c 69 69 00 00 00 00 00"
    "ff ff ff ff"
)
ARDOUR_HELLO = SET_SURFACE + "00" * 10 + "9f 00 00 40 0b" + "00" * 16
ARDOUR_GOODBYE = SET_SURFACE + "00" * 10 + "9f" + "00" * 20
VALUE_VECTORS = [
    # daw, control, strip, wire number, value, datagram, value's tolerance
    ("reaper", GAIN, 3, -6.5, -6.5, "2f747261636b2f332f766f6c756d652f646200002c660000c0d00000", 1e-6),
    ("reaper", PAN, 1, 0.25, -0.5, "2f747261636b2f312f70616e000000002c6600003e800000", 1e-6),
    ("ableton", GAIN, 1, 0.85, 0.0, "2f6c6976652f747261636b2f7365742f766f6c756d6500002c696600000000003f59999a", 1e-5),
    ("ableton", PAN, 1, -0.5, -0.5, "2f6c6976652f747261636b2f7365742f70616e6e696e67002c69660000000000bf000000", 1e-6),
    ("ardour", GAIN, 1, -6.0, -6.0, "2f73747269702f6761696e002c69660000000001c0c00000", 1e-6),
    (
        "ardour",
        PAN,
        1,
        0.75,
        -0.5,
        "2f73747269702f70616e5f73746572656f5f706f736974696f6e00002c696600000000013f400000",
        1e-6,
    ),
    ("bitwig", GAIN, 1, 13003, 0.0, "2f747261636b2f312f766f6c756d65002c690000000032cb", 0.001),
    ("bitwig", PAN, 1, 8192, 0.0, "2f747261636b2f312f70616e000000002c69000000002000", 0.0001),
    ("x32", GAIN, 1, 0.75, 0.0, "2f63682f30312f6d69782f6661646572000000002c6600003f400000", 1e-6),
    ("x32", PAN, 1, 0.25, -0.5, "2f63682f30312f6d69782f70616e00002c6600003e800000", 1e-6),
    ("xair", GAIN, 1, 0.75, 0.0, "2f63682f30312f6d69782f6661646572000000002c6600003f400000", 1e-6),
    ("osc", GAIN, 2, -3.0, -3.0, "2f747261636b2f322f6761696e0000002c660000c0400000", 1e-6),
    ("osc", PAN, 2, -0.5, -0.5, "2f747261636b2f322f70616e000000002c660000bf000000", 1e-6),
]
VECTOR_IDS = [f"{row[0]}-{row[1]}" for row in VALUE_VECTORS]


def hexes(*rows: str) -> list[bytes]:
    return [bytes.fromhex(row) for row in rows]


def heard(daw: str, address: str, *args: osc.Argument) -> tuple[Event, ...]:
    return tuple(DAWS[daw].read(osc.Message(address, args)))


def value(daw: str, strip: int, param: Param, wire: float) -> StripValue:
    return StripValue(strip, param, pytest.approx(wire), False, DAWS[daw].scale(param).tolerance)


@pytest.mark.parametrize(
    ("daw", "greeting"),
    [
        ("reaper", [NO_FX_PARAMETERS, FX_COUNT_8, TRACK_COUNT_64]),
        ("ableton", [NUM_TRACKS, TRACK_NAMES]),
        ("ardour", [ARDOUR_HELLO]),
        ("bitwig", []),
        ("x32", [XREMOTE]),
        ("xair", [XREMOTE]),
        ("osc", []),
    ],
)
def test_a_daw_is_greeted_as_it_wants(daw: str, greeting: list[str]) -> None:
    assert DAWS[daw].greet(64) == hexes(*greeting)


def test_every_shipped_mapping_has_its_greeting_checked() -> None:
    assert shipped() == ["ableton", "ardour", "bitwig", "osc", "reaper", "x32", "xair"]


def test_ardour_is_told_to_stop_sending_on_leaving() -> None:
    assert DAWS["ardour"].farewell() == hexes(ARDOUR_GOODBYE)


@pytest.mark.parametrize(
    ("daw", "param", "strip", "wire", "means", "datagram", "within"), VALUE_VECTORS, ids=VECTOR_IDS
)
def test_a_value_is_written_as_its_vector(
    daw: str, param: Param, strip: int, wire: float, means: float, datagram: str, within: float
) -> None:
    assert DAWS[daw].write(strip, param, wire) == bytes.fromhex(datagram)
    assert DAWS[daw].scale(param).value_of(wire) == pytest.approx(means, abs=within)


@pytest.mark.parametrize(
    ("daw", "param", "strip", "wire", "means", "datagram", "within"), VALUE_VECTORS, ids=VECTOR_IDS
)
def test_a_value_is_read_from_its_vector(
    daw: str, param: Param, strip: int, wire: float, means: float, datagram: str, within: float
) -> None:
    [message] = osc.decode(bytes.fromhex(datagram), wall=0.0)
    told = message._replace(address=message.address.replace("/live/track/set/", "/live/track/get/"))
    [event] = DAWS[daw].read(told)
    assert event == value(daw, strip, param, wire)


@pytest.mark.parametrize("daw", sorted(DAWS))
@pytest.mark.parametrize("param", [GAIN, PAN, MUTE])
@given(data=st.data())
def test_what_is_written_is_read_back_as_the_same_number(daw: str, param: Param, data: st.DataObject) -> None:
    mapping = DAWS[daw]
    scale = mapping.scale(param)
    strip = data.draw(st.integers(1, mapping.caps.most_strips))
    wire = scale.wire_of(data.draw(st.floats(-90.0, 6.0) if param is GAIN else st.floats(-1.0, 1.0)))
    [message] = osc.decode(mapping.write(strip, param, wire), wall=0.0)
    told = message._replace(address=message.address.replace("/live/track/set/", "/live/track/get/"))
    assert mapping.read(told) == (StripValue(strip, param, wire, False, scale.tolerance),)


@pytest.mark.parametrize(
    ("daw", "address", "args", "event"),
    [
        ("reaper", "/track/2/name", ("vox",), StripName(2, "vox")),
        ("reaper", "/track/2/mute", (1.0,), StripValue(2, MUTE, 1.0, False, 0.0)),
        ("reaper", "/track/512/volume/db", (-150.0,), StripValue(512, GAIN, -150.0, False, 0.001)),
        ("reaper", "/track/1/volume/db", (15.5,), StripValue(1, GAIN, 15.5, False, 0.001)),
        ("ableton", "/live/track/get/name", (0, "Kick"), StripName(1, "Kick")),
        ("ableton", "/live/track/get/mute", (4, True), StripValue(5, MUTE, 1.0, False, 0.0)),
        ("ableton", "/live/song/get/num_tracks", (12,), StripCount(12)),
        ("ableton", "/live/startup", (), ListChanged()),
        ("ableton", "/live/test", ("ok",), Alive()),
        ("ardour", "/strip/name", (3, "Hats"), StripName(3, "Hats")),
        ("ardour", "/strip/name", (3, " "), StripGone(3)),
        ("ardour", "/strip/gain", (3, -193.0), StripGone(3)),
        ("ardour", "/strip/gain", (3, -200.0), StripValue(3, GAIN, -200.0, False, 0.001)),
        ("ardour", "/strip/gain", (3, -192.5), StripValue(3, GAIN, -200.0, False, 0.001)),
        ("ardour", "/strip/gain", (3.0, -6.0), StripValue(3, GAIN, -6.0, False, 0.001)),
        ("ardour", "/strip/list", (), ListChanged()),
        ("ardour", "/heartbeat", (1.0,), Alive()),
        ("bitwig", "/track/7/name", ("",), StripGone(7)),
        ("bitwig", "/update", (1,), Alive()),
        ("x32", "/ch/01/mix/on", (0,), StripValue(1, MUTE, 0.0, False, 0.0)),
        ("x32", "/ch/32/config/name", ("",), StripName(32, "")),
        ("x32", "/info", ("V2.07", "osc-server", "X32", "4.06"), Alive()),
        ("xair", "/xinfo", ("192.168.1.2", "XR18", "XR18", "1.18"), Alive()),
    ],
)
def test_other_news_is_understood(daw: str, address: str, args: tuple[osc.Argument, ...], event: Event) -> None:
    assert heard(daw, address, *args) == (event,)


def test_a_console_s_on_switch_reads_and_writes_as_its_opposite_a_mute() -> None:
    scale = DAWS["x32"].scale(MUTE)
    assert (scale.wire_of(1.0), scale.wire_of(0.0)) == (0.0, 1.0)
    assert (scale.value_of(0.0), scale.value_of(1.0)) == (1.0, 0.0)
    assert DAWS["x32"].write(1, MUTE, scale.wire_of(1.0)).endswith(b",i\0\0\0\0\0\0")


@pytest.mark.parametrize(
    ("address", "args", "wire", "within"),
    [
        ("/track/3/volume", (0.583196,), -6.5, 0.05),
        ("/track/3/volume", (0.716,), 0.0, 0.05),
        ("/track/3/volume", (0.0,), -150.0, 0.05),
    ],
)
def test_the_fader_s_travel_confirms_a_gain_in_db(address: str, args: tuple[float], wire: float, within: float) -> None:
    [event] = heard("reaper", address, *args)
    assert event == StripValue(3, GAIN, pytest.approx(wire, abs=0.02), True, within)


@pytest.mark.parametrize(
    ("text", "wire"),
    [("C", 0.5), ("center", 0.5), ("50%L", 0.25), ("50%R", 0.75), ("100%L", 0.0), ("33L", 0.335), ("8 % R", 0.54)],
)
def test_the_text_of_a_pan_confirms_it(text: str, wire: float) -> None:
    [event] = heard("reaper", "/track/1/pan/str", text)
    assert event == StripValue(1, PAN, pytest.approx(wire), True, 0.0051)


@pytest.mark.parametrize("text", ["", "L", "101%L", "50%", "-50%L", "1e2L", "٥٠%L", 0.25, None])
def test_a_text_that_is_no_pan_says_nothing(text: osc.Argument) -> None:
    assert heard("reaper", "/track/1/pan/str", text) == ()


def test_all_names_in_one_message_number_the_strips() -> None:
    assert heard("ableton", "/live/song/get/track_names", "Kick", "Bass") == (
        StripCount(2),
        StripName(1, "Kick"),
        StripName(2, "Bass"),
    )
    assert heard("ableton", "/live/song/get/track_names") == (StripCount(0),)


def test_a_list_that_comes_strip_by_strip_is_counted_at_its_end() -> None:
    daw = DawMapping(load("ardour"))

    def entry(kind: str, name: str, strip: int, *more: int) -> tuple[Event, ...]:
        return tuple(daw.read(osc.Message("/reply", (kind, name, 1, 2, 0, 0, strip, *more))))

    def end() -> tuple[Event, ...]:
        return tuple(daw.read(osc.Message("/reply", ("end_route_list", 48000, 960000, 0))))

    assert entry("AT", "Kick", 1, 0) == (StripName(1, "Kick"),)
    assert entry("AT", "Snare", 2, 0) == (StripName(2, "Snare"),)
    assert entry("B", "Drum bus", 3) == (StripName(3, "Drum bus"),)
    assert end() == (StripCount(3),)
    entry("AT", "Kick", 1, 0)  # a list that never ends ...
    entry("AT", "Snare", 2, 0)
    entry("AT", "Kick", 1, 0)  # ... is forgotten when the next one begins
    assert end() == (StripCount(1),)


@pytest.mark.parametrize(
    ("daw", "address", "args"),
    [
        ("reaper", "/track/0/volume/db", (-6.0,)),
        ("reaper", "/track/513/volume/db", (-6.0,)),
        ("reaper", "/track/1/volume/db", ()),
        ("reaper", "/track/1/volume/db", ("-6.0",)),
        ("reaper", "/track/1/volume/db", (None,)),
        ("reaper", "/track/1/volume/db", (math.nan,)),
        ("reaper", "/track/1/volume/db", (math.inf,)),
        ("reaper", "/track/1/volume/db", (600.0,)),
        ("reaper", "/track/1/volume", (1.5,)),
        ("reaper", "/track/1/pan", (1.5,)),
        ("reaper", "/track/1/name", (7,)),
        ("reaper", "/master/volume", (0.7,)),
        ("ableton", "/live/track/get/volume", (0,)),
        ("ableton", "/live/track/get/volume", (-1, 0.85)),
        ("ableton", "/live/track/get/volume", (255, 0.85)),
        ("ableton", "/live/track/get/volume", (0.5, 0.85)),
        ("ableton", "/live/track/get/volume", ("0", 0.85)),
        ("ableton", "/live/track/set/volume", (0, 0.85)),
        ("ableton", "/live/song/get/num_tracks", (-1,)),
        ("ableton", "/live/song/get/num_tracks", (1.5,)),
        ("ableton", "/live/song/get/num_tracks", (256,)),
        ("ableton", "/live/song/get/track_names", ("Kick", 2)),
        ("ardour", "/strip/gain", (-6.0,)),
        ("ardour", "/strip/gain", (0, -6.0)),
        ("ardour", "/reply", ("AT", "Kick", 1, 2)),
        ("ardour", "/reply", ("other", 1)),
        ("bitwig", "/track/1/volume", (16400,)),
        ("bitwig", "/track/1/volume", (-5,)),
        ("x32", "/ch/1/mix/fader", (0.75,)),
        ("x32", "/ch/33/mix/fader", (0.75,)),
        ("xair", "/ch/17/mix/fader", (0.75,)),
    ],
)
def test_what_has_no_use_or_cannot_be_says_nothing(daw: str, address: str, args: tuple[osc.Argument, ...]) -> None:
    assert heard(daw, address, *args) == ()


ADDRESSES = {name: sorted(mapping._readers) for name, mapping in DAWS.items()}
ARGUMENTS = st.lists(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats()
    | st.text(max_size=8)
    | st.binary(max_size=4),
    max_size=9,
).map(tuple)


@pytest.mark.parametrize("daw", sorted(DAWS))
@given(data=st.data(), args=ARGUMENTS)
def test_no_message_makes_it_raise_or_leave_its_ranges(
    daw: str, data: st.DataObject, args: tuple[osc.Argument, ...]
) -> None:
    mapping = DAWS[daw]
    for event in mapping.read(osc.Message(data.draw(st.sampled_from(ADDRESSES[daw])), args)):
        match event:
            case StripValue(strip=strip, param=param, wire=wire):
                assert 1 <= strip <= mapping.caps.most_strips
                assert math.isfinite(wire)
                assert mapping.scale(param).value_of(wire) <= 24.0
            case StripName(strip=strip) | StripGone(strip=strip):
                assert 1 <= strip <= mapping.caps.most_strips


def test_asking_for_everything_asks_each_strip_where_there_is_no_one_question() -> None:
    asked = [osc.decode(datagram, wall=0.0)[0].address for datagram in DAWS["x32"].ask_all([1, 12])]
    assert sorted(asked) == sorted(
        f"/ch/{strip}/{what}" for strip in ("01", "12") for what in ("mix/fader", "mix/pan", "mix/on", "config/name")
    )


@pytest.mark.parametrize(
    ("daw", "question"),
    [("reaper", REFRESH_ALL_SURFACES), ("bitwig", REFRESH), ("ardour", "2f73747269702f6c697374002c000000")],
)
def test_a_daw_that_tells_everything_at_once_is_asked_once(daw: str, question: str) -> None:
    assert DAWS[daw].ask_all([1, 2, 3]) == hexes(question)


def test_live_tells_by_being_listened_to_strip_by_strip() -> None:
    asked = [osc.decode(datagram, wall=0.0)[0] for datagram in DAWS["ableton"].ask_all([1, 2], 7)]
    assert {message.address.rpartition("/")[0] for message in asked} == {"/live/track/start_listen"}
    assert sorted(message.args for message in asked) == [(0, 7)] * 3 + [(1, 7)] * 3


def test_live_repeats_the_round_in_which_it_was_asked() -> None:
    (told,) = heard("ableton", "/live/track/get/volume", 0, 7, 0.5)
    assert told == StripValue(1, GAIN, 0.5, False, DAWS["ableton"].scale(GAIN).tolerance, 7)
    (told,) = heard("ableton", "/live/track/get/volume", 0, 0.5)
    assert isinstance(told, StripValue)
    assert (told.wire, told.round) == (0.5, None)
    assert heard("ableton", "/live/track/get/volume", 0, 7, 0.5, 1) == ()


@pytest.mark.parametrize(
    ("daw", "address"),
    [("ableton", "/live/track/get/panning"), ("x32", "/ch/03/mix/pan"), ("reaper", "/track/3/pan"), ("ardour", None)],
)
def test_one_value_is_asked_for_where_that_can_be(daw: str, address: str | None) -> None:
    mapping = DAWS[daw]
    asked = [osc.decode(datagram, wall=0.0)[0].address for datagram in mapping.ask(3, PAN)]
    assert asked[:1] == ([address] if address else [])
    assert (PAN in mapping.caps.asks) == bool(address)


def test_a_sign_of_life_is_asked_for_by_greeting_again_unless_the_file_knows_better() -> None:
    assert DAWS["reaper"].ask_life(64) == hexes(TRACK_1_NAME, FX_COUNT_8)
    assert DAWS["ardour"].ask_life(8) == hexes(ARDOUR_HELLO)
    assert [osc.decode(datagram, wall=0.0)[0].address for datagram in DAWS["x32"].ask_life(8)] == ["/info"]


def test_a_console_is_kept_talking() -> None:
    assert DAWS["x32"].caps.keep_alive_s == 8.0
    assert DAWS["x32"].keep_alive(32) == hexes(XREMOTE)
    assert DAWS["reaper"].caps.keep_alive_s == 2.0
    assert DAWS["reaper"].keep_alive(64) == hexes(TRACK_COUNT_64)
    assert DAWS["ardour"].caps.keep_alive_s is None
    assert DAWS["ardour"].keep_alive(8) == []


@pytest.mark.parametrize(
    ("strip", "param", "wire"),
    [(0, GAIN, -6.0), (513, GAIN, -6.0), (-1, GAIN, -6.0), (1, GAIN, math.nan), (1, PAN, math.inf)],
)
def test_what_cannot_be_sent_is_refused(strip: int, param: Param, wire: float) -> None:
    with pytest.raises(RangeError):
        DAWS["reaper"].write(strip, param, wire)
    with pytest.raises(RangeError):
        DAWS["ardour"].write(strip, param, wire)


def test_no_number_of_tracks_asks_for_more_strips_than_there_can_be() -> None:
    assert DAWS["x32"].caps.most_strips == 32
    for daw in DAWS.values():
        assert len(daw.greet(10_000)) <= 3
