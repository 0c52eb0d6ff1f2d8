"""What each strip shows for itself: two lines and a ring.

What stands now is a dot for a pan and a fan for a gain. What is only proposed, a ghost, has another shape: a pan is a
bar from the middle, a gain a single dot; where there are no displays the ring shows the proposed gain as a fan, above a
fader that shows the present one.
"""

from dataclasses import dataclass

from tonn_bridge.core import Pan
from tonn_bridge.core.mix import TrackView
from tonn_bridge.links.surface.readings import readings
from tonn_bridge.links.surface.scene import DARK, Look, LowerRow, Page, Ring, Scene
from tonn_bridge.links.surface.values import (
    change_text,
    fitting,
    gain_text,
    ghost_text,
    pan_text,
    percent_text,
    proposed_text,
)
from tonn_bridge.links.surface.words import short_name, short_names
from tonn_bridge.protocols.surface import RingMode

WORKING = {"uploading": "UPL", "mixing": "MIX", "finalizing": "FIN"}
"""The states in which something is under way, each in three letters."""

_NOTHING = {Page.EQ: ("no EQ", "noEQ", "-"), Page.COMPRESSOR: ("noComp", "noCm", "-")}


@dataclass(frozen=True, slots=True)
class Face:
    """One strip; `brief` is what stands there where a display has one row only."""

    upper: str = ""
    lower: str = ""
    brief: str = ""
    ring: Ring = DARK


BLANK = Face()


def faces(scene: Scene, look: Look) -> tuple[Face, ...]:
    """What every strip of the row shows."""
    width = text_width(look.cell)
    names = short_names(tuple(track.name for track in scene.view.tracks), width)
    if scene.page is Page.MIX:
        return tuple(_mix_face(strip, scene, look, names) for strip in range(look.strips))
    shown = _page_faces(scene, look, names)
    return tuple(
        _under_hand(strip, scene, look, names, shown[strip]) if scene.hands.get(strip) == "fader" else shown[strip]
        for strip in range(look.strips)
    )


def text_width(cell: int) -> int:
    """How much of a cell is written on: of seven characters, as Mackie's have them, the last parts it from the next."""
    return cell - 1 if cell > 5 else cell


# --- faders and pans ------------------------------------------------------------------------------------------------


def _mix_face(strip: int, scene: Scene, look: Look, names: tuple[str, ...]) -> Face:
    number = scene.window[strip]
    if number is None:
        return Face(ring=DARK if look.knobs else _work_ring(strip, scene, look) or DARK)
    track, hand = scene.view.track(number), scene.hands.get(strip)
    name = names[number - 1]
    lower = _lower(track, hand, scene, text_width(look.cell))
    brief = lower if hand is not None or scene.lower is not LowerRow.VALUE else name
    if hand == "encoder" or look.knobs:
        return Face(name, lower, brief, _ring(track, scene, look))
    return Face(name, lower, brief, _work_ring(strip, scene, look) or _resting_ring(track, scene, look))


def _under_hand(strip: int, scene: Scene, look: Look, names: tuple[str, ...], covered: Face) -> Face:
    """On a page that is not about faders: the one that a hand is on."""
    number = scene.window[strip]
    if number is None:
        return covered
    text = _lower(scene.view.track(number), "fader", scene, text_width(look.cell))
    return Face(names[number - 1], text, text, covered.ring)


def _lower(track: TrackView, hand: str | None, scene: Scene, width: int) -> str:
    if track.strip is None:
        return fitting(width, "no trk", "n/a", "-")
    if hand is not None:
        on_gain = (hand == "fader") is not scene.flipped
        return gain_text(track.current.gain, width) if on_gain else pan_text(track.current.pan, width)
    now, ahead = track.current.gain, None if track.proposal is None else track.proposal.gain
    match scene.lower:
        case LowerRow.ADJUSTMENT:
            return change_text(track.adjust_db, width)
        case LowerRow.PROPOSAL:
            return proposed_text(ahead, width)
        case LowerRow.VALUE:
            return gain_text(now, width) if scene.view.applied else ghost_text(now, ahead, width)


def _resting_ring(track: TrackView, scene: Scene, look: Look) -> Ring:
    """What is proposed, as long as it is not there; what stands otherwise."""
    proposal = track.proposal
    if scene.view.applied or proposal is None or track.strip is None:
        return _ring(track, scene, look)
    if proposal.gain is not None and look.rows == 0 and not scene.flipped:
        return Ring(RingMode.FAN, round(look.position_of(proposal.gain), 2))
    if scene.flipped and proposal.gain not in (None, track.current.gain):
        return Ring(RingMode.DOT, round(look.position_of(proposal.gain), 2))
    present = _ring(track, scene, look)
    if not scene.flipped and proposal.pan is not None and _place(proposal.pan) != present.position:
        return _pan_ring(RingMode.BOOST_CUT, proposal.pan)
    return present


def _ring(track: TrackView, scene: Scene, look: Look) -> Ring:
    """What the encoder holds, as it stands."""
    gain, pan = track.current.gain, track.current.pan
    if track.strip is None:
        return DARK
    if scene.flipped:
        return DARK if gain is None else Ring(RingMode.FAN, round(look.position_of(gain), 2))
    return DARK if pan is None else _pan_ring(RingMode.DOT, pan)


def _work_ring(strip: int, scene: Scene, look: Look) -> Ring | None:
    """Its part of a progress bar over the whole row; None at rest."""
    if scene.status.state not in WORKING:
        return None
    filled = min(max(scene.status.progress * look.strips - strip, 0.0), 1.0)
    return Ring(RingMode.FAN, round(filled, 2)) if filled > 0.0 else DARK


def _pan_ring(mode: RingMode, pan: Pan) -> Ring:
    return Ring(mode, _place(pan), centre=_place(pan) == 0.5)


def _place(pan: Pan) -> float:
    return round((pan.position + 1.0) / 2.0, 2)


# --- EQ, compressor, blend ------------------------------------------------------------------------------------------


def _page_faces(scene: Scene, look: Look, names: tuple[str, ...]) -> list[Face]:
    width = text_width(look.cell)
    if scene.page is Page.MORPH:
        percent = percent_text(scene.morph, width)
        shown = [Face(short_name("Morph", width), percent, percent, Ring(RingMode.FAN, round(scene.morph, 2)))]
    elif scene.selected is None:
        shown = [Face(short_name("Select", width), short_name("Track", width), short_name("Select", width))]
    else:
        shown = _track_faces(scene, look, names[scene.selected - 1])
    return (shown + [BLANK] * look.strips)[: look.strips]


def _track_faces(scene: Scene, look: Look, name: str) -> list[Face]:
    """The values of the selected track; its name stands on the last strip where that is free."""
    assert scene.selected is not None
    width = text_width(look.cell)
    values = readings(scene.view.track(scene.selected), scene.page, width)
    if not values:
        nothing = fitting(width, *_NOTHING[scene.page])
        return [Face(name, nothing, nothing)]
    shown = [
        Face(short_name(value.name, width), value.text, value.text, value.ring) for value in values[scene.scroll :]
    ]
    free = look.strips - len(shown)
    if free > 0:
        kind = short_name("EQ" if scene.page is Page.EQ else "Comp", width)
        shown += [BLANK] * (free - 1) + [Face(name, kind, name)]
    return shown
