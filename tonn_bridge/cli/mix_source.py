"""Where the mix comes from that is exported: the running daemon, else the journal. Nothing is asked of Tonn."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tonn_bridge.errors import BridgeError, FileError, NotPossible, PortError

if TYPE_CHECKING:
    from tonn_bridge.core.portable import PortableMix
    from tonn_bridge.session import Session

_NONE = "this session has no mix yet: start `tonn-bridge run` and press preview (`tonn-bridge preview`) first"


@dataclass(frozen=True, slots=True)
class Found:
    """A mix, and a line that says which it is."""

    mix: "PortableMix"
    text: str


async def find_mix(session: "Session", url: str | None) -> Found:
    """The mix that stands now, where a daemon with this session answers; else the last proposal.

    Raises:
        NotPossible: there is neither.
        StoreError, SessionError: the journal cannot be read, or its proposal does not fit the session any more.
    """
    from tonn_bridge.client import url_of

    where = url or url_of(session)
    try:
        mix = await _standing(where)
    except NotPossible as exc:
        raise NotPossible(_NONE) from exc
    except PortError:
        why = f"no tonn-bridge answers at {where}"
    except BridgeError as exc:
        why = f"the tonn-bridge at {where} gives no mix ({exc})"
    else:
        if _of(mix, session):
            return Found(mix, _standing_text(mix, where))
        why = f"the tonn-bridge at {where} has another session"
    written = await _written(session)
    if written is None:
        raise NotPossible(_NONE)
    return Found(written, f"{why}: this is the last proposal, {_when(written)}, without a hand's moves")


async def _standing(url: str) -> "PortableMix":
    from tonn_bridge.client import Daemon
    from tonn_bridge.mixfile import from_json

    async with Daemon(url) as daemon:
        content = await daemon.mix()
    try:
        return from_json(content)
    except FileError as exc:
        raise PortError(f"what answers at {url} gives no mix.tonn.json; choose another with --url") from exc


def _of(mix: "PortableMix", session: "Session") -> bool:
    """Whether the daemon's tracks are those of `session`."""
    names = {number: table.name for number, table in enumerate(session.tracks, start=1)}
    return all(names.get(track.number) == track.name for track in mix.tracks)


def _standing_text(mix: "PortableMix", url: str) -> str:
    moved = [f'"{track.name}"' for track in mix.tracks if track.hand.moved]
    hands = f"with the hand's moves on {', '.join(moved)}" if moved else "as Tonn proposes it, no hand has moved it"
    return f"the mix of the tonn-bridge at {url}, {hands}"


async def _written(session: "Session") -> "PortableMix | None":
    """The last proposal in the journal; None where there is none."""
    from tonn_bridge.app import make_job
    from tonn_bridge.core import GainMode
    from tonn_bridge.engine import Spending, recall_past
    from tonn_bridge.engine.mixes import portable, proposed
    from tonn_bridge.places import state_dir
    from tonn_bridge.service import Service
    from tonn_bridge.store import Store

    path = state_dir() / "tonn-bridge.sqlite"
    if not path.exists():
        return None
    scope = "sandbox" if session.tonn.is_sandbox else session.tonn.url
    job = make_job(session, Service(session.tonn.url, scope, None, local=False), Spending())
    async with Store.open(path) as store:
        past = recall_past(await store.entries(job.session))
    found = proposed(past, job)
    return None if found is None else portable(found, past, job, GainMode(session.mix.gain_mode))


def _when(mix: "PortableMix") -> str:
    made_at = mix.provenance.made_at
    return "of unknown age" if made_at is None else f"of {datetime.fromtimestamp(made_at, UTC):%Y-%m-%d %H:%M} UTC"
