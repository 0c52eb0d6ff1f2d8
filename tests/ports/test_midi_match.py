"""Which port a name means."""

import pytest

from tonn_bridge.errors import PortError
from tonn_bridge.ports.midi.match import find

X_TOUCH = ("X-Touch:X-Touch MIDI 1 20:0", "X-Touch:X-Touch MIDI 2 20:1", "Midi Through:Midi Through Port-0 14:0")
JACK = ("system:midi_capture_1", "system:midi_capture_10", "a2j:X-Touch [20] (capture): X-Touch MIDI 1")
PORTS = ("Port 1", "Port 10", "Port 11")


@pytest.mark.parametrize(
    ("wanted", "names", "found"),
    [
        pytest.param("Port 1", PORTS, "Port 1", id="exact"),
        pytest.param("port 1", PORTS, "Port 1", id="a number is not cut, whatever the case"),
        pytest.param("midi_capture_1", JACK, "system:midi_capture_1", id="the port of a client"),
        pytest.param("X-Touch:X-Touch MIDI 1", X_TOUCH, X_TOUCH[0], id="exact but for the numbers"),
        pytest.param("X-Touch MIDI 2", X_TOUCH, X_TOUCH[1], id="the port's own name"),
        pytest.param("x-touch midi 2", X_TOUCH, X_TOUCH[1], id="the port's own name in another case"),
        pytest.param("MIDI 1", X_TOUCH, X_TOUCH[0], id="whole words"),
        pytest.param("X-Touch", ("X-Touch-Ext", "X-Touch INT"), "X-Touch INT", id="whole words before parts"),
        pytest.param("X-Touch", ("X-Touch", "X-Touch INT"), "X-Touch", id="exact before whole words"),
        pytest.param("x-touch", ("X-TOUCH", "X-Touch", "x-touch"), "x-touch", id="its own case before any case"),
        pytest.param(
            "Fader", ("TheFaderPort", "FaderPort 8"), "FaderPort 8", id="a word's beginning before its inside"
        ),
        pytest.param("KONTROL2", ("nanoKONTROL2 SLIDER/KNOB", "IAC Bus 1"), "nanoKONTROL2 SLIDER/KNOB", id="a part"),
        pytest.param("X-Touch [20", JACK, JACK[2], id="signs stand for themselves"),
        pytest.param("Through", X_TOUCH, X_TOUCH[2], id="one of several clients"),
    ],
)
def test_a_name_means_the_port_it_fits_best(wanted, names, found):
    assert find("input", wanted, names) == found
    assert find("input", wanted, names[::-1]) == found


@pytest.mark.parametrize(
    ("wanted", "names", "listed"),
    [
        pytest.param("X-Touch", X_TOUCH, X_TOUCH[:2], id="two ports of one surface"),
        pytest.param("Port", PORTS, PORTS, id="all of them"),
        pytest.param("X-TOUCH", ("X-Touch", "x-touch"), ("X-Touch", "x-touch"), id="two that differ in case"),
    ],
)
def test_several_that_fit_equally_well_are_listed_and_none_is_taken(wanted, names, listed):
    with pytest.raises(PortError, match="write more of the name") as caught:
        find("output", wanted, names)
    assert [name for name in names if f'"{name}"' in str(caught.value)] == list(listed)
    assert f'MIDI output "{wanted}"' in str(caught.value)


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        pytest.param("Port 1", ("Port 10", "Port 11"), id="a longer number"),
        pytest.param("1 Port", ("11 Port",), id="a number that began earlier"),
        pytest.param("midi_capture_1", ("system:midi_capture_10",), id="a longer number behind other signs"),
        pytest.param("X-Touch", ("nanoKONTROL2",), id="another make"),
        pytest.param("20", ("X-Touch:X-Touch MIDI 1 20:0",), id="the system's own numbers"),
    ],
)
def test_a_port_that_is_not_there_is_an_error_that_lists_those_that_are(wanted, names):
    with pytest.raises(PortError, match="is not connected; connected: ") as caught:
        find("input", wanted, names)
    assert all(f'"{name}"' in str(caught.value) for name in names)


def test_no_port_at_all_is_said():
    with pytest.raises(PortError, match='MIDI input "X-Touch" is not connected; there is no MIDI input at all'):
        find("input", "X-Touch", ())


@pytest.mark.parametrize(
    ("wanted", "formerly", "names", "found"),
    [
        pytest.param("X MIDI 1 20:0", "X:X MIDI 1 20:0", ("X:X MIDI 1 24:0",), "X:X MIDI 1 24:0", id="ALSA's numbers"),
        pytest.param("1- MIDI", "1- MIDI", ("2- MIDI", "IAC"), "2- MIDI", id="the count of Windows"),
        pytest.param("X [20]", "a2j:X [20]: M", ("a2j:X [24]: M", "a2j:Y [28]: M"), "a2j:X [24]: M", id="a2jmidid"),
        pytest.param("sim:out", "sim:out", ("sim-01:out",), "sim-01:out", id="a JACK client that was there twice"),
        pytest.param("X", "X:X 1 20:0", ("X:X 2 24:1", "X:X 1 24:0"), "X:X 1 24:0", id="one of two that fit now"),
    ],
)
def test_a_port_that_comes_back_slightly_changed_is_known_again(wanted, formerly, names, found):
    assert find("input", wanted, names, formerly=formerly) == found
    with pytest.raises(PortError):
        find("input", wanted, names)


def test_another_port_is_not_taken_for_one_that_was_there():
    with pytest.raises(PortError, match="is not connected"):
        find("input", "Port 1", ("Port 10",), formerly="Port 1")
