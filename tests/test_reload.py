"""Saved files take effect, or are said to be wrong; the files are real, and time stands still between looks."""

import asyncio
from pathlib import Path

import pytest

from tests.clock import FakeClock
from tonn_bridge.errors import MappingError
from tonn_bridge.mapping import find
from tonn_bridge.reload import LOOK_EVERY_S, Reloader
from tonn_bridge.session import load_session

SESSION = """
[mix]
name = "Song"
style = "ELECTRONIC"
[daw]
mapping = "./daw.toml"
[[track]]
name = "Kick"
url = "https://example.com/kick.wav"
group = "KICK_GROUP"
[[track]]
name = "Bass"
url = "https://example.com/bass.wav"
group = "BASS_GROUP"
"""
SURFACE = '[[surface]]\nmapping = "./desk.toml"\ninput = "X-Touch"\noutput = "X-Touch"\n'


class House:
    """A daemon as the reloader sees it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = FakeClock()
        self.surfaces: list[list[str]] = []
        self.told: list[tuple[str, ...]] = []
        self.busy = False
        self.wrong: str | None = None
        for name, source in (("daw", "reaper"), ("desk", "mackie")):
            (folder / f"{name}.toml").write_text(find(source).read_text("utf-8"), "utf-8")
        self.save(SESSION)
        reloader = Reloader(
            load_session(folder / "session.toml"),
            self.clock,
            check=self._check,
            take_surfaces=self._take,
            busy=lambda: self.busy,
            tell=self.told.append,
        )
        self.next = asyncio.create_task(reloader.next_session())

    def save(self, text: str, name: str = "session.toml") -> None:
        (self.folder / name).write_text(text, "utf-8")

    def _check(self, _) -> None:
        if self.wrong is not None:
            raise MappingError(self.wrong)

    async def _take(self, session) -> None:
        self.surfaces.append([surface.mapping for surface in session.surfaces])

    async def looks(self, until) -> None:
        """Let time pass, look by look, until something is so."""
        async with asyncio.timeout(10):
            while not until():
                self.clock.advance(LOOK_EVERY_S)
                await asyncio.to_thread(lambda: None)

    async def looks_times(self, count: int) -> None:
        for _ in range(count):
            self.clock.advance(LOOK_EVERY_S)
            for _ in range(4):
                await asyncio.to_thread(lambda: None)


@pytest.fixture
async def house(tmp_path):
    house = House(tmp_path)
    await house.looks_times(3)
    yield house
    house.next.cancel()


async def test_another_session_begins_anew(house):
    house.save(SESSION.replace('"Song"', '"Another"'))
    await house.looks(house.next.done)
    assert house.next.result().mix.name == "Another"


async def test_a_mistake_is_said_and_the_old_session_goes_on(house):
    house.save(SESSION.replace("style", "stile"))
    await house.looks(lambda: house.told)
    assert "session.toml" in house.told[-1][0]
    assert 'did you mean "style"' in house.told[-1][0]
    assert not house.next.done()
    house.save(SESSION.replace('"Song"', '"Mended"'))
    await house.looks(house.next.done)
    assert house.next.result().mix.name == "Mended"
    assert house.told[-1] == ()


async def test_a_mistake_in_a_mapping_is_said_as_well(house):
    house.wrong = "daw.toml: strip.gain.adress is not a known key"
    house.save("x = 1", "daw.toml")
    await house.looks(lambda: house.told)
    assert "strip.gain.adress" in house.told[-1][0]
    assert not house.next.done()


async def test_surfaces_are_changed_without_beginning_anew(house):
    house.save(SESSION + SURFACE)
    await house.looks(lambda: house.surfaces)
    assert house.surfaces == [[str(house.folder / "desk.toml")]]
    with (house.folder / "desk.toml").open("a", encoding="utf-8") as file:
        file.write("\n# a remark\n")
    await house.looks(lambda: len(house.surfaces) == 2)
    assert not house.next.done()


async def test_the_daws_mapping_begins_anew(house):
    with (house.folder / "daw.toml").open("a", encoding="utf-8") as file:
        file.write("\n# a remark\n")
    await house.looks(house.next.done)


async def test_what_is_under_way_is_not_cut_short(house):
    house.busy = True
    house.save(SESSION.replace('"Song"', '"Later"'))
    await house.looks(lambda: house.told and house.told[-1])
    assert "takes effect when" in house.told[-1][0]
    await house.looks_times(8)
    assert not house.next.done()
    house.busy = False
    await house.looks(house.next.done)


async def test_nothing_happens_while_nothing_is_saved(house):
    await house.looks_times(8)
    assert (house.told, house.surfaces, house.next.done()) == ([], [], False)
