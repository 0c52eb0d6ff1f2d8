"""`learn`, `monitor` and `ports` over a real JACK server; python-rtmidi plays the controller."""

import asyncio
import signal
from contextlib import contextmanager

import pytest

from tests.learning.gestures import bend_fader, fader, press
from tests.peers.jack import jack  # noqa: F401
from tonn_bridge.mapping import load_surface
from tonn_bridge.mapping.surface import Function

rtmidi = pytest.importorskip("rtmidi")


@pytest.fixture
def nano(jack):  # noqa: F811
    """A controller on JACK; plays gestures as fast as the cable takes them."""
    with _plugged("nano") as output:
        yield lambda said: [output.send_message(message) for _, message in said]


@contextmanager
def _plugged(name):
    ends = rtmidi.MidiIn(rtmidi.API_UNIX_JACK, f"{name} in"), rtmidi.MidiOut(rtmidi.API_UNIX_JACK, f"{name} out")
    for end in ends:
        end.open_virtual_port(name)
    yield ends[1]
    for end in ends:
        end.close_port()
        end.delete()


async def _until(started, text):
    while text not in (line := await started.line("stderr")):
        assert line, f"ended without saying {text!r}"
    return line


async def test_a_surface_is_learnt_over_a_real_cable(start, nano, tmp_path):
    lesson = await start("learn", "nano", stdin=asyncio.subprocess.PIPE)
    await _until(lesson, "Move the faders")
    for number in range(3):
        nano(fader(number))
        await _until(lesson, f"fader {number + 1}: CC {number} on channel 1")
    lesson.process.stdin.write(b"\n" * 6)
    await _until(lesson, "PREVIEW")
    nano(press(41))
    await _until(lesson, "the button for preview: CC 41 on channel 1")
    ended = await lesson.end(typed="q\ny\n")

    surface = load_surface("./nano.toml", tmp_path)
    assert (surface.caps.faders, surface.caps.functions) == (3, {"preview": Function.PREVIEW})
    assert (ended.code, ended.out.splitlines()[-4:]) == (
        0, ["[[surface]]", 'mapping = "./nano.toml"', 'input = "nano"', 'output = "nano"'],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("read_as", "words"), [([], "pitch bend = 16383 ch 3"), (["--as", "mackie"], "FaderMoved 3 1.000")]
)
async def test_monitor_listens_to_a_port(start, nano, read_as, words):
    monitor = await start("monitor", "--midi", "nano", *read_as)
    await _until(monitor, "listening to nano out:nano")
    nano(bend_fader(2)[-1:] * 5)  # a busy machine's JACK may drop one
    assert (await monitor.line()).endswith(f"  {words}\n")
    monitor.process.send_signal(signal.SIGINT)
    assert (await monitor.end()).code == 0


async def test_monitor_says_which_ports_there_are(run, nano):
    refused = await run("monitor", "--midi", "X-Touch")
    assert refused.code == 1
    assert 'MIDI input "X-Touch" is not connected; connected: ' in refused.err
    assert '"nano out:nano"' in refused.err


async def test_ports_says_which_port_each_surface_takes(run, nano, tmp_path, session_text):
    surfaces = (
        '[[surface]]\nmapping = "nanokontrol2"\ninput = "nano"\noutput = "nano"\n'
        '[[surface]]\nmapping = "x-touch"\ninput = "X-Touch"\noutput = "X-Touch"\n'
    )
    (tmp_path / "session.toml").write_text(session_text + surfaces, encoding="utf-8")
    ended = await run("ports")
    assert ended.code == 0
    assert "MIDI in      nano out:nano\n" in ended.out
    assert 'Surface nanokontrol2 input "nano out:nano", output "nano in:nano"\n' in ended.out
    assert 'Surface x-touch MIDI input "X-Touch" is not connected; connected: "nano out:nano"' in ended.out
