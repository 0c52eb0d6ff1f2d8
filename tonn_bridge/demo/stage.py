"""Everything the demo plays with: the stems, the sandbox, a simulated REAPER, and the real daemon between them."""

import asyncio
import json
import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tonn_bridge import places
from tonn_bridge.client import Daemon
from tonn_bridge.clock import Clock
from tonn_bridge.demo.mixes import Mix
from tonn_bridge.demo.plug_ins import COMP, EQ, Positions, plug_in, positions
from tonn_bridge.demo.processes import Program
from tonn_bridge.demo.reaper import ReaperTrack, SimulatedReaper
from tonn_bridge.demo.reaper_fx import prepared_chain
from tonn_bridge.demo.reaper_patterns import PLUG_IN_PATTERNS
from tonn_bridge.demo.remote import Follower, OscRemote
from tonn_bridge.demo.simulated import Address
from tonn_bridge.demo.stems import DemoStem, write_stems
from tonn_bridge.session import Session

KEY = "the-sandbox-takes-any"
STAGE_S = 0.5
"""The least time of each of the sandbox's three stages: long enough to be seen."""

GLIDE_S = 0.6
"""How long Tonn's mix takes onto the faders: slow enough to be watched."""

USER_MIX = Mix(
    faders_db=[-4.5, -7.0, -11.0, -6.25, -9.5, -14.0, -8.0, -3.5],
    pans=[0.0, 0.06, -0.3, 0.0, 0.25, -0.1, 0.4, -0.05],
)
"""Where the user has put things before any of it happens."""

USER_KNOBS = (
    ("Kick", EQ, "Gain-Band 1", 3.0),
    ("Bass", COMP, "Threshold", -12.0),
    ("Bass", COMP, "Ratio", 2.5),
    ("Voice", EQ, "Freq-Band 2", 240.0),
    ("Voice", EQ, "Gain-Band 2", -4.0),
)
USER_BYPASSED = (("Hats", COMP), ("Lead", EQ))
"""What the user has done to the plug-ins before."""

PACKET_BYTES, PACING_S = 8192, 0.001
"""The dialog of REAPER's OSC device, filled in as `examples/reaper/README.md` says."""

Teach = Callable[[Session, Clock, Path], Coroutine[Any, Any, object]]
"""What `tonn-bridge learn plugin` does: learns the dials in a session's DAW, and keeps their laws in a folder."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Free ports on this machine, for the daemon."""

    osc: int
    feedback: int
    http: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http}"


@dataclass(frozen=True, slots=True)
class Stage:
    """What the steps play with; all of it ends with `open_stage`."""

    folder: Path
    stems: list[DemoStem]
    ports: Ports
    sandbox_url: str
    daw: SimulatedReaper
    remote: OscRemote
    daemon: Program
    """Not running yet: dials are learnt before."""
    bridge: Follower
    teach: Teach
    knobs: dict[str, Positions]
    """Where all dials of the plug-ins stood in whose mix: "user" before anything else, then "tonn" and "ridden"."""

    @property
    def names(self) -> list[str]:
        return [stem.name for stem in self.stems]

    @property
    def laws(self) -> Path:
        """Where the daemon looks for what was learnt of dials."""
        return self.store.parent / "laws"

    @property
    def store(self) -> Path:
        """The daemon's journal."""
        return self.folder / "state" / "state" / "tonn-bridge.sqlite"

    @property
    def shown(self) -> Mix:
        """What the DAW truly shows, read past every wire."""
        return Mix([track.db for track in self.daw.tracks], [track.pan for track in self.daw.tracks])


@asynccontextmanager
async def open_stage(clock: Clock, teach: Teach) -> AsyncIterator[Stage]:
    """Set everything up in a temporary folder, and take it all down again.

    Raises:
        BridgeError: a part of it does not start; the message is its own.
    """
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(_temporary_folder()))
        stems = await asyncio.to_thread(write_stems, places.cache_dir() / "demo-stems")
        sandbox_url = await _open_sandbox(folder, stack)
        ports = free_ports()
        daw = _reaper([stem.name for stem in stems], clock, ports)
        await daw.start()
        stack.push_async_callback(daw.stop)
        session = folder / "session.toml"
        session.write_text(session_text(stems, ports, daw.address, sandbox_url), "utf-8")
        daemon = _program("daemon", ["run", str(session)], "Tonn", folder)
        stack.push_async_callback(daemon.stop)
        remote = OscRemote(("127.0.0.1", ports.osc), clock)
        await remote.start()
        stack.push_async_callback(remote.stop)
        client = await stack.enter_async_context(Daemon(ports.url))
        knobs = {"user": positions(daw)}
        yield Stage(folder, stems, ports, sandbox_url, daw, remote, daemon, Follower(client), teach, knobs)


def _temporary_folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="tonn-bridge-demo-", ignore_cleanup_errors=True)


def _reaper(names: Sequence[str], clock: Clock, ports: Ports) -> SimulatedReaper:
    daw = SimulatedReaper(
        names,
        clock,
        feedback=("127.0.0.1", ports.feedback),
        patterns=PLUG_IN_PATTERNS,
        packet_bytes=PACKET_BYTES,
        pacing_s=PACING_S,
    )
    daw.tracks = user_tracks(names)
    return daw


def user_tracks(names: Sequence[str]) -> list[ReaperTrack]:
    """The tracks as the user has left them, prepared for Tonn's equaliser and compressor."""
    tracks = {name: ReaperTrack(name, chain=prepared_chain()) for name in names}
    for track, db, pan in zip(tracks.values(), *USER_MIX, strict=True):
        track.db, track.pan = db, pan
    for name, fx, dial, value in USER_KNOBS:
        plug_in(tracks[name], fx).set_value(dial, value)
    for name, fx in USER_BYPASSED:
        plug_in(tracks[name], fx).enabled = False
    return list(tracks.values())


async def _open_sandbox(folder: Path, stack: AsyncExitStack) -> str:
    options = ["--port", "0", "--state-dir", str(folder / "sandbox"), "--stage-seconds", str(STAGE_S)]
    sandbox = _program("sandbox", ["sandbox", *options], "sandbox listening on", folder)
    stack.push_async_callback(sandbox.stop)
    return (await sandbox.start()).split()[-1]


def _program(name: str, arguments: Sequence[str], ready: str, folder: Path) -> Program:
    # The key: so that neither one in the environment nor one in the keyring is ever shown to the sandbox.
    env = {"TONN_BRIDGE_STATE": str(folder / "state"), "TONN_API_KEY": KEY}
    return Program(name, arguments, env, ready, folder / f"{name}.log")


def free_ports() -> Ports:
    """Three ports that are free now."""
    with (
        socket.socket(type=socket.SOCK_DGRAM) as osc,
        socket.socket(type=socket.SOCK_DGRAM) as feedback,
        socket.socket(type=socket.SOCK_STREAM) as http,
    ):
        for each in (osc, feedback, http):
            each.bind(("127.0.0.1", 0))
        return Ports(*(each.getsockname()[1] for each in (osc, feedback, http)))


def session_text(stems: Sequence[DemoStem], ports: Ports, daw: Address, sandbox_url: str) -> str:
    """The session file, as a user would write it for this song and this REAPER."""
    head = f"""\
[mix]
name = "Demo"
style = "ELECTRONIC"
gain_mode = "absolute"

[tonn]
url = {_quoted(sandbox_url)}

[daw]
mapping = "reaper"
send = "{daw[0]}:{daw[1]}"
listen = "127.0.0.1:{ports.feedback}"
glide_s = {GLIDE_S}

[control]
osc = "127.0.0.1:{ports.osc}"
http = "127.0.0.1:{ports.http}"
"""
    return head + "".join(_track(stem) for stem in stems)


def _track(stem: DemoStem) -> str:
    return f"""
[[track]]
name = {_quoted(stem.name)}
file = {_quoted(str(stem.path))}
group = {_quoted(stem.group)}
presence = {_quoted(stem.presence)}
pan = {_quoted(stem.pan)}
"""


def _quoted(text: str) -> str:
    """A TOML basic string."""
    return json.dumps(str(text)).replace("\x7f", "\\u007f")
