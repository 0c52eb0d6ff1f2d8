"""Surfaces that speak OSC: what their datagrams say, what they are told, and what their file must say."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonn_bridge.core.takeover import Takeover
from tonn_bridge.errors import MappingError
from tonn_bridge.files import load_toml, parse_toml
from tonn_bridge.mapping import find
from tonn_bridge.mapping.surface import Displays, Encoders, Function, MasterUse, Motors
from tonn_bridge.mapping.surface.osc import OscSurface
from tonn_bridge.mapping.surface.osc_file import OscFile, heard_places, told_places
from tonn_bridge.protocols import osc
from tonn_bridge.protocols.surface import (
    MASTER,
    Answer,
    AssignmentText,
    Awake,
    BannerText,
    ButtonPressed,
    CellText,
    ColoursSet,
    FaderMoved,
    FaderSet,
    FaderTouched,
    GhostSet,
    KnobMoved,
    Lamp,
    LampSet,
    ProgressSet,
    QuestionText,
    RingMode,
    RingSet,
    StateText,
)

SHIPPED = ("touchosc", "open-stage-control")
SMALL = """
name = "Slab"
source = "its makers"
role = "surface"
protocol = "osc"
tried = "simulated"
[ports]
send = "127.0.0.1:1"
listen = "127.0.0.1:2"
[unit]
strips = 2
messages_per_s = 100
[osc]
fader = "/1/fader{strip}"
touch = "/1/fader{strip}/z"
[buttons]
"""


def shipped(name: str) -> OscFile:
    return load_toml(find(name), OscFile, MappingError)


@pytest.fixture(params=SHIPPED)
def surface(request) -> OscSurface:
    return OscSurface(shipped(request.param))


@pytest.fixture
def language(surface):
    return surface.language()


HEARD = [
    pytest.param("/surface/strip/1/fader", "f", (0.5,), FaderMoved(0, 0.5), id="fader"),
    pytest.param("/surface/strip/32/fader", "f", (1.0,), FaderMoved(31, 1.0), id="last-fader"),
    pytest.param("/surface/strip/2/fader", "i", (1,), FaderMoved(1, 1.0), id="whole-number"),
    pytest.param("/surface/strip/2/fader", "d", (0.25,), FaderMoved(1, 0.25), id="double"),
    pytest.param("/surface/strip/2/fader", "f", (1.5,), FaderMoved(1, 1.0), id="above-the-top"),
    pytest.param("/surface/strip/2/fader", "f", (-0.5,), FaderMoved(1, 0.0), id="below-the-bottom"),
    pytest.param("/surface/strip/3/fader/z", "f", (1.0,), FaderTouched(2, True), id="hand-on"),
    pytest.param("/surface/strip/3/fader/z", "i", (0,), FaderTouched(2, False), id="hand-off"),
    pytest.param("/surface/strip/3/fader/z", "T", (), FaderTouched(2, True), id="true"),
    pytest.param("/surface/strip/3/fader/z", "F", (), FaderTouched(2, False), id="false"),
    pytest.param("/surface/master/fader", "f", (0.75,), FaderMoved(MASTER, 0.75), id="master"),
    pytest.param("/surface/master/fader/z", "f", (1.0,), FaderTouched(MASTER, True), id="master-hand-on"),
    pytest.param("/surface/strip/4/knob", "f", (0.25,), KnobMoved(3, 0.25), id="knob"),
    pytest.param("/surface/button/preview", "f", (1.0,), ButtonPressed("preview", True), id="button"),
    pytest.param("/surface/button/preview", "f", (0.0,), ButtonPressed("preview", False), id="button-let-go"),
    pytest.param("/surface/button/cancel", "", (), ButtonPressed("cancel", True), id="button-without-argument"),
    pytest.param("/surface/strip/5/button/select", "f", (1.0,), ButtonPressed("select", True, 4), id="strip-button"),
    pytest.param("/surface/hello", "", (), Awake(), id="hello"),
    pytest.param("/surface/hello", "f", (1.0,), Awake(), id="hello-button"),
]

TOLD = [
    pytest.param(FaderSet(0, 0.5), [("/surface/strip/1/fader", "f", 0.5)], id="fader"),
    pytest.param(FaderSet(MASTER, 1.0), [("/surface/master/fader", "f", 1.0)], id="master"),
    pytest.param(GhostSet(31, 0.25), [("/surface/strip/32/ghost", "f", 0.25)], id="ghost"),
    pytest.param(GhostSet(0, None), [("/surface/strip/1/ghost", "f", -1.0)], id="no-ghost"),
    pytest.param(RingSet(1, RingMode.DOT, 0.5, centre=True), [("/surface/strip/2/knob", "f", 0.5)], id="ring"),
    pytest.param(RingSet(1, RingMode.FAN, None), [("/surface/strip/2/knob", "f", 0.0)], id="dark-ring"),
    pytest.param(LampSet("apply", Lamp.ON), [("/surface/lamp/apply", "f", 1.0)], id="lamp"),
    pytest.param(LampSet("apply", Lamp.BLINK), [("/surface/lamp/apply", "f", 1.0)], id="blinking-lamp"),
    pytest.param(LampSet("select", Lamp.OFF, 2), [("/surface/strip/3/lamp/select", "f", 0.0)], id="dark-strip-lamp"),
    pytest.param(CellText(0, 0, "Bass Ü"), [("/surface/strip/1/text/1", "s", "Bass Ü")], id="upper-row"),
    pytest.param(CellText(31, 1, "-11.8"), [("/surface/strip/32/text/2", "s", "-11.8")], id="lower-row"),
    pytest.param(BannerText(1, "MIX 45%"), [("/surface/banner/2", "s", "MIX 45%")], id="banner"),
    pytest.param(AssignmentText("EQ"), [("/surface/digits", "s", "EQ")], id="digits"),
    pytest.param(StateText("mixing"), [("/surface/state", "s", "mixing")], id="state"),
    pytest.param(ProgressSet(0.45), [("/surface/progress", "f", 0.45)], id="progress"),
    pytest.param(
        QuestionText("Final mix?", 41.2),
        [("/surface/question", "s", "Final mix?"), ("/surface/question/left", "s", "42 s")],
        id="question",
    ),
    pytest.param(
        QuestionText("", 0.0), [("/surface/question", "s", ""), ("/surface/question/left", "s", "")], id="no-question"
    ),
    pytest.param(CellText(0, 0, "a\0b\n"), [("/surface/strip/1/text/1", "s", "a b ")], id="control-characters"),
    pytest.param(FaderSet(32, 0.5), [], id="no-such-fader"),
    pytest.param(LampSet("flame", Lamp.ON), [], id="no-such-lamp"),
    pytest.param(ColoursSet((1, 2)), [], id="no-colours"),
]


@pytest.mark.parametrize(("address", "types", "args", "event"), HEARD)
def test_what_a_datagram_says(language, address, types, args, event):
    assert list(language.read(osc.encode(address, types, *args))) == [event]


@pytest.mark.parametrize(("told", "messages"), TOLD)
def test_how_it_is_told(language, told, messages):
    assert list(language.write(told)) == [osc.encode(*message) for message in messages]


@pytest.mark.parametrize(
    ("address", "types", "args"),
    [
        pytest.param("/surface/strip/1/fader", "", (), id="fader-without-position"),
        pytest.param("/surface/strip/1/fader", "s", ("0.5",), id="text"),
        pytest.param("/surface/button/apply", "N", (), id="nothing"),
        pytest.param("/surface/strip/0/fader", "f", (0.5,), id="strip-zero"),
        pytest.param("/surface/strip/33/fader", "f", (0.5,), id="strip-that-is-not-there"),
        pytest.param("/surface/strip/1/ghost", "f", (0.5,), id="only-told"),
        pytest.param("/surface/hello", "f", (0.0,), id="hello-let-go"),
        pytest.param("/surface/alive", "", (), id="sign-of-life"),
        pytest.param("/elsewhere", "f", (1.0,), id="foreign"),
    ],
)
def test_what_makes_no_sense_says_nothing(language, address, types, args):
    assert list(language.read(osc.encode(address, types, *args))) == []


def test_a_bundle_says_several_things_whenever_it_is_due(language):
    moves = [osc.encode(f"/surface/strip/{n}/fader", "f", 0.5) for n in (1, 2)]
    hundred_years_ahead = struct.pack(">II", 0xFFFFFFFF, 0)
    bundle = b"#bundle\0" + hundred_years_ahead + b"".join(struct.pack(">i", len(move)) + move for move in moves)
    assert list(language.read(bundle)) == [FaderMoved(0, 0.5), FaderMoved(1, 0.5)]


@given(st.binary(max_size=256))
def test_no_bytes_are_too_strange(data):
    OscSurface(shipped("touchosc")).language().read(data)


_ARGUMENT = st.one_of(
    st.tuples(st.just("f"), st.floats(width=32, allow_nan=False, allow_infinity=False)),
    st.tuples(st.just("i"), st.integers(-(2**31), 2**31 - 1)),
    st.tuples(st.just("s"), st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=9)),
)
_LANGUAGE = OscSurface(shipped("touchosc")).language()


@given(st.sampled_from(heard_places(shipped("touchosc"))), st.lists(_ARGUMENT, max_size=3))
def test_no_arguments_are_too_strange(place, arguments):
    types, values = "".join(tag for tag, _ in arguments), [value for _, value in arguments]
    for event in _LANGUAGE.read(osc.encode(place.address, types, *values)):
        if isinstance(event, FaderMoved | KnobMoved):
            assert 0.0 <= event.position <= 1.0


def test_a_knob_under_a_hand_is_turned_when_the_hand_lets_go(language):
    def touch(on):
        return list(language.read(osc.encode("/surface/strip/2/knob/z", "f", on)))

    assert touch(1.0) == []
    assert list(language.write(RingSet(1, RingMode.DOT, 0.25))) == []
    assert list(language.write(RingSet(1, RingMode.DOT, 0.75))) == []
    assert len(language.write(RingSet(0, RingMode.DOT, 0.75))) == 1
    assert touch(0.0) == [Answer((osc.encode("/surface/strip/2/knob", "f", 0.75),))]
    assert len(language.write(RingSet(1, RingMode.DOT, 0.5))) == 1
    assert touch(1.0) == touch(0.0) == []


def test_a_surface_that_begins_again_has_no_hands_on_it(language):
    language.read(osc.encode("/surface/strip/2/knob/z", "f", 1.0))
    assert list(language.read(osc.encode("/surface/hello", ""))) == [Awake()]
    assert len(language.write(RingSet(1, RingMode.DOT, 0.25))) == 1


def test_pings_are_one_and_nought_in_turn(language):
    pings = [*language.greeting(), *language.keep_alive(), *language.keep_alive()]
    assert pings == [osc.encode("/surface/ping", "f", value) for value in (1.0, 0.0, 1.0)]


def test_farewell_darkens_every_lamp(language, surface):
    said = {m.address: m.args for datagram in language.farewell() for m in osc.decode(datagram, 0.0)}
    lamps = {place.address for place in told_places(surface.file) if place.key in ("lamp", "strip_lamp")}
    assert len(lamps) == 14 + 2 * 32
    assert {address for address in said if said[address] == (0.0,)} >= lamps
    assert all(len(datagram) <= 1400 for datagram in language.farewell())


def test_every_address_of_the_file_is_read_or_written(surface):
    language = surface.language()
    for place in heard_places(surface.file):
        heard = language.read(osc.encode(place.address, "f", 1.0))
        assert bool(heard) is (place.key not in ("alive", "knob_touch")), place
    strips, buttons = range(32), surface.file.buttons
    everything = [
        *(FaderSet(n, 0.5) for n in (MASTER, *strips)),
        *(RingSet(n, RingMode.DOT, 0.5) for n in strips),
        *(GhostSet(n, 0.5) for n in strips),
        *(CellText(n, row, "x") for n in strips for row in (0, 1)),
        *(LampSet(button, Lamp.ON, strip) for button in buttons for strip in (None, *strips)),
        *(BannerText(row, "x") for row in (0, 1)),
        *(AssignmentText("x"), StateText("x"), ProgressSet(0.5), QuestionText("x", 1.0)),
    ]
    language.read(osc.encode("/surface/hello", ""))
    said = [*language.keep_alive(), *(message for told in everything for message in language.write(told))]
    assert {m.address for one in said for m in osc.decode(one, 0.0)} == {p.address for p in told_places(surface.file)}


def test_capabilities_follow_from_the_file(surface):
    caps = surface.caps
    assert (caps.strips, caps.faders, caps.master) == (32, 32, MasterUse.MORPH)
    assert (caps.motors, caps.touch, caps.takeover) == (Motors.ON_RELEASE, True, Takeover.JUMP)
    assert (caps.encoders, caps.displays, caps.rows, caps.cell) == (Encoders.KNOBS, Displays.CELLS_AND_BANNER, 2, 12)
    assert (caps.lamps, caps.blinks, caps.digits, caps.colours) == (True, False, True, False)
    assert caps.keep_alive_s == 1.0
    assert set(caps.functions.values()) >= set(Function) - {
        *(Function.MORPH, Function.CHANNEL_LEFT, Function.CHANNEL_RIGHT)
    }


def test_what_a_file_leaves_out_is_not_there():
    surface = OscSurface(parse_toml(SMALL, "slab.toml", OscFile, MappingError))
    caps, language = surface.caps, surface.language()
    assert (caps.encoders, caps.displays, caps.master, caps.keep_alive_s) == (Encoders.NONE, Displays.NONE, None, None)
    assert (caps.rings, caps.lamps, caps.digits) == (False, False, False)
    assert list(language.greeting()) == list(language.keep_alive()) == list(language.farewell()) == []
    assert list(language.write(CellText(0, 0, "x"))) == []
    assert list(language.read(osc.encode("/1/fader2/z", "f", 1.0))) == [FaderTouched(1, True)]


@pytest.mark.parametrize(("tracks", "strips"), [(2, 8), (8, 8), (9, 9), (32, 32)])
def test_a_layout_has_a_strip_for_each_track_and_never_fewer_than_eight(surface, tracks, strips):
    assert surface.fitted(tracks).caps.strips == strips


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        pytest.param('ghost = "/ghost"', 'osc.ghost: "/ghost" must hold {strip} once', id="no-strip"),
        pytest.param('hello = "hello"', 'osc.hello: "hello" must begin with /', id="no-slash"),
        pytest.param('hello = "/he*"', "must begin with / and hold only letters", id="pattern"),
        pytest.param('hello = "/a\'); evil()"', "must begin with / and hold only letters", id="script"),
        pytest.param('hello = "/{strip}"', "must begin with / and hold only letters", id="strip-where-there-is-none"),
        pytest.param('knob = "/1/fader{strip}"', "osc.fader and osc.knob share the address /1/fader1", id="twice"),
        pytest.param('gost = "/{strip}"', 'osc.gost is not a known key; did you mean "ghost"?', id="misspelt"),
    ],
)
def test_a_mistake_in_the_file_is_told_with_its_key(wrong, said):
    with pytest.raises(MappingError) as refused:
        parse_toml(SMALL.replace("[buttons]", f"{wrong}\n[buttons]"), "slab.toml", OscFile, MappingError)
    assert said in str(refused.value)


def test_a_button_is_named_so_that_it_fits_into_an_address():
    with pytest.raises(MappingError, match='"play it" is no name for a button here'):
        parse_toml(SMALL + '"play it" = "preview"', "slab.toml", OscFile, MappingError)
