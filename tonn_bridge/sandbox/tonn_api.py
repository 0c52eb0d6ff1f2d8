"""Tonn's endpoints, with its answers, refusals and prices."""

import asyncio
import hashlib
from dataclasses import dataclass, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tonn_bridge.sandbox import bodies
from tonn_bridge.sandbox.bodies import PreviewBody, parse, read_json
from tonn_bridge.sandbox.desk import Desk
from tonn_bridge.sandbox.mixing.measure import Stopped
from tonn_bridge.sandbox.mixing.stems import read_info
from tonn_bridge.sandbox.mixing.strip import Bell, Dynamics, Strip
from tonn_bridge.sandbox.records import Final, Records, Rendered, Task, Track, canonical
from tonn_bridge.sandbox.refusals import Refused
from tonn_bridge.sandbox.settings import PRICES
from tonn_bridge.sandbox.units import Units, mix_output_settings
from tonn_bridge.sandbox.uploads import FileStore
from tonn_bridge.tonn.wire import (
    MAX_STEM_S,
    PREVIEW_COMPLETED,
    FinalData,
    FinalRequest,
    FinalTrack,
    PreviewTrack,
    RetrieveRequest,
    Reverb,
    UploadRequest,
)

_MIXABLE = ("WAV", "WAVEX", "RF64", "FLAC")
_MAX_CHANNELS = 2
_NO_REVERB = "reverbPreference was read and not acted on: the sandbox has no reverb"
_NO_MASTER = "createMaster was read and not acted on: the sandbox does not master"


@dataclass(slots=True)
class TonnApi:
    """The endpoints; `units` may be changed while it runs."""

    records: Records
    store: FileStore
    desk: Desk
    units: Units

    async def health(self, _: Request) -> Response:
        return JSONResponse({"status": "ok", "sandbox": True, "prices": PRICES})

    async def upload(self, request: Request) -> Response:
        """`POST /upload`: a signed URL to put the bytes to, and a readable one to name them by."""
        _check_key(request)
        wanted = parse(UploadRequest, await read_json(request))
        if not _is_plain_name(wanted.filename):
            raise Refused(400, "filename: a plain file name without a path is wanted")
        bodies.check_one_of("contentType", wanted.content_type, bodies.CONTENT_TYPES)
        signed, readable = self.store.announce(str(request.base_url), wanted.filename, wanted.content_type)
        return JSONResponse(
            {"signed_url": signed, "readable_url": readable, "error": False, "message": "", "info": "sandbox"}
        )

    async def mix_preview(self, request: Request) -> Response:
        """`POST /mixpreview`: begin a task."""
        _check_key(request)
        body = await read_json(request)
        data = parse(PreviewBody, body).data
        bodies.check_one_of("sampleRate", data.sample_rate, bodies.PREVIEW_RATES)
        tracks = [await self._track(track) for track in data.tracks]
        task = Task(
            task_id=self.records.new_task_id(),
            base_url=str(request.base_url),
            tracks=tracks,
            style=data.style,
            sample_rate=int(data.sample_rate),
            return_stems=data.return_stems,
            webhook_url=data.webhook_url,
            requests=[{"endpoint": "/mixpreview", "body": body}],
        )
        await self.records.save(task)
        self.desk.begin(task)
        info = "" if all(track.reverb is Reverb.NONE for track in data.tracks) else _NO_REVERB
        return JSONResponse({"multitrack_task_id": task.task_id, "error": False, "message": "", "info": info})

    async def retrieve_preview(self, request: Request) -> Response:
        """`POST /retrievepreviewmix`: how far a task is, or its result; the first answer with settings is charged."""
        _check_key(request)
        body = await read_json(request)
        data = parse(RetrieveRequest, body).data
        task = self._task(data.task_id)
        task.requests.append({"endpoint": "/retrievepreviewmix", "body": body})
        await self.records.save(task)
        if task.preview is None or task.state != PREVIEW_COMPLETED:
            return JSONResponse({"status": task.state, "error": bool(task.message), "message": task.message}, 202)
        results = {"status": task.state} | self._urls(request, task.preview, "download_url_preview_mixed")
        if data.fx_settings:
            if not any(charge.what == "fx_settings" for charge in task.charges):
                await self.records.charge(task, "fx_settings")
            results["mix_output_settings"] = self._settings(task, task.proposal or [])
        return JSONResponse({"status": task.state, "error": False, "message": "", "previewMixTaskResults": results})

    async def retrieve_final(self, request: Request) -> Response:
        """`POST /retrievefinalmix`: render and answer. New is what no earlier request for the task has said; it is
        charged once it is found to be in order. `createMaster` and `desiredLoudness` are read and not acted on."""
        _check_key(request)
        body = await read_json(request)
        data = parse(FinalRequest, body).data
        bodies.check_one_of("sampleRate", data.sample_rate, bodies.FINAL_RATES)
        bodies.check_one_of("desiredLoudness", data.desired_loudness, bodies.LOUDNESSES)
        task = self._task(data.task_id)
        strips = self._final_strips(task, data)
        task.requests.append({"endpoint": "/retrievefinalmix", "body": body})
        key = hashlib.sha256(canonical(body)).hexdigest()
        if key not in task.finals:
            task.finals[key] = Final(strips=strips)
            await self.records.charge(task, "final")
        else:
            await self.records.save(task)
        rendered = await self._rendered(task, key, data)
        results = self._urls(request, rendered, "download_url_mixed")
        results["mix_output_settings"] = self._settings(task, strips)
        results["clip_guard_db"] = rendered.clip_guard_db
        info = _NO_MASTER if data.create_master else ""
        return JSONResponse({"error": False, "message": "", "info": info, "applyAudioEffectsResults": results})

    async def _rendered(self, task: Task, key: str, data: FinalData) -> Rendered:
        try:
            return await self.desk.final(
                task,
                key,
                sample_rate=int(data.sample_rate),
                stems=data.return_stems,
                webhook_url=data.webhook_url,
            )
        except Stopped as exc:
            raise Refused(503, "the sandbox is ending; the same request again will cost nothing") from exc
        except (OSError, RuntimeError) as exc:
            raise Refused(500, f"rendering failed: {exc}") from exc

    async def _track(self, wanted: PreviewTrack) -> Track:
        upload_id, file_name = self.store.resolve(wanted.track_url, expires=True)
        info = await asyncio.to_thread(read_info, self.store.audio_file(upload_id))
        if info is None or info.format not in _MIXABLE:
            raise Refused(400, f"Error checking file type for URL: {file_name} is neither WAV nor FLAC")
        if info.channels > _MAX_CHANNELS:
            raise Refused(400, f"{file_name} has {info.channels} channels; mono or stereo is wanted")
        if info.frames == 0 or info.seconds > MAX_STEM_S:
            raise Refused(400, f"{file_name} is {info.seconds:.1f} s long; more than 0 and at most 8 minutes is wanted")
        return Track(
            upload_id=upload_id, file_name=file_name, group=wanted.group, presence=wanted.presence, pan=wanted.pan
        )

    def _task(self, task_id: str) -> Task:
        if task_id not in self.records.tasks:
            raise Refused(404, f"task {task_id} not found")
        return self.records.tasks[task_id]

    def _final_strips(self, task: Task, data: FinalData) -> list[Strip]:
        """The preview's settings with what the request says about its tracks."""
        if task.proposal is None or task.state != PREVIEW_COMPLETED:
            raise Refused(400, f"the preview of task {task.task_id} is not completed (it is {task.state})")
        wishes: dict[str, FinalTrack] = {}
        for track in data.tracks:
            bodies.check_bands(track)
            upload_id, file_name = self.store.resolve(track.track_url, expires=False)
            if upload_id in wishes:
                raise Refused(400, f"trackURL: {file_name} is given twice")
            wishes[upload_id] = track
        if strangers := set(wishes) - {track.upload_id for track in task.tracks}:
            raise Refused(400, f"trackURL: {wishes[strangers.pop()].track_url} is no track of task {task.task_id}")
        pairs = zip(task.tracks, task.proposal, strict=True)
        return [adjusted(strip, wishes[t.upload_id]) if t.upload_id in wishes else strip for t, strip in pairs]

    def _settings(self, task: Task, strips: list[Strip]) -> dict[str, Any]:
        return mix_output_settings(zip((track.file_name for track in task.tracks), strips, strict=True), self.units)

    def _urls(self, request: Request, rendered: Rendered, mix_key: str) -> dict[str, Any]:
        base = str(request.base_url)
        urls: dict[str, Any] = {mix_key: self.store.result_url(base, rendered.mix)}
        if rendered.stems:
            urls["stems"] = {name: self.store.result_url(base, stem) for name, stem in rendered.stems.items()}
        return urls


def adjusted(strip: Strip, track: FinalTrack) -> Strip:
    """A preview's strip with a final's wishes: `gainDb` on top; pan, EQ and compressor in place of what was."""
    if track.gain_db is not None:
        strip = replace(strip, gain_db=strip.gain_db + track.gain_db)
    if track.panning is not None:
        strip = replace(strip, pan_deg=track.panning.panning_angle)
    if track.eq is not None:
        bells = [Bell(band.centre_freq, band.gain, band.q) for _, band in sorted(track.eq.items())]
        strip = replace(strip, eq=tuple(bells))
    if (comp := track.compression) is not None:
        seconds = (comp.attack_ms / 1000.0, comp.release_ms / 1000.0)
        strip = replace(strip, comp=Dynamics(comp.threshold, comp.ratio, *seconds))
    return strip


def _check_key(request: Request) -> None:
    match request.headers.get("x-api-key", ""):
        case "" | "wrong":
            raise Refused(401, "the API key is missing or wrong (header x-api-key)")
        case "broke":
            raise Refused(402, "the account has no credits left")


def _is_plain_name(name: str) -> bool:
    return name.isprintable() and not set(name) & set("/\\") and name not in (".", "..") and len(name) <= 255
