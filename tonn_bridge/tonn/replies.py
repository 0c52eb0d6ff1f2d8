"""Reading the service's answers, tolerantly: its own texts and its users spell and place things differently.

Sources: the vendor's API texts, its public client (PyPI roex-python 1.6), field reports.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tonn_bridge.tonn.http_errors import said_in
from tonn_bridge.tonn.wire import FINAL_COMPLETED, PREVIEW_COMPLETED


@dataclass(frozen=True, slots=True)
class UploadTarget:
    """Where a stem goes (`signed_url`, for one PUT) and where Tonn reads it afterwards (`readable_url`)."""

    signed_url: str = field(repr=False)
    readable_url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PreviewStatus:
    """How far a preview is; a status nobody has heard of counts as still working.

    `preview_url` and `stems` (stem name to URL) are signed URLs: they expire, and they are secrets.
    """

    status: str
    done: bool
    failed: bool
    preview_url: str | None = field(repr=False)
    stems: Mapping[str, str] = field(repr=False)
    message: str


@dataclass(frozen=True, slots=True)
class FinalResult:
    """The answer to a final request; `download_url` is None where the mix is not there yet."""

    download_url: str | None = field(repr=False)
    stems: Mapping[str, str] = field(repr=False)
    settings: Mapping[str, object]


def upload_target(body: Mapping[str, object]) -> UploadTarget | None:
    """The two URLs in an answer of `/upload`, in either spelling; None without both."""
    signed = _text(body, "signed_url", "signedUrl", "signedURL")
    readable = _text(body, "readable_url", "readableUrl", "readableURL")
    return UploadTarget(signed, readable) if signed and readable else None


def task_id(body: Mapping[str, object]) -> str | None:
    """The task's name in an answer of `/mixpreview`."""
    return _text(body, "multitrack_task_id", "multitrackTaskId")


def preview_status(body: Mapping[str, object]) -> PreviewStatus:
    """What an answer of `/retrievepreviewmix` says; the status may stand in the results, at the top, or both."""
    results = _section(body, "previewMixTaskResults")
    status = _text(results, "status", "state") or _text(body, "status", "state") or ""
    url = _text(results, "download_url_preview_mixed")
    word = status.upper()
    failed = "ERROR" in word or "FAILED" in word or (not status and not url and is_error(body))
    return PreviewStatus(
        status=status,
        done=not failed and (status in (PREVIEW_COMPLETED, FINAL_COMPLETED) or (not status and url is not None)),
        failed=failed,
        preview_url=url,
        stems=_urls(results),
        message=said_in(results) or said_in(body),
    )


def mix_settings(body: Mapping[str, object]) -> Mapping[str, object] | None:
    """`mix_output_settings` of an answer to the paid question for them; None where it holds none."""
    settings = _section(body, "previewMixTaskResults").get("mix_output_settings")
    return settings if isinstance(settings, dict) else None


def final_result(body: Mapping[str, object]) -> FinalResult:
    """What an answer of `/retrievefinalmix` holds."""
    results = _section(body, "applyAudioEffectsResults")
    settings = results.get("mix_output_settings")
    return FinalResult(
        download_url=_text(results, "download_url_mixed"),
        stems=_urls(results),
        settings=settings if isinstance(settings, dict) else {},
    )


def is_error(body: Mapping[str, object]) -> bool:
    """Whether an answer that looks like a success says that it is none: `error` is false or null in a true one."""
    return bool(body.get("error"))


def _section(body: Mapping[str, object], name: str) -> Mapping[str, object]:
    """The section `name`, or the whole where its content stands at the top."""
    section = body.get(name)
    return section if isinstance(section, dict) else body


def _text(body: Mapping[str, object], *keys: str) -> str | None:
    return next((text for key in keys if isinstance(text := body.get(key), str) and text), None)


def _urls(body: Mapping[str, object]) -> dict[str, str]:
    stems = body.get("stems")
    return {name: url for name, url in stems.items() if isinstance(url, str)} if isinstance(stems, dict) else {}
