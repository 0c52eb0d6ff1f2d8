"""What is said of a track whose plug-ins do not hold what they should."""

from collections.abc import Sequence

MOST_NAMED = 3


def given_back(where: Sequence[str]) -> str:
    """Tonn's values could not be set; `where` says of each what it is and where it stands."""
    put = f"{_some(where)} did not stay where it was put, so this track was given back to you"
    return f"{put}: look for automation on it, then apply again"


def not_back(where: Sequence[str]) -> str:
    """The user's own values are not seen to be back."""
    if where:
        return f"{_some(where)} could not be put back to your own values: revert once more"
    return "the DAW does not tell whether your own values are back in its plug-ins: revert once more"


def gone(slots: Sequence[str]) -> str:
    """The user's own values have no plug-in to go to."""
    return f"the plug-in that held your own values ({', '.join(slots)}) is not there any more"


def _some(where: Sequence[str]) -> str:
    more = len(where) - MOST_NAMED
    return ", ".join(where[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
