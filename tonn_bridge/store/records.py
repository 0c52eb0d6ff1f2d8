"""What the store keeps, as values."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal: a step of a session's job. `at` is in Unix seconds; a later entry has a higher `id`."""

    id: int
    at: float
    kind: str
    data: dict[str, object]


@dataclass(frozen=True, slots=True)
class Charge:
    """What a task cost: `credits` is None where the service did not say how many. `at` is in Unix seconds."""

    task_id: str
    what: str
    credits: int | None
    at: float
