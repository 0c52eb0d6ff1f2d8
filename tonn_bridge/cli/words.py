"""What the state document says, in a person's words."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tonn_bridge.client import Document

OFF_DB = -150.0
"""How the state document tells a fader that is off."""

_SHOWING = {"user": "your own mix", "proposal": "Tonn's mix", "blend": "a blend of your mix and Tonn's"}


def standing(document: "Document") -> str:
    """The state, and whose mix the DAW shows: `applied, showing Tonn's mix`."""
    showing = _SHOWING.get(str(document.get("showing")))
    return f"{document['state']}, showing {showing}" if showing else str(document["state"])


def asked(question: "Mapping[str, Any]") -> str:
    """A question with its price."""
    credits = question.get("credits")
    price = "This may cost credits." if credits is None else f"This costs {credits} credits."
    return f"{question['text']} {price}"


def pretended(document: "Document") -> str:
    """What to say behind an amount of credits where they are the sandbox's, which are free; else nothing."""
    tonn: Mapping[str, Any] = next((e for e in document.get("endpoints", ()) if e.get("name") == "tonn"), {})
    return " (the sandbox only pretends)" if tonn.get("mapping") == "sandbox" else ""


def counted(count: int, noun: str) -> str:
    """`1 track`, `2 tracks`, `no tracks`."""
    return f"{count or 'no'} {noun}{'' if count == 1 else 's'}"


def decibels(value: float | None, *, digits: int = 1, unit: str = "") -> str:
    """`+2.0`, `-11.8`, `off`, or a dash for what is not known."""
    if value is None:
        return "–"
    return "off" if value <= OFF_DB else f"{value:+z.{digits}f}{unit}"


def pan_text(pan: float | None) -> str:
    """`L50`, `C`, `R100`, or a dash for what is not known."""
    if pan is None:
        return "–"
    percent = round(abs(pan) * 100)
    return "C" if percent == 0 else f"{'L' if pan < 0 else 'R'}{percent}"
