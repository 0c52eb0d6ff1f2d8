"""The companion for Live: its remote script in a Live that is played here, and its clips against the real daemon."""

import ast
import asyncio
import sys
import tomllib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import mido
import pytest

from tests.daemon import Daemon, free_address, make_session, opened, running_daemon
from tests.sandbox_server import SandboxServer, sandbox  # noqa: F401
from tonn_bridge.clock import SystemClock
from tonn_bridge.demo.reaper import SimulatedReaper
from tonn_bridge.ports.midi import Wanted, memory_midi

PACKAGE = Path(__file__).parents[2] / "examples" / "ableton"
CLIPS = PACKAGE / "clips"
VERBS = ["preview", "apply", "compare", "revert", "final", "confirm", "cancel"]

# --- a Live to run the script in --------------------------------------------------------------------------------------


@dataclass
class Parameter:
    name: str
    value: float
    max: float = 1.0


def eq_eight() -> list[Parameter]:
    """As Live inserts it: four filters on, the outer ones shelves, Adaptive Q on."""
    parameters = [Parameter("Device On", 1), Parameter("Adaptive Q", 1), Parameter("Scale", 1.0)]
    for number in range(1, 9):
        for side in "AB":
            parameters.append(Parameter(f"{number} Filter On {side}", int(number <= 4)))
            parameters.append(Parameter(f"{number} Filter Type {side}", {1: 2, 4: 5}.get(number, 3), 7))
            parameters.append(Parameter(f"{number} Gain {side}", 0.0, 15.0))
    return parameters


def compressor() -> list[Parameter]:
    return [Parameter("Device On", 1), Parameter("Threshold", 0.7), Parameter("Ratio", 0.75), Parameter("Makeup", 1)]


@dataclass
class Device:
    name: str
    class_name: str
    parameters: list[Parameter]

    def value(self, name: str) -> float:
        return next(parameter.value for parameter in self.parameters if parameter.name == name)


DEVICES = {"EQ Eight": ("Eq8", eq_eight), "Compressor": ("Compressor2", compressor)}


@dataclass
class OldTrack:
    """A track of Live 12.2 or earlier."""

    name: str
    is_frozen: bool = False
    has_audio_output: bool = True
    devices: list[Device] = field(default_factory=list)


class Track(OldTrack):
    """A track of Live 12.3 or later."""

    def insert_device(self, name: str, index: int = -1) -> None:
        assert index == -1, "behind what is there"
        class_name, parameters = DEVICES[name]
        self.devices.append(Device(name, class_name, parameters()))


@dataclass
class Song:
    tracks: list[OldTrack]
    steps: list[str] = field(default_factory=list)

    @property
    def view(self) -> Any:
        return type("View", (), {"selected_track": self.tracks[-1]})

    def begin_undo_step(self) -> None:
        self.steps.append("begin")

    def end_undo_step(self) -> None:
        self.steps.append("end")


class FakeControlSurface:
    """`_Framework.ControlSurface`: the parts that are used, and Live's ticks."""

    def __init__(self, live: "Live") -> None:
        self._live = live
        live.surface = self
        self._guarded = False

    @contextmanager
    def component_guard(self) -> Iterator[None]:
        self._guarded = True
        yield
        self._guarded = False

    def song(self) -> Song:
        return self._live.song

    def log_message(self, text: str) -> None:
        self._live.log.append(text)

    def show_message(self, text: str) -> None:
        self._live.status.append(text)

    def schedule_message(self, ticks: int, callback: Callable[[], None]) -> None:
        assert ticks >= 1
        self._live.scheduled.append(callback)


class FakeButton:
    """`_Framework.ButtonElement`: made within the guard of a surface, tells its velocity."""

    def __init__(self, is_momentary: bool, message_type: int, channel: int, note: int) -> None:
        assert is_momentary
        assert message_type == MIDI_NOTE_TYPE
        self.channel, self.note = channel, note
        BUTTONS.append(self)

    def add_value_listener(self, listener: Callable[[int], object]) -> None:
        self.tell = listener


MIDI_NOTE_TYPE = 0
BUTTONS: list[FakeButton] = []


@dataclass
class Live:
    """A set with the tracks of `song`, the script loaded."""

    song: Song
    status: list[str] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    scheduled: list[Callable[[], None]] = field(default_factory=list)
    surface: Any = None

    def play(self, clip: Path) -> None:
        """Play a clip into the script's MIDI input, and go on by a tick."""
        for message in mido.MidiFile(clip):
            if message.type in ("note_on", "note_off"):
                for button in BUTTONS:
                    if (button.channel, button.note) == (message.channel, message.note):
                        button.tell(message.velocity if message.type == "note_on" else 0)
        assert self.song.steps == [], "not while Live is telling news"
        scheduled, self.scheduled = self.scheduled, []
        for callback in scheduled:
            callback()


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Live]]:
    """Live with these tracks, started with the script chosen as a control surface."""
    framework = {
        "ControlSurface": {"ControlSurface": FakeControlSurface},
        "ButtonElement": {"ButtonElement": FakeButton},
        "InputControlElement": {"MIDI_NOTE_TYPE": MIDI_NOTE_TYPE},
    }
    monkeypatch.setitem(sys.modules, "_Framework", ModuleType("_Framework"))
    for name, content in framework.items():
        module = ModuleType(f"_Framework.{name}")
        vars(module).update(content)
        monkeypatch.setitem(sys.modules, f"_Framework.{name}", module)
    monkeypatch.syspath_prepend(str(PACKAGE))
    BUTTONS.clear()

    def with_tracks(*tracks: OldTrack) -> Live:
        live = Live(Song(list(tracks)))
        import_module("TonnTracks").create_instance(live)
        return live

    yield with_tracks
    for name in [name for name in sys.modules if name.partition(".")[0] == "TonnTracks"]:
        del sys.modules[name]


ALL, SELECTED = CLIPS / "08 Tonn prepare all tracks.mid", CLIPS / "09 Tonn prepare selected track.mid"


def test_every_track_gets_six_bells_and_a_compressor_behind_what_is_there(load: Callable[..., Live]) -> None:
    own = Device("EQ Eight", "Eq8", eq_eight())
    live = load(Track("Kick"), Track("Bass", devices=[own]))
    before = [vars(parameter).copy() for parameter in own.parameters]
    live.play(ALL)
    assert [device.name for device in live.song.tracks[0].devices] == ["Tonn EQ", "Tonn Comp"]
    assert [device.name for device in live.song.tracks[1].devices] == ["EQ Eight", "Tonn EQ", "Tonn Comp"]
    assert [vars(parameter) for parameter in own.parameters] == before
    eq, comp = live.song.tracks[0].devices
    assert [eq.value(f"{n} Filter Type A") for n in range(1, 7)] == [3] * 6
    assert [eq.value(f"{n} Filter On A") for n in range(1, 9)] == [1] * 6 + [0] * 2
    assert [eq.value(f"{n} Gain A") for n in range(1, 7)] == [0] * 6
    assert [eq.value(f"{n} Filter Type B") for n in (1, 4)] == [2, 5], "the other side is left as it is"
    assert eq.value("Adaptive Q") == 0
    assert (comp.value("Threshold"), comp.value("Makeup"), comp.value("Ratio")) == (1.0, 0, 0.75)
    assert live.song.steps == ["begin", "end"]
    assert live.status == ["Tonn: devices put on Kick, Bass"]


def test_the_mapping_finds_what_the_script_puts_on_tracks(load: Callable[..., Live]) -> None:
    live = load(Track("Kick"))
    live.play(ALL)
    with (PACKAGE.parents[1] / "mappings" / "ableton.toml").open("rb") as file:
        serves = {each["slot"]: each for each in tomllib.load(file)["plugins"]["serves"]}
    for slot, device in zip(("eq", "comp"), live.song.tracks[0].devices, strict=True):
        assert serves[slot]["name"] == [device.class_name]
        assert serves[slot].get("which", "last") == "last"


@pytest.mark.parametrize("file", sorted(PACKAGE.glob("TonnTracks/*.py")), ids=lambda path: path.name)
def test_the_script_is_python_of_live_11_too(file: Path) -> None:
    ast.parse(file.read_text(), feature_version=(3, 7))


def test_the_selected_track_alone(load: Callable[..., Live]) -> None:
    live = load(Track("Kick"), Track("Bass"))
    live.play(SELECTED)
    assert [len(track.devices) for track in live.song.tracks] == [0, 2]


def test_only_what_is_missing_is_put_in(load: Callable[..., Live]) -> None:
    live = load(Track("Kick"), Track("Bass"))
    live.play(ALL)
    kept = live.song.tracks[0].devices.pop(1)
    live.song.steps.clear()
    live.play(ALL)
    assert [device.name for device in live.song.tracks[0].devices] == ["Tonn EQ", "Tonn Comp"]
    assert live.song.tracks[0].devices[1] is not kept
    assert [len(track.devices) for track in live.song.tracks] == [2, 2]
    live.song.steps.clear()
    live.play(ALL)
    assert live.status[1:] == ["Tonn: devices put on Kick", "Tonn: nothing was missing"]


def test_what_would_be_taken_for_ours_is_named(load: Callable[..., Live]) -> None:
    live = load(Track("Kick"), Track("Bass"))
    live.play(ALL)
    live.song.steps.clear()
    live.song.tracks[1].devices.append(Device("EQ Eight", "Eq8", eq_eight()))
    live.play(ALL)
    assert live.status[1] == "Tonn: Bass has its own EQ Eight behind ours: drag ours to the end"


@pytest.mark.parametrize(
    ("tracks", "told"),
    [
        ([OldTrack("Kick")], "Tonn: Live inserts devices for scripts from version 12.3 on"),
        ([Track("Kick", is_frozen=True)], "Tonn: Kick is frozen: unfreeze it first"),
        ([Track("Midi", has_audio_output=False)], "Tonn: Midi makes no sound: put an instrument on it first"),
        ([Track("A"), Track("B", is_frozen=True)], "Tonn: devices put on A; B is frozen: unfreeze it first"),
    ],
)
def test_what_cannot_be_done_is_said_in_the_status_bar(
    load: Callable[..., Live], tracks: list[OldTrack], told: str
) -> None:
    live = load(*tracks)
    live.play(ALL)
    assert live.status[0].startswith(told)
    assert live.song.steps == ["begin", "end"], "the undo step is closed in any case"


def test_a_live_that_inserts_something_else_is_said(load: Callable[..., Live], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(DEVICES, "EQ Eight", ("Eq3", eq_eight))
    live = load(Track("Kick"))
    live.play(ALL)
    assert "Live did not put EQ Eight on Kick" in live.status[0]
    assert live.song.tracks[0].devices[0].name == "EQ Eight"
    assert live.song.steps == ["begin", "end"]


# --- clips as buttons -------------------------------------------------------------------------------------------------


@pytest.fixture
def make_clips(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(PACKAGE))
    return import_module("make_clips")


def test_the_clips_are_those_of_the_mapping(make_clips: ModuleType, tmp_path: Path) -> None:
    make_clips.write(tmp_path)
    fresh = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert {path.name: path.read_bytes() for path in CLIPS.iterdir()} == fresh
    assert [name.split(" ", 2)[2].removesuffix(".mid") for name in sorted(fresh)][:7] == VERBS


def test_a_clip_is_too_long_to_press_twice_by_looping() -> None:
    for path in CLIPS.iterdir():
        file = mido.MidiFile(path)
        assert [message.type for message in file.tracks[0]].count("note_on") == 1
        assert sum(message.time for message in file.tracks[0]) == 64 * 4 * file.ticks_per_beat


Play = Callable[[str], None]


@asynccontextmanager
async def studio(tonn: SandboxServer, folder: Path) -> AsyncIterator[tuple[Daemon, Play]]:
    """The daemon beside a DAW, with the clips' port as the snippet in README.md says; how to play a clip into it."""
    listen = free_address()
    daw = SimulatedReaper(("Kick", "Bass"), SystemClock(), listen)
    await daw.start()
    midi = memory_midi()
    port = midi.open(Wanted("IAC Driver tonn", "IAC Driver tonn", virtual=True), lambda _: None, lambda: None)
    extra = f'[tonn.spend]\nfinal = "ask"\n[[surface]]\nmapping = "{PACKAGE / "tonn-clips.toml"}"\ninput = "tonn"'
    session = make_session(
        folder, ("Kick", "Bass"), "reaper", send=daw.address, listen=listen, tonn=tonn.url, extra=extra
    )

    def play(verb: str) -> None:
        (clip,) = CLIPS.glob(f"* Tonn {verb}.mid")
        port.send([bytes(message.bytes()) for message in mido.MidiFile(clip) if not message.is_meta])

    async with running_daemon(session, folder / "state", open_midi=opened(midi)) as daemon:
        await daemon.connected()
        await daemon.until(lambda found: all(endpoint["connected"] for endpoint in found["endpoints"]))
        yield daemon, play
    port.close()
    await daw.stop()


async def test_the_whole_job_from_clips(sandbox: SandboxServer, tmp_path: Path) -> None:  # noqa: F811
    async with studio(sandbox, tmp_path) as (daemon, play):
        play("preview")
        await daemon.until(lambda found: found["state"] == "ready" and not found["running"])
        play("apply")
        await daemon.until(lambda found: found["showing"] == "proposal" and not found["running"])
        play("compare")
        await daemon.until(lambda found: found["showing"] == "user" and not found["running"])
        play("compare")
        await daemon.until(lambda found: found["showing"] == "proposal" and not found["running"])
        spent = sandbox.charges()["total"]
        play("final")
        await daemon.until(lambda found: found["question"])
        play("cancel")
        await daemon.until(lambda found: not found["question"] and not found["running"])
        assert sandbox.charges()["total"] == spent
        play("final")
        await daemon.until(lambda found: found["question"])
        play("confirm")
        document = await daemon.until(lambda found: found["final_file"])
        assert await asyncio.to_thread(Path(document["final_file"]).is_file)
        await daemon.until(lambda found: not found["running"])
        play("revert")
        await daemon.until(lambda found: found["showing"] == "user" and not found["running"])
