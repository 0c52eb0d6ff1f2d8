"""What takes more than one control change, and what takes less than a whole one: 14 bits, parameters, encoders."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.protocols.tables import table
from tonn_bridge.errors import RangeError
from tonn_bridge.protocols.midi import (
    ControlChange,
    ControlChange14,
    HighResolution,
    Parameter,
    ParameterKind,
    ParameterReader,
    ParameterSet,
    ParameterStepped,
    Relative,
    control_changes,
    decode,
    encode,
    parameter_messages,
    recognise,
)

VECTORS = table("midi")
fourteens = st.integers(0, 16383)


def wires(events):
    return [encode(event).hex(" ").upper() for event in events]


def read_all(reader, row):
    return [reader.read(decode(bytes.fromhex(wire))) for wire in row["hex"]]


# --- 14 bits --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", VECTORS["pairs"], ids=lambda row: row["what"])
def test_pair_vector_reads_the_same_both_ways(row):
    event = ControlChange14(row["channel"], row["controller"], row["value"])
    assert wires(control_changes(event)) == row["hex"]
    assert read_all(HighResolution(), row)[-1] == event


@given(st.lists(st.builds(ControlChange14, st.integers(0, 1), st.sampled_from([0, 7, 31]), fourteens)), st.booleans())
def test_pairs_come_back_whole_whichever_half_is_first(events, fine_first):
    reader = HighResolution(fine_first=fine_first)
    for event in events:
        first, second = control_changes(event, fine_first=fine_first)
        at_once = None if fine_first else ControlChange14(event.channel, event.controller, event.value & ~0x7F)
        assert reader.read(first) == at_once
        assert reader.read(second) == event


def test_a_coarse_value_alone_stands_and_a_fine_one_alone_refines_the_last():
    reader = HighResolution()
    assert reader.read(ControlChange(0, 7, 64)) == ControlChange14(0, 7, 8192)
    assert reader.read(ControlChange(0, 39, 5)) == ControlChange14(0, 7, 8197)
    assert reader.read(ControlChange(0, 39, 6)) == ControlChange14(0, 7, 8198)
    assert reader.read(ControlChange(0, 7, 65)) == ControlChange14(0, 7, 8320)


def test_fine_first_a_coarse_value_alone_takes_no_fine_one_that_is_used():
    reader = HighResolution(fine_first=True)
    assert reader.read(ControlChange(0, 39, 5)) is None
    assert reader.read(ControlChange(0, 7, 64)) == ControlChange14(0, 7, 8197)
    assert reader.read(ControlChange(0, 7, 64)) == ControlChange14(0, 7, 8192)


def test_half_without_its_other_and_controllers_without_halves_say_nothing():
    reader = HighResolution()
    assert reader.read(ControlChange(0, 39, 5)) is None
    assert reader.read(ControlChange(0, 64, 127)) is None
    reader.read(ControlChange(0, 7, 1))
    assert reader.read(ControlChange(1, 39, 5)) is None  # another channel's


@pytest.mark.parametrize("event", [ControlChange14(0, 32, 0), ControlChange14(0, -1, 0), ControlChange14(0, 7, 16384)])
def test_pair_that_is_none_is_refused(event):
    with pytest.raises(RangeError):
        control_changes(event)


# --- parameters -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", VECTORS["parameters"], ids=lambda row: row["what"])
def test_parameter_vector_reads_the_same_both_ways(row):
    parameter = Parameter(row["channel"], ParameterKind(row["kind"]), row["number"])
    event = ParameterSet(parameter, row["value"]) if "value" in row else ParameterStepped(parameter, row["step"])
    assert wires(parameter_messages(event)) == row["hex"]
    assert [read for read in read_all(ParameterReader(), row) if read][-1] == event


parameters = st.builds(Parameter, st.integers(0, 15), st.sampled_from(ParameterKind), st.integers(0, 16382))


@given(st.lists(st.builds(ParameterSet, parameters, fourteens), max_size=6))
def test_parameters_come_back_whole(events):
    reader = ParameterReader()
    for event in events:
        reads = [reader.read(change) for change in parameter_messages(event)]
        assert [read for read in reads if read] == [
            ParameterSet(event.parameter, event.value & ~0x7F),
            event,
        ]


def chosen(*changes):
    """A reader that has read these controllers and values on channel 1."""
    reader = ParameterReader()
    for controller, value in changes:
        reader.read(ControlChange(0, controller, value))
    return reader


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param([], id="nothing-chosen"),
        pytest.param([(99, 1)], id="half-a-number"),
        pytest.param([(101, 0), (100, 0), (101, 127), (100, 127)], id="none-chosen"),
        pytest.param([(99, 1), (98, 1), (101, 127), (100, 127)], id="none-of-either-kind"),
    ],
)
@pytest.mark.parametrize("controller", [6, 38, 96, 97])
def test_value_without_a_parameter_says_nothing(changes, controller):
    assert chosen(*changes).read(ControlChange(0, controller, 64)) is None


def test_the_number_may_come_in_either_order_and_the_last_kind_counts():
    expected = ParameterSet(Parameter(0, ParameterKind.NRPN, 130), 64 << 7)
    assert chosen((98, 2), (99, 1)).read(ControlChange(0, 6, 64)) == expected
    assert chosen((101, 0), (100, 0), (99, 1), (98, 2)).read(ControlChange(0, 6, 64)) == expected
    assert chosen((99, 1), (98, 2)).read(ControlChange(1, 6, 64)) is None  # chosen on another channel


def test_a_fine_value_does_not_take_another_parameters_coarse_one():
    reader = chosen((99, 0), (98, 1), (6, 100), (98, 2))
    assert reader.read(ControlChange(0, 38, 5)) is None


def test_number_that_is_none_is_refused():
    with pytest.raises(RangeError):
        parameter_messages(ParameterSet(Parameter(0, ParameterKind.NRPN, 16384), 0))


# --- endless encoders -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", VECTORS["relative"], ids=lambda row: row["encoding"])
def test_encoder_vector_reads_the_same_both_ways(row):
    encoding = Relative(row["encoding"])
    for ticks, byte in row["bytes"].items():
        assert encoding.byte(int(ticks)) == byte
        assert encoding.ticks(byte) == int(ticks)


@pytest.mark.parametrize("encoding", Relative)
def test_ticks_survive_and_too_many_stop(encoding):
    assert [encoding.ticks(encoding.byte(ticks)) for ticks in range(-63, 64)] == list(range(-63, 64))
    assert {encoding.ticks(encoding.byte(ticks)) for ticks in (64, 1000)} == {63}
    assert {encoding.ticks(encoding.byte(ticks)) for ticks in (-64, -1000)} == {-63}
    assert all(-64 <= encoding.ticks(byte) <= 63 for byte in range(128))


slow = st.lists(st.integers(1, 20), min_size=1, max_size=10)


@given(st.sampled_from(Relative), slow, slow)
def test_an_encoder_is_known_by_a_turn_up_and_a_turn_down(encoding, ups, downs):
    up = [encoding.byte(ticks) for ticks in ups]
    down = [encoding.byte(-ticks) for ticks in downs]
    assert recognise(up, down) is encoding


@given(st.integers(0, 126), st.integers(1, 127), st.integers(0, 127))
def test_a_knob_with_two_ends_is_no_encoder(start, travel, back):
    top = min(127, start + travel)
    up = range(start + 1, top + 1)
    down = range(top - 1, max(-1, top - 1 - back), -1)
    assert recognise(list(up), list(down)) is None


@pytest.mark.parametrize(("up", "down"), [([], []), ([1], []), ([], [127]), ([127], [0]), ([127, 0], [127, 0])])
def test_buttons_and_silence_are_no_encoder(up, down):
    assert recognise(up, down) is None
