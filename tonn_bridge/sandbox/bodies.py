"""Reading request bodies: Tonn's wire models, and what the service checks beyond them."""

import json
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, Field, ValidationError
from starlette.requests import Request

from tonn_bridge.sandbox.refusals import Refused
from tonn_bridge.tonn.wire import FinalTrack, PreviewData

PREVIEW_RATES = ("44100", "48000")
FINAL_RATES = ("44100", "48000", "88200", "96000")
LOUDNESSES = ("LOW", "MEDIUM", "HIGH", "QUIET", "LOUD", "VERY_LOUD")
"""LOW, MEDIUM, HIGH in the vendor's client; QUIET, MEDIUM, LOUD, VERY_LOUD in its guide."""
CONTENT_TYPES = ("audio/wav", "audio/x-wav", "audio/wave", "audio/flac", "audio/x-flac", "audio/mpeg")
_MAX_BODY_BYTES = 1 << 20
_BANDS = {f"band_{number}" for number in range(1, 7)}

M = TypeVar("M", bound=BaseModel)


class PreviewBody(BaseModel):
    """Body of `POST /mixpreview`; webhookURL may be missing (the vendor's own client leaves it out), but not null."""

    class Data(PreviewData):
        webhook_url: str = Field(default="", alias="webhookURL", min_length=1)

    data: Data = Field(alias="multitrackData")


async def read_json(request: Request) -> Any:
    """The body as JSON.

    Raises:
        Refused: 413 for more than 1 MiB, 400 for anything that is not JSON.
    """
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > _MAX_BODY_BYTES:
            raise Refused(413, "the body is larger than 1 MiB")
    try:
        return json.loads(raw, parse_constant=_no_number)
    except (ValueError, RecursionError) as exc:
        raise Refused(400, f"the body is not JSON: {exc}") from exc


def parse(model: type[M], body: Any) -> M:
    """The body as `model`.

    Raises:
        Refused: 400, naming the first key that is wrong.
    """
    try:
        return model.model_validate(body)
    except ValidationError as exc:
        raise Refused(400, _first_error(exc)) from exc


def _first_error(error: ValidationError) -> str:
    """Where a body is wrong, and why, in one line."""
    first = error.errors(include_url=False)[0]
    return f"{'.'.join(str(part) for part in first['loc']) or 'body'}: {first['msg']}"


def check_one_of(key: str, value: str | None, allowed: tuple[str, ...]) -> None:
    """Raises: Refused: 400, `value` is neither None nor one of `allowed`."""
    if value is not None and value not in allowed:
        raise Refused(400, f"{key}: {value} is not one of {', '.join(allowed)}")


def check_bands(track: FinalTrack) -> None:
    """Raises: Refused: 400, an EQ band that is not band_1 … band_6."""
    if unknown := sorted(set(track.eq or {}) - _BANDS):
        raise Refused(400, f"eq_settings: {unknown[0]} is not one of band_1 … band_6")


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON number")
