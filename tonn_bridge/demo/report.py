"""What the demo found: a check per promise, a row per track, as values and as JSON."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

from tonn_bridge.errors import BridgeError


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether something is as it should be; `detail` says how well, or what was wanted and what was got."""

    ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Check:
    """One promise, looked at in one step."""

    step: str
    what: str
    ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class TrackResult:
    """A track's way through the job, in dB: the user's fader, Tonn's, the hand's move, and what the final mix holds.

    `error_db` is None for a muted track, which has no level to arrive at.
    """

    number: int
    name: str
    user_db: float
    tonn_db: float
    moved_db: float
    muted: bool
    got_db: float
    error_db: float | None


@dataclass(frozen=True, slots=True)
class SettingResult:
    """One value that was set: as wanted, as it was read back (None: it was not), and as it truly `stands` in the DAW.

    `unit` is that of `error`: dB, per cent of what was wanted, or nothing for a pan.
    """

    track: str
    parameter: str
    wanted: float
    got: float | None
    error: float | None
    unit: str
    verdict: str
    stands: float


@dataclass(slots=True)
class Report:
    """Grows as the job goes on; `told` hears of each check at once."""

    told: Callable[[Check], None] = lambda _: None
    step: str = ""
    checks: list[Check] = field(default_factory=list)
    tracks: list[TrackResult] = field(default_factory=list)
    settings: list[SettingResult] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)

    def check(self, what: str, finding: Finding) -> None:
        """Note what was found of a promise, in the present step."""
        check = Check(self.step, what, finding.ok, finding.detail)
        self.checks.append(check)
        self.told(check)

    def broke_off(self, reason: BridgeError) -> None:
        """The present step could not be done."""
        self.check("could be done", Finding(False, str(reason)))

    @property
    def ok(self) -> bool:
        return bool(self.checks) and all(check.ok for check in self.checks)

    @property
    def seconds(self) -> float:
        return round(time.monotonic() - self.started, 1)

    def as_json(self) -> dict[str, object]:
        """The object that `--json` prints."""
        return {
            "ok": self.ok,
            "checks": [{"name": f"{c.step}: {c.what}", "ok": c.ok, "detail": c.detail} for c in self.checks],
            "tracks": [asdict(track) for track in self.tracks],
            "settings": [asdict(setting) for setting in self.settings],
            "seconds": self.seconds,
        }
