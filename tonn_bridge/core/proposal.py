"""From Tonn's settings to what one DAW shall be set to, and the blends on the way there."""

import math
from dataclasses import dataclass, field
from enum import StrEnum

from tonn_bridge.core.values import FLOOR_DB, OFF, Compressor, EqBand, Gain, Limit, Pan, TonnSettings


class GainMode(StrEnum):
    """How the stems were rendered: before the faders, or through them (then Tonn's gains add to the faders)."""

    ABSOLUTE = "absolute"
    RELATIVE = "relative"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What this DAW's strip shall be set to; None where Tonn said nothing and the user's own value stays."""

    gain: Gain | None = None
    trim_db: float = 0.0
    pan: Pan | None = None
    eq: tuple[EqBand, ...] = ()
    comp: Compressor | None = None
    limited: tuple[Limit, ...] = field(default=())


def propose(
    settings: TonnSettings, *, mode: GainMode, user_gain: Gain | None, top: Gain, user_trim_db: float | None = None
) -> Proposal:
    """What a DAW whose fader ends at `top` is to be set to, so that it sounds like `settings`.

    Where the strip has a trim before its plug-ins, `user_trim_db` is what the user has set there, which is in the stem
    that Tonn heard, and Tonn's adds to it. Without one (None) Tonn's trim goes into the fader, and the threshold moves
    by the opposite amount, because the compressor then hears the stem louder or softer by just that. In relative mode
    the user's own fader is in the gain as well. What cannot be reached is limited and recorded.
    """
    limits = list(settings.limited)
    folded_db = settings.trim_db if user_trim_db is None else 0.0
    return Proposal(
        gain=_fader(settings.gain_db, folded_db, mode, user_gain, top, limits),
        trim_db=0.0 if user_trim_db is None else user_trim_db + settings.trim_db,
        pan=settings.pan,
        eq=settings.eq,
        comp=_compressor(settings.comp, folded_db, limits),
        limited=tuple(limits),
    )


def blend_gain(user: Gain, proposal: Gain, amount: float) -> Gain:
    """The gain `amount` (0 = user, 1 = proposal) of the way, straight in dB; off counts as -90 dB on the way."""
    if amount <= 0.0 or user == proposal:
        return user
    if amount >= 1.0:
        return proposal
    db = _between(max(user.db, FLOOR_DB), max(proposal.db, FLOOR_DB), amount)
    return OFF if db <= FLOOR_DB else Gain(db)


def blend_pan(user: Pan, proposal: Pan, amount: float) -> Pan:
    """The pan `amount` (0 = user, 1 = proposal) of the way, straight in position."""
    return Pan(_between(user.position, proposal.position, min(max(amount, 0.0), 1.0)))


def _between(start: float, end: float, amount: float) -> float:
    return start * (1.0 - amount) + end * amount


def _fader(
    gain_db: float | None, folded_db: float, mode: GainMode, user_gain: Gain | None, top: Gain, limits: list[Limit]
) -> Gain | None:
    if mode is GainMode.RELATIVE:
        if user_gain is None or gain_db is None:
            return None
        gain_db += user_gain.db
    if gain_db is None:
        return None
    wanted = gain_db + folded_db
    if wanted > top.db:
        limits.append(Limit("gain_db", wanted, top.db, f"this fader ends at {top.db:+.2f} dB"))
    return Gain(min(wanted, top.db)) if wanted > -math.inf else OFF


def _compressor(comp: Compressor | None, folded_db: float, limits: list[Limit]) -> Compressor | None:
    if comp is None or comp.threshold_db is None or folded_db == 0.0:
        return comp
    wanted = comp.threshold_db - folded_db
    got = min(max(wanted, -60.0), 0.0)
    if got != wanted:
        limits.append(Limit("threshold_db", wanted, got, "a threshold runs from -60 to 0 dB"))
    return Compressor(got, comp.ratio, comp.attack_s, comp.release_s)
