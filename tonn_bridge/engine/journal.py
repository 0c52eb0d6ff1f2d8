"""The job's journal: what is written down before and after each step, and what a restart reads out of it.

A paid request is written down before it is sent. One without an answer after it may have been charged: nobody but
a person may decide to send it again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol


class Step(StrEnum):
    """The kinds of journal entries, in the order in which a job writes them."""

    PREVIEW_WANTED = "preview_wanted"
    TASK_CREATED = "task_created"
    PREVIEW_DONE = "preview_done"
    PREVIEW_SAVED = "preview_saved"
    SETTINGS_DECLINED = "settings_declined"
    SETTINGS_REQUESTED = "settings_requested"
    SETTINGS_REFUSED = "settings_refused"
    SETTINGS_RECEIVED = "settings_received"
    FINAL_REQUESTED = "final_requested"
    FINAL_REFUSED = "final_refused"
    FINAL_RECEIVED = "final_received"
    FINAL_SAVED = "final_saved"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Written(Protocol):
    """An entry as the store gives it back."""

    @property
    def kind(self) -> str: ...
    @property
    def data(self) -> dict[str, Any]: ...


@dataclass(slots=True)
class Run:
    """One preview, from the wish to the settings; `settings_open` while a paid request has no known answer."""

    fingerprint: str
    task_id: str | None = None
    urls: dict[int, str] = field(default_factory=dict)
    done: bool = False
    preview_file: str | None = None
    settings_open: bool = False
    settings: Mapping[str, Any] | None = None


@dataclass(slots=True)
class Past:
    """Where the job stands. `run` is the newest preview, `mixed` the one whose settings are the proposal.

    `waiting` while the newest preview is to go on by itself after a restart; `final_open` holds the body of a final
    request whose answer is not known, `final_url` that of a final mix that is paid for and not fetched yet.
    """

    run: Run | None = None
    mixed: Run | None = None
    waiting: bool = False
    final_open: Mapping[str, Any] | None = None
    final_url: str | None = None
    final_stems: Mapping[str, str] = field(default_factory=dict)
    final_file: str | None = None

    def read(self, kind: str, data: Mapping[str, Any]) -> None:
        """Take in one more entry."""
        run = self.run
        match kind:
            case Step.PREVIEW_WANTED:
                self.run, self.waiting = Run(data["fingerprint"]), True
            case Step.CANCELLED | Step.FAILED:
                self.waiting = False
            case Step.FINAL_REQUESTED:
                self.final_open = data["body"]
            case Step.FINAL_REFUSED:
                self.final_open = None
            case Step.FINAL_RECEIVED:
                self.final_open, self.final_url, self.final_stems = None, data["url"], data["stems"]
            case Step.FINAL_SAVED:
                self.final_url, self.final_file = None, data["file"]
            case _ if run is not None:
                self._read_run(run, kind, data)

    def _read_run(self, run: Run, kind: str, data: Mapping[str, Any]) -> None:
        match kind:
            case Step.TASK_CREATED:
                run.task_id = data["task_id"]
                run.urls = {int(number): url for number, url in data["urls"].items()}
            case Step.PREVIEW_DONE:
                run.done = True
            case Step.PREVIEW_SAVED:
                run.preview_file = data["file"]
            case Step.SETTINGS_DECLINED:
                self.waiting = False
            case Step.SETTINGS_REQUESTED:
                run.settings_open = True
            case Step.SETTINGS_REFUSED:
                run.settings_open, self.waiting = False, False
            case Step.SETTINGS_RECEIVED:
                run.settings_open, run.settings, self.waiting = False, data["settings"], False
                self.mixed, self.final_file, self.final_open = run, None, None


def recall_past(entries: Iterable[Written]) -> Past:
    """Where the job stood when the last entry was written."""
    past = Past()
    for entry in entries:
        past.read(entry.kind, entry.data)
    return past
