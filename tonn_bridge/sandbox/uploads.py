"""The file store: uploads come in by signed PUT, uploads and results go out by signed GET."""

import asyncio
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import BaseModel
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, Response

from tonn_bridge.clock import Clock
from tonn_bridge.sandbox.records import write_whole
from tonn_bridge.sandbox.refusals import Refused, StoreRefused
from tonn_bridge.sandbox.settings import SandboxSettings
from tonn_bridge.sandbox.urls import UrlSigner

_WRITE_BYTES = 1 << 20


class Upload(BaseModel):
    """What an upload was announced as."""

    upload_id: str
    file_name: str
    content_type: str


@dataclass(frozen=True, slots=True)
class FileStore:
    """Files below the state folder, reached by signed URLs only."""

    settings: SandboxSettings
    signer: UrlSigner
    clock: Clock

    def announce(self, base_url: str, file_name: str, content_type: str) -> tuple[str, str]:
        """Make room for an upload; its signed (PUT) and its readable (GET) URL."""
        upload = Upload(upload_id=secrets.token_hex(12), file_name=file_name, content_type=content_type)
        folder = self._folder(upload.upload_id)
        folder.mkdir(parents=True)
        write_whole(folder / "upload.json", upload.model_dump_json().encode())
        path = f"/uploads/{upload.upload_id}/{file_name}"
        put = self.signer.sign(base_url, "PUT", path, self.settings.upload_url_s)
        return put, self.signer.sign(base_url, "GET", path, self.settings.download_url_s)

    def audio_file(self, upload_id: str) -> Path:
        """Where the bytes of an upload are, or will be."""
        return self._folder(upload_id) / "audio"

    def result_file(self, name: str) -> Path:
        """Where the result called `name` is, or will be."""
        return self.settings.state_dir / "results" / name

    def result_url(self, base_url: str, name: str) -> str:
        """A fresh signed URL of a result."""
        return self.signer.sign(base_url, "GET", f"/downloads/{name}", self.settings.download_url_s)

    def resolve(self, url: str, *, expires: bool) -> tuple[str, str]:
        """(upload id, file name) of a readable URL of ours; with `expires`, only while it is valid.

        Raises:
            Refused: 400, not a readable URL of this service, expired, or nothing was uploaded there.
        """
        try:
            parts = urlsplit(url)
        except ValueError as exc:
            raise Refused(400, f"Error checking file type for URL: {exc}") from exc
        path = unquote(parts.path)
        try:
            self.signer.check("GET", path, dict(parse_qsl(parts.query)))
        except StoreRefused as refusal:
            if expires or refusal.code != "ExpiredToken":
                raise Refused(400, f"Error checking file type for URL: {parts.path}: {refusal}") from refusal
        match path.split("/"):
            case ["", "uploads", upload_id, file_name] if self.audio_file(upload_id).exists():
                return upload_id, file_name
        raise Refused(400, f"Error checking file type for URL: {parts.path}: nothing was uploaded there")

    async def put(self, request: Request) -> Response:
        """`PUT /uploads/{id}/{name}`: keep the body, once it is whole."""
        self.signer.check("PUT", request.scope["path"], request.query_params)
        folder = self._folder(request.path_params["upload_id"])
        upload = Upload.model_validate_json((folder / "upload.json").read_bytes())
        if request.headers.get("content-type") != upload.content_type:
            raise StoreRefused(403, "SignatureDoesNotMatch", f"The URL is signed for {upload.content_type}.")
        part = folder / f"{secrets.token_hex(4)}.part"
        try:
            await self._receive(request, part)
            await asyncio.to_thread(part.replace, self.audio_file(upload.upload_id))
        except ClientDisconnect:
            pass
        finally:
            part.unlink(missing_ok=True)
        return Response()

    async def get_upload(self, request: Request) -> Response:
        """`GET /uploads/{id}/{name}`: what was uploaded."""
        self.signer.check("GET", request.scope["path"], request.query_params)
        folder = self._folder(request.path_params["upload_id"])
        upload = Upload.model_validate_json((folder / "upload.json").read_bytes())
        return _file(folder / "audio", upload.content_type)

    async def get_result(self, request: Request) -> Response:
        """`GET /downloads/{name}`: a mix or a stem."""
        self.signer.check("GET", request.scope["path"], request.query_params)
        path = self.result_file(request.path_params["name"])
        return _file(path, "audio/mpeg" if path.suffix == ".mp3" else "audio/wav")

    def _folder(self, upload_id: str) -> Path:
        return self.settings.state_dir / "uploads" / upload_id

    async def _receive(self, request: Request, part: Path) -> None:
        """Write a body to `part`, a mebibyte at a time and no faster than the limit."""
        limit = self.settings.upload_limit_bytes_per_s
        began, received = self.clock.now(), 0
        waiting = bytearray()
        with part.open("wb") as file:
            async for chunk in request.stream():
                waiting += chunk
                received += len(chunk)
                if len(waiting) >= _WRITE_BYTES:
                    await asyncio.to_thread(file.write, bytes(waiting))
                    waiting.clear()
                if limit is not None and (early_s := began + received / limit - self.clock.now()) > 0.0:
                    await self.clock.sleep(early_s)
            await asyncio.to_thread(file.write, bytes(waiting))


def _file(path: Path, content_type: str) -> Response:
    if not path.exists():
        raise StoreRefused(404, "NoSuchKey", "The specified key does not exist.")
    return FileResponse(path, media_type=content_type)
