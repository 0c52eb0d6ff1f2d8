"""`learn law`: a simulated host's fader is moved, and what it prints is kept where the daemon looks for it."""

import asyncio

import pytest

from tests.clock import FakeClock
from tests.peers.mcu_host import McuHost, db_law
from tonn_bridge.cli.learn_law import LawWish, teach_law
from tonn_bridge.core import Gain
from tonn_bridge.errors import UnknownTrack
from tonn_bridge.mapping import load_device
from tonn_bridge.mapping.device import law_of
from tonn_bridge.ports.midi import memory_midi
from tonn_bridge.session import load_session

SESSION = """
[mix]
name = "Song"
style = "ELECTRONIC"
[daw]
mapping = "mackie-host"
[[track]]
name = "Kick"
url = "https://example.com/kick.wav"
group = "KICK_GROUP"
[[track]]
name = "Bass"
url = "https://example.com/bass.wav"
group = "BASS_GROUP"
"""


class Lesson:
    """A host with two tracks, the session that names it, and somebody at the terminal."""

    def __init__(self, folder):
        self.clock = FakeClock()
        self.host = McuHost(["Kick", "Bass"], self.clock, law=db_law)
        self.midi = memory_midi()
        self.said = []
        self.folder = folder
        (folder / "session.toml").write_text(SESSION, "utf-8")
        self.session = load_session(folder / "session.toml")

    async def take(self, answer="", **wish):
        async def typed():
            return answer

        self.host.start(self.midi)
        teaching = asyncio.create_task(
            teach_law(
                LawWish(**wish), self.session, self.midi, self.clock, typed, self.said.append, self.folder / "laws"
            )
        )
        while not teaching.done():
            await self.clock.run(0.2, step=0.02)
        return teaching.result()


@pytest.fixture
def lesson(tmp_path):
    return Lesson(tmp_path)


async def test_the_law_is_kept_where_the_daemon_finds_it_and_the_fader_put_back(lesson):
    mapping = load_device("mackie-host")
    path = await lesson.take(answer="y\n", track="bass", version="11.2")
    assert path.is_file()
    law = law_of(mapping, "mackie-host", lesson.folder / "laws")
    assert law.gain(0.75).db == pytest.approx(db_law(0.75), abs=0.1)
    assert law.position(Gain(-10.0)) > 0.0
    assert lesson.host.track("Bass").fader == lesson.host.track("Kick").fader == 12_000
    assert any('"Bass" is moved' in line for line in lesson.said)
    assert any("ends at +12.0 dB" in line for line in lesson.said)


async def test_nothing_moves_without_a_yes(lesson):
    assert await lesson.take(answer="\n") is None
    assert not any(message[0] & 0xF0 == 0xE0 for message in lesson.host.heard)
    assert not (lesson.folder / "laws").exists()


async def test_a_track_that_the_daw_does_not_show(lesson):
    with pytest.raises(UnknownTrack, match='it shows "Kick", "Bass"'):
        await lesson.take(track="Vox")


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        pytest.param("reaper", "speaks OSC", id="a-daw-on-osc"),
        pytest.param("mackei-host", "did you mean", id="no-such"),
    ],
)
async def test_what_cannot_be_learnt_is_said(run_here, tmp_path, mapping, words):
    (tmp_path / "session.toml").write_text(SESSION.replace("mackie-host", mapping), "utf-8")
    ended = await run_here("learn", "law")
    assert ended.code == 2
    assert words in ended.err
