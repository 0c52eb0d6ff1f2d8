"""Verbs of tonn-bridge in processes of their own: a session of 32 tracks, a REAPER at the far end, the sandbox."""

import json
import os
import re
import select
import socket
import subprocess
import sys
import time
import urllib.request
import wave
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from load import FADERS, Address

from tonn_bridge.core.laws import LAWS
from tonn_bridge.core.values import Gain
from tonn_bridge.protocols.osc import encode

MAPPINGS = Path(__file__).parents[1] / "mappings"
NOWHERE = "http://127.0.0.1:9"
START_S = 15.0
RATE = 44_100
REPORTED_DB = -20.0
"""Where every fader of the DAW stands at first."""

Process = subprocess.Popen[str]


@dataclass(frozen=True)
class Session:
    """A session file, and where its daemon listens."""

    path: Path
    control: Address
    http: Address
    feedback: Address


def write_session(
    folder: Path,
    daw: Address,
    *,
    mapping: str = "reaper",
    service: str = NOWHERE,
    public_url: str = "",
    stem_s: float = 0.5,
    surfaces: Mapping[str, str] | None = None,
) -> Session:
    """A session of 32 tracks of noise in `folder`, without glide, on free ports; `surfaces`: mapping by MIDI port."""
    control, feedback = ("127.0.0.1", free_port()), ("127.0.0.1", free_port())
    http = ("127.0.0.1", free_port(socket.SOCK_STREAM))
    lines = [
        '[mix]\nname = "Benchmark"\nstyle = "ELECTRONIC"\n',
        f'[tonn]\nurl = "{service}"\n[tonn.webhook]\npublic_url = "{public_url}"\n',
        f'[daw]\nmapping = "{mapping}"\nglide_s = 0\nsend = "127.0.0.1:{daw[1]}"\nlisten = "127.0.0.1:{feedback[1]}"\n',
        f'[control]\nosc = "127.0.0.1:{control[1]}"\nhttp = "127.0.0.1:{http[1]}"\n',
    ]
    for port, mapping in (surfaces or {}).items():
        lines.append(f'[[surface]]\nmapping = "{mapping}"\ninput = "{port}"\noutput = "{port}"\n')
    for n in range(1, FADERS + 1):
        write_noise(folder / f"{n}.wav", stem_s)
        lines.append(f'[[track]]\nname = "Stem {n}"\nfile = "{n}.wav"\ngroup = "SYNTH_GROUP"\ndaw = {n}\n')
    path = folder / "session.toml"
    path.write_text("".join(lines), encoding="utf-8")
    return Session(path, control, http, feedback)


def unpaced_reaper(folder: Path) -> str:
    """REAPER's mapping without its pace, as a session in `folder` names it: the bridge's own pace is asked for."""
    reaper = (MAPPINGS / "reaper.toml").read_text(encoding="utf-8")
    unpaced, found = re.subn(r"(?m)^messages_per_s = .*$", "messages_per_s = 100000", reaper)
    assert found == 1, "reaper.toml states its pace in one line"
    (folder / "unpaced.toml").write_text(unpaced, encoding="utf-8")
    return "./unpaced.toml"


def write_noise(path: Path, seconds: float) -> None:
    """A stem at 16 bit, 44.1 kHz, stereo, that is like no other: a second of noise, over and over."""
    second = os.urandom(4 * RATE)
    with wave.open(str(path), "wb") as stem:
        stem.setparams((2, 2, RATE, 0, "NONE", ""))
        for begin in range(0, round(seconds * RATE), RATE):
            stem.writeframesraw(second[: 4 * min(RATE, round(seconds * RATE) - begin)])


@contextmanager
def program(*arguments: str, state: Path) -> Iterator[Process]:
    """`tonn-bridge` with these arguments, from the start of its process to its end; what it prints can be read."""
    environment = os.environ | {"TONN_BRIDGE_STATE": str(state), "TONN_API_KEY": "benchmark"}
    command = [sys.executable, "-m", "tonn_bridge", *arguments]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(5)
            process.kill()


@contextmanager
def sandbox(folder: Path, *options: str) -> Iterator[str]:
    """`tonn-bridge sandbox` on a free port, with its state in `folder`: its URL."""
    with program("sandbox", "--port", "0", "--state-dir", str(folder), *options, state=folder) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        if "listening on" not in line:
            raise SystemExit("tonn-bridge sandbox did not start")
        yield line.split()[-1]


def meet(session: Session, daw: socket.socket) -> None:
    """Answer the daemon's greeting as a REAPER does, and wait until it knows every fader."""
    if not select.select([daw], [], [], START_S)[0]:
        raise SystemExit(f"tonn-bridge run did not greet its DAW within {START_S:g} s")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for n in range(1, FADERS + 1):
            sock.sendto(encode(f"/track/{n}/name", "s", f"Stem {n}"), session.feedback)
            sock.sendto(encode(f"/track/{n}/volume/db", "f", REPORTED_DB), session.feedback)
            sock.sendto(encode(f"/track/{n}/pan", "f", 0.5), session.feedback)
    end = time.monotonic() + START_S
    while any(track["current"]["gain_db"] is None for track in document(session)["tracks"]):
        if time.monotonic() > end:
            raise SystemExit(f"tonn-bridge run did not learn its DAW's faders within {START_S:g} s")
        time.sleep(0.02)


def document(session: Session) -> dict[str, Any]:
    """The daemon's state document.

    Raises:
        URLError: it does not answer.
    """
    with urllib.request.urlopen(f"http://127.0.0.1:{session.http[1]}/api/state", timeout=5) as answer:
        found: dict[str, Any] = json.load(answer)
        return found


def reaper_echo(n: int, gain_db: float) -> bytes:
    """What a REAPER says when its fader was set in dB: the fader's travel."""
    return encode(f"/track/{n}/volume", "f", LAWS["reaper"].position(Gain(gain_db)))


def free_port(kind: socket.SocketKind = socket.SOCK_DGRAM) -> int:
    """A port nobody listens on."""
    with socket.socket(socket.AF_INET, kind) as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])
