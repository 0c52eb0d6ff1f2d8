"""What is written for everybody, over all strips: a question, what could not be done, an error, the progress."""

import math

from tonn_bridge.core.mix import TrackView
from tonn_bridge.links.surface.desk import Asked
from tonn_bridge.links.surface.faces import WORKING
from tonn_bridge.links.surface.readings import readings
from tonn_bridge.links.surface.scene import Look, LowerRow, Page, Scene
from tonn_bridge.links.surface.words import cut, pages, plain, short_name, two_lines, without_folders
from tonn_bridge.mapping.surface import Function

Lines = tuple[str, str]

_TOPICS = {"final": "FINAL", "fx_settings": "SETTINGS"}
DAW_GONE = "The DAW does not answer; nothing can be moved"
_PAGE_READ_S = 3
"""How long a part of a question stands that is longer than a line."""


def banner(scene: Scene, look: Look) -> Lines | None:
    """Two lines for everybody, the most urgent thing there is; None where the strips' own words are to be seen.

    An error stands until the next action. Where it would hide the strips it makes way while a hand is on one.
    """
    status, width = scene.status, look.banner
    if width == 0:
        return None
    if status.asked is not None:
        return _question(status.asked, look)
    if scene.notice is not None:
        return two_lines(without_folders(scene.notice), width)
    if status.error is not None and not (look.covers and scene.hands):
        return two_lines(f"ERROR {without_folders(status.error[1])}", width)
    if not scene.view.live and status.state not in WORKING:
        return two_lines(DAW_GONE, width)
    return None if look.covers else _standing(scene, look)


def question_text(asked: Asked) -> str:
    """The whole question with its price, where there is room for it."""
    price = "its price is not known" if asked.credits is None else f"{asked.credits} credits"
    return plain(f"{asked.text} ({price})")


def work_line(scene: Scene) -> str | None:
    """`MIX 45% Tonn: apply fx`; None at rest."""
    status = scene.status
    if status.state not in WORKING:
        return None
    return f"{WORKING[status.state]}{round(status.progress * 100):3d}% {plain(status.text)}".rstrip()


def _question(asked: Asked, look: Look) -> Lines:
    """What it costs and how to answer; how long it stays, and its text, part after part where it is long."""
    topic = _TOPICS.get(asked.what, asked.what.upper())
    price = f"{topic} {'?' if asked.credits is None else asked.credits}cr?"
    yes, no = _answer(Function.CONFIRM, "YES", look), _answer(Function.CANCEL, "NO", look)
    spellings = (f"{price}{yes}{no}", f"{price}{yes}", price)
    upper = next((line for line in spellings if len(line) <= look.banner), price[: look.banner])
    seconds = f"{math.ceil(asked.left_s):2d} s  "
    parts = pages(plain(asked.text), look.banner - len(seconds))
    part = parts[-(int(asked.left_s) // _PAGE_READ_S) % len(parts)]
    return plain(upper), (seconds + part)[: look.banner].rstrip()


def _answer(function: Function, word: str, look: Look) -> str:
    button = look.buttons.get(function)
    return "" if button is None else f" {button.replace('_', ' ').upper()}={word}"


def _standing(scene: Scene, look: Look) -> Lines:
    """What a display of its own says while there is nothing urgent: the work and its bar, or what the strips hold."""
    status, width = scene.status, look.banner
    line = work_line(scene)
    if line is not None:
        return cut(line, width), "#" * round(min(max(status.progress, 0.0), 1.0) * width)
    state = status.state.upper()
    match scene.page:
        case Page.EQ | Page.COMPRESSOR if scene.selected is not None:
            upper, lower = _track_lines(scene.view.track(scene.selected), scene, look)
        case Page.MORPH:
            upper, lower = state, "Morph: your mix at 0%, Tonn's at 100%"
        case Page.MIX if scene.lower is not LowerRow.VALUE:
            upper, lower = state, f"{scene.lower.value.capitalize()} in dB"
        case _:
            upper, lower = state, plain(status.text)
    return cut(upper, width), cut(lower, width)


def _track_lines(track: TrackView, scene: Scene, look: Look) -> Lines:
    """Whose values the encoders hold; and, where the strips have room for values only, what these are called."""
    title = plain(f"{'EQ' if scene.page is Page.EQ else 'Compressor'} of {track.name}")
    values = readings(track, scene.page, look.cell)
    if not values:
        return title, "nothing is proposed"
    if look.rows != 1:
        return title, f"{len(values)} values"
    names = (short_name(value.name, look.cell).ljust(look.cell) for value in values[scene.scroll :])
    return title, " ".join(names)[: look.banner].rstrip()
