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
    PREVIEW_LOST = "preview_lost"
    SETTINGS_DECLINED = "settings_declined"
    SETTINGS_REQUESTED = "settings_requested"
    SETTINGS_REFUSED = "settings_refused"
    SETTINGS_RECEIVED = "settings_received"
    PROPOSED = "proposed"
    IMPORTED = "imported"
    APPLIED = "applied"
    FINAL_REQUESTED = "final_requested"
    FINAL_DECLINED = "final_declined"
    FINAL_REFUSED = "final_refused"
    FINAL_RECEIVED = "final_received"
    FINAL_SAVED = "final_saved"
    CANCELLED = "cancelled"
    FAILED = "failed"


_ENDINGS = frozenset(
    {
        Step.PREVIEW_LOST,
        Step.SETTINGS_DECLINED,
        Step.SETTINGS_REFUSED,
        Step.PROPOSED,
        Step.IMPORTED,
        Step.FINAL_DECLINED,
        Step.FINAL_REFUSED,
        Step.FINAL_SAVED,
        Step.CANCELLED,
        Step.FAILED,
    }
)
"""After these nothing goes on by itself."""


class Written(Protocol):
    """An entry as the store gives it back."""

    @property
    def kind(self) -> str: ...
    @property
    def data(self) -> dict[str, Any]: ...


class Action(StrEnum):
    """What a person asks of the service, and what a restart goes on with."""

    PREVIEW = "preview"
    FINAL = "final"


@dataclass(slots=True)
class Run:
    """One preview, from the wish to the proposal. `urls` and `sources` (where each stem came from) go by track number.

    `settings_open` while a paid request for them has no known answer; `lost` when the service does not go on with it.
    """

    fingerprint: str
    task_id: str | None = None
    urls: dict[int, str] = field(default_factory=dict)
    sources: dict[int, str] = field(default_factory=dict)
    done: bool = False
    preview_file: str | None = None
    settings_open: bool = False
    settings: Mapping[str, Any] | None = None
    lost: bool = False

    def read(self, kind: str, data: Mapping[str, Any]) -> None:
        """Take in one more entry of this preview."""
        match kind:
            case Step.TASK_CREATED:
                self.task_id = data["task_id"]
                self.urls = {int(number): url for number, url in data["urls"].items()}
                self.sources = {int(number): source for number, source in data["sources"].items()}
            case Step.PREVIEW_DONE:
                self.done = True
            case Step.PREVIEW_SAVED:
                self.preview_file = data["file"]
            case Step.PREVIEW_LOST:
                self.lost = True
            case Step.SETTINGS_REQUESTED:
                self.settings_open = True
            case Step.SETTINGS_REFUSED:
                self.settings_open = False
            case Step.SETTINGS_RECEIVED:
                self.settings_open, self.settings = False, data["settings"]


@dataclass(slots=True)
class Final:
    """A final mix asked for and not in its file yet: the request's body and, once Tonn has answered, where it lies."""

    body: Mapping[str, Any]
    url: str | None = None
    stems: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Imported:
    """A mix that came from a file: its content, and which of its tracks (by number) belongs to which stem's origin."""

    mix: Mapping[str, Any]
    sources: Mapping[str, int]


@dataclass(slots=True)
class Past:
    """Where the job stands. `run` is the newest preview, `proposed` the one whose settings are the proposal.

    `imported` stands in place of that where a mix came from a file since. `proposed_at` is in Unix seconds.
    `applied` is the task whose proposal the DAW was set to last, `finished` whether a final mix was made since;
    `waiting` is what is to go on by itself after a restart.
    """

    run: Run | None = None
    proposed: Run | None = None
    proposed_at: float | None = None
    imported: Imported | None = None
    applied: str | None = None
    preview_file: str | None = None
    final: Final | None = None
    final_file: str | None = None
    finished: bool = False
    waiting: Action | None = None

    @property
    def unanswered(self) -> bool:
        """Whether something was asked for that may cost credits, and its answer is not known."""
        final_open = self.final is not None and self.final.url is None
        return final_open or (self.run is not None and self.run.settings_open)

    def read(self, kind: str, data: Mapping[str, Any]) -> None:
        """Take in one more entry."""
        if kind in _ENDINGS:
            self.waiting = None
        match kind:
            case Step.PREVIEW_WANTED:
                if not self._goes_on(data["fingerprint"]):
                    self.run = Run(data["fingerprint"])
                self.waiting = Action.PREVIEW
            case Step.PREVIEW_SAVED:
                self.preview_file = data["file"]
            case Step.SETTINGS_REQUESTED:
                self.waiting = Action.PREVIEW
            case Step.PROPOSED:
                self.proposed, self.proposed_at, self.imported = self.run, data.get("at"), None
                self.final_file, self.finished = None, False
            case Step.IMPORTED:
                self.imported = Imported(data["mix"], data["sources"]) if "mix" in data else None
                self.final_file, self.finished = None, False
            case Step.APPLIED:
                self.applied, self.finished = data["task_id"], False
            case Step.FINAL_REQUESTED:
                self.final, self.waiting = Final(data["body"]), Action.FINAL
            case Step.FINAL_RECEIVED if self.final is not None:
                self.final.url, self.final.stems = data["url"], data["stems"]
            case Step.FINAL_REFUSED:
                self.final = None
            case Step.FINAL_SAVED:
                self.final, self.final_file, self.finished = None, data["file"], True
        if self.run is not None:
            self.run.read(kind, data)

    def _goes_on(self, fingerprint: str) -> bool:
        """Whether asking for a preview of these stems goes on with the newest one, where it was left."""
        run = self.run
        return run is not None and run.fingerprint == fingerprint and not run.lost and run is not self.proposed


def recall_past(entries: Iterable[Written]) -> Past:
    """Where the job stood when the last entry was written."""
    past = Past()
    for entry in entries:
        past.read(entry.kind, entry.data)
    return past
