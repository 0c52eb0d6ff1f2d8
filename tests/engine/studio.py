"""The bridge without its doors: a real mixer, workflow, client, store and sandbox, and a DAW that obeys at once.

Questions and the mix go by a clock that a test moves; the client's pauses take no time.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from tests.clock import FakeClock
from tests.sandbox_server import SandboxServer, write_stem
from tests.tonn.service import EagerClock
from tonn_bridge.core import Param, TrackSpec
from tonn_bridge.core.judge import EchoHabits
from tonn_bridge.engine import (
    Bridge,
    Job,
    JobTrack,
    Keeper,
    Mixer,
    Notices,
    Questions,
    Spending,
    Webhook,
    Workflow,
    recall,
    recall_past,
)
from tonn_bridge.mapping import DawMapping, load
from tonn_bridge.store import Store
from tonn_bridge.tonn import (
    InstrumentGroup,
    MusicalStyle,
    PanPreference,
    Presence,
    Reverb,
    StemSource,
    TonnClient,
    Units,
)

NAMES = ("Kick", "Bass", "Voice")
SESSION = "/songs/session.toml"
MAPPING = DawMapping(load("reaper", Path()))


class ObedientDaw:
    """Does at once what it is told, and says so."""

    params = MAPPING.caps.params
    habits = EchoHabits(late_s=0.5, echoes=True, same_form=True)
    glide_step_s = 0.01

    def __init__(self) -> None:
        self.holds: dict[tuple[int, Param], float] = {}
        self.mixer: Mixer | None = None

    def scale(self, param):
        return MAPPING.scale(param)

    def open(self, mixer: Mixer) -> None:
        """A song whose faders stand at -3, -4, -5 ... dB, centred."""
        self.mixer = mixer
        readings = {}
        for number in mixer.strips:
            readings[number] = {
                Param.GAIN: self.scale(Param.GAIN).wire_of(-2.0 - number),
                Param.PAN: self.scale(Param.PAN).wire_of(0.0),
            }
            for param, wire in readings[number].items():
                self.holds.setdefault((number, param), wire)
        now = {number: {param: self.holds[number, param] for param in values} for number, values in readings.items()}
        mixer.daw_bound({number: number for number in readings}, now, fresh=True)

    def put(self, number, param, wire):
        self.holds[number, param] = wire
        self.mixer.daw_sent(number, param, wire)
        self.mixer.daw_read(number, param, wire)

    def withdraw(self, number, param):
        pass

    def ask(self, number, param):
        self.mixer.daw_read(number, param, self.holds[number, param])

    def hand(self, number: int, db: float) -> None:
        """A hand moves a fader by `db`."""
        scale = self.scale(Param.GAIN)
        wire = scale.wire_of(scale.value_of(self.holds[number, Param.GAIN]) + db)
        self.holds[number, Param.GAIN] = wire
        self.mixer.daw_read(number, Param.GAIN, wire)

    def turn(self, number: int, pan: float) -> None:
        """A hand turns a pan pot."""
        self.holds[number, Param.PAN] = wire = self.scale(Param.PAN).wire_of(pan)
        self.mixer.daw_read(number, Param.PAN, wire)

    def mute(self, number: int) -> None:
        self.mixer.daw_read(number, Param.MUTE, 1.0)


class Studio:
    """One start of the program; `desk` is its Bridge."""

    def __init__(self, desk: Bridge, daw: ObedientDaw, clock: FakeClock, store: Store, sandbox: SandboxServer) -> None:
        self.desk = desk
        self.daw = daw
        self.clock = clock
        self.store = store
        self.sandbox = sandbox
        self._news = asyncio.Event()
        desk.on_change(self._news.set)

    async def until(self, holds: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
        """The first document of which `holds` is true."""
        try:
            async with asyncio.timeout(15):
                while not holds(document := self.desk.document()):
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"the document is {document}") from None
        return document

    async def rests(self) -> dict[str, Any]:
        """The document once nothing is under way, or something is asked."""
        return await self.until(lambda document: document["running"] is None or document["question"] is not None)

    async def press(self, action: str) -> dict[str, Any]:
        """Press a button, and wait for the end of it or a question."""
        self.desk.act(action)
        if action in ("confirm", "cancel"):
            await self.until(lambda document: document["question"] is None)
        return await self.rests()

    async def mixed(self) -> dict[str, Any]:
        """Tonn's mix in the DAW, the last echo of it long past."""
        await self.press("preview")
        document = await self.press("apply")
        self.clock.advance(2.0)
        return document

    def requests(self, endpoint: str) -> list[dict[str, Any]]:
        """The bodies that reached `endpoint`, of all tasks in order."""
        return [r["body"] for t in self.sandbox.tasks() for r in t["requests"] if r["endpoint"] == endpoint]

    def paid(self) -> list[str]:
        """What was sent that costs credits, charged or not."""
        looks = self.requests("/retrievepreviewmix")
        fetched = sum(1 for body in looks if body["multitrackData"]["retrieveFXSettings"])
        return ["fx_settings"] * fetched + ["final"] * len(self.requests("/retrievefinalmix"))

    def charged(self) -> list[str]:
        return [charge["what"] for charge in self.sandbox.charges()["charges"]]

    def uploads(self) -> int:
        """How many uploads have been begun."""
        return len(list((self.sandbox.settings.state_dir / "uploads").glob("*")))


def write_stems(folder: Path) -> list[Path]:
    return [write_stem(folder / f"{name}.wav", 0.5, 100.0 * 3**place, pulse_hz=8.0) for place, name in enumerate(NAMES)]


def make_job(folder: Path, spending: Spending, **changes: Any) -> Job:
    """A song of three stems that lie in `folder`."""
    tracks = tuple(
        JobTrack(
            StemSource(number, name, folder / f"{name}.wav", None),
            InstrumentGroup.SYNTH, Presence.NORMAL, PanPreference.LEFT, Reverb.NONE,
        )
        for number, name in enumerate(changes.pop("names", NAMES), start=1)
    )  # fmt: skip
    facts = {"name": "Song", "style": MusicalStyle.POP, "sample_rate": 44_100, "return_stems": False}
    facts |= {"units": Units(), "output": folder / "mixes", "scope": "test", "session": SESSION}
    return Job(tracks=tracks, spending=spending, **facts | changes)


FREE = Spending(ask_settings=False, ask_final=False, settings_credits=25, final_credits=250)
ASK = Spending(ask_settings=True, ask_final=True, settings_credits=25, final_credits=250)


@asynccontextmanager
async def studio(
    folder: Path,
    sandbox: SandboxServer,
    spending: Spending = FREE,
    *,
    key: str | None = "test",
    url: str | None = None,
    daw: ObedientDaw | None = None,
    webhook: Webhook | None = None,
    **changes: Any,
) -> AsyncIterator[Studio]:
    """One start of the program over what lies in `folder`, from recalling its past to its orderly end."""
    clock, daw = FakeClock(), daw or ObedientDaw()
    notices = Notices(asyncio.get_running_loop().call_soon)
    job = make_job(folder, spending, **changes)
    specs = [TrackSpec(track.source.number, track.source.name) for track in job.tracks]
    async with (
        Store.open(folder / "state.sqlite") as store,
        TonnClient(url or sandbox.url, SecretStr(key) if key else None, clock=EagerClock()) as client,
    ):
        mixer = Mixer(specs, daw, clock, glide_s=0.0, changed=notices.changed)
        remembered = await store.load_mix(SESSION)
        if remembered is not None:
            recall(mixer, remembered, MAPPING.name)
        questions = Questions(clock, notices.changed)
        past = recall_past(await store.entries(SESSION))
        workflow = Workflow(job, mixer, client, store, past, questions, clock, notices.changed)
        if webhook is not None:
            workflow.webhook = webhook
        keeper = Keeper(SESSION, MAPPING.name, mixer, store, clock)
        desk = Bridge(mixer, workflow, questions, keeper, notices)
        await desk.start()
        daw.open(mixer)
        try:
            yield Studio(desk, daw, clock, store, sandbox)
        finally:
            await desk.close()
