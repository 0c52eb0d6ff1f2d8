"""MIDI as Windows has it: no virtual ports, one program per port, and names with a place behind them."""

from pathlib import Path

import pytest

from tests.ports.midi_ends import End
from tonn_bridge.clock import SystemClock
from tonn_bridge.errors import PortError
from tonn_bridge.ports.midi import PortNames, Wanted, open_midi

RTMIDI = Path(__file__).parents[1] / "peers" / "windows_midi"


@pytest.fixture
def plug(tmp_path, monkeypatch):
    """Says which ports there are."""
    file = tmp_path / "ports.txt"
    monkeypatch.setenv("PYTHONPATH", str(RTMIDI))
    monkeypatch.setenv("WINDOWS_MIDI_PORTS", str(file))
    monkeypatch.delenv("MIDO_BACKEND", raising=False)

    def plug(*ports):
        new = tmp_path / "new.txt"
        new.write_text("\n".join(ports))
        new.replace(file)

    plug()
    return plug


@pytest.fixture
async def midi(plug):
    async with open_midi(SystemClock()) as midi:
        yield midi


async def test_names_have_no_place_and_the_second_of_two_equal_ones_has_a_number(plug, midi):
    plug("Port 1", "X-Touch", "X-Touch")
    names = ("Port 1", "X-Touch", "X-Touch #2")
    assert await midi.scan() == PortNames(names, names)


async def test_a_port_at_another_place_is_still_the_same_and_its_open_ends_stay_open(plug, midi):
    plug("Port 1", "X-Touch")
    end = End(midi, Wanted("X-Touch", "X-Touch"))
    await end.connected()
    plug("X-Touch")
    other = End(midi, Wanted("Port 1", None))
    await other.says("is not connected", '"X-Touch"')
    end.port.send([b"\x90\x10\x7f"])
    await end.heard.until_count(1)
    assert (end.states, end.heard.messages) == ([True], [b"\x90\x10\x7f"])


async def test_a_port_another_program_uses_says_so_and_is_opened_when_it_is_free(plug, midi, monkeypatch):
    monkeypatch.setattr("tonn_bridge.ports.midi.system.AGAIN_S", 0.2)
    plug("taken X-Touch")
    end = End(midi, Wanted("X-Touch", "X-Touch"))
    await end.says('"X-Touch" is there but cannot be opened', "another program")
    plug("X-Touch")
    await end.connected()


async def test_a_virtual_port_is_refused_with_the_way_out(midi):
    end = End(midi, Wanted("Mackie", "Mackie", virtual=True))
    await end.says("Windows has no virtual MIDI ports", 'make one called "Mackie" with loopMIDI')


@pytest.mark.parametrize(
    ("backend", "rtmidi", "says"),
    [
        pytest.param(
            "mido.backends.rtmidi/UNIX_JACK", None, 'asks for "UNIX_JACK"; here there is WINDOWS_MM', id="api"
        ),
        pytest.param("mido.backends.pygame", None, 'MIDO_BACKEND is "mido.backends.pygame"; unset it', id="backend"),
        pytest.param("", "raise ImportError('no')", "pip install python-rtmidi", id="rtmidi is not installed"),
    ],
)
async def test_no_way_to_midi_is_told_with_what_to_do(backend, rtmidi, says, plug, tmp_path, monkeypatch):
    if backend:
        monkeypatch.setenv("MIDO_BACKEND", backend)
    if rtmidi:
        (tmp_path / "rtmidi.py").write_text(rtmidi)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    async with open_midi(SystemClock()) as midi:
        with pytest.raises(PortError, match="no MIDI: ") as caught:
            await midi.scan()
        assert says in str(caught.value)
        end = End(midi, Wanted("X-Touch", "X-Touch"))
        await end.says(says)
