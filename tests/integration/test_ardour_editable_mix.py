"""The editable mix in a real Ardour: Tonn's equaliser and compressor in ACE plug-ins, proved, turned, taken back."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.daemon import Daemon, Document, make_session, running_daemon
from tests.peers.ardour import Ardour
from tests.peers.require import require
from tests.sandbox_server import SandboxServer
from tonn_bridge.core.dials import octaves_of

NAMES = ("Kick", "Bass", "Vox", "Keys", "Bare")
"""Three mono tracks, a stereo one, and one without plug-ins."""
EQ, COMP, STEREO_COMP = "urn:ardour:a-eq", "urn:ardour:a-comp", "urn:ardour:a-comp#stereo"
EQ_PARAMS, COMP_PARAMS = 24, (1, 2, 3, 4, 5, 6, 10, 11)
OWN = {("Kick", 0, 4): 5.0, ("Kick", 0, 3): 77.0, ("Bass", 1, 5): 2.5, ("Vox", 2, 5): -33.0, ("Keys", 2, 4): 7.5}
"""What the user has turned before: (track, plug-in from 0, parameter): value."""

Engine = dict[tuple[str, int, int], float]


@pytest.fixture(scope="module")
def ardour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ardour]:
    require("ardour")
    with Ardour(tmp_path_factory.mktemp("ardour"), ["Kick", "Bass", "Vox", "Bare"]) as running:
        running.add_track("Keys", channels=2)
        for name in NAMES[:4]:
            for uri in (EQ, EQ, STEREO_COMP if name == "Keys" else COMP):
                running.add_plugin(name, uri)
        for (name, place, param), value in OWN.items():
            running.set_plugin_param(name, place, param, value)
        running.bypass_plugin("Vox", 2, on=False)
        yield running


@asynccontextmanager
async def at_work(ardour: Ardour, tonn: SandboxServer, folder: Path) -> AsyncIterator[Daemon]:
    session = make_session(folder, NAMES, "ardour", send=("127.0.0.1", ardour.port), tonn=tonn.url)
    async with running_daemon(session, folder / "state") as daemon:
        await daemon.connected()
        await daemon.does("preview")
        yield daemon
        if (await daemon.document())["state"] in ("applied", "done"):
            await daemon.does("revert")


async def test_what_tonn_proposes_stands_in_ardours_own_plugins_and_is_proved(
    ardour: Ardour, tonn: SandboxServer, tmp_path: Path
) -> None:
    async with at_work(ardour, tonn, tmp_path) as daemon:
        document = await daemon.does("apply")
        held = await engine(ardour)
        for track in document["tracks"][:4]:
            name, proposal = track["name"], track["proposal"]
            for bell, band in enumerate(proposal["eq"]):
                place, first = bell // 4, 3 + 3 * (bell % 4)
                assert held[name, place, first] == pytest.approx(band["freq_hz"], rel=0.01)
                assert held[name, place, first + 1] == pytest.approx(band["gain_db"], abs=0.1)
                assert held[name, place, first + 2] == pytest.approx(octaves_of(band["q"]), rel=0.02)
            comp = proposal["comp"]
            assert held[name, 2, 5] == pytest.approx(comp["threshold_db"], abs=0.1)
            assert held[name, 2, 4] == pytest.approx(comp["ratio"], rel=0.02)
            assert held[name, 2, 1] == pytest.approx(comp["attack_s"] * 1000.0, rel=0.02)
            assert held[name, 2, 2] == pytest.approx(comp["release_s"] * 1000.0, rel=0.02)
            assert (held[name, 2, 6], held[name, 2, 3]) == (0.0, 0.0)  # neither make-up nor knee
            wanted = 3 + 3 * len(proposal["eq"]) + 4
            assert [row["verdict"] for row in track["proof"]] == ["confirmed"] * wanted
            assert all(within(row) for row in track["proof"])
        assert document["proof"] == {"confirmed": sum(len(t["proof"]) for t in document["tracks"]), "off": 0,
                                     "not_confirmed": 0}  # fmt: skip


async def test_a_track_without_plugins_is_said_and_gets_its_fader(
    ardour: Ardour, tonn: SandboxServer, tmp_path: Path
) -> None:
    async with at_work(ardour, tonn, tmp_path) as daemon:
        document = await daemon.does("apply")
        bare = document["tracks"][4]
        problems = [plugin["problem"] for plugin in bare["plugins"] if not plugin["found"]]
        assert len(problems) == 2
        assert all("ACE" in problem for problem in problems)
        assert "Bare" in document["text"]
        assert {row["parameter"] for row in bare["proof"]} == {"gain_db", "pan", "trim_db"}


async def test_the_users_own_values_come_back_to_the_last_bit(
    ardour: Ardour, tonn: SandboxServer, tmp_path: Path
) -> None:
    async with at_work(ardour, tonn, tmp_path) as daemon:
        before = await engine(ardour)
        await daemon.does("apply")
        applied = await engine(ardour)
        assert applied != before
        assert await asyncio.to_thread(ardour.plugin_on, "Vox", 2)
        await daemon.does("compare")
        assert await engine(ardour) == before
        await daemon.does("compare")
        assert await engine(ardour) == applied
        await daemon.does("revert")
        assert await engine(ardour) == before
        assert not await asyncio.to_thread(ardour.plugin_on, "Vox", 2)


async def test_a_knob_turned_inside_ardour_goes_with_the_final_mix(
    ardour: Ardour, tonn: SandboxServer, tmp_path: Path
) -> None:
    async with at_work(ardour, tonn, tmp_path) as daemon:
        document = await daemon.does("apply")
        bands = document["tracks"][1]["proposal"]["eq"]
        await asyncio.to_thread(ardour.set_plugin_param, "Bass", 0, 4, 4.5)
        document = await daemon.until(lambda found: found["tracks"][1]["tuned"] == ["eq"])
        assert document["tracks"][1]["current"]["eq"][0]["gain_db"] == pytest.approx(4.5)
        await daemon.does("final")
        (task,) = [task for task in tonn.tasks() if task["task_id"] == document["task_id"]]
        body = next(sent["body"] for sent in reversed(task["requests"]) if sent["endpoint"] == "/retrievefinalmix")
        sent = body["applyAudioEffectsData"]["trackData"]
        assert [sorted(track.keys() - {"trackURL", "gainDb"}) for track in sent] == [[], ["eq_settings"], [], [], []]
        settings = sent[1]["eq_settings"]
        assert settings[f"band_{bands[0]['band']}"]["gain"] == pytest.approx(4.5)
        assert settings[f"band_{bands[0]['band']}"]["centre_freq"] == pytest.approx(bands[0]["freq_hz"])


async def engine(ardour: Ardour) -> Engine:
    """Every parameter of every plug-in in Ardour's own engine, past OSC."""

    def ask() -> Engine:
        places = [(0, range(1, EQ_PARAMS + 1)), (1, range(1, EQ_PARAMS + 1)), (2, COMP_PARAMS)]
        return {
            (name, place, param): ardour.plugin_param(name, place, param)
            for name in NAMES[:4]
            for place, params in places
            for param in params
        }

    return await asyncio.to_thread(ask)


def within(row: Document) -> Any:
    """Whether a value was read back within 0.1 dB, 1 % of frequency, 2 % of Q, ratio and times."""
    percent = 1.0 if row["parameter"].endswith("freq_hz") else 2.0
    return abs(row["error"]) <= {"dB": 0.1, "%": percent, "": 0.001}[row["unit"]]
