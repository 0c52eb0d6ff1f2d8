"""From HTTP's ways to fail to ours: what may be tried again, what may not, and what may have been paid for."""

import contextlib
import re
from collections.abc import Iterator
from datetime import UTC
from email.utils import parsedate_to_datetime

import httpx

from tonn_bridge.errors import (
    KeyRefused,
    NoCredits,
    PaidOutcomeUnknown,
    TonnError,
    TonnRejected,
    TonnUnavailable,
    UrlExpired,
)
from tonn_bridge.tonn.urls import without_urls

MAYBE_CHARGED = "; it may have been charged, and is not repeated unasked"

_BUSY = frozenset({408, 425, 429})
_EXPIRED = frozenset({400, 401, 403, 410})
_MESSAGE_LENGTH = 300


@contextlib.contextmanager
def free_call(what: str) -> Iterator[None]:
    """Whatever httpx raises inside becomes TonnUnavailable: `what` costs nothing and may be asked again."""
    try:
        yield
    except httpx.TimeoutException as exc:
        raise TonnUnavailable(f"{what}: no answer in time; check the network connection") from exc
    except httpx.HTTPError as exc:
        raise TonnUnavailable(f"{what}: {_reason(exc)}; check the network connection") from exc
    except httpx.InvalidURL as exc:  # httpx reads a redirect's target even where it is not to follow it
        raise TonnRejected(f"{what}: sent on to something that is not a URL") from exc


@contextlib.contextmanager
def paid_call(what: str) -> Iterator[None]:
    """As `free_call` while nothing has been sent; after that it may have been paid for, and is PaidOutcomeUnknown."""
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as exc:
        raise TonnUnavailable(f"{what}: Tonn is out of reach, nothing was sent or charged ({_reason(exc)})") from exc
    except (httpx.HTTPError, httpx.InvalidURL) as exc:
        raise PaidOutcomeUnknown(f"{what} was sent, but no answer came ({_reason(exc)}){MAYBE_CHARGED}") from exc


def api_failure(what: str, status: int, said: str, retry_after_s: float | None = None) -> TonnError:
    """The error for an answer of the API other than success. `said` is the service's own message, or empty."""
    more = f": {said}" if said else ""
    match status:
        case 401 | 403:
            return KeyRefused(
                f"Tonn refused the API key ({status}): set TONN_API_KEY or run `tonn-bridge key set`", status
            )
        case 402:
            return NoCredits(f"{what}: the Tonn account has too few credits (402){more}; buy some and try again", 402)
        case _ if status in _BUSY or status >= 500:
            return TonnUnavailable(f"{what}: Tonn is busy or down ({status}){more}; try again later", retry_after_s)
        case _:
            return TonnRejected(f"{what}: Tonn refused it ({status}){more}", status)


def storage_failure(what: str, status: int, retry_after_s: float | None = None) -> TonnError:
    """The error for an answer of the place a signed URL leads to."""
    if status in _EXPIRED:
        return UrlExpired(f"{what}: its signed URL is no longer valid ({status})", status)
    if status in _BUSY or status >= 500:
        return TonnUnavailable(f"{what}: the storage is busy or down ({status}); try again later", retry_after_s)
    return TonnRejected(f"{what}: the storage refused it ({status})", status)


def paid_failure(what: str, status: int, said: str, retry_after_s: float | None = None) -> TonnError:
    """The error for a paid call's answer: only a definite refusal says that nothing was charged."""
    if status == 429 or (400 <= status < 500 and status not in _BUSY):
        return api_failure(what, status, said, retry_after_s)
    more = f": {said}" if said else ""
    return PaidOutcomeUnknown(f"{what} was sent and answered {status}{more}{MAYBE_CHARGED}")


def retry_after_s(headers: httpx.Headers, wall: float) -> float | None:
    """Seconds the service wishes to be left alone, from `Retry-After` (seconds or a date); None without a wish."""
    text = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}", text):
        return float(text)
    with contextlib.suppress(ValueError, TypeError, OverflowError):
        date = parsedate_to_datetime(text)
        return max(0.0, (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - wall)
    return None


def said_in(body: object) -> str:
    """The service's own words in an answer, one line, without the URLs it likes to repeat; empty where it has none."""
    if not isinstance(body, dict):
        return ""
    words = next(
        (w for key in ("message", "error_message", "error", "detail") if isinstance(w := body.get(key), str)), ""
    )
    return " ".join(without_urls(words).split())[:_MESSAGE_LENGTH]


def _reason(exc: Exception) -> str:
    return without_urls(str(exc)) or type(exc).__name__
