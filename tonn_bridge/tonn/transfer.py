"""Audio on its way: stems up to a signed URL, mixes down from one, neither ever whole in memory."""

import asyncio
import contextlib
from collections.abc import AsyncIterable, AsyncIterator, Callable
from pathlib import Path

import httpx

from tonn_bridge.clock import Clock
from tonn_bridge.errors import StemError, TonnRejected
from tonn_bridge.tonn.http_errors import free_call, retry_after_s, storage_failure
from tonn_bridge.tonn.landing import Landing
from tonn_bridge.tonn.stems import Stem
from tonn_bridge.tonn.urls import LookUp, addresses, file_url

_CHUNK = 256 * 1024
_MAX_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Transfer:
    """Sends to and fetches from URLs out of answers: https only, to public addresses only, and without the key.

    While the service is `local` (the sandbox), loopback addresses and plain http to them are allowed as well.
    """

    def __init__(self, http: httpx.AsyncClient, clock: Clock, *, local: bool, resolve: LookUp) -> None:
        self._http = http
        self._clock = clock
        self._local = local
        self._resolve = resolve

    async def put(self, url: str, stem: Stem, path: Path, on_bytes: Callable[[int], None]) -> None:
        """Send `path` to the signed `url`; `on_bytes` hears how many bytes have gone out so far.

        Raises:
            UrlExpired, TonnUnavailable: try again with a fresh URL.
            TonnRejected: do not.
            StemError: the file is gone, or no longer the one that was checked.
        """
        what = f"upload of {stem.upload_name}"
        headers = {"Content-Type": stem.content_type, "Content-Length": str(stem.size)}
        place = file_url(url, local=self._local)
        with free_call(what):
            async with self._exchange("PUT", place, headers, lambda: _pieces(path, stem.size, on_bytes)) as response:
                if not response.is_success:
                    raise storage_failure(what, response.status_code, self._wish(response))

    async def fetch(
        self, url: str, target: Path, *, on_bytes: Callable[[int], None] | None, limit_bytes: int, limit_s: float
    ) -> Path:
        """Bring the file at `url` to `target`, or to the next free name beside it, which is returned.

        Raises:
            UrlExpired: ask for a fresh URL.
            TonnUnavailable: try again.
            TonnRejected: not a place to fetch from, or more than `limit_bytes`, or longer than `limit_s` seconds.
            StoreError: it cannot be written.
        """
        what = f"download of {target.name}"
        began = self._clock.now()
        landing = await asyncio.to_thread(Landing, target)
        try:
            with free_call(what):
                async with self._following(what, url) as response:
                    done = 0
                    async for data in response.aiter_bytes(_CHUNK):
                        done += len(data)
                        if done > limit_bytes:
                            raise TonnRejected(f"{what}: stopped, it is larger than {limit_bytes / 2**20:,.0f} MiB")
                        if self._clock.now() - began > limit_s:
                            raise TonnRejected(f"{what}: stopped, it has taken longer than {limit_s:,.0f} s")
                        await asyncio.to_thread(landing.write, data)
                        if on_bytes is not None:
                            on_bytes(done)
            return await asyncio.to_thread(landing.keep)
        finally:
            await asyncio.to_thread(landing.close)

    @contextlib.asynccontextmanager
    async def _following(self, what: str, url: str) -> AsyncIterator[httpx.Response]:
        """The answer at the end of at most three redirects, each held to the same rules as the first URL."""
        place = file_url(url, local=self._local)
        for _ in range(_MAX_REDIRECTS + 1):
            async with self._exchange("GET", place, {"Accept-Encoding": "identity"}) as response:
                if response.status_code not in _REDIRECTS:
                    if not response.is_success:
                        raise storage_failure(what, response.status_code, self._wish(response))
                    yield response
                    return
                place = file_url(str(place.join(response.headers.get("location", ""))), local=self._local)
        raise TonnRejected(f"{what}: sent on more than {_MAX_REDIRECTS} times")

    @contextlib.asynccontextmanager
    async def _exchange(
        self,
        method: str,
        url: httpx.URL,
        headers: dict[str, str],
        body: Callable[[], AsyncIterable[bytes]] | None = None,
    ) -> AsyncIterator[httpx.Response]:
        """The answer to one request, sent to the address that was checked, under the name in the URL."""
        response: httpx.Response | None = None
        unreached: httpx.TransportError = httpx.ConnectError("no address to connect to")
        for address in await addresses(url, local=self._local, resolve=self._resolve):
            request = self._http.build_request(
                method,
                url.copy_with(host=address),
                headers={"Host": url.netloc.decode("ascii"), **headers},
                content=body() if body is not None else None,
                extensions={"sni_hostname": url.host},
            )
            try:
                response = await self._http.send(request, stream=True)
                break
            except (httpx.ConnectError, httpx.ConnectTimeout) as exc:
                unreached = exc
        if response is None:
            raise unreached
        try:
            yield response
        finally:
            await response.aclose()

    def _wish(self, response: httpx.Response) -> float | None:
        return retry_after_s(response.headers, self._clock.wall())


async def _pieces(path: Path, size: int, on_bytes: Callable[[int], None]) -> AsyncIterator[bytes]:
    """The file's `size` bytes piece by piece; a piece counts as sent when the next is asked for.

    Raises:
        StemError: it cannot be read, or has not just that size any more.
    """
    sent = 0
    try:
        with await asyncio.to_thread(path.open, "rb") as file:
            while data := await asyncio.to_thread(file.read, _CHUNK):
                if sent + len(data) > size:
                    break
                yield data
                sent += len(data)
                on_bytes(sent)
    except OSError as exc:
        raise StemError(f"{path} cannot be read: {exc.strerror or exc}") from exc
    if data or sent < size:
        raise StemError(f"{path} changed while it was being sent: start again")
