"""Puts the parts together: the only module that knows which there are."""

import asyncio
import logging
import secrets
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tonn_bridge import places
from tonn_bridge.clock import Clock, SystemClock
from tonn_bridge.core import GainMode, TrackSpec
from tonn_bridge.daw import DawSide, Surroundings, check_daw, make_daw
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
from tonn_bridge.http import create_app, serve
from tonn_bridge.links import ControlLink, Traffic
from tonn_bridge.ports import Turn, UdpPort
from tonn_bridge.ports.midi import MidiSystem, open_midi
from tonn_bridge.reload import Reloader
from tonn_bridge.service import Service, ServiceWatch, open_service, spending
from tonn_bridge.session import Session
from tonn_bridge.store import Store
from tonn_bridge.surfaces import Surfaces, gather
from tonn_bridge.tonn import NO_WEBHOOK, StemSource, TonnClient, Units

log = logging.getLogger(__name__)

TELL_EVERY_S = 0.1


@dataclass(frozen=True, slots=True)
class Listening:
    """Where the daemon listens, for people."""

    control: str
    http: str
    daw: str
    tonn: str


OpenMidi = Callable[[Clock], AbstractAsyncContextManager[MidiSystem]]


async def run_daemon(
    session: Session,
    *,
    on_ready: Callable[[Listening], None] = lambda _: None,
    on_document: Callable[[dict[str, Any]], None] = lambda _: None,
    clock: Clock | None = None,
    open_store: Callable[[Path], AbstractAsyncContextManager[Store]] = Store.open,
    open_midi: OpenMidi = open_midi,
) -> None:
    """Stand between Tonn and the DAW until cancelled; everything is closed on the way out.

    A session file that is saved while it runs is put in force; `on_ready` is called again when all began anew.

    Raises:
        BridgeError: a port is taken, the mapping is wrong, the store cannot be opened.
    """
    clock, state = clock or SystemClock(), places.state_dir()
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(state / "tonn-bridge.sqlite"))
        midi = await stack.enter_async_context(open_midi(clock))
        while True:
            tonn = session.tonn
            async with open_service(tonn, state) as service:
                ground = _Ground(clock, store, midi, service)
                while session.tonn == tonn:
                    session = await _live(session, ground, on_ready, on_document)


@dataclass(frozen=True, slots=True)
class _Ground:
    """What stays while sessions change."""

    clock: Clock
    store: Store
    midi: MidiSystem
    service: Service


async def _live(
    session: Session,
    ground: _Ground,
    on_ready: Callable[[Listening], None],
    on_document: Callable[[dict[str, Any]], None],
) -> Session:
    """Run `session` until its file says something else; the session that is to be run then."""
    clock, store, service = ground.clock, ground.store, ground.service
    mix, rows = _Mix.of(session, clock), gather(session)
    async with AsyncExitStack() as stack:
        remembered = await store.load_mix(_key(session))
        if remembered is not None:
            recall(mix.mixer, remembered, mix.daw.name)
        client = await stack.enter_async_context(
            TonnClient(service.url, service.key, clock=clock, parallel=session.tonn.parallel_uploads)
        )
        job = make_job(session, service, await spending(session.tonn, client, service))
        bridge = await _make_bridge(mix, job, client, store, clock)
        surfaces = _make_surfaces(mix, bridge, ground)
        watch = ServiceWatch(client, session.tonn.url, clock)
        bridge.endpoints = lambda: [mix.daw.link, *surfaces.units, watch]
        doors = await _open_doors(stack, session, mix, bridge, ground)
        mix.notices.subscribe(_teller(asyncio.get_running_loop(), bridge, on_document))
        stack.push_async_callback(bridge.close)
        stack.push_async_callback(surfaces.close)
        await bridge.start()
        doors.open()
        await surfaces.open(rows)
        mix.notices.subscribe(surfaces.changed)
        on_ready(doors.listening)
        mix.notices.changed()
        return await _until_saved(session, mix, bridge, surfaces, watch, clock)


def _make_surfaces(mix: "_Mix", bridge: Bridge, ground: _Ground) -> Surfaces:
    return Surfaces(
        bridge,
        len(mix.tracks),
        mix.daw.fader_law,
        ground.clock,
        mix.turn,
        mix.traffic,
        ground.midi,
        mix.notices.changed,
    )


async def _until_saved(
    session: Session, mix: "_Mix", bridge: Bridge, surfaces: Surfaces, watch: ServiceWatch, clock: Clock
) -> Session:
    """The session that its file says in place of this one, when it does."""

    def tell(problems: tuple[str, ...]) -> None:
        bridge.problems = problems
        mix.notices.changed()

    reloader = Reloader(
        session,
        clock,
        check=_check,
        take_surfaces=lambda saved: surfaces.open(gather(saved)),
        busy=lambda: bridge.busy,
        tell=tell,
    )
    async with asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(watch.run(), name="watch the service")
        saved = await reloader.next_session()
        watching.cancel()
    return saved


def _check(session: Session) -> None:
    """Raises FileError where something that the session names is wrong."""
    check_daw(session)
    gather(session)


@dataclass(frozen=True, slots=True)
class _Mix:
    """The mixer, its DAW, and who is told what."""

    daw: DawSide
    tracks: list[TrackSpec]
    turn: Turn
    notices: Notices
    traffic: Traffic
    mixer: Mixer

    @classmethod
    def of(cls, session: Session, clock: Clock) -> "_Mix":
        tracks = [TrackSpec(number, track.name, track.daw) for number, track in enumerate(session.tracks, 1)]
        turn = Turn(asyncio.get_running_loop().call_soon)
        notices, traffic = Notices(turn.soon), Traffic(clock)
        daw = make_daw(session, Surroundings(tracks, clock, turn.soon, traffic, notices.changed))
        mode, glide_s = GainMode(session.mix.gain_mode), session.daw.glide_s
        link = daw.link
        mixer = Mixer(tracks, link, clock, mode=mode, glide_s=glide_s, changed=notices.changed, plugins=link.plugins)
        return cls(daw, tracks, turn, notices, traffic, mixer)


async def _make_bridge(mix: _Mix, job: Job, client: TonnClient, store: Store, clock: Clock) -> Bridge:
    past = recall_past(await store.entries(job.session))
    questions = Questions(clock, mix.notices.changed)
    workflow = Workflow(job, mix.mixer, client, store, past, questions, clock, mix.notices.changed)
    keeper = Keeper(job.session, mix.daw.name, mix.mixer, store, clock)
    return Bridge(mix.mixer, workflow, questions, keeper, mix.notices)


@dataclass(frozen=True, slots=True)
class _Doors:
    """Where people, programs and the DAW come in; messages are heard from `open` on."""

    listening: Listening
    open: Callable[[], None]


async def _open_doors(stack: AsyncExitStack, session: Session, mix: _Mix, bridge: Bridge, ground: _Ground) -> _Doors:
    """Raises PortError where a port is taken."""
    service, clock = ground.service, ground.clock
    secret = secrets.token_urlsafe(24)
    app = create_app(
        bridge,
        webhook_secret=secret,
        allowed_hosts=_hosts(session),
        public_host=urlsplit(session.tonn.webhook.public_url).netloc or None,
        traffic=mix.traffic,
        clock=clock,
    )
    http = await stack.enter_async_context(serve(app, session.control.http.host, session.control.http.port))
    bridge.workflow.webhook = _webhook(session, service, f"http://{_text(http)}", secret)
    control = ControlLink(bridge, len(mix.tracks), clock, mix.traffic)
    control_port = await stack.enter_async_context(
        UdpPort.open(session.control.osc, mix.turn.of(control.intake.on_datagrams), name="OSC control")
    )
    where, begin_daw = await mix.daw.open(stack, mix.turn, ground.midi)
    stack.callback(control.stop)
    mix.notices.subscribe(control.changed)

    def begin() -> None:
        control.start(control_port)
        begin_daw(mix.mixer)

    listening = Listening(
        control=_text(control_port.local_address),
        http=f"http://{_text(http)}",
        daw=where,
        tonn=f"{service.url} (the built-in sandbox)" if session.tonn.is_sandbox else service.url,
    )
    return _Doors(listening, begin)


def make_job(session: Session, service: Service, spends: Spending) -> Job:
    """What the workflow needs of a session."""
    return Job(
        session=_key(session),
        name=session.mix.name,
        style=session.mix.style,
        sample_rate=session.mix.sample_rate,
        return_stems=session.mix.return_stems,
        output=session.mix.output,
        tracks=tuple(
            JobTrack(
                StemSource(number, track.name, track.file, track.url),
                track.group,
                track.presence,
                track.pan,
                track.reverb,
            )
            for number, track in enumerate(session.tracks, 1)
        ),
        units=Units(session.tonn.times, session.tonn.pan, session.tonn.trim),
        spending=spends,
        scope=service.scope,
    )


def _key(session: Session) -> str:
    """The session's name in the store."""
    return str(session.path)


def _webhook(session: Session, service: Service, http: str, secret: str) -> Webhook:
    """Where Tonn calls back: the public address, ourselves when the service is on this machine, else nowhere."""
    public = session.tonn.webhook.public_url
    if public:
        return Webhook(f"{public}/webhook/{secret}", public=True)
    return Webhook(f"{http}/webhook/{secret}" if service.local else NO_WEBHOOK)


def _hosts(session: Session) -> list[str]:
    host = session.control.http.host
    return ["127.0.0.1", "localhost", "[::1]", *([] if host in ("0.0.0.0", "::") else [host])]


def _text(address: tuple[str, int]) -> str:
    return f"[{address[0]}]:{address[1]}" if ":" in address[0] else f"{address[0]}:{address[1]}"


def _teller(
    loop: asyncio.AbstractEventLoop, bridge: Bridge, on_document: Callable[[dict[str, Any]], None]
) -> Callable[[], None]:
    """Hands the document on, at most ten times a second."""
    waiting = False

    def tell() -> None:
        nonlocal waiting
        waiting = False
        on_document(bridge.document())

    def changed() -> None:
        nonlocal waiting
        if not waiting:
            waiting = True
            loop.call_later(TELL_EVERY_S, tell)

    return changed
