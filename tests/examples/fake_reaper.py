"""REAPER's script interface as far as the companion uses it, for its Lua to run in (`lupa` in place of REAPER's own).

It is strict where REAPER is forgiving: an unknown key or a wrong pointer fails the test, and every change of the
project is held against the undo block it stands in. What a render writes is real: WAV with what the tracks sound like.

Sources: the ReaScript documentation of REAPER 7 (names, arguments, answers); the widely used format of ReaEQ's state.
"""

import base64
import re
import shlex
import struct
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial, wraps
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import soundfile

PACKAGE = Path(__file__).parents[2] / "examples" / "reaper"
OK, CANCEL, YES, NO = 1, 2, 6, 7
RENDER = 42230
NOBODY_LISTENS = 7
"""How curl ends then."""
STEMS, MONO, PRE_FADER = 2, 16, 8192

BELL, LOW_SHELF, HIGH_SHELF, HIGH_PASS = 8, 0, 1, 4
HEAD, BAND, TAIL = struct.Struct("<ii"), struct.Struct("<iidddB"), struct.Struct("<iidi")


@dataclass(eq=False)
class Fx:
    """One plug-in; what Tonn's would do to the sound is `factor`."""

    kind: str
    name: str = ""
    enabled: bool = True
    factor: float = 0.5
    params: dict[str, float] = field(default_factory=dict)
    bands: list[tuple[int, float, float, float]] = field(default_factory=list)
    """ReaEQ: type, Hz, gain as a factor, octaves."""

    @property
    def chunk(self) -> str:
        bands = b"".join(BAND.pack(kind, 1, hz, gain, octaves, 1) for kind, hz, gain, octaves in self.bands)
        return base64.b64encode(HEAD.pack(33, len(self.bands)) + bands + TAIL.pack(1, 1, 1.0, 0)).decode()

    @chunk.setter
    def chunk(self, text: str) -> None:
        data = base64.b64decode(text, validate=True)
        version, count = HEAD.unpack_from(data)
        assert version == 33
        assert len(data) == HEAD.size + count * BAND.size + TAIL.size
        read = [BAND.unpack_from(data, HEAD.size + place * BAND.size) for place in range(count)]
        assert all(on == 1 for _, on, *_ in read)
        self.bands = [(kind, hz, gain, octaves) for kind, _, hz, gain, octaves, _ in read]


def new_fx(plugin: str) -> Fx:
    """A plug-in as REAPER inserts it."""
    if plugin == "ReaEQ":
        kinds = [(LOW_SHELF, 100.0), (BELL, 300.0), (BELL, 1000.0), (HIGH_SHELF, 5000.0), (HIGH_PASS, 50.0)]
        return Fx(plugin, bands=[(kind, hz, 1.0, 2.0) for kind, hz in kinds])
    names = ("Threshold", "Ratio", "Attack", "Release", "Pre-comp", "resvd", "Lowpass", "Hipass", "SignIn", "AudIn")
    names += ("Dry", "Wet", "Filter Preview", "RMS size", "Knee", "Auto Make Up Gain", "Auto Release")
    return Fx(plugin, params=dict.fromkeys(names, 0.0) | {"Auto Make Up Gain": 1.0})


@dataclass(eq=False)
class Source:
    file: Path
    seconds: float


@dataclass(eq=False)
class Item:
    position: float
    length: float
    track: "Track"
    mono: bool = True
    source: Source | None = None
    loops: bool = True


@dataclass(eq=False)
class Take:
    item: Item


@dataclass(eq=False)
class Track:
    name: str
    volume: float = 1.0
    pan: float = 0.0
    mute: bool = False
    solo: bool = False
    selected: bool = False
    main_send: bool = True
    parent: "Track | None" = None
    hz: float = 220.0
    fx: list[Fx] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    ext: dict[str, str] = field(default_factory=dict)

    def mixer(self) -> tuple[Any, ...]:
        """What no action may touch."""
        return self.volume, self.pan, self.mute, self.solo, self.selected


RENDER_NUMBERS = {
    "RENDER_SETTINGS": 0.0,
    "RENDER_BOUNDSFLAG": 2.0,
    "RENDER_CHANNELS": 6.0,
    "RENDER_SRATE": 96000.0,
    "RENDER_STARTPOS": 1.0,
    "RENDER_ENDPOS": 2.0,
    "RENDER_TAILFLAG": 18.0,
    "RENDER_ADDTOPROJ": 1.0,
    "RENDER_DITHER": 3.0,
    "RENDER_NORMALIZE": 1.0,
}
RENDER_TEXTS = {"RENDER_FILE": "/home/me/bounces", "RENDER_PATTERN": "$project", "RENDER_FORMAT": "bDNwbQ=="}
RENDER_TEXTS |= {"RENDER_FORMAT2": "evaw"}


def changes(method: Callable[..., Any]) -> Callable[..., Any]:
    """Marks what changes the project, and so has to stand in an undo block."""

    @wraps(method)
    def noted(self: "FakeReaper", *args: Any) -> Any:
        if self.undo_depth == 0:
            self.outside_undo.append(method.__name__)
        return method(self, *args)

    return noted


class FakeReaper:
    """A project in `folder` with the tracks `names`, a second of sound on each; `lua` is the runtime (lua53, lua54).

    `answers` are given to the windows that open, in their order; a window that opens without one fails the test.
    """

    def __init__(self, folder: Path, names: tuple[str, ...] = (), *, lua: str = "lua54") -> None:
        self.folder = folder
        self.project_file = folder / "Masks.RPP"
        self.resource_path = folder / "resources"
        self.version, self.os = "7.31/linux-x86_64", "Other"
        self.master = Track("MASTER")
        self.tracks = [Track(name, hz=110.0 * (place + 2)) for place, name in enumerate(names)]
        for track in self.tracks:
            track.items.append(Item(4.0, 1.0, track))
        self.project_rate = 48_000.0
        self.time_selection = (0.0, 0.0)
        self.render_numbers, self.render_texts = dict(RENDER_NUMBERS), dict(RENDER_TEXTS)
        self.known_render_flags = 0xFFFFFF
        self.project_state: dict[tuple[str, str], str] = {}
        self.state: dict[tuple[str, str], str] = {}
        self.answers: list[Any] = []
        self.windows: list[tuple[str, str]] = []
        """Title and text of each window that has opened."""
        self.console: list[str] = []
        self.help: list[str] = []
        self.commands: list[str] = []
        self.undo_points: list[str] = []
        self.undo_depth = self.frozen = 0
        self.outside_undo: list[str] = []
        self.reachable: set[str] = set()
        """Where the test has a daemon, or knows that nobody listens: host:port. Everybody else's is out of reach."""
        self.astray: list[str] = []
        self.has_curl = self.takes_chunks = self.has_plugins = True
        self.render_fails_on: str | None = None
        self.renders = 0
        self.now = 0.0
        self.deferred: list[Any] = []
        self.gfx_keys: list[int] = []
        self.drawn: list[str] = []
        self.gfx_open = False
        self.lua_version = lua
        self._handles: dict[int, tuple[Any, Any]] = {}

    # --- running ------------------------------------------------------------------------------------------------------

    def runtime(self) -> Any:
        """A Lua state of its own, as each script has in REAPER, with `reaper`, `gfx` and the package's modules."""
        lua = import_module(f"lupa.{self.lua_version}").LuaRuntime(unpack_returned_tuples=True)
        self._handles = {}
        self._lua = lua
        table = lua.table()
        for name in (name for name in dir(type(self)) if name[0].isupper() or name in SMALL_LETTERS):
            table[name] = partial(self._call, name)
        lua.globals().reaper = table
        lua.globals().gfx = lua.table_from({name: partial(getattr(self, f"_gfx_{name}")) for name in GFX})
        lua.execute(f"package.path = [[{PACKAGE}/lib/?.lua;]] .. package.path")
        return lua

    def run(self, action: str) -> None:
        """Run an action as from the list of actions, without what it has put off."""
        lua = self.runtime()
        lua.globals().dofile(str(PACKAGE / f"{action}.lua"))
        if not self.deferred:
            self.undo_points.append(f"ReaScript: {action}.lua")

    def turn(self) -> bool:
        """Run what was put off once, half a second later; whether there was anything."""
        waiting, self.deferred = self.deferred, []
        self.now += 0.5
        for function in waiting:
            function()
        return bool(waiting)

    def play(self, action: str, *answers: Any) -> list[tuple[str, str]]:
        """Run an action to its end, with these answers to its windows; the windows that opened."""
        self.answers = list(answers)
        before = len(self.windows)
        self.run(action)
        while self.turn():
            pass
        assert self.answers == [], "a window was expected that did not open"
        self.check_balance()
        return self.windows[before:]

    def check_balance(self) -> None:
        """Every undo block is closed, every freeze of the screen undone, nothing was changed outside a block, and no
        daemon was spoken to but the test's own."""
        assert self.undo_depth == 0
        assert self.frozen == 0
        assert self.outside_undo == []
        assert self.astray == [], "the test did not say that there is a daemon of its own"

    def daemon_at(self, port: int) -> None:
        """The project has a session whose daemon listens there, on this machine; 1: nobody does."""
        folder = self.folder / "Tonn"
        folder.mkdir(exist_ok=True)
        (folder / "session.toml").write_text(f'[mix]\nhttp = "9.9.9.9:9"\n[control]\nhttp = "0.0.0.0:{port}"  # here\n')
        self.project_state["tonn-bridge", "folder"] = str(folder)
        self.reachable.add(f"127.0.0.1:{port}")

    def find(self, name: str) -> Track:
        return next(track for track in self.tracks if track.name == name)

    def select(self, *names: str) -> None:
        for track in self.tracks:
            track.selected = not names or track.name in names

    def settings(self) -> tuple[dict[str, float], dict[str, str]]:
        return dict(self.render_numbers), dict(self.render_texts)

    # --- pointers -----------------------------------------------------------------------------------------------------

    def _call(self, name: str, *args: Any) -> Any:
        answer = getattr(self, name)(*map(self._inward, args))
        return tuple(map(self._outward, answer)) if isinstance(answer, tuple) else self._outward(answer)

    def _inward(self, value: Any) -> Any:
        return self._handles[value["id"]][1] if hasattr(value, "keys") else value

    def _outward(self, value: Any) -> Any:
        if not isinstance(value, Track | Item | Take | Source):
            return value
        if id(value) not in self._handles:
            self._handles[id(value)] = (self._lua.table_from({"id": id(value)}), value)
        return self._handles[id(value)][0]

    # --- windows, state, files, processes -----------------------------------------------------------------------------

    def ShowMessageBox(self, text: str, title: str, kind: int) -> int:
        self.windows.append((title, text))
        if kind == 0:
            return OK
        assert self.answers, f"nobody was there to answer: {text}"
        answer = self.answers.pop(0)
        assert answer in {1: (OK, CANCEL), 4: (YES, NO)}[kind]
        return answer

    def GetUserInputs(self, title: str, count: int, captions: str, values: str) -> tuple[bool, str]:
        self.windows.append((title, captions))
        assert "separator=\n" in captions
        assert len(values.split("\n")) == count
        answer = self.answers.pop(0)
        return (False, "") if answer is None else (True, "\n".join(answer))

    def ShowConsoleMsg(self, text: str) -> None:
        self.console.append(text)

    def Help_Set(self, text: str, temporary: bool) -> None:
        self.help.append(text)

    def GetOS(self) -> str:
        return self.os

    def GetAppVersion(self) -> str:
        return self.version

    def GetResourcePath(self) -> str:
        return str(self.resource_path)

    def EnumProjects(self, index: int, _: str) -> tuple[Any, str]:
        assert index == -1
        return True, str(self.project_file or "")

    def GetProjExtState(self, project: int, section: str, key: str) -> tuple[int, str]:
        value = self.project_state.get((section, key), "")
        return len(value), value

    @changes
    def SetProjExtState(self, project: int, section: str, key: str, value: str) -> int:
        self.project_state[section, key] = value
        return len(value)

    def GetExtState(self, section: str, key: str) -> str:
        return self.state.get((section, key), "")

    def SetExtState(self, section: str, key: str, value: str, persist: bool) -> None:
        self.state[section, key] = value

    def DeleteExtState(self, section: str, key: str, persist: bool) -> None:
        self.state.pop((section, key), None)

    def file_exists(self, path: str) -> bool:
        if path.endswith("/curl"):
            return self.has_curl and Path(path).exists()
        return Path(path).is_file()

    def RecursiveCreateDirectory(self, path: str, _: int) -> int:
        Path(path).mkdir(parents=True, exist_ok=True)
        return 1

    def EnumerateFiles(self, path: str, index: int) -> str | None:
        files = sorted(found.name for found in Path(path).glob("*") if found.is_file())
        return files[index] if 0 <= index < len(files) else None

    def ExecProcess(self, command: str, timeout_ms: int) -> str | None:
        self.commands.append(command)
        if not self.has_curl:
            return None
        words = shlex.split(command)
        if urlsplit(words[-1]).netloc not in self.reachable:
            self.astray.append(words[-1])
            return f"{NOBODY_LISTENS}\n"
        done = subprocess.run(words, capture_output=True, check=False)
        return f"{done.returncode}\n{done.stdout.decode()}"

    def time_precise(self) -> float:
        return self.now

    def defer(self, function: Any) -> None:
        self.deferred.append(function)

    # --- undo ---------------------------------------------------------------------------------------------------------

    def Undo_BeginBlock2(self, project: int) -> None:
        self.undo_depth += 1

    def Undo_EndBlock2(self, project: int, name: str, flags: int) -> None:
        assert flags == -1
        assert self.undo_depth > 0
        self.undo_depth -= 1
        self.undo_points.append(name)

    def PreventUIRefresh(self, amount: int) -> None:
        self.frozen += amount

    def UpdateArrange(self) -> None:
        pass

    # --- tracks -------------------------------------------------------------------------------------------------------

    def CountTracks(self, project: int) -> int:
        return len(self.tracks)

    def GetTrack(self, project: int, index: int) -> Track:
        return self.tracks[index]

    def GetMasterTrack(self, project: int) -> Track:
        return self.master

    def CountSelectedTracks(self, project: int) -> int:
        return len(self._selected())

    def GetSelectedTrack(self, project: int, index: int) -> Track:
        return self._selected()[index]

    def IsTrackSelected(self, track: Track) -> bool:
        return track.selected

    @changes
    def SetTrackSelected(self, track: Track, selected: bool) -> None:
        track.selected = selected

    def GetParentTrack(self, track: Track) -> Track | None:
        return track.parent

    def AnyTrackSolo(self, project: int) -> bool:
        return any(track.solo for track in self.tracks)

    def GetMediaTrackInfo_Value(self, track: Track, key: str) -> float:
        values = {
            "IP_TRACKNUMBER": 1 + self.tracks.index(track),
            "B_MUTE": track.mute,
            "I_SOLO": track.solo,
            "B_MAINSEND": track.main_send,
        }
        return float(values[key])

    @changes
    def SetMediaTrackInfo_Value(self, track: Track, key: str, value: float) -> bool:
        assert key == "B_MUTE"
        track.mute = bool(value)
        return True

    def GetSetMediaTrackInfo_String(self, track: Track, key: str, value: str, is_set: bool) -> tuple[bool, str]:
        if is_set:
            self._set_text(track, key, value)
        return True, track.name if key == "P_NAME" else track.ext.get(key, "")

    @changes
    def _set_text(self, track: Track, key: str, value: str) -> None:
        if key == "P_NAME":
            track.name = value
        else:
            assert key.startswith("P_EXT:")
            track.ext[key] = value

    @changes
    def InsertTrackAtIndex(self, index: int, defaults: bool) -> None:
        self.tracks.insert(index, Track(""))

    def _selected(self) -> list[Track]:
        return [track for track in self.tracks if track.selected]

    # --- items --------------------------------------------------------------------------------------------------------

    def _items(self) -> list[Item]:
        return [item for track in self.tracks for item in track.items]

    def CountMediaItems(self, project: int) -> int:
        return len(self._items())

    def GetMediaItem(self, project: int, index: int) -> Item:
        return self._items()[index]

    def GetMediaItem_Track(self, item: Item) -> Track:
        return item.track

    def GetMediaItemInfo_Value(self, item: Item, key: str) -> float:
        return {"D_POSITION": item.position, "D_LENGTH": item.length}[key]

    @changes
    def SetMediaItemInfo_Value(self, item: Item, key: str, value: float) -> bool:
        setattr(item, {"D_POSITION": "position", "D_LENGTH": "length", "B_LOOPSRC": "loops"}[key], value)
        return True

    @changes
    def AddMediaItemToTrack(self, track: Track) -> Item:
        track.items.append(Item(0.0, 0.0, track))
        return track.items[-1]

    @changes
    def AddTakeToMediaItem(self, item: Item) -> Take:
        return Take(item)

    def PCM_Source_CreateFromFile(self, file: str) -> Source | None:
        try:
            return Source(Path(file), soundfile.info(file).duration)
        except soundfile.SoundFileError:
            return None

    def GetMediaSourceLength(self, source: Source) -> tuple[float, bool]:
        return source.seconds, False

    @changes
    def SetMediaItemTake_Source(self, take: Take, source: Source) -> bool:
        take.item.source = source
        return True

    def UpdateItemInProject(self, item: Item) -> None:
        pass

    def GetSet_LoopTimeRange2(
        self, project: int, is_set: bool, is_loop: bool, start: float, end: float, seek: bool
    ) -> tuple[float, float]:
        assert not is_set
        assert not is_loop
        return self.time_selection

    # --- plug-ins -----------------------------------------------------------------------------------------------------

    def TrackFX_GetCount(self, track: Track) -> int:
        return len(track.fx)

    @changes
    def TrackFX_AddByName(self, track: Track, name: str, recording: bool, instantiate: int) -> int:
        assert not recording
        assert instantiate == -1, "always a new one, at the end"
        if not self.has_plugins:
            return -1
        track.fx.append(new_fx(name))
        return len(track.fx) - 1

    @changes
    def TrackFX_Delete(self, track: Track, index: int) -> bool:
        del track.fx[index]
        return True

    def TrackFX_GetFXName(self, track: Track, index: int) -> tuple[bool, str]:
        fx = track.fx[index]
        return True, fx.name or f"VST: {fx.kind} (Cockos)"

    def TrackFX_GetEnabled(self, track: Track, index: int) -> bool:
        return track.fx[index].enabled

    @changes
    def TrackFX_SetEnabled(self, track: Track, index: int, enabled: bool) -> None:
        track.fx[index].enabled = enabled

    def TrackFX_GetNamedConfigParm(self, track: Track, index: int, key: str) -> tuple[bool, str]:
        fx = track.fx[index]
        if key == "renamed_name":
            return bool(fx.name), fx.name
        if key == "vst_chunk":
            return True, fx.chunk
        band = int(key.removeprefix("BANDTYPE"))
        return (True, str(fx.bands[band][0])) if band < len(fx.bands) else (False, "")

    @changes
    def TrackFX_SetNamedConfigParm(self, track: Track, index: int, key: str, value: str) -> bool:
        fx = track.fx[index]
        if key == "renamed_name":
            fx.name = value
        elif key == "vst_chunk":
            if self.takes_chunks:
                fx.chunk = value
        else:
            raise AssertionError(key)
        return True

    def TrackFX_GetNumParams(self, track: Track, index: int) -> int:
        return len(track.fx[index].params)

    def TrackFX_GetParamName(self, track: Track, index: int, number: int) -> tuple[bool, str]:
        return True, list(track.fx[index].params)[number]

    @changes
    def TrackFX_SetParamNormalized(self, track: Track, index: int, number: int, value: float) -> bool:
        fx = track.fx[index]
        fx.params[list(fx.params)[number]] = value
        return True

    # --- rendering ----------------------------------------------------------------------------------------------------

    def GetSetProjectInfo(self, project: int, key: str, value: float, is_set: bool) -> float:
        if key == "PROJECT_SRATE":
            return self.project_rate
        if is_set:
            self._set_render_number(key, value)
        return self.render_numbers[key]

    @changes
    def _set_render_number(self, key: str, value: float) -> None:
        assert key in self.render_numbers
        if key == "RENDER_SETTINGS":
            value = int(value) & self.known_render_flags
        self.render_numbers[key] = float(value)

    def GetSetProjectInfo_String(self, project: int, key: str, value: str, is_set: bool) -> tuple[bool, str]:
        if key == "RENDER_TARGETS":
            assert not is_set
            return True, ";".join(str(file) for _, file in self._targets())
        if is_set:
            self._set_render_text(key, value)
        return True, self.render_texts[key]

    @changes
    def _set_render_text(self, key: str, value: str) -> None:
        assert key in self.render_texts
        self.render_texts[key] = value

    def _targets(self) -> Iterator[tuple[Track, Path]]:
        for number, track in enumerate(self.tracks, 1):
            if track.selected:
                pattern = self.render_texts["RENDER_PATTERN"]
                name = re.sub(r'[\\/:*?"<>|\x00-\x1f]', "_", track.name)
                name = pattern.replace("$tracknumber", f"{number:02}").replace("$track", name).strip()
                yield track, Path(self.render_texts["RENDER_FILE"]) / f"{name}.wav"

    def Main_OnCommand(self, command: int, flag: int) -> None:
        """Renders: each selected track for itself, as the render settings say."""
        assert command == RENDER
        flags = int(self.render_numbers["RENDER_SETTINGS"])
        assert flags & STEMS
        assert not self.master.selected
        assert self.render_numbers["RENDER_BOUNDSFLAG"] == 0
        assert base64.b64decode(self.render_texts["RENDER_FORMAT"])[:5] == b"evaw\x18"
        self.renders += 1
        start, stop = self.render_numbers["RENDER_STARTPOS"], self.render_numbers["RENDER_ENDPOS"]
        rate = int(self.render_numbers["RENDER_SRATE"] or self.project_rate)
        for track, file in self._targets():
            if track.name == self.render_fails_on:
                continue
            mono = flags & MONO and all(item.mono for item in track.items)
            sound = self._sound(track, start, stop, rate, pre_fader=bool(flags & PRE_FADER))
            soundfile.write(file, sound if mono else np.repeat(sound[:, None], 2, axis=1), rate, subtype="PCM_24")

    def _sound(self, track: Track, start: float, stop: float, rate: int, *, pre_fader: bool) -> np.ndarray:
        """A sine while an item is there, struck eight times a second; through what is switched on in the chain."""
        moment = start + np.arange(round((stop - start) * rate)) / rate
        sound = 0.25 * np.sin(2.0 * np.pi * track.hz * moment) * np.exp(-6.0 * np.modf(moment * 8.0)[0])
        there = np.zeros(len(moment), dtype=bool)
        for item in track.items:
            there |= (moment >= item.position) & (moment < item.position + item.length)
        factor = 1.0 if pre_fader else track.volume
        for fx in track.fx:
            factor *= fx.factor if fx.enabled and fx.name.startswith("Tonn") else 1.0
        return sound * there * factor * (not track.mute)

    # --- gfx ----------------------------------------------------------------------------------------------------------

    def _gfx_init(self, title: str, width: int, height: int) -> None:
        self.gfx_open = True

    def _gfx_setfont(self, *_: Any) -> None:
        pass

    def _gfx_set(self, *_: Any) -> None:
        self.drawn = []

    def _gfx_drawstr(self, text: str) -> None:
        self.drawn.append(text)

    def _gfx_update(self) -> None:
        pass

    def _gfx_getchar(self) -> int:
        return self.gfx_keys.pop(0) if self.gfx_keys else 0

    def _gfx_quit(self) -> None:
        self.gfx_open = False


SMALL_LETTERS = {"defer", "file_exists", "time_precise"}
GFX = ("init", "setfont", "set", "drawstr", "update", "getchar", "quit")


@contextmanager
def frozen_mixer(reaper: FakeReaper) -> Iterator[None]:
    """Nothing in the body touches a fader, a pan, a mute, a solo, or what is selected."""
    before = {id(track): track.mixer() for track in reaper.tracks}
    yield
    after = {id(track): track.mixer() for track in reaper.tracks}
    assert {key: after[key] for key in before} == before
