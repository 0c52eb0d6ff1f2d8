"""The editable mix on the simulated X32, X Air and Bitwig, through the real daemon: set, proved, turned, taken back.

A console's steps are coarser than what is asked of the read-back. There the proof has to tell Tonn's own value and the
console's, with the true difference between them, and the console's has to be the nearest it can have.
"""

import math
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.daemon import Address, Daemon, free_address, make_session, running_daemon
from tests.integration.test_plugins_bitwig import TOP, learn
from tests.peers.bitwig import SimulatedBitwig
from tests.peers.bitwig_devices import EqPlus
from tests.peers.x32 import SimulatedX32
from tests.peers.x32_dials import RATIOS, X32_DIALS
from tests.sandbox_server import SandboxServer
from tonn_bridge.clock import SystemClock
from tonn_bridge.core.dials import octaves_of
from tonn_bridge.mapping.plugins import LearntDials, keep_dials

NAMES = ("Kick", "Bass")
Row = Mapping[str, Any]

_learnt: list[LearntDials] = []


@dataclass(kw_only=True)
class Desk:
    """One DAW or console behind one face; tracks go by name.

    `stands` tells what a value of the proof truly is there, in Tonn's units, `nearest` what it can be at best.
    `untouched` is everything that is kept, in the DAW's own numbers.
    """

    mapping: str
    peer: SimulatedX32 | SimulatedBitwig
    listen: Address
    stands: Callable[[str, str], float]
    nearest: Callable[[str, float], float]
    untouched: Callable[[], Any]
    turn_gain: Callable[[str, float], None]
    """A hand turns the gain of the first bell."""
    is_setting: Callable[[bytes], bool]
    """Whether a datagram sets something of a plug-in."""
    slots: Mapping[str, str | None]
    """What each slot says of a problem."""
    bells: int


PATHS = {"trim_db": "preamp/trim", "comp.threshold_db": "dyn/thr", "comp.ratio": "dyn/ratio"}
PATHS |= {"comp.attack_s": "dyn/attack", "comp.release_s": "dyn/release"}
QUANTITIES = {"freq_hz": "f", "gain_db": "g", "q": "q"}


def console(names: Sequence[str], *, xair: bool = False) -> Desk:
    peer = SimulatedX32(names, SystemClock(), xair=xair)

    def path_of(name: str, key: str) -> str:
        """The path of what the proof calls `key`; a band stands in the bell that has its frequency."""
        if not key.startswith("eq."):
            return PATHS[key]
        _, bell, quantity = key.split(".")
        return f"eq/{bell}/{QUANTITIES[quantity]}"

    def stands(name: str, key: str) -> float:
        return float(peer.channel(name).shown(path_of(name, key))) / (1000.0 if key.endswith("_s") else 1.0)

    def nearest(key: str, value: float) -> float:
        if key == "comp.ratio":
            return min(RATIOS, key=lambda ratio: abs(math.log(ratio / value)))
        dial, factor = X32_DIALS[path_of("", key)], 1000.0 if key.endswith("_s") else 1.0
        return float(dial.shown(dial.stored(factor * value))) / factor

    return Desk(
        mapping="xair" if xair else "x32",
        peer=peer,
        listen=("127.0.0.1", 0),
        stands=stands,
        nearest=nearest,
        untouched=lambda: [dict(channel.stored) for channel in peer.channels],
        turn_gain=lambda name, db: peer.turn(name, "eq/1/g", db),
        is_setting=lambda datagram: b"/eq/" in datagram and b",f" in datagram,
        slots={"eq": None, "comp": None} if xair else {"trim": None, "eq": None, "comp": None},
        bells=4,
    )


def bitwig(names: Sequence[str]) -> Desk:
    listen = free_address()
    peer = SimulatedBitwig(names, SystemClock(), listen, page=4)
    for name in names:
        peer.insert(name, EqPlus())

    def stands(name: str, key: str) -> float:
        _, bell, quantity = key.split(".")
        return peer.eq(name).band(quantity.partition("_")[0], int(bell)).shown

    def untouched() -> Any:
        return [
            (peer.eq(name).bypassed, *peer.eq(name).types, *(round(knob.at * TOP) for knob in peer.eq(name).knobs))
            for name in names
        ]

    return Desk(
        mapping="bitwig",
        peer=peer,
        listen=listen,
        stands=stands,
        nearest=lambda key, value: value,
        untouched=untouched,
        turn_gain=lambda name, db: peer.turn(name, "gain", 1, db),
        is_setting=lambda datagram: datagram.startswith((b"/eq/gain", b"/eq/freq", b"/eq/q")),
        slots={
            "eq": None,
            "comp": "DrivenByMoss has no addresses for a compressor: set one by hand to what is proposed.",
        },
        bells=8,
    )


DESKS = {"x32": console, "xair": lambda names: console(names, xair=True), "bitwig": bitwig}


@asynccontextmanager
async def at_work(daw: str, tonn: SandboxServer, folder: Path) -> AsyncIterator[tuple[Daemon, Desk]]:
    """A daemon that has Tonn's proposal, and the desk."""
    if daw == "bitwig":
        if not _learnt:
            _learnt.append(await learn())
        keep_dials(folder / "state" / "state" / "laws", _learnt[0])
    desk = DESKS[daw](NAMES)
    await desk.peer.start()
    session = make_session(folder, NAMES, daw, send=desk.peer.address, listen=desk.listen, tonn=tonn.url)
    async with running_daemon(session, folder / "state") as daemon:
        await daemon.connected()
        await daemon.does("preview")
        yield daemon, desk
    await desk.peer.stop()


@pytest.mark.parametrize("daw", DESKS)
async def test_the_whole_round(daw: str, tonn: SandboxServer, tmp_path: Path) -> None:
    async with at_work(daw, tonn, tmp_path) as (daemon, desk):
        user = desk.untouched()
        document = await daemon.does("apply")
        assert document["proof"]["off"] == document["proof"]["not_confirmed"] == 0, document["proof"]
        for track in document["tracks"]:
            assert {plugin["slot"]: plugin["problem"] for plugin in track["plugins"]} == desk.slots
            assert_proved(track, desk)
        applied = desk.untouched()
        assert applied != user

        if daw == "x32":
            await daemon.does("compare")
            assert desk.untouched() == user
            await daemon.does("compare")
            assert desk.untouched() == applied

        await daemon.does("revert")
        assert desk.untouched() == user, "exactly the user's own"


@pytest.mark.parametrize("daw", ["x32", "bitwig"])
async def test_a_hand_on_an_equaliser_goes_with_the_final_mix(daw: str, tonn: SandboxServer, tmp_path: Path) -> None:
    async with at_work(daw, tonn, tmp_path) as (daemon, desk):
        if isinstance(desk.peer, SimulatedBitwig):
            desk.peer.hand_select("Bass")
        await daemon.does("apply")
        if isinstance(desk.peer, SimulatedBitwig):
            assert desk.peer.selected.name == "Bass", "the user's selection is back"
        desk.turn_gain("Bass", 3.5)
        document = await daemon.until(lambda found: "eq" in found["tracks"][1]["tuned"])
        (band, *_) = document["tracks"][1]["current"]["eq"]
        assert band["gain_db"] == pytest.approx(3.5, abs=0.1)
        document = await daemon.does("final")
        (task,) = [task for task in tonn.tasks() if task["task_id"] == document["task_id"]]
    body = next(sent["body"] for sent in reversed(task["requests"]) if "applyAudioEffectsData" in sent["body"])
    tracks = body["applyAudioEffectsData"]["trackData"]
    assert [sorted(track.keys() - {"trackURL", "gainDb"}) for track in tracks] == [[], ["eq_settings"]]
    gains = [band["gain"] for band in tracks[1]["eq_settings"].values()]
    assert gains[0] == pytest.approx(3.5, abs=0.1)


@pytest.mark.parametrize("daw", ["x32", "bitwig"])
async def test_lost_writes_are_made_good(daw: str, tonn: SandboxServer, tmp_path: Path) -> None:
    async with at_work(daw, tonn, tmp_path) as (daemon, desk):
        lost: list[bytes] = []

        def lose_some(datagram: bytes) -> bool:
            if len(lost) < 5 and desk.is_setting(datagram):
                lost.append(datagram)
                return True
            return False

        desk.peer.loses = lose_some
        document = await daemon.does("apply")
        assert len(lost) == 5
        assert document["proof"]["off"] == document["proof"]["not_confirmed"] == 0
        for track in document["tracks"]:
            assert_proved(track, desk)


async def test_bitwig_without_an_eq_on_a_track_says_so_and_sets_the_others(tonn: SandboxServer, tmp_path: Path) -> None:
    async with at_work("bitwig", tonn, tmp_path) as (daemon, desk):
        assert isinstance(desk.peer, SimulatedBitwig)
        desk.peer.track("Bass").devices.clear()
        document = await daemon.does("apply")
        kick, bass = document["tracks"]
        (problem,) = [plugin["problem"] for plugin in bass["plugins"] if plugin["slot"] == "eq"]
        assert "add the device EQ+" in problem
        assert not any(row["parameter"].startswith("eq.") for row in bass["proof"])
        assert_proved(kick, desk)


def assert_proved(track: dict[str, Any], desk: Desk) -> None:
    """The proof of a track tells Tonn's own values, what truly stands there, and how far apart they are."""
    rows = {row["parameter"]: row for row in track["proof"]}
    kept = kept_bands(track, desk)
    bells = {str(band["band"]): str(bell) for bell, band in enumerate(kept, 1)}
    wanted = {f"eq.{band['band']}.{what}": band[what] for band in kept for what in QUANTITIES}
    if desk.slots.get("comp") is None and track["proposal"]["comp"]:
        wanted |= {f"comp.{what}": value for what, value in track["proposal"]["comp"].items()}
    if "trim" in desk.slots:
        wanted["trim_db"] = track["proposal"]["trim_db"]
    assert rows.keys() == wanted.keys() | {"gain_db", "pan"}
    for parameter, value in wanted.items():
        row = rows[parameter]
        key = (
            ".".join(["eq", bells[parameter.split(".")[1]], parameter.split(".")[2]])
            if "eq." in parameter
            else parameter
        )
        held = desk.stands(track["name"], key)
        assert row["verdict"] == "confirmed", row
        assert row["wanted"] == pytest.approx(value), row
        assert_apart(row["got"], held, parameter)
        assert_apart(desk.nearest(key, value), held, parameter)
        assert row["error"] == pytest.approx(apart(row["wanted"], row["got"], parameter), abs=1e-6), row


def kept_bands(track: dict[str, Any], desk: Desk) -> list[dict[str, float]]:
    """The bands that found a bell: where there are too many those of most effect, and the others are named."""
    bands = sorted(track["proposal"]["eq"], key=lambda band: -abs(band["gain_db"]) * octaves_of(band["q"]))
    left_out = {f"eq.{band['band']}.gain_db" for band in bands[desk.bells :]}
    assert left_out == {limit["parameter"] for limit in track["limited"] if "bells" in limit["reason"]}
    return sorted(bands[: desk.bells], key=lambda band: band["band"])


def assert_apart(a: float, b: float, parameter: str) -> None:
    """Within what a read-back has to hold: 0.1 dB, 1 % of a frequency, 2 % of all others."""
    if parameter.endswith("_db"):
        assert a == pytest.approx(b, abs=0.1), parameter
    else:
        assert a == pytest.approx(b, rel=0.01 if parameter.endswith("_hz") else 0.02), parameter


def apart(wanted: float, got: float, parameter: str) -> float:
    return got - wanted if parameter.endswith("_db") else 100.0 * (got / wanted - 1.0)
