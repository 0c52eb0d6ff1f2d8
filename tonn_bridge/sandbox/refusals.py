"""The answers that say no: Tonn's in JSON, the file store's in XML."""

from xml.sax.saxutils import escape

from starlette.requests import Request
from starlette.responses import JSONResponse, Response


class Refused(Exception):
    """A request Tonn's API turns down with `status` and a message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class StoreRefused(Exception):
    """A request on a signed URL that the file store turns down; `code` is a cloud store's word for the reason."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


EXPIRED = StoreRefused(400, "ExpiredToken", "The provided token has expired.")


def error_answer(status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    """An error in the shape of Tonn's API."""
    return JSONResponse({"error": True, "message": message}, status, headers)


def store_answer(refusal: StoreRefused) -> Response:
    """An error in the shape of a cloud store."""
    text = f"<?xml version='1.0' encoding='UTF-8'?><Error><Code>{refusal.code}</Code><Message>{escape(str(refusal))}"
    return Response(f"{text}</Message></Error>", refusal.status, media_type="application/xml")


async def answer_refused(_: Request, refusal: Exception) -> Response:
    """Starlette's exception handler for `Refused`."""
    assert isinstance(refusal, Refused)
    return error_answer(refusal.status, str(refusal))


async def answer_store_refused(_: Request, refusal: Exception) -> Response:
    """Starlette's exception handler for `StoreRefused`."""
    assert isinstance(refusal, StoreRefused)
    return store_answer(refusal)
