"""`learn`: a unit in memory is moved, keys are typed, and a mapping file that loads comes of it."""

import asyncio
import tomllib

import pytest

from tests.clock import FakeClock
from tests.learning.gestures import fader, press, toggled
from tonn_bridge.cli.learn import Wish, teach, warn_of_daemon
from tonn_bridge.errors import MappingError, PortError
from tonn_bridge.mapping import load_surface
from tonn_bridge.mapping.surface import Function
from tonn_bridge.ports.midi import PortNames, Wanted, memory_midi

NANO = "nanoKONTROL2:nanoKONTROL2 nanoKONTROL2 _ CTRL 28:0"
KEYS = "Keystation:Keystation MIDI 1 24:0"


class Pupil:
    """The unit, the hands on it, and the person at the terminal."""

    def __init__(self):
        self.clock = FakeClock()
        self.midi = memory_midi()
        self.said = []
        self._typed = asyncio.Queue()
        self._gear = {name: self._plug(name) for name in (KEYS, NANO)}

    def _plug(self, name):
        return self.midi.open(Wanted(name, name, virtual=True), list, lambda: None)

    async def take_lesson(self, *script, **wish):
        """A lesson in which the script's texts are typed and its gestures played on the nanoKONTROL2."""
        await asyncio.sleep(0)
        teaching = asyncio.create_task(
            teach(Wish(**wish), self.midi, self.midi.ports, self.clock, self._typed.get, self.said.append)
        )
        for each in script:
            await self._until_asked()
            if isinstance(each, str):
                self._typed.put_nowait(each)
            else:
                await self._play(each)
        async with asyncio.timeout(5):
            return await teaching

    async def _until_asked(self):
        for _ in range(20):
            await asyncio.sleep(0)

    async def _play(self, said):
        for delay, message in said:
            await self.clock.run(delay)
            self._gear[NANO].send([message])
            await asyncio.sleep(0)
        await self.clock.run(1.2, step=0.1)


@pytest.fixture
async def pupil(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Pupil()


FADERS = [fader(n) for n in range(4)]
END = "q\n"


async def test_a_lesson_ends_with_a_file_that_loads_and_says_how_to_use_it(pupil, tmp_path):
    written = await pupil.take_lesson(*FADERS, *["\n"] * 6, press(41), toggled(42, on=True), END, "y\n", name="nano")
    surface = load_surface("./nano.toml", tmp_path)

    assert (surface.name, surface.caps.faders, surface.caps.lamps) == ("nano", 4, True)
    assert set(surface.caps.functions.values()) == {Function.PREVIEW, Function.APPLY}
    assert {"fader 4: CC 3 on channel 1", "the button for preview: CC 41 on channel 1"} <= set(pupil.said)
    assert tomllib.loads("\n".join(written.session)) == {
        "surface": [{"mapping": "./nano.toml", "input": "nanoKONTROL2", "output": "nanoKONTROL2"}]
    }


async def test_without_a_name_it_takes_the_units_and_replaces_nothing(pupil, tmp_path):
    (tmp_path / "nanokontrol2.toml").write_text("mine", encoding="utf-8")
    written = await pupil.take_lesson(*FADERS, END)
    assert str(written.path) == "nanokontrol2-2.toml"
    assert (tmp_path / "nanokontrol2.toml").read_text(encoding="utf-8") == "mine"
    assert load_surface("./nanokontrol2-2.toml", tmp_path).name == "nanoKONTROL2"


async def test_one_input_can_be_chosen(pupil):
    with pytest.raises(PortError, match="nothing was bound"):
        await pupil.take_lesson(*FADERS, END, part="Keystation")
    assert not any("fader 1:" in line for line in pupil.said)


@pytest.mark.parametrize(("answer", "replaced"), [("y\n", True), ("\n", False)])
async def test_a_file_is_replaced_after_a_question(pupil, tmp_path, answer, replaced):
    (tmp_path / "nano.toml").write_text("mine", encoding="utf-8")
    lesson = pupil.take_lesson(answer, *FADERS, END, name="nano")
    if replaced:
        await lesson
        assert load_surface("./nano.toml", tmp_path).caps.faders == 4
    else:
        with pytest.raises(MappingError, match="there already; give another name, or add --force"):
            await lesson
        assert (tmp_path / "nano.toml").read_text(encoding="utf-8") == "mine"
    assert pupil.said[0] == "nano.toml is there already. Replace it in the end? y: yes, Enter: no."


async def test_force_replaces_without_a_question(pupil, tmp_path):
    (tmp_path / "nano.toml").write_text("mine", encoding="utf-8")
    await pupil.take_lesson(*FADERS, END, name="nano", force=True)
    assert load_surface("./nano.toml", tmp_path).caps.faders == 4


async def test_the_file_can_be_named(pupil, tmp_path):
    (tmp_path / "song").mkdir()
    written = await pupil.take_lesson(*FADERS, END, name="nano", output=tmp_path / "song")
    assert written.path == tmp_path / "song" / "nano.toml"
    other = await pupil.take_lesson(*FADERS, END, output=tmp_path / "other.toml")
    assert other.path == tmp_path / "other.toml"
    assert other.session[1] == f'mapping = "{tmp_path.as_posix()}/other.toml"'


async def test_a_folder_that_is_not_there_is_said(pupil, tmp_path):
    with pytest.raises(MappingError, match="nowhere"):
        await pupil.take_lesson(*FADERS, END, name="nano", output=tmp_path / "nowhere" / "nano.toml")


async def test_the_end_of_input_ends_the_lesson(pupil, tmp_path):
    with pytest.raises(PortError, match="nothing was bound, so nothing is written"):
        await pupil.take_lesson("\n\n\n", "", name="nano")
    assert list(tmp_path.iterdir()) == []


async def test_inputs_that_nobody_can_open_are_said(pupil, monkeypatch):
    monkeypatch.setattr("tonn_bridge.cli.learn.OPENING_S", 0.0)
    with pytest.raises(PortError, match='MIDI input "gone" is not connected'):
        await teach(Wish(), pupil.midi, PortNames(inputs=("gone",)), pupil.clock, asyncio.Queue().get, print)


async def test_no_input_at_all_is_said():
    with pytest.raises(PortError, match="plug the surface in and switch it on"):
        await teach(Wish(), memory_midi(), PortNames(), FakeClock(), asyncio.Queue().get, print)


@pytest.mark.parametrize("name", ["plugin", "plugin.toml", "../nano", "", "a/b"])
async def test_a_name_that_no_surface_can_have_is_exit_2(run_here, name):
    refused = await run_here("learn", name)
    assert (refused.code, refused.out) == (2, "")


async def test_without_midi_it_says_what_to_do(run, tmp_path):
    ended = await run("learn", "nano", JACK_NO_START_SERVER="1", typed="")
    assert ended.code == 1
    assert ended.err.startswith("tonn-bridge: no MIDI")
    assert list(tmp_path.glob("*.toml")) == []


@pytest.mark.parametrize("connected", [True, False])
async def test_it_warns_where_a_running_daemon_hears_a_surface_too(daemon, connected):
    said = []
    async with daemon() as (bridge, url, _):
        bridge.change(endpoints=[{"name": "surface", "mapping": "nano", "connected": connected, "problems": []}])
        await warn_of_daemon(said.append, url)
    assert len(said) == connected
