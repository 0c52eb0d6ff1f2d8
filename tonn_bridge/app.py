"""Puts the parts together: the only module that knows which there are."""

import asyncio
import logging
import secrets
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tonn_bridge import places
from tonn_bridge.clock import Clock, SystemClock
from tonn_bridge.core import GainMode, TrackSpec
from tonn_bridge.engine import (
    Bridge,
    Job,
    JobTrack,
    Keeper,
    Mixer,
    Notices,
    Questions,
    Webhook,
    Workflow,
    recall,
    recall_past,
)
from tonn_bridge.errors import SessionError
from tonn_bridge.http import create_app, serve
from tonn_bridge.links import ControlLink, DawLink, Traffic
from tonn_bridge.mapping import DawMapping, load
from tonn_bridge.ports import Turn, UdpPort, parse_address, resolve
from tonn_bridge.service import Service, ServiceWatch, open_service, spending
from tonn_bridge.session import Session, SurfaceTable
from tonn_bridge.store import Store
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


class Unsupported:
    """A `[[surface]]` of the session that this version cannot drive: shown, and nothing faked."""

    def __init__(self, surface: SurfaceTable) -> None:
        self._surface = surface

    def describe(self) -> dict[str, object]:
        """Its entry in the state document."""
        return {
            "name": "surface",
            "mapping": self._surface.mapping,
            "connected": False,
            "last_heard_s": None,
            "problems": ["control surfaces are not supported by this version yet"],
        }


async def run_daemon(
    session: Session,
    *,
    on_ready: Callable[[Listening], None] = lambda _: None,
    on_document: Callable[[dict[str, Any]], None] = lambda _: None,
    clock: Clock | None = None,
    open_store: Callable[[Any], Any] = Store.open,
) -> None:
    """Stand between Tonn and the DAW until cancelled; everything is closed on the way out.

    Raises:
        BridgeError: a port is taken, the mapping is wrong, the store cannot be opened.
    """
    clock = clock or SystemClock()
    loop = asyncio.get_running_loop()
    state = places.state_dir()
    mapping = DawMapping(load(session.daw.mapping, session.folder))
    specs = [TrackSpec(number, track.name, track.daw) for number, track in enumerate(session.tracks, 1)]
    turn = Turn(loop.call_soon)
    notices, traffic = Notices(turn.soon), Traffic(clock)
    link = DawLink(mapping, specs, clock, turn.soon, traffic, notices.changed)
    mixer = Mixer(
        specs,
        link,
        clock,
        mode=GainMode(session.mix.gain_mode),
        glide_s=session.daw.glide_s,
        changed=notices.changed,
    )
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(state / "tonn-bridge.sqlite"))
        key = str(session.path)
        past = recall_past(await store.entries(key))
        remembered = await store.load_mix(key)
        if remembered is not None:
            recall(mixer, remembered, mapping.name)
        service = await stack.enter_async_context(open_service(session.tonn, state))
        client = await stack.enter_async_context(
            TonnClient(service.url, service.key, clock=clock, parallel=session.tonn.parallel_uploads)
        )
        questions = Questions(clock, notices.changed)
        job = make_job(session, key, service, await spending(session.tonn, client, service))
        secret = secrets.token_urlsafe(24)
        workflow = Workflow(job, mixer, client, store, past, questions, clock, notices.changed)
        keeper = Keeper(key, mapping.name, mixer, store, clock)
        bridge = Bridge(mixer, workflow, questions, keeper, notices)
        control = ControlLink(bridge, len(specs), clock, traffic)
        app = create_app(
            bridge,
            webhook_secret=secret,
            allowed_hosts=_hosts(session),
            public_host=urlsplit(session.tonn.webhook.public_url).netloc or None,
            traffic=traffic,
            clock=clock,
        )
        http = await stack.enter_async_context(serve(app, session.control.http.host, session.control.http.port))
        workflow.webhook = _webhook(session, service, f"http://{_text(http)}", secret)
        control_port = await stack.enter_async_context(
            UdpPort.open(session.control.osc, turn.of(control.on_datagrams), name="OSC control")
        )
        listen = session.daw.listen or parse_address(mapping.caps.listen)
        daw_port = await stack.enter_async_context(
            UdpPort.open(listen, turn.of(link.on_datagrams), name="DAW feedback", on_unreachable=link.unreachable)
        )
        remote = await resolve(_remote(session, mapping), "the DAW")
        watch = ServiceWatch(client, session.tonn.url, clock)
        bridge.endpoints = [link, *(Unsupported(surface) for surface in session.surfaces), watch]
        stack.callback(control.stop)
        stack.callback(link.stop)
        stack.push_async_callback(bridge.close)
        notices.subscribe(control.changed)
        notices.subscribe(_teller(loop, bridge, on_document))
        await bridge.start()
        control.start(control_port)
        link.start(daw_port, remote, mixer)
        on_ready(
            Listening(
                control=_text(control_port.local_address),
                http=f"http://{_text(http)}",
                daw=f"{_text(daw_port.local_address)} -> {_text(remote)} ({session.daw.mapping})",
                tonn=f"{service.url} (the built-in sandbox)" if session.tonn.is_sandbox else service.url,
            )
        )
        notices.changed()
        await watch.run()


def make_job(session: Session, key: str, service: Service, spends: Any) -> Job:
    """What the workflow needs of a session."""
    return Job(
        session=key,
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
        units=Units(session.tonn.times, session.tonn.pan),
        spending=spends,
        scope=service.scope,
    )


def _remote(session: Session, mapping: DawMapping) -> tuple[str, int]:
    if session.daw.send is not None:
        return session.daw.send
    if mapping.caps.send is None:
        raise SessionError(f'{session.path.name}: daw.send is missing; write where {mapping.name} listens, "host:port"')
    return parse_address(mapping.caps.send)


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
