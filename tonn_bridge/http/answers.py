"""Answers in JSON, and errors as `{"error": {"code", "text"}}`."""

from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ExceptionHandler

from tonn_bridge.errors import BridgeError, FileError, MixMisfit, NotPossible, RangeError, UnknownTrack
from tonn_bridge.http.wire import complaint, to_json

_STATUS = {NotPossible: 409, RangeError: 422, MixMisfit: 422, FileError: 422, UnknownTrack: 404}
_CODES = {404: "not_found", 405: "method", 413: "too_large", 415: "content_type"}


def answer(content: object, status: int = 200) -> Response:
    """`content` as JSON."""
    return Response(to_json(content), status, media_type="application/json")


def refuse(status: int, code: str, text: str) -> Response:
    """An error, for programs (`code`) and people (`text`)."""
    return answer({"error": {"code": code, "text": text}}, status)


async def _bridge_error(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, BridgeError)
    status = next((status for kind, status in _STATUS.items() if isinstance(exc, kind)), 500)
    return refuse(status, exc.code, str(exc))


async def _wrong_body(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, ValidationError)
    return refuse(422, "arguments", complaint(exc))


async def _http_error(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, HTTPException)
    response = refuse(exc.status_code, _CODES.get(exc.status_code, "http"), exc.detail)
    response.headers.update(exc.headers or {})
    return response


ERROR_ANSWERS: dict[type[Exception] | int, ExceptionHandler] = {
    BridgeError: _bridge_error,
    ValidationError: _wrong_body,
    HTTPException: _http_error,
}
