"""`monitor`: what passes, decoded; what is hostile, shown and survived."""

import asyncio
import re
import signal
import socket

from tonn_bridge.cli.monitor import ReadAs, open_monitor
from tonn_bridge.ports.midi import Wanted, memory_midi
from tonn_bridge.protocols import osc


def _port(line):
    return int(line.rsplit(":", 1)[1])


async def test_monitor_decodes_what_arrives_and_survives_what_is_hostile(start):
    monitor = await start("monitor", "--listen", "127.0.0.1:0")
    port = _port(await monitor.line("stderr"))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.connect(("127.0.0.1", port))
        sender.send(osc.encode("/track/1/name", "sif", "Bass \x1b[2J", 3, 0.5))
        first = await monitor.line()
        sender.send(b"\xff\xfe hostile")
        second = await monitor.line()
        sender.send(osc.encode("/alive", ""))
        third = await monitor.line()
    monitor.process.send_signal(signal.SIGINT)
    ended = await monitor.end()

    assert re.fullmatch(r'\d\d:\d\d:\d\d\.\d{3}  127\.0\.0\.1:\d+  /track/1/name "Bass \\u001b\[2J" 3 0\.5\n', first)
    assert re.search(r"  not OSC: .* \[ff fe 20 68", second)
    assert third.endswith("  /alive\n")
    assert (ended.code, ended.err) == (0, "")


async def test_monitor_shows_the_running_daemons_traffic(start, daemon):
    async with daemon() as (_, url, traffic):
        monitor = await start("monitor", "--url", url)
        assert await monitor.line("stderr") == f"watching {url}\n"
        await traffic.watched.wait()
        traffic.say({"time": 0.25, "direction": "out", "endpoint": "daw", "text": "/track/1/volume/db -6.0 \x07"})
        line = await monitor.line()
        monitor.process.send_signal(signal.SIGTERM)
        ended = await monitor.end()
    assert line.endswith(":00.250  daw out  /track/1/volume/db -6.0 ?\n")
    assert ended.code == 0


async def test_without_a_daemon_it_listens_where_the_session_says(start, tmp_path, session_text, free_port):
    text = session_text.replace('mapping = "reaper"', 'mapping = "reaper"\nlisten = "127.0.0.1:0"')
    (tmp_path / "session.toml").write_text(text + f'[control]\nhttp = "127.0.0.1:{free_port}"\n', encoding="utf-8")
    monitor = await start("monitor")
    assert _port(await monitor.line("stderr")) > 0


async def test_nothing_to_listen_to_is_said(run, free_port):
    refused = await run("monitor", "--url", f"http://127.0.0.1:{free_port}")
    assert refused.code == 1
    assert "no tonn-bridge answers" in refused.err


async def test_a_busy_port_is_one_line(run):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        refused = await run("monitor", "--listen", f"127.0.0.1:{taken.getsockname()[1]}")
    assert refused.code == 1
    assert len(refused.err.splitlines()) == 1


async def test_a_midi_port_is_shown_in_its_surfaces_words_and_comes_and_goes(capsys):
    midi = memory_midi()
    surface = midi.open(Wanted(None, "X-Touch", virtual=True), list, lambda: None)
    port = open_monitor(midi, "X-Touch", ReadAs.MACKIE)
    await turns()
    surface.send([bytes.fromhex("e2 40 3f"), bytes.fromhex("b0 07 05")])
    await turns()
    surface.unplug()
    await turns()
    port.close()
    shown = capsys.readouterr()
    first, second = shown.out.splitlines()
    assert re.fullmatch(r"\d\d:\d\d:\d\d\.\d{3}  FaderMoved 3 0\.496", first)
    assert second.endswith("  CC 7 = 5 ch 1")
    assert shown.err.splitlines()[0] == "listening to X-Touch"
    assert 'MIDI input "X-Touch" is not connected' in shown.err


async def test_what_a_daw_says_to_a_surface_can_be_read(capsys):
    midi = memory_midi()
    daw = midi.open(Wanted(None, "DAW", virtual=True), list, lambda: None)
    port = open_monitor(midi, "DAW", ReadAs.MACKIE_HOST)
    await turns()
    daw.send([bytes.fromhex("e2 40 3f")])
    await turns()
    port.close()
    assert capsys.readouterr().out.endswith("  FaderSet 3 0.496\n")


async def test_a_way_to_read_midi_needs_midi(run_here):
    refused = await run_here("monitor", "--as", "mackie")
    assert (refused.code, refused.out) == (2, "")


async def test_without_a_daemon_a_daw_on_midi_cannot_be_listened_to(run, tmp_path, session_text, free_port):
    text = session_text.replace("reaper", "cubase") + f'[control]\nhttp = "127.0.0.1:{free_port}"\n'
    (tmp_path / "session.toml").write_text(text, encoding="utf-8")
    refused = await run("monitor")
    assert refused.code == 1
    assert "--midi PART" in refused.err


async def turns():
    """Let the loop do what is waiting."""
    for _ in range(10):
        await asyncio.sleep(0)
