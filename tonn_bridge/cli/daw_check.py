"""Whether the DAW answers: greet it as the daemon would, and wait for anything it says."""

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING

from tonn_bridge.cli.checks import Check
from tonn_bridge.errors import BridgeError, DecodeError

if TYPE_CHECKING:
    from tonn_bridge.mapping import DawMapping
    from tonn_bridge.session import Session

ANSWER_S = 3.0


async def check_daw(session: "Session", answer_s: float = ANSWER_S) -> Check:
    """Greet the session's DAW and wait `answer_s` for a datagram of its language."""
    from tonn_bridge.mapping import DawMapping, Role, load, role_of

    try:
        if role_of(session.daw.mapping) is Role.DEVICE:
            return _midi_daw(session)
        mapping = DawMapping(load(session.daw.mapping))
        to, listen = session.daw.send or mapping.caps.send, session.daw.listen or mapping.caps.listen
        if to is None:
            return Check("DAW", "fail", f"{mapping.name} has no usual address; write [daw] send in the session file")
        heard = await _heard(mapping, str(to), str(listen), len(session.tracks), answer_s)
    except BridgeError as exc:
        return Check("DAW", "fail", str(exc))
    if heard:
        return Check("DAW", "ok", f"{mapping.name} answers at {to}")
    return Check(
        "DAW",
        "fail",
        f"{mapping.name} says nothing at {listen} (asked at {to}); is its OSC on, and sending there?",
    )


def _midi_daw(session: "Session") -> Check:
    """A DAW on MIDI finds us when the daemon runs; what can be said before is whether its law is known."""
    from tonn_bridge.daw import check_daw as check_files

    try:
        check_files(session)
    except BridgeError as exc:
        return Check("DAW", "fail", f"{exc}. {setting_up(session)}")
    return Check(
        "DAW", "ok", f"its fader law is known, and it is looked for while tonn-bridge runs. {setting_up(session)}"
    )


def setting_up(session: "Session") -> str:
    """What has to be set up in the session's DAW before anything is heard of it."""
    from tonn_bridge.mapping import Role, load_device, role_of

    if role_of(session.daw.mapping) is not Role.DEVICE:
        return "is its OSC set up and switched on?"
    device = load_device(session.daw.mapping)
    return f"Set up in {device.name}: {device.setup}"


async def _heard(mapping: "DawMapping", to: str, listen: str, tracks: int, answer_s: float) -> bool:
    """Whether something that `mapping` understands has come within `answer_s`."""
    from tonn_bridge.ports.udp import UdpPort, parse_address, resolve
    from tonn_bridge.protocols import osc

    answered = asyncio.Event()

    def read(datagrams: list[tuple[bytes, tuple[str, int]]]) -> None:
        for data, _ in datagrams:
            with contextlib.suppress(DecodeError):
                if any(mapping.read(message) for message in osc.decode(data, time.time())):
                    answered.set()

    daw = await resolve(parse_address(to), "DAW")
    async with UdpPort.open(parse_address(listen), read, name="DAW feedback") as port:
        for message in (*mapping.greet(tracks), *mapping.ask_all(range(1, tracks + 1))):
            port.send(message, daw)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(answer_s):
                await answered.wait()
        for message in mapping.farewell():
            port.send(message, daw)
    return answered.is_set()
