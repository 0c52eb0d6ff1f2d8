"""What the sandbox remembers, as JSON files in its state folder, each written whole or not at all."""

import asyncio
import json
import secrets
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from tonn_bridge.errors import StoreError
from tonn_bridge.sandbox.mixing.strip import Strip
from tonn_bridge.sandbox.settings import PRICES, Paid
from tonn_bridge.tonn.wire import PREVIEW_COMPLETED, InstrumentGroup, MusicalStyle, PanPreference, Presence

PENDING, ANALYSIS, APPLY_FX = "MIX_TASK_PENDING", "MIX_TASK_ANALYSIS", "MIX_TASK_APPLY_FX"
FAILED = "MIX_TASK_ERROR"


class Track(BaseModel):
    """One track of a preview, in the order of the request."""

    upload_id: str
    file_name: str
    group: InstrumentGroup
    presence: Presence
    pan: PanPreference


class Rendered(BaseModel):
    """Results on disk: paths below the folder `results`, stems by file name; the clip guard in dB."""

    mix: str
    stems: dict[str, str] = {}
    clip_guard_db: float = 0.0


class Final(BaseModel):
    """One final request that was charged, and once rendered its result; `strips` are in the order of the tracks."""

    strips: list[Strip]
    rendered: Rendered | None = None


class Charge(BaseModel):
    """Credits taken; `number` counts the charges of all tasks."""

    number: int
    what: Paid
    credits: int


class Task(BaseModel):
    """One preview and all that came of it."""

    task_id: str
    base_url: str
    tracks: list[Track]
    style: MusicalStyle
    sample_rate: int
    return_stems: bool
    webhook_url: str
    state: str = PENDING
    message: str = ""
    requests: list[dict[str, Any]] = []
    proposal: list[Strip] | None = None
    preview_start_s: int = 0
    preview: Rendered | None = None
    finals: dict[str, Final] = {}
    charges: list[Charge] = []
    """Kept in the task, so that a charge and what it was for are written down in one step."""

    @property
    def ended(self) -> bool:
        return self.state in (PREVIEW_COMPLETED, FAILED)


class Records:
    """Tasks and charges, in memory and on disk.

    Raises:
        StoreError: the state folder cannot be used or holds something that is not ours.
    """

    def __init__(self, state_dir: Path) -> None:
        self._tasks_dir = state_dir / "tasks"
        self._writing = asyncio.Lock()
        try:
            self._tasks_dir.mkdir(parents=True, exist_ok=True)
            self.secret = _secret(state_dir / "secret")
            loaded = [Task.model_validate_json(path.read_bytes()) for path in sorted(self._tasks_dir.glob("*.json"))]
        except (OSError, ValueError) as exc:
            raise StoreError(f"the sandbox cannot use its state folder {state_dir}: {exc}") from exc
        self.tasks = {task.task_id: task for task in loaded}

    def new_task_id(self) -> str:
        """An id that nobody guesses; ids sort in the order they were given out."""
        return f"{len(self.tasks):05d}-{secrets.token_hex(12)}"

    async def save(self, task: Task) -> None:
        """Keep a task as it is now."""
        self.tasks[task.task_id] = task
        text = task.model_dump_json()
        async with self._writing:
            await asyncio.to_thread(write_whole, self._tasks_dir / f"{task.task_id}.json", text.encode())

    async def charge(self, task: Task, what: Paid) -> None:
        """Take the price of `what`; it is on disk when this returns."""
        number = sum(len(each.charges) for each in self.tasks.values()) + 1
        task.charges.append(Charge(number=number, what=what, credits=PRICES[what]))
        await self.save(task)

    def charges(self) -> list[tuple[str, Charge]]:
        """Every (task id, charge), in the order they were made."""
        pairs = [(task.task_id, charge) for task in self.tasks.values() for charge in task.charges]
        return sorted(pairs, key=lambda pair: pair[1].number)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it has its old content or the new, never a part."""
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(data)
    part.replace(path)


def canonical(body: Any) -> bytes:
    """A body's JSON in one form, whatever the order of its keys."""
    return json.dumps(body, sort_keys=True, separators=(",", ":")).encode()


def _secret(path: Path) -> bytes:
    if not path.exists():
        write_whole(path, secrets.token_bytes(32))
    return path.read_bytes()
