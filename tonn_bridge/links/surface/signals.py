"""What is seen from across the room: lamps, the two digits, colours."""

import math
from collections.abc import Iterator

from tonn_bridge.core.mix import Showing, TrackView
from tonn_bridge.links.surface.faces import WORKING
from tonn_bridge.links.surface.scene import Look, LowerRow, Page, Scene
from tonn_bridge.mapping.surface import Function
from tonn_bridge.protocols.surface import Lamp

CODES = {
    "idle": "ID",
    "uploading": "UP",
    "mixing": "PR",
    "ready": "RD",
    "applied": "AP",
    "finalizing": "FI",
    "done": "DN",
    "error": "ER",
}
"""The state in two letters that seven segments can draw (Id, UP, Pr, rd, AP, FI, dn, Er; there is no M). `PR`: the
preview is being made."""

RED, GREEN, YELLOW, CYAN, WHITE = 1, 2, 3, 6, 7

_MOVEMENTS = {"apply": Function.APPLY, "revert": Function.REVERT, "compare": Function.COMPARE, "morph": Function.MORPH}
_PAGES = {
    Function.MIX: Page.MIX,
    Function.EQ: Page.EQ,
    Function.COMPRESSOR: Page.COMPRESSOR,
    Function.MORPH: Page.MORPH,
}


def digits(scene: Scene) -> str:
    """Two characters: a question's seconds, the number of the track whose values are shown, or the state."""
    status = scene.status
    if status.asked is not None:
        return f"{min(math.ceil(status.asked.left_s), 99):2d}"
    busy = status.state == "error" or status.state in WORKING
    if not busy and scene.selected is not None and scene.page in (Page.EQ, Page.COMPRESSOR):
        return f"{scene.selected:2d}"
    return CODES.get(status.state, "  ")


# --- lamps ----------------------------------------------------------------------------------------------------------


def lamps(scene: Scene, look: Look) -> dict[tuple[str, int | None], Lamp]:
    """Every button that tells something; one that cannot blink by itself is lit or dark as `scene.blink` says."""
    by_function = dict(_job_lamps(scene)) | dict(_panel_lamps(scene))
    if not look.rows and not look.banner:
        by_function |= dict(_alarm(scene))
    lit: dict[tuple[str, int | None], Lamp] = {}
    for function, button in look.buttons.items():
        if function is Function.SELECT:
            for strip, number in enumerate(scene.window):
                lit[button, strip] = _on(number is not None and number == scene.selected)
        elif function in by_function:
            lit[button, None] = _steady(by_function[function], scene, look)
    return lit


def _job_lamps(scene: Scene) -> Iterator[tuple[Function, Lamp]]:
    """Blinking is what is under way or wants an answer."""
    status, view = scene.status, scene.view
    proposed = any(track.proposal is not None for track in view.tracks)
    tonns = view.applied and view.showing is Showing.PROPOSAL
    users = view.applied and view.showing is Showing.USER
    moving = _MOVEMENTS.get(status.running or "", Function.APPLY if view.moving else None)
    asked = None if status.asked is None else status.asked.what
    mixing = status.state in ("uploading", "mixing") or asked == "fx_settings"
    yield Function.PREVIEW, Lamp.BLINK if mixing else _on(proposed)
    yield Function.APPLY, Lamp.BLINK if moving is Function.APPLY else _on(tonns)
    yield Function.COMPARE, Lamp.BLINK if moving is Function.COMPARE else _on(users)
    yield Function.REVERT, Lamp.BLINK if moving is Function.REVERT else Lamp.OFF
    finishing = status.state == "finalizing" or asked == "final"
    yield Function.FINAL, Lamp.BLINK if finishing else _on(status.state == "done")
    yield Function.CONFIRM, Lamp.OFF if status.asked is None else Lamp.BLINK
    yield Function.CANCEL, _on(status.asked is not None or status.state in WORKING)


def _alarm(scene: Scene) -> Iterator[tuple[Function, Lamp]]:
    """Where there is nothing to write on: after an error all buttons of the job blink, else the one refused."""
    if scene.status.error is not None:
        yield from ((function, Lamp.BLINK) for function, _ in _job_lamps(scene))
    elif scene.notice is not None and scene.refused is not None:
        yield scene.refused, Lamp.BLINK


def _panel_lamps(scene: Scene) -> Iterator[tuple[Function, Lamp]]:
    yield Function.FLIP, _on(scene.flipped)
    yield Function.NAME_VALUE, _on(scene.lower is not LowerRow.VALUE)
    for function, page in _PAGES.items():
        yield function, _on(scene.page is page)


def _on(lit: bool) -> Lamp:
    return Lamp.ON if lit else Lamp.OFF


def _steady(lamp: Lamp, scene: Scene, look: Look) -> Lamp:
    return _on(scene.blink) if lamp is Lamp.BLINK and not look.blinks else lamp


# --- colours --------------------------------------------------------------------------------------------------------


def colours(scene: Scene) -> tuple[int, ...]:
    """Each strip's: red where something is wrong, else how far its track has come.

    White: as it was. Cyan: proposed and not heard. Green: as Tonn proposed it. Yellow: that, moved by hand. Red: muted,
    limited, without a place in the DAW; all of them while an error is shown or the DAW does not answer. A strip without
    a track is white too: what is written over all of them has to be read there.
    """
    if (scene.status.error is not None and not scene.hands) or not scene.view.live:
        return (RED,) * len(scene.window)
    if scene.page is not Page.MIX:
        return (WHITE,) * len(scene.window)
    return tuple(WHITE if number is None else _colour(scene.view.track(number), scene) for number in scene.window)


def _colour(track: TrackView, scene: Scene) -> int:
    if track.strip is None or track.muted or track.limited:
        return RED
    if track.proposal is None:
        return WHITE
    if not scene.view.applied or scene.view.showing is Showing.USER:
        return CYAN
    return YELLOW if _by_hand(track) else GREEN


def _by_hand(track: TrackView) -> bool:
    tuned = track.tuned_eq is not None or track.tuned_comp is not None
    return bool(track.adjust_db) or track.pan_changed or tuned
