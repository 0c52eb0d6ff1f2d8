"""The service over HTTP: what it offers, as functions that answer or raise one of `TonnError`'s kinds."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Self, TypeVar

import httpx
from pydantic import BaseModel, SecretStr

from tonn_bridge.clock import Clock
from tonn_bridge.errors import KeyRefused, PaidOutcomeUnknown, TonnRejected, TonnUnavailable, UrlExpired
from tonn_bridge.tonn import replies
from tonn_bridge.tonn.http_errors import (
    MAYBE_CHARGED,
    api_failure,
    free_call,
    paid_call,
    paid_failure,
    retry_after_s,
    said_in,
)
from tonn_bridge.tonn.polling import GIVE_UP_S, backoff, delays, patience
from tonn_bridge.tonn.replies import FinalResult, PreviewStatus, UploadTarget
from tonn_bridge.tonn.stems import Stem
from tonn_bridge.tonn.transfer import Transfer
from tonn_bridge.tonn.urls import LookUp, is_loopback, look_up, service_url
from tonn_bridge.tonn.wire import FinalRequest, PreviewRequest, RetrieveData, RetrieveRequest, UploadRequest

log = logging.getLogger(__name__)

CONNECT_S, REPLY_S, FINAL_S = 10.0, 60.0, 15 * 60.0
UPLOAD_TRIES, FREE_TRIES, DOWNLOAD_TRIES = 5, 5, 3
MAX_DOWNLOAD_BYTES, MAX_DOWNLOAD_S = 2 * 2**30, 3600.0

_T = TypeVar("_T")


class TonnClient:
    """Tonn, or its sandbox, at `base_url`. Free calls are tried again with growing pauses; paid ones never.

    The key goes to `base_url` alone. Proxies of the environment are not used: through one, nobody could hold a signed
    URL to the address that was checked.

    Raises:
        TonnRejected: `base_url` is neither https nor plain http to a loopback address.
        KeyRefused: the key holds characters that cannot be sent.
    """

    def __init__(
        self,
        base_url: str,
        key: SecretStr | None,
        *,
        clock: Clock,
        parallel: int = 4,
        reply_s: float = REPLY_S,
        final_s: float = FINAL_S,
        resolve: LookUp = look_up,
    ) -> None:
        self._base = service_url(base_url)
        self._headers = _key_header(key)
        self._clock = clock
        self._parallel = parallel
        self._final_timeout = httpx.Timeout(reply_s, connect=CONNECT_S, read=final_s)
        # No connection is kept for another request: on one that the server is just dropping, nobody could tell whether
        # a paid request was received. And a look-up that was checked is good for one request.
        self._http = httpx.AsyncClient(
            timeout=httpx.Timeout(reply_s, connect=CONNECT_S, pool=None),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
            trust_env=False,
            verify=httpx.create_ssl_context(),
        )
        self._transfer = Transfer(self._http, clock, local=is_loopback(self._base.host), resolve=resolve)
        for library in ("httpx", "httpcore"):  # at INFO and DEBUG they log whole URLs and headers
            logging.getLogger(library).setLevel(logging.WARNING)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def health(self) -> dict[str, object]:
        """What the service says of itself; free, needs no key, asked once."""
        return await self._ask("GET", "/health", None, "the health of Tonn")

    async def upload(self, stem: Stem, on_bytes: Callable[[int], None]) -> str:
        """Send a stem; the URL under which Tonn reads it. `on_bytes` hears how many bytes have gone out in this try.

        Raises:
            StemError: the file has changed or gone.
            TonnError: five tries have failed, or the first was refused.
        """
        path = stem.path
        if path is None:
            return stem.url or ""

        async def send() -> str:
            target = await self._upload_target(stem)
            await self._transfer.put(target.signed_url, stem, path, on_bytes)
            return target.readable_url

        return await self._patiently(send, UPLOAD_TRIES, TonnUnavailable, UrlExpired)

    async def upload_all(
        self,
        stems: Sequence[Stem],
        on_progress: Callable[[int, int], None],
        on_done: Callable[[Stem, str], Awaitable[None]],
    ) -> None:
        """Send the stems, a few at a time. `on_progress` hears bytes sent and bytes in all, `on_done` each stem's URL.

        Raises:
            BridgeError: the first failure; the other uploads are stopped.
        """
        sent = dict.fromkeys((stem.number for stem in stems), 0)
        total = sum(stem.size for stem in stems)
        lines = asyncio.Semaphore(self._parallel)

        async def send(stem: Stem) -> None:
            def progress(count: int) -> None:
                sent[stem.number] = count
                on_progress(sum(sent.values()), total)

            async with lines:
                url = await self.upload(stem, progress)
            await on_done(stem, url)

        try:
            async with asyncio.TaskGroup() as tasks:
                for stem in stems:
                    tasks.create_task(send(stem), name=f"upload:{stem.upload_name}")
        except BaseExceptionGroup as failures:
            first = failures.exceptions[0]
            raise first from first.__cause__

    async def request_preview(self, request: PreviewRequest) -> str:
        """Ask for a preview; the name of the task that makes it. Free."""

        async def ask() -> str:
            body = await self._ask("POST", "/mixpreview", _dump(request), "the request for a preview")
            task = replies.task_id(body)
            if task is None:
                raise TonnRejected(_useless("the request for a preview", body))
            return task

        return await self._patiently(ask, FREE_TRIES, TonnUnavailable)

    async def preview_status(self, task_id: str) -> PreviewStatus:
        """How far the preview is; never asks for its settings, and so is free."""
        return await self._patiently(lambda: self._look(task_id), FREE_TRIES, TonnUnavailable)

    async def wait_for_preview(
        self,
        task_id: str,
        nudge: asyncio.Event,
        on_status: Callable[[PreviewStatus], None],
        public_webhook: bool = False,
    ) -> PreviewStatus:
        """Wait for the preview. A `nudge` (a call-back came) makes it look at once, though not twice in a second.

        Raises:
            TonnRejected: the service could not make it.
            TonnUnavailable: it is not there after half an hour.
        """
        ends = self._clock.now() + GIVE_UP_S
        pauses, failures = delays(public_webhook), backoff()
        while True:
            looked = self._clock.now()
            try:
                status = await self._look(task_id)
                on_status(status)
                if status.failed:
                    raise TonnRejected(f"Tonn could not make the preview: {status.message or status.status}")
                if status.done:
                    return status
                pause, failures, trouble = next(pauses), backoff(), ""
            except TonnUnavailable as exc:
                log.info("looking for the preview again: %s", exc)
                pause, trouble = patience(next(failures), exc.retry_after_s), f" ({exc})"
            if self._clock.now() >= ends:
                raise TonnUnavailable(
                    f"the preview has not come within {GIVE_UP_S / 60:.0f} minutes{trouble}: ask for it again"
                )
            await self._pause(pause, nudge, looked)

    async def fetch_settings(self, task_id: str) -> Mapping[str, object]:
        """The preview's settings: the one question about it that may cost credits. Sent once, whatever happens.

        Raises:
            TonnRejected: refused; nothing was charged.
            TonnUnavailable: never sent; nothing was charged.
            PaidOutcomeUnknown: sent, and without an answer that can be used.
        """
        what = "the request for the settings"
        request = RetrieveRequest(data=RetrieveData(task_id=task_id, fx_settings=True))
        body = await self._pay("/retrievepreviewmix", _dump(request), what)
        settings = replies.mix_settings(body)
        if settings is None:
            raise PaidOutcomeUnknown(_useless(what, body) + MAYBE_CHARGED)
        return settings

    async def request_final(self, request: FinalRequest) -> FinalResult:
        """The final mix: costs credits, takes up to a quarter of an hour, is sent once, whatever happens.

        Raises: as `fetch_settings`.
        """
        what = "the request for the final mix"
        body = await self._pay("/retrievefinalmix", _dump(request), what)
        result = replies.final_result(body)
        if result.download_url is None and replies.is_error(body):
            raise PaidOutcomeUnknown(_useless(what, body) + MAYBE_CHARGED)
        return result

    async def download(
        self,
        url: str,
        target: Path,
        *,
        on_bytes: Callable[[int], None] | None = None,
        limit_bytes: int = MAX_DOWNLOAD_BYTES,
        limit_s: float = MAX_DOWNLOAD_S,
    ) -> Path:
        """Bring the file at `url` to `target`, or to the next free name beside it (`final 2.wav`); which is returned.

        Raises:
            UrlExpired: ask for a fresh URL.
            TonnUnavailable: three tries have failed.
            TonnRejected: not a place to fetch from, too large, or too slow.
            StoreError: it cannot be written.
        """
        return await self._patiently(
            lambda: self._transfer.fetch(url, target, on_bytes=on_bytes, limit_bytes=limit_bytes, limit_s=limit_s),
            DOWNLOAD_TRIES,
            TonnUnavailable,
        )

    async def _upload_target(self, stem: Stem) -> UploadTarget:
        what = f"the upload URL for {stem.upload_name}"
        request = UploadRequest(filename=stem.upload_name, content_type=stem.content_type)
        body = await self._ask("POST", "/upload", _dump(request), what)
        target = replies.upload_target(body)
        if target is None:
            raise TonnRejected(_useless(what, body))
        return target

    async def _look(self, task_id: str) -> PreviewStatus:
        request = RetrieveRequest(data=RetrieveData(task_id=task_id, fx_settings=False))
        body = await self._ask("POST", "/retrievepreviewmix", _dump(request), "the look at the preview")
        return replies.preview_status(body)

    async def _pause(self, seconds: float, nudge: asyncio.Event, looked: float) -> None:
        """Wait until the nudge, `seconds` at most; and until a second after the last look in any case."""
        timer = self._clock.call_later(seconds, nudge.set)
        try:
            await nudge.wait()
        finally:
            timer.cancel()
        early = looked + 1.0 - self._clock.now()
        if early > 0.0:
            await self._clock.sleep(early)
        nudge.clear()

    async def _patiently(self, call: Callable[[], Awaitable[_T]], tries: int, *again: type[Exception]) -> _T:
        """The result of `call`, tried again with growing pauses after an error of the kinds in `again`."""
        pauses = backoff()
        for _ in range(tries - 1):
            try:
                return await call()
            except again as exc:
                log.info("trying again: %s", exc)
                await self._clock.sleep(patience(next(pauses), getattr(exc, "retry_after_s", None)))
        return await call()

    async def _ask(self, method: str, path: str, json: object, what: str) -> dict[str, object]:
        """The answer to a free question, asked once."""
        with free_call(what):
            response = await self._http.request(method, self._url(path), headers=self._headers, json=json)
        body = _json_object(response)
        if not response.is_success:
            raise api_failure(what, response.status_code, said_in(body), self._wish(response))
        if body is None:
            raise TonnUnavailable(f"{what}: {self._base.host} answered with something that is not Tonn's JSON")
        return body

    async def _pay(self, path: str, json: object, what: str) -> dict[str, object]:
        with paid_call(what):
            response = await self._http.post(
                self._url(path), headers=self._headers, json=json, timeout=self._final_timeout
            )
        body = _json_object(response)
        if response.is_success and body is not None:
            return body
        raise paid_failure(what, response.status_code, said_in(body), self._wish(response))

    def _url(self, path: str) -> str:
        return str(self._base).rstrip("/") + path

    def _wish(self, response: httpx.Response) -> float | None:
        return retry_after_s(response.headers, self._clock.wall())


def _key_header(key: SecretStr | None) -> dict[str, str]:
    text = key.get_secret_value().strip() if key is not None else ""
    if not (text.isascii() and text.isprintable()):
        raise KeyRefused("the API key holds characters that no key has: copy it again, whole and without line breaks")
    return {"x-api-key": text} if text else {}


def _dump(request: BaseModel) -> dict[str, object]:
    return request.model_dump(mode="json", by_alias=True, exclude_none=True)


def _json_object(response: httpx.Response) -> dict[str, object] | None:
    """The answer's JSON object; None where it is anything else."""
    try:
        body = response.json()
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _useless(what: str, body: Mapping[str, object]) -> str:
    return f"{what}: Tonn's answer lacks what was asked for ({said_in(body) or 'it gives no reason'})"
