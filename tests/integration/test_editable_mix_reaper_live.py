"""The editable mix in the simulated REAPER and Live, through the real daemon: set, proved, turned, taken back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.daemon import Daemon, make_session, running_daemon
from tests.integration.plugin_studios import STUDIOS, Studio
from tests.peers.dials import keep_learnt
from tests.sandbox_server import SandboxServer
from tonn_bridge.clock import SystemClock
from tonn_bridge.core.dials import octaves_of
from tonn_bridge.core.plugins import Slot

NAMES = ("Kick", "Bass", "Pad")


@asynccontextmanager
async def at_work(daw: str, tonn: SandboxServer, folder: Path) -> AsyncIterator[tuple[Daemon, Studio]]:
    """A daemon that has Tonn's proposal, and the DAW."""
    studio = STUDIOS[daw](NAMES, SystemClock())
    await studio.peer.start()
    keep_learnt(folder / "state", daw)
    session = make_session(folder, NAMES, daw, send=studio.peer.address, listen=studio.listen, tonn=tonn.url)
    async with running_daemon(session, folder / "state") as daemon:
        await daemon.connected()
        await daemon.does("preview")
        yield daemon, studio
    await studio.peer.stop()


@pytest.mark.parametrize("daw", STUDIOS)
async def test_the_whole_round(daw: str, tonn: SandboxServer, tmp_path: Path) -> None:
    async with at_work(daw, tonn, tmp_path) as (daemon, studio):
        studio.switch_off("Pad")
        user = standing(studio)

        document = await daemon.does("apply")
        assert document["proof"]["off"] == document["proof"]["not_confirmed"] == 0, document["proof"]
        for track in document["tracks"]:
            held = studio.stands(track["name"])
            assert held == near(track["proposal"]) | {"comp.knee": 0.0, "comp.make-up": 0.0} | untold(track, held)
            rows = {row["parameter"]: row["verdict"] for row in track["proof"]}
            assert {"gain_db", "pan", "comp.threshold_db", "comp.ratio", "comp.attack_s", "comp.release_s"} < set(rows)
            assert len(rows) == 6 + 3 * len(track["proposal"]["eq"])
            assert set(rows.values()) == {"confirmed"}

        applied = standing(studio)
        await daemon.does("compare")
        assert standing(studio) == exactly(user)
        await daemon.does("compare")
        assert standing(studio) == exactly(applied)

        studio.turn("Bass", "ratio", 3.0)
        document = await daemon.until(lambda found: "comp" in found["tracks"][1]["tuned"])
        assert document["tracks"][1]["current"]["comp"]["ratio"] == pytest.approx(3.0, rel=0.01)
        assert [document["tracks"][number]["tuned"] for number in (0, 2)] == [[], []]
        document = await daemon.does("final")
        (task,) = [task for task in tonn.tasks() if task["task_id"] == document["task_id"]]
        body = next(sent["body"] for sent in reversed(task["requests"]) if "applyAudioEffectsData" in sent["body"])
        sent = body["applyAudioEffectsData"]["trackData"]
        assert [sorted(track.keys() - {"trackURL", "gainDb"}) for track in sent] == [[], ["compression_settings"], []]
        assert sent[1]["compression_settings"]["ratio"] == pytest.approx(3.0, rel=0.01)

        await daemon.does("revert")
        assert standing(studio) == exactly(user), "exactly the user's own plug-ins"


@pytest.mark.parametrize("daw", STUDIOS)
async def test_a_missing_plug_in_is_said_on_its_track_and_the_rest_is_set(
    daw: str, tonn: SandboxServer, tmp_path: Path
) -> None:
    async with at_work(daw, tonn, tmp_path) as (daemon, studio):
        studio.remove("Bass", Slot.COMP)
        document = await daemon.does("apply")
        (kick, bass, _) = document["tracks"]
        assert [plugin["problem"] for plugin in kick["plugins"]] == [None, None]
        (problem,) = [plugin["problem"] for plugin in bass["plugins"] if not plugin["found"]]
        assert "on this track" in problem
        rows = {row["parameter"] for row in bass["proof"]}
        assert not any(row.startswith("comp.") for row in rows)
        assert any(row.startswith("eq.") for row in rows)
        assert document["proof"]["off"] == document["proof"]["not_confirmed"] == 0


@pytest.mark.parametrize("daw", STUDIOS)
async def test_a_track_whose_compressor_does_not_obey_is_given_back(
    daw: str, tonn: SandboxServer, tmp_path: Path
) -> None:
    async with at_work(daw, tonn, tmp_path) as (daemon, studio):
        user = studio.untouched("Pad")
        studio.break_ratio("Pad")
        document = await daemon.does("apply")
        pad = document["tracks"][2]
        assert "comp.ratio" in pad["fault"]
        assert [track["fault"] for track in document["tracks"][:2]] == [None, None]
        eq_of = {found[0]: found[1] for found in studio.untouched("Pad") if "Eq" in found[0] or "EQ" in found[0]}
        assert eq_of == {found[0]: pytest.approx(found[1], rel=1e-6, abs=1e-9) for found in user if found[0] in eq_of}


@pytest.mark.parametrize("daw", STUDIOS)
async def test_lost_writes_are_made_good(daw: str, tonn: SandboxServer, tmp_path: Path) -> None:
    async with at_work(daw, tonn, tmp_path) as (daemon, studio):
        studio.lose(5)
        document = await daemon.does("apply")
        assert document["proof"]["off"] == document["proof"]["not_confirmed"] == 0
        for track in document["tracks"]:
            held = studio.stands(track["name"])
            assert held == near(track["proposal"]) | {"comp.knee": 0.0, "comp.make-up": 0.0} | untold(track, held)


def standing(studio: Studio) -> Any:
    return {name: studio.untouched(name) for name in NAMES}


def exactly(found: dict[str, list[tuple[str, list[float]]]]) -> Any:
    """Equal within what a float on the wire carries."""
    return {
        name: [(plug_in, pytest.approx(values, rel=1e-6, abs=1e-9)) for plug_in, values in chain]
        for name, chain in found.items()
    }


def near(proposal: dict[str, Any]) -> dict[str, Any]:
    """What shall stand in the plug-ins: within 0.1 dB, 1 % of a frequency, 2 % of everything else."""
    found: dict[str, Any] = {}
    for bell, band in enumerate(proposal["eq"], 1):
        found[f"eq.{bell}.freq_hz"] = pytest.approx(band["freq_hz"], rel=0.01)
        found[f"eq.{bell}.gain_db"] = pytest.approx(band["gain_db"], abs=0.1)
        found[f"eq.{bell}.octaves"] = pytest.approx(octaves_of(band["q"]), rel=0.015)
    comp = proposal["comp"]
    found["comp.threshold_db"] = pytest.approx(comp["threshold_db"], abs=0.1)
    return found | {f"comp.{what}": pytest.approx(comp[what], rel=0.02) for what in ("ratio", "attack_s", "release_s")}


def untold(track: dict[str, Any], held: dict[str, float]) -> dict[str, float]:
    """Frequency and width of bells that hold none of Tonn's bands: these are flat, and stand where they stood."""
    idle = range(len(track["proposal"]["eq"]) + 1, 7)
    return {f"eq.{b}.gain_db": pytest.approx(0.0, abs=0.01) for b in idle} | {
        f"eq.{b}.{what}": held[f"eq.{b}.{what}"] for b in idle for what in ("freq_hz", "octaves")
    }
