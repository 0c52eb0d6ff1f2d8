"""From the scene to the picture, and from one picture to the next: what a unit has to be told."""

import math
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from tonn_bridge.links.surface.banner import Lines, banner, question_text, work_line
from tonn_bridge.links.surface.faces import BLANK, Face, faces
from tonn_bridge.links.surface.readings import value_count
from tonn_bridge.links.surface.scene import Look, Page, Picture, Ring, Scene
from tonn_bridge.links.surface.signals import colours, digits, lamps
from tonn_bridge.links.surface.words import cut
from tonn_bridge.protocols.surface import (
    AssignmentText,
    BannerText,
    CellText,
    ColoursSet,
    GhostSet,
    LampSet,
    ProgressSet,
    QuestionText,
    RingMode,
    RingSet,
    StateText,
    Told,
)

__all__ = ["changes", "paint", "part", "value_count"]

ALARM = Ring(RingMode.SPREAD, 1.0, centre=True)
"""All lamps around an encoder: an error, where there is nothing to write it on."""

_K = TypeVar("_K", bound=Hashable)
_V = TypeVar("_V")


def paint(scene: Scene, look: Look) -> Picture:
    """What the row shows of the mix and the job."""
    shown = faces(scene, look)
    asked = scene.status.asked
    return Picture(
        cells=_cells(shown, scene, look),
        banner=banner(scene, look),
        rings=_rings(shown, scene, look),
        lamps=lamps(scene, look),
        digits=digits(scene),
        colours=colours(scene),
        ghosts={strip: _ghost(number, scene, look) for strip, number in enumerate(scene.window)},
        state=scene.status.state,
        progress=round(scene.status.progress, 2),
        question=("", 0.0) if asked is None else (question_text(asked), float(math.ceil(asked.left_s))),
        covers=look.covers,
    )


def _cells(shown: Sequence[Face], scene: Scene, look: Look) -> dict[tuple[int, int], str]:
    if look.rows == 0:
        return {}
    if look.rows == 1:
        return {(strip, 0): face.brief for strip, face in enumerate(shown)}
    lower = _lower_row(shown, scene, look)
    return {
        (strip, row): text for strip, face in enumerate(shown) for row, text in enumerate((face.upper, lower[strip]))
    }


def _lower_row(shown: Sequence[Face], scene: Scene, look: Look) -> list[str]:
    """The strips' own words; while something is under way, a line of what it is runs through the first of each unit.

    Where the banner has a place of its own, the line stands there.
    """
    texts = [face.lower for face in shown]
    line = work_line(scene) if look.covers else None
    if line is None:
        return texts
    cell, unit = look.cell, max(look.banner // look.cell, 1)
    for first in range(0, len(texts), unit):
        free = _free(shown, range(first, min(first + unit, len(texts))), scene)
        words = cut(line, len(free) * cell)
        for place, strip in enumerate(free):
            texts[strip] = words[place * cell : (place + 1) * cell].rstrip()
    return texts


def _free(shown: Sequence[Face], unit: range, scene: Scene) -> list[int]:
    """The strips of a unit that can do without their lower row.

    Of faders half of them, as long as no hand asks for their values; of an equaliser and a blend those with nothing.
    """
    if scene.page is Page.MIX:
        return [strip for strip in unit[: (len(unit) + 1) // 2] if strip not in scene.hands]
    return [strip for strip in unit if shown[strip] == BLANK]


def _rings(shown: Sequence[Face], scene: Scene, look: Look) -> dict[int, Ring]:
    alarm = scene.status.error is not None and look.rows == 0 and look.banner == 0 and not look.knobs
    return {strip: ALARM if alarm and strip not in scene.hands else face.ring for strip, face in enumerate(shown)}


def _ghost(number: int | None, scene: Scene, look: Look) -> float | None:
    """Where the proposal would put what is on the fader."""
    proposal = None if number is None else scene.view.track(number).proposal
    if proposal is None:
        return None
    if scene.flipped:
        return None if proposal.pan is None else round((proposal.pan.position + 1.0) / 2.0, 3)
    return None if proposal.gain is None else round(look.position_of(proposal.gain), 3)


# --- what a unit is told --------------------------------------------------------------------------------------------


def part(picture: Picture, first: int, count: int) -> Picture:
    """The picture for the unit with the strips from `first` on, which counts them from 0."""
    strips = range(first, first + count)
    return replace(
        picture,
        cells={(strip - first, row): text for (strip, row), text in picture.cells.items() if strip in strips},
        rings={strip - first: ring for strip, ring in picture.rings.items() if strip in strips},
        lamps={
            (button, None if strip is None else strip - first): lamp
            for (button, strip), lamp in picture.lamps.items()
            if strip is None or strip in strips
        },
        colours=picture.colours[first : first + count],
        ghosts={strip - first: place for strip, place in picture.ghosts.items() if strip in strips},
    )


def changes(old: Picture | None, new: Picture) -> list[Told]:
    """What a unit that shows `old` (None: nobody knows what) is told so that it shows `new`; texts last."""
    old = old or _UNSEEN
    told: list[Told] = [LampSet(button, lamp, strip) for (button, strip), lamp in _news(old.lamps, new.lamps)]
    told += [RingSet(strip, ring.mode, ring.position, ring.centre) for strip, ring in _news(old.rings, new.rings)]
    told += [GhostSet(strip, place) for strip, place in _news(old.ghosts, new.ghosts)]
    if old.progress != new.progress:
        told.append(ProgressSet(new.progress))
    if old.digits != new.digits:
        told.append(AssignmentText(new.digits))
    if old.colours != new.colours:
        told.append(ColoursSet(new.colours))
    if old.state != new.state:
        told.append(StateText(new.state))
    if old.question != new.question:
        told.append(QuestionText(*new.question))
    return told + list(_texts(old, new))


_UNSEEN = Picture(
    cells={}, banner=None, rings={}, lamps={}, digits="", colours=(), state="", progress=-1.0, question=("", -1.0)
)
"""Unlike any picture in everything."""


def _texts(old: Picture, new: Picture) -> Iterator[Told]:
    """Cells are not written while a banner hides them, and all of them when it goes."""
    if new.banner is None or not new.covers:
        were_hidden = old.banner is not None and old.covers
        for (strip, row), text in _news({} if were_hidden else old.cells, new.cells):
            yield CellText(strip, row, text)
    for row, (before, line) in enumerate(zip(_lines(old), _lines(new), strict=True)):
        if line is not None and line != before:
            yield BannerText(row, line)


def _lines(picture: Picture) -> Lines | tuple[None, None]:
    """The banner as it is seen: with a place of its own it is empty when it says nothing, else it is not there."""
    if picture.banner is not None:
        return picture.banner
    return (None, None) if picture.covers else ("", "")


def _news(old: Mapping[_K, _V], new: Mapping[_K, _V]) -> Iterator[tuple[_K, _V]]:
    return ((key, value) for key, value in new.items() if key not in old or old[key] != value)
