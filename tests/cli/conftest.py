"""The command line in processes of its own, and a daemon's HTTP side with a script behind it."""

import asyncio
import io
import os
import socket
import sys
from collections.abc import Callable
from contextlib import asynccontextmanager, redirect_stderr, redirect_stdout
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import pytest

from tonn_bridge.cli import main
from tonn_bridge.errors import NotPossible
from tonn_bridge.http import create_app, serve

PYTHONPATH = os.pathsep.join(map(str, (Path(__file__).parents[2], Path(__file__).parent)))


@dataclass(frozen=True)
class Ended:
    """How a process ended."""

    code: int
    out: str
    err: str


class Started:
    """`tonn-bridge ...`, running."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def line(self, stream: str = "stdout") -> str:
        """The next line it prints."""
        async with asyncio.timeout(20):
            return (await getattr(self.process, stream).readline()).decode()

    async def end(self, typed: str | None = None) -> Ended:
        async with asyncio.timeout(20):
            out, err = await self.process.communicate(None if typed is None else typed.encode())
        return Ended(self.process.returncode, out.decode(), err.decode())


@pytest.fixture
async def start(tmp_path):
    """Start `tonn-bridge` with these arguments, in `tmp_path`, with no key and no keyring of this machine."""
    started: list[Started] = []

    async def _start(*arguments: object, stdin: int = asyncio.subprocess.DEVNULL, **variables: str) -> Started:
        environment = {
            **os.environ,
            "PYTHONPATH": PYTHONPATH,
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            "TONN_BRIDGE_STATE": str(tmp_path / "kept"),
            "COLUMNS": "200",
            **variables,
        }
        for name in {"TONN_API_KEY", "FORCE_COLOR"} - variables.keys():
            environment.pop(name, None)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tonn_bridge", *map(str, arguments)),
            stdin=stdin,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=tmp_path,
            env=environment,
        )
        started.append(Started(process))
        return started[-1]

    yield _start
    for each in started:
        if each.process.returncode is None:
            each.process.kill()
            await each.end()


@pytest.fixture
def run(start):
    """Run `tonn-bridge` with these arguments to its end."""

    async def _run(*arguments: object, typed: str | None = None, **variables: str) -> Ended:
        stdin = asyncio.subprocess.DEVNULL if typed is None else asyncio.subprocess.PIPE
        return await (await start(*arguments, stdin=stdin, **variables)).end(typed)

    return _run


@pytest.fixture
def run_here(tmp_path, monkeypatch):
    """The same within this process: quicker, for verbs that leave signals and the terminal alone."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TONN_API_KEY", raising=False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.setenv("TONN_BRIDGE_STATE", str(tmp_path / "kept"))

    def _main(arguments: list[str]) -> Ended:
        out, err = io.StringIO(), io.StringIO()
        monkeypatch.setattr(sys, "argv", ["tonn-bridge", *arguments])
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
            main()
        return Ended(ended.value.code, out.getvalue(), err.getvalue())

    async def _run(*arguments: object) -> Ended:
        return await asyncio.to_thread(_main, [str(argument) for argument in arguments])

    return _run


DOCUMENT = {
    "state": "applied",
    "running": None,
    "showing": "proposal",
    "progress": 1.0,
    "text": "",
    "task_id": "t1",
    "error": None,
    "question": None,
    "credits": {"spent": 25, "limit": None},
    "tracks": [
        {
            "number": 1,
            "name": "Bass [di]",
            "daw": 1,
            "user": {"gain_db": -6.0, "pan": 0.0},
            "proposal": {"gain_db": -11.8, "trim_db": 0.0, "pan": -0.5, "eq": [], "comp": None},
            "current": {"gain_db": -9.8, "pan": -0.5},
            "baseline_db": -11.8,
            "adjust_db": 2.0,
            "muted": True,
            "limited": [],
        },
        {
            "number": 2,
            "name": "Kick",
            "daw": None,
            "user": None,
            "proposal": None,
            "current": {"gain_db": None, "pan": None},
            "baseline_db": None,
            "adjust_db": None,
            "muted": False,
            "limited": [{"parameter": "gain", "wanted": 14.0, "got": 12.0, "reason": "the fader ends"}],
        },
    ],
    "endpoints": [{"name": "daw", "mapping": "reaper", "connected": True, "last_heard_s": 0.2}],
    "preview_file": None,
    "final_file": None,
}

Step = Callable[["ScriptedBridge"], None]


class ScriptedBridge:
    """Does for each action what the test's script says, and keeps what it was asked."""

    def __init__(self, script: dict[str, Step]) -> None:
        self.script = script
        self.now = deepcopy(DOCUMENT)
        self.asked: list[tuple[str, float | None]] = []
        self.watched = asyncio.Event()
        self._watching: list[Callable[[], None]] = []
        self._loop = asyncio.get_running_loop()

    def document(self) -> dict[str, object]:
        return self.now

    def on_change(self, callback):
        self._watching.append(callback)
        self.watched.set()
        return lambda: self._watching.remove(callback)

    def change(self, **values: object) -> None:
        self.now |= values
        for callback in self._watching:
            callback()

    def later(self, **values: object) -> None:
        """The same, after what is under way has been answered."""
        self._loop.call_soon(lambda: self.change(**values))

    def act(self, action: str, value: float | None = None) -> None:
        self.asked.append((action, value))
        if action not in self.script:
            raise NotPossible(f"{action} makes no sense now: nothing has been mixed")
        self.script[action](self)

    def move(self, number, *, gain_db, adjust_db, pan) -> None:
        raise NotPossible("the script has no hands")

    def nudge(self) -> None:
        raise NotPossible("the script has no call-backs")


class ScriptedTraffic:
    """Passes on what a test says has passed."""

    def __init__(self) -> None:
        self.say: Callable[[dict[str, object]], None] | None = None
        self.watched = asyncio.Event()

    def subscribe(self, callback):
        self.say = callback
        self.watched.set()
        return lambda: None


@pytest.fixture
def document():
    """The state document that a script begins with."""
    return deepcopy(DOCUMENT)


@pytest.fixture
def daemon():
    """A daemon's HTTP side, over a script: `async with daemon(script) as (bridge, url, traffic)`."""

    @asynccontextmanager
    async def _daemon(script: dict[str, Step] | None = None):
        bridge, traffic = ScriptedBridge(script or {}), ScriptedTraffic()
        server = create_app(bridge, webhook_secret="secret", traffic=traffic)
        async with serve(server, "127.0.0.1", 0) as (host, port):
            yield bridge, f"http://{host}:{port}", traffic

    return _daemon


@pytest.fixture
def free_port() -> int:
    """A TCP and UDP port where nobody listens."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return trial.getsockname()[1]


@pytest.fixture
def session_text() -> str:
    """A small session of two tracks for REAPER, open at its end for further tables."""
    return """
[mix]
name = "Song"
style = "POP"
[daw]
mapping = "reaper"
[[track]]
name = "Kick"
file = "kick.wav"
group = "KICK_GROUP"
[[track]]
name = "Bass"
file = "bass.wav"
group = "BASS_GROUP"
"""


class Screen:
    """What a program shows on its terminal, and a keyboard for it."""

    def __init__(self, process, terminal):
        self._process = process
        self._terminal = terminal
        self.text = ""
        self._more = asyncio.Event()
        asyncio.get_running_loop().add_reader(terminal, self._read)

    def _read(self):
        try:
            data = os.read(self._terminal, 4096)
        except OSError:  # Linux says so when the program has closed its side
            data = b""
        self.text += data.decode(errors="replace")
        if not data:
            asyncio.get_running_loop().remove_reader(self._terminal)
        self._more.set()

    async def shows(self, text):
        try:
            async with asyncio.timeout(20):
                while text not in self.text:
                    self._more.clear()
                    await self._more.wait()
        except TimeoutError:
            pytest.fail(f"{text!r} is not on the screen: {self.text!r}")

    def type(self, text):
        os.write(self._terminal, text.encode())

    async def end(self):
        async with asyncio.timeout(20):
            return await self._process.wait()


@pytest.fixture
async def start_at_terminal(tmp_path):
    """Start `tonn-bridge` with a terminal of its own."""
    import fcntl
    import pty
    import termios

    screens = []

    async def start(*arguments):
        ours, theirs = pty.openpty()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tonn_bridge", *arguments),
            stdin=theirs, stdout=theirs, stderr=theirs, cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": PYTHONPATH, "TERM": "xterm", "COLUMNS": "200"},
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )  # fmt: skip
        os.close(theirs)
        screens.append((process, ours, Screen(process, ours)))
        return screens[-1][2]

    yield start
    for process, terminal, _ in screens:
        if process.returncode is None:
            process.kill()
        await process.wait()
        asyncio.get_running_loop().remove_reader(terminal)
        os.close(terminal)
