"""`learn plugin`: simulated DAWs over real sockets; what their texts tell is kept where the daemon looks for it."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clock import FakeClock
from tests.daemon import free_address
from tests.peers import live_devices as live
from tests.peers.bitwig import SimulatedBitwig
from tests.peers.bitwig_devices import EQ_DB, HZ, EqPlus, Q
from tests.peers.live import SimulatedLive
from tests.peers.x32 import SimulatedX32
from tonn_bridge.cli.learn_plugin import PluginWish, teach_plugins
from tonn_bridge.core.dial_marks import AIM, apart
from tonn_bridge.core.plugins import Slot
from tonn_bridge.demo import reaper_fx
from tonn_bridge.demo.reaper import SimulatedReaper
from tonn_bridge.demo.reaper_patterns import PLUG_IN_PATTERNS
from tonn_bridge.demo.simulated import SimulatedPeer
from tonn_bridge.errors import PortError, UnknownTrack
from tonn_bridge.mapping import find
from tonn_bridge.mapping.plugins import LearntDials, load_dials
from tonn_bridge.session import Session, load_session

SESSION = """
[mix]
name = "Song"
style = "ELECTRONIC"
[daw]
mapping = "{mapping}"
send = "{send}"
listen = "{listen}"
[[track]]
name = "Kick"
url = "https://example.com/kick.wav"
group = "KICK_GROUP"
[[track]]
name = "Bass"
url = "https://example.com/bass.wav"
group = "BASS_GROUP"
"""
Law = Callable[[float], float]


class Room:
    """A lesson with a simulated DAW, and somebody at the terminal."""

    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock()
        self.folder = folder
        self.laws = folder / "state" / "laws"
        self.said: list[str] = []
        self.listen = free_address()
        self.meanwhile: Callable[[], None] = lambda: None
        self.task: asyncio.Task[list[Path]] | None = None

    async def take(self, peer: SimulatedPeer, mapping: str, answer: str = "", **wish: object) -> list[Path]:
        await peer.start()
        session = self.session(mapping, peer.address)

        async def typed() -> str:
            return answer

        wanted = PluginWish(**wish)  # type: ignore[arg-type]
        teaching = teach_plugins(wanted, session, self.clock, typed, self.said.append, self.laws)
        self.task = asyncio.create_task(teaching)
        try:
            async with asyncio.timeout(60):
                while not self.task.done():
                    await self.clock.run(0.2, step=0.02)
                    self.meanwhile()
            return self.task.result()
        finally:
            await peer.stop()

    def session(self, mapping: str, send: tuple[str, int]) -> Session:
        path = self.folder / "session.toml"
        path.write_text(SESSION.format(mapping=mapping, send=_text(send), listen=_text(self.listen)), "utf-8")
        return load_session(path)

    def learnt(self, mapping: str) -> dict[str, LearntDials]:
        return {found.plugin: found for found in load_dials(self.laws, mapping)}

    def live(self, chain: Callable[[int], list[live.LiveDevice]] = live.equipped) -> SimulatedLive:
        return SimulatedLive(["Kick", "Bass"], self.clock, self.listen[1], chain=chain)

    def reaper(self, patterns: str = PLUG_IN_PATTERNS) -> tuple[SimulatedReaper, str]:
        """REAPER as its companion sets it up, and a mapping that has it tell of two tracks and plug-ins only."""
        peer = SimulatedReaper(
            ["Kick", "Bass"], self.clock, self.listen, patterns=patterns, chain=reaper_fx.prepared_chain
        )
        text = find("reaper").read_text("utf-8")
        counts = '"/device/fx/count", args = [{ type = "i", value = '
        assert f"{counts}8" in text
        assert "most = 512" in text
        small = text.replace(f"{counts}8", f"{counts}2").replace("most = 512", "most = 2")
        (self.folder / "reaper.toml").write_text(small, "utf-8")
        return peer, "./reaper.toml"


def _text(address: tuple[str, int]) -> str:
    return f"{address[0]}:{address[1]}"


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Room:
    monkeypatch.setenv("TONN_BRIDGE_STATE", str(tmp_path))  # where a daemon would look for it
    return Room(tmp_path)


def worst(found: LearntDials, key: str, law: Law, low: float, high: float) -> float:
    """The largest error of a learnt dial where it shows `low` to `high`."""
    table, unit = found.dials[key].law(), found.dials[key].unit
    places = [place / 300 for place in range(301) if low <= law(place / 300) <= high]
    assert places
    return max(apart(unit, table.shown(place), law(place)) for place in places)


def values(peer: SimulatedLive) -> list[float]:
    return [parameter.value for track in peer.tracks for device in track.devices for parameter in device.parameters]


def positions(peer: SimulatedReaper) -> list[float]:
    return [position for track in peer.tracks for fx in track.chain for position in fx.positions]


async def test_live_s_devices_are_learnt_for_its_version_and_put_back(room: Room) -> None:
    peer = room.live()
    before = values(peer)
    paths = await room.take(peer, "ableton", answer="y\n")
    assert values(peer) == pytest.approx(before, rel=1e-6)  # floats of 32 bits
    learnt = room.learnt("ableton")
    assert set(learnt) == {"EQ Eight", "Compressor"}
    assert {found.version for found in learnt.values()} == {"12.1"}
    assert all(path.is_file() for path in paths)
    eq, comp = learnt["EQ Eight"], learnt["Compressor"]
    assert worst(eq, "freq", live.eq_hz, 20.0, 20_000.0) <= AIM[eq.dials["freq"].unit]
    assert worst(eq, "q", live.eq_q, 0.5, 10.0) <= AIM[eq.dials["q"].unit]
    assert worst(comp, "threshold", live.comp_db, -60.0, 0.0) <= AIM[comp.dials["threshold"].unit]
    assert worst(comp, "ratio", live.comp_ratio, 1.0, 20.0) <= AIM[comp.dials["ratio"].unit]
    assert worst(comp, "attack", live.comp_attack_ms, 0.5, 100.0) <= AIM[comp.dials["attack"].unit]
    assert worst(comp, "release", live.comp_release_ms, 1.0, 1000.0) <= AIM[comp.dials["release"].unit]


async def test_reaper_s_plug_ins_are_learnt_and_put_back(room: Room) -> None:
    peer, mapping = room.reaper()
    before = positions(peer)
    await room.take(peer, mapping, yes=True, version="7.20", track="Bass")
    assert positions(peer) == pytest.approx(before, rel=1e-6)
    learnt = room.learnt("reaper")
    assert set(learnt) == {"ReaEQ", "ReaComp"}
    assert {found.version for found in learnt.values()} == {"7.20"}
    assert worst(learnt["ReaEQ"], "freq", reaper_fx.eq_hz, 20.0, 20_000.0) <= 0.01
    assert worst(learnt["ReaEQ"], "gain", reaper_fx.eq_db, -20.0, 20.0) <= 0.1
    assert worst(learnt["ReaEQ"], "q", reaper_fx.eq_octaves, 0.5, 4.0) <= 0.02


async def test_bitwig_s_equaliser_is_learnt_on_the_selected_track_and_put_back(room: Room) -> None:
    peer = SimulatedBitwig(["Kick", "Bass"], room.clock, room.listen)
    for name in ("Kick", "Bass"):
        peer.insert(name, EqPlus())
    before = [knob.at for name in ("Kick", "Bass") for knob in peer.eq(name).knobs]
    await room.take(peer, "bitwig", yes=True)
    after = [knob.at for name in ("Kick", "Bass") for knob in peer.eq(name).knobs]
    assert after == pytest.approx(before, abs=0.5 / 16383)  # it tells whole numbers up to that
    found = room.learnt("bitwig")["EQ+"]
    for key, law, low, high in (("freq", HZ, 20.0, 20_000.0), ("gain", EQ_DB, -20.0, 20.0), ("q", Q, 0.5, 10.0)):
        table, unit = found.dials[key].law(), found.dials[key].unit
        places = [place / 300 for place in range(301) if low <= law.shown(place / 300) <= high]
        off = max(apart(unit, table.shown(16383.0 * place), law.shown(place)) for place in places)
        assert off <= AIM[unit], key


async def test_what_was_learnt_is_in_force_and_can_be_checked_again(room: Room) -> None:
    await room.take(room.live(), "ableton", yes=True, slot=Slot.COMP)
    room.said.clear()
    kept = room.learnt("ableton")
    assert await room.take(room.live(), "ableton", yes=True, slot=Slot.COMP, check=True) == []
    assert [line.split(": ")[1].split(";")[0] for line in room.said if line.startswith("  ")] == ["known"] * 4
    assert not any("TOO MUCH" in line for line in room.said)
    assert room.learnt("ableton") == kept


async def test_another_version_s_law_is_found_out_by_a_check(room: Room) -> None:
    await room.take(room.live(), "ableton", yes=True, slot=Slot.COMP)
    room.said.clear()

    def changed(number: int) -> list[live.LiveDevice]:
        device = live.compressor()
        device.parameter("Threshold").shows = lambda raw: 70.0 * raw - 64.0
        return [device]

    await room.take(room.live(changed), "ableton", yes=True, check=True)
    assert [line.split(":")[0].strip() for line in room.said if "TOO MUCH" in line] == ["threshold"]


async def test_nothing_is_turned_without_a_yes(room: Room) -> None:
    peer = room.live()
    before = values(peer)
    assert await room.take(peer, "ableton", answer="\n") == []
    assert values(peer) == before
    assert 'EQ Eight on "Kick": freq, q to be learnt' in room.said
    assert not room.laws.exists()


async def test_a_lesson_that_is_broken_off_puts_the_dial_back(room: Room) -> None:
    peer = room.live()
    before = values(peer)

    def break_off() -> None:
        if room.task is not None and values(peer) != before and not room.task.cancelling():
            room.task.cancel()

    room.meanwhile = break_off
    with pytest.raises(asyncio.CancelledError):
        await room.take(peer, "ableton", yes=True)
    assert values(peer) == pytest.approx(before, rel=1e-6)
    assert not room.laws.exists()


async def test_a_daw_that_goes_in_the_middle_is_told_of_with_what_stays_turned(room: Room) -> None:
    peer = room.live()
    before = values(peer)

    def go() -> None:
        if values(peer) != before:
            peer.loses = lambda _address, _args: True

    room.meanwhile = go
    with pytest.raises(PortError, match="EQ Eight, freq: the DAW tells nothing of this dial any more"):
        await room.take(peer, "ableton", yes=True)
    assert any("could not be put back: it stood at" in line for line in room.said)
    assert not room.laws.exists()


async def test_a_console_that_shows_no_text_is_said_to_be_checked_by_nothing(room: Room) -> None:
    peer = SimulatedX32(["Kick", "Bass"], room.clock)
    assert await room.take(peer, "x32", yes=True, slot=Slot.COMP) == []
    assert any("shows no text that could check" in line for line in room.said)


async def test_patterns_without_texts_are_told_with_what_to_do_in_this_daw(room: Room) -> None:
    peer, mapping = room.reaper(PLUG_IN_PATTERNS.replace(" s/track/@/fx/@/fxparam/@/value/str", ""))
    before = positions(peer)
    with pytest.raises(PortError, match=r"beside this dial\. In REAPER's Preferences .*tonn-bridge\.ReaperOSC\)$"):
        await room.take(peer, mapping, yes=True)
    assert positions(peer) == pytest.approx(before, rel=1e-6)


async def test_how_long_it_takes_is_told_before(room: Room) -> None:
    await room.take(room.live(), "ableton", answer="\n")
    assert any("2 to 10 seconds each" in line for line in room.said)


@pytest.mark.parametrize(
    ("wish", "error", "words"),
    [
        pytest.param({"track": "Vox"}, UnknownTrack, 'no track "Vox"; it has "Kick", "Bass"', id="no-such-track"),
        pytest.param({"slot": Slot.TRIM}, PortError, "no plug-in that serves as trim", id="no-such-slot"),
        pytest.param({"track": "Bass"}, PortError, 'no EQ Eight or Compressor stands on "Bass". Drag', id="none-there"),
        pytest.param({}, PortError, "on any track of the session", id="none-anywhere"),
    ],
)
async def test_what_cannot_be_found_is_said(
    room: Room, wish: dict[str, object], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        await room.take(room.live(lambda _number: [live.other_device()]), "ableton", yes=True, **wish)


async def test_a_daw_that_is_silent_is_not_waited_for_for_ever(room: Room) -> None:
    peer = room.live()
    peer.loses = lambda _address, _args: True
    with pytest.raises(PortError, match="Ableton Live does not tell its tracks"):
        await room.take(peer, "ableton", yes=True)


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        pytest.param("mackie-host", "over MIDI, which does not reach plug-ins", id="on-midi"),
        pytest.param("osc", "says nothing of plug-ins", id="no-plug-ins"),
    ],
)
async def test_a_session_that_has_no_plug_ins_to_learn(run_here, tmp_path, mapping, words):
    text = SESSION.format(mapping=mapping, send="127.0.0.1:9", listen="127.0.0.1:0")
    if mapping == "mackie-host":
        text = "\n".join(line for line in text.splitlines() if not line.startswith(("send", "listen")))
    (tmp_path / "song.toml").write_text(text, "utf-8")
    ended = await run_here("learn", "plugin", "song.toml")
    assert ended.code == 2
    assert words in ended.err


async def test_a_surface_is_not_learnt_of_a_session(run_here):
    ended = await run_here("learn", "nanokontrol", "song.toml")
    assert ended.code == 2
    assert 'only "law" and "plugin" are learnt of a session' in " ".join(ended.err.split())


async def test_it_is_refused_beside_the_daemon_of_the_session(run, tmp_path, daemon):
    async with daemon() as (_, url, _):
        text = SESSION.format(mapping="ableton", send="127.0.0.1:9", listen="127.0.0.1:0")
        text = text.replace('"Kick"', '"Bass [di]"').replace('"Bass"', '"Kick"')
        text += f'[control]\nhttp = "{url.removeprefix("http://")}"\n'
        (tmp_path / "session.toml").write_text(text, "utf-8")
        ended = await run("learn", "plugin")
    assert ended.code == 1
    assert "end it first, then learn" in ended.err
