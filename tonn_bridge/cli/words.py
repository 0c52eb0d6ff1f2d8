"""What the state document says, in a person's words."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tonn_bridge.client import Document

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
