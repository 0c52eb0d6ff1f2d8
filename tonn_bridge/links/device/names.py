"""Track names as a scribble strip shows them, and the names they were before they were shortened."""

from collections.abc import Sequence

LEAST = 3
"""A name cut down to fewer characters than this says too little."""


def full_name(shown: str, names: Sequence[str], characters: int) -> str:
    """The one of `names` that was shortened to `shown`, where there is exactly one; else `shown`.

    DAWs cut at the end, or leave out letters inside (Ardour: "BckngV" for "BackingVox"). A name that is shorter than
    the strip's `characters` was not shortened. Bare numbers, as REAPER shows for tracks without a name, become
    "Track 3", which says as little.
    """
    if shown.isdigit():
        return f"Track {int(shown)}"
    if shown in names or len(shown) < LEAST:
        return shown
    for short_for in (_cut, _thinned):
        found = {name for name in names if short_for(shown, name, characters)}
        if len(found) == 1:
            return found.pop()
        if found:
            return shown
    return shown


def _cut(shown: str, name: str, characters: int) -> bool:
    return len(name) > characters - 1 and name[:characters].strip() in (shown, shown.strip("."))


def _thinned(shown: str, name: str, characters: int) -> bool:
    """Whether `shown` fills the strip and its letters stand in `name` in this order, beginning with its first."""
    letters, source = _plain(shown), _plain(name)
    if len(shown) < characters or not letters or len(source) <= len(letters) or source[0] != letters[0]:
        return False
    rest = iter(source)
    return all(letter in rest for letter in letters)


def _plain(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())
