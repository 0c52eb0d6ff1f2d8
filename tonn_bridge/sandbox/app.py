"""Puts the sandbox's parts together."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tonn_bridge.clock import Clock
from tonn_bridge.sandbox.controls import Controls
from tonn_bridge.sandbox.desk import Desk
from tonn_bridge.sandbox.faults import FaultMiddleware, Faults
from tonn_bridge.sandbox.records import Records
from tonn_bridge.sandbox.refusals import Refused, StoreRefused, answer_refused, answer_store_refused, error_answer
from tonn_bridge.sandbox.settings import SandboxSettings
from tonn_bridge.sandbox.tonn_api import TonnApi
from tonn_bridge.sandbox.units import Units
from tonn_bridge.sandbox.uploads import FileStore
from tonn_bridge.sandbox.urls import UrlSigner
from tonn_bridge.sandbox.webhooks import Webhooks

log = logging.getLogger(__name__)
_LATE_STAGES = 10


def build_app(settings: SandboxSettings, clock: Clock) -> Starlette:
    """The application; it goes on with what `settings.state_dir` holds.

    Raises:
        StoreError: the state folder cannot be used.
    """
    records = Records(settings.state_dir)
    store = FileStore(settings, UrlSigner(records.secret, clock), clock)
    webhooks = Webhooks(clock, _LATE_STAGES * settings.stage_seconds)
    desk = Desk(records, store, webhooks, clock, settings.stage_seconds)
    api = TonnApi(records, store, desk, Units())
    faults = Faults()

    @asynccontextmanager
    async def working(_: Starlette) -> AsyncIterator[None]:
        async with desk:
            yield

    app = Starlette(
        routes=[*_tonn_routes(api, store), *_control_routes(Controls(records, faults, webhooks, api))],
        middleware=[Middleware(FaultMiddleware, faults=faults, clock=clock)],
        exception_handlers={
            Refused: answer_refused,
            StoreRefused: answer_store_refused,
            Exception: _answer_unexpected,
        },
        lifespan=working,
    )
    app.state.end_work = desk.end
    return app


def _tonn_routes(api: TonnApi, store: FileStore) -> list[Route]:
    return [
        Route("/health", api.health),
        Route("/upload", api.upload, methods=["POST"]),
        Route("/mixpreview", api.mix_preview, methods=["POST"]),
        Route("/retrievepreviewmix", api.retrieve_preview, methods=["POST"]),
        Route("/retrievefinalmix", api.retrieve_final, methods=["POST"]),
        Route("/uploads/{upload_id}/{name}", store.put, methods=["PUT"]),
        Route("/uploads/{upload_id}/{name}", store.get_upload),
        Route("/downloads/{name:path}", store.get_result),
    ]


def _control_routes(controls: Controls) -> list[Route]:
    return [
        Route("/sandbox/charges", controls.charges),
        Route("/sandbox/tasks", controls.tasks),
        Route("/sandbox/tasks/{task_id}", controls.task),
        Route("/sandbox/faults", controls.put_faults, methods=["PUT"]),
        Route("/sandbox/faults", controls.delete_faults, methods=["DELETE"]),
        Route("/sandbox/webhooks", controls.put_webhooks, methods=["PUT"]),
        Route("/sandbox/units", controls.put_units, methods=["PUT"]),
    ]


async def _answer_unexpected(request: Request, error: Exception) -> Response:
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return error_answer(500, "internal error")
