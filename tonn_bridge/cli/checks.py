"""What `doctor` looks at; each check says what it found and, where something is wrong, what to do."""

import importlib.util
import platform
import socket
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from tonn_bridge.cli.words import counted
from tonn_bridge.client import Daemon, Document
from tonn_bridge.errors import BridgeError, MappingError, PortError, SessionError

if TYPE_CHECKING:
    from tonn_bridge.ports.midi import PortNames
    from tonn_bridge.session import Address, Session

Verdict = Literal["ok", "warn", "fail"]

OLDEST_PYTHON = (3, 11)
AUDIO_PACKAGES = ("numpy", "scipy", "soundfile", "pyloudnorm")
SERVICE_S = 5.0
"""How long the service may take to answer."""


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, whether it is well, and what to know or do."""

    name: str
    verdict: Verdict
    text: str

    def as_dict(self) -> dict[str, str]:
        """For `--json`."""
        return asdict(self)


def check_python() -> Check:
    """Whether this Python is new enough."""
    found = platform.python_version()
    if sys.version_info < OLDEST_PYTHON:
        return Check("Python", "fail", f"{found} is too old; install Python 3.11 or newer")
    return Check("Python", "ok", found)


def check_packages(needed: bool) -> Check:
    """Whether the packages of the extra `demo` are here; `needed` says whether the session cannot do without."""
    missing = [name for name in AUDIO_PACKAGES if importlib.util.find_spec(name) is None]
    if not missing:
        return Check("Packages", "ok", "all of the extra `demo` are installed")
    return Check(
        "Packages",
        "fail" if needed else "warn",
        f"without {', '.join(missing)} there is no sandbox and no demo: pip install 'tonn-bridge[demo]'",
    )


async def check_midi() -> tuple[Check, "PortNames | None"]:
    """Whether MIDI can be used, and the ports there are."""
    from tonn_bridge.cli.midi import midi_ports

    try:
        found = await midi_ports()
    except PortError as exc:
        return Check("MIDI", "warn", str(exc)), None
    return Check("MIDI", "ok", f"{counted(len(found.inputs), 'input')}, {counted(len(found.outputs), 'output')}"), found


def check_places() -> Check:
    """Whether state can be kept."""
    from tonn_bridge import places

    try:
        return Check("State", "ok", str(places.state_dir()))
    except BridgeError as exc:
        return Check("State", "fail", str(exc))


def check_session(path: Path) -> tuple[Check, "Session | None"]:
    """The session file with the mappings that it names, and the session in it."""
    from tonn_bridge.mapping import find
    from tonn_bridge.session import load_session
    from tonn_bridge.surfaces import gather

    try:
        session = load_session(path)
        find(session.daw.mapping)
        gather(session)
    except (SessionError, MappingError) as exc:
        return Check("Session", "fail", str(exc)), None
    return Check("Session", "ok", f"{path}: {session.mix.name}, {len(session.tracks)} tracks"), session


def check_stems(session: "Session") -> Check:
    """Whether each stem can be sent."""
    from tonn_bridge.tonn import stems

    sources = [
        stems.StemSource(number, track.name, track.file, track.url)
        for number, track in enumerate(session.tracks, start=1)
    ]
    try:
        checked = stems.check_stems(sources)
    except ImportError:
        return Check("Stems", "fail", "stems cannot be read without soundfile: pip install 'tonn-bridge[demo]'")
    except BridgeError as exc:
        return Check("Stems", "fail", str(exc))
    megabytes = sum(stem.size for stem in checked) / 1e6
    return Check("Stems", "ok", f"{len(checked)} stems, {megabytes:.1f} MB")


async def ask_daemon(url: str) -> Document | None:
    """The state of the daemon at `url`; None where none is running."""
    async with Daemon(url) as daemon:
        try:
            return await daemon.state()
        except BridgeError:
            return None


def runs(document: Document, session: "Session") -> bool:
    """Whether the daemon with this state has this session, as far as its tracks tell."""
    return [track["name"] for track in document["tracks"]] == [track.name for track in session.tracks]


def check_addresses(wanted: Iterable[tuple[str, "Address", socket.SocketKind]], running: bool) -> Check:
    """Whether what we would listen on is free, or held by the running daemon of this session."""
    if running:
        return Check("Addresses", "ok", "held by the tonn-bridge that is running")
    taken = [f"{label} {address} ({reason})" for label, address, kind in wanted if (reason := _taken(address, kind))]
    if taken:
        return Check(
            "Addresses", "fail", f"{'; '.join(taken)}: end the other program, or choose another in the session"
        )
    return Check("Addresses", "ok", "free")


def _taken(address: "Address", kind: socket.SocketKind) -> str | None:
    """Why `address` cannot be listened on; None where it can."""
    try:
        family, _, _, _, where = socket.getaddrinfo(*address, type=kind, flags=socket.AI_PASSIVE)[0]
        with socket.socket(family, kind) as trial:
            if kind is socket.SOCK_STREAM and sys.platform != "win32":  # as the server does: a port just left is free
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(where)
    except OSError as exc:
        return exc.strerror or str(exc)
    return None


def check_key(session: "Session") -> Check:
    """Whether there is a key, where one is needed; it is not shown."""
    from tonn_bridge.keys import VARIABLE, find_key

    if session.tonn.is_sandbox:
        return Check("Key", "ok", "the sandbox needs none")
    found = find_key()
    if found is None and session.tonn.url.startswith("http://"):  # only this machine may be spoken to so
        return Check("Key", "ok", "a service on this machine gets one that is made up")
    if found is None:
        return Check("Key", "fail", f"none; keep one with `tonn-bridge key set`, or set {VARIABLE} in the environment")
    return Check("Key", "ok", f"from {found.where}")


async def check_service(session: "Session") -> Check:
    """Whether the service answers; asks it for nothing that costs."""
    if session.tonn.is_sandbox:
        return Check("Service", "ok", "the sandbox, inside tonn-bridge")
    import httpx

    url = session.tonn.url
    try:
        async with httpx.AsyncClient(timeout=SERVICE_S, trust_env=False) as http:
            answer = await http.get(f"{url}/health")
    except httpx.HTTPError as exc:
        reason = str(exc) or type(exc).__name__
        return Check(
            "Service", "fail", f"{url} does not answer ({reason}); is the internet there, and [tonn] url right?"
        )
    if answer.is_success:
        return Check("Service", "ok", url)
    return Check("Service", "fail", f"{url} answers HTTP {answer.status_code}; try again later, or check [tonn] url")


def check_running_daw(document: Document, advice: str) -> Check:
    """Whether the running daemon hears the DAW; `advice` is for one that it does not hear."""
    daw: dict[str, Any] = next((e for e in document.get("endpoints", ()) if e.get("name") == "daw"), {})
    if problems := daw.get("problems"):
        return Check("DAW", "fail", "; ".join(map(str, problems)))
    if daw.get("connected"):
        return Check("DAW", "ok", f"connected ({daw.get('mapping')}), says the running tonn-bridge")
    return Check("DAW", "fail", f"the running tonn-bridge hears nothing from it; {advice}")
