"""What stands between the surface and the DAW, under the same load: a cable, plain Python, the bridge, OSC2MIDI."""

import asyncio
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from bridge import START_S, document, free_port, meet, program, reaper_echo, unpaced_reaper, write_session
from jack import Jack
from load import FADERS, Address, daw_socket
from midi_load import FADER_MAX, MidiLoad, Speech, surface

from tonn_bridge.core.laws import LAWS
from tonn_bridge.core.values import Gain
from tonn_bridge.protocols.osc import Template, decode

STRIPS = 8
UNITS = FADERS // STRIPS
CHANNELS = 16
"""OSC2MIDI has one pair of ports, and pitch bend sixteen channels."""
OSC2MIDI = "osc2midi"


@contextmanager
def cable(server: Jack, folder: Path) -> Iterator[MidiLoad]:
    """JACK alone: each unit's output is plugged into its own input."""
    with surface(UNITS, STRIPS) as unit, daw_socket() as daw:
        for number in range(UNITS):
            server.connect(unit.outgoing(number), unit.incoming(number))
        yield MidiLoad(unit, daw, Speech(), [])


@contextmanager
def plain(server: Jack, folder: Path) -> Iterator[MidiLoad]:
    """The least that Python can do: this file's own bridge, in one process, which keeps nothing."""
    with surface(UNITS, STRIPS) as unit, daw_socket() as daw:
        command = [sys.executable, __file__, str(daw.getsockname()[1])]
        for number in range(UNITS):
            command += [unit.outgoing(number), unit.incoming(number)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout is not None
                speech = Speech(bridge=("127.0.0.1", int(process.stdout.readline())))
                yield MidiLoad(unit, daw, speech, [process.pid])
            finally:
                process.terminate()


@contextmanager
def bridge(server: Jack, folder: Path) -> Iterator[MidiLoad]:
    """`tonn-bridge run` with 32 tracks in a REAPER, a Mackie Control and three extenders."""
    with surface(UNITS, STRIPS) as unit, daw_socket() as daw:
        mappings = ["mackie"] + ["mackie-extender"] * (UNITS - 1)
        session = write_session(
            folder,
            daw.getsockname(),
            mapping=unpaced_reaper(folder),
            surfaces={unit.name(number): mapping for number, mapping in enumerate(mappings)},
        )
        with program("run", str(session.path), state=folder / "state") as process:
            meet(session, daw)
            wait_until(lambda: _surfaces_there(document(session)), "tonn-bridge run did not find its surfaces")
            law = LAWS["reaper"]
            speech = Speech(
                told="/track/{n}/volume/db",
                value=lambda position: law.gain(position).db,
                position=lambda db: law.position(Gain(db)),
                bridge=session.feedback,
                echo=reaper_echo,
            )
            yield MidiLoad(unit, daw, speech, [process.pid, *children(process.pid)])


@contextmanager
def osc2midi(server: Jack, folder: Path) -> Iterator[MidiLoad]:
    """OSC2MIDI, where it is installed, with 16 faders on the channels of its one pair of ports."""
    rule = f"/track/{{i}}/volume f, n, x : pitchbend(n-1, x*{FADER_MAX})\n"
    (folder / "faders.omm").write_text(rule, encoding="utf-8")
    port = free_port()
    with surface(1, CHANNELS) as unit, daw_socket() as daw:
        to_daw = f"127.0.0.1:{daw.getsockname()[1]}"
        command = [OSC2MIDI, "-single", "-m", str(folder / "faders.omm"), "-p", str(port), "-a", to_daw]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            try:
                wait_until(lambda: "osc2midi:midi_in" in server.ports(), "OSC2MIDI did not open its ports")
                server.connect(unit.outgoing(0), "osc2midi:midi_in")
                server.connect("osc2midi:midi_out", unit.incoming(0))
                yield MidiLoad(unit, daw, Speech(bridge=("127.0.0.1", port)), [process.pid])
            finally:
                process.send_signal(signal.SIGINT)  # the one it ends in order at


SERVERS: dict[str, Callable[[Jack, Path], AbstractContextManager[MidiLoad]]] = {
    "cable": cable,
    "plain": plain,
    "midi": bridge,
    "osc2midi": osc2midi,
}


def installed(kind: str) -> bool:
    """Whether this server can be had here."""
    return kind != "osc2midi" or shutil.which(OSC2MIDI) is not None


def wait_until(there: Callable[[], bool], complaint: str) -> None:
    """Raises SystemExit with `complaint` when it takes too long."""
    end = time.monotonic() + START_S
    while not there():
        if time.monotonic() > end:
            raise SystemExit(f"{complaint} within {START_S:g} s")
        time.sleep(0.05)


def children(pid: int) -> list[int]:
    """The processes that a process has started; none where there is no /proc."""
    try:
        lists = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:
        return []
    return [int(child) for line in lists for child in line.split()]


def _surfaces_there(state: dict[str, Any]) -> bool:
    surfaces = [endpoint for endpoint in state["endpoints"] if endpoint["name"] == "surface"]
    return len(surfaces) == UNITS and all(endpoint["connected"] for endpoint in surfaces)


class PlainBridge(asyncio.DatagramProtocol):
    """Pitch bend to OSC and back: rtmidi's callback, `call_soon_threadsafe`, a datagram; no queue, no state."""

    def __init__(self, daw: Address, ports: list[tuple[str, str]]) -> None:
        import rtmidi

        self._daw = daw
        self._told = [Template(f"/track/{n}/volume", "f") for n in range(1, len(ports) * STRIPS + 1)]
        self._fader_at = {told.address: fader for fader, told in enumerate(self._told)}
        self._inputs = [rtmidi.MidiIn(rtmidi.API_UNIX_JACK, f"plain in {n}") for n in range(len(ports))]
        self._outputs = [rtmidi.MidiOut(rtmidi.API_UNIX_JACK, f"plain out {n}") for n in range(len(ports))]
        self._ports = ports

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._send = transport.sendto  # type: ignore[attr-defined]
        hand_over = asyncio.get_running_loop().call_soon_threadsafe
        for number, (source, destination) in enumerate(self._ports):
            listening, sending = self._inputs[number], self._outputs[number]
            heard = partial(self._moved, number * STRIPS)
            listening.set_callback(lambda event, _, heard=heard: hand_over(heard, event[0]))
            listening.open_port(listening.get_ports().index(source), "in")
            sending.open_port(sending.get_ports().index(destination), "out")

    def close(self) -> None:
        for port in (*self._inputs, *self._outputs):
            port.close_port()
            port.delete()

    def _moved(self, first: int, message: list[int]) -> None:
        status, low, high = message
        if status & 0xF0 == 0xE0:
            self._send(self._told[first + (status & 0x0F)].pack((low | high << 7) / FADER_MAX), self._daw)

    def datagram_received(self, data: bytes, addr: Address) -> None:
        for message in decode(data, 0.0):
            unit, strip = divmod(self._fader_at[message.address], STRIPS)
            (position,) = message.args
            assert isinstance(position, float)
            value = round(position * FADER_MAX)
            self._outputs[unit].send_message([0xE0 | strip, value & 0x7F, value >> 7])


async def serve_plain(daw: Address, ports: list[tuple[str, str]]) -> None:
    """Until SIGTERM: a JACK client that just ends holds up all others for seconds."""
    loop, enough = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, enough.set)
    transport, bridge = await loop.create_datagram_endpoint(
        lambda: PlainBridge(daw, ports), local_addr=("127.0.0.1", 0)
    )
    print(transport.get_extra_info("sockname")[1], flush=True)
    await enough.wait()
    bridge.close()


if __name__ == "__main__":
    daw_port, *names = sys.argv[1:]
    with suppress(KeyboardInterrupt):
        asyncio.run(serve_plain(("127.0.0.1", int(daw_port)), list(zip(names[::2], names[1::2], strict=True))))
