"""Words for small displays: plain ASCII, names cut so that they are still known, sentences over two lines."""

import re
import textwrap
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

_SPELT = str.maketrans(
    {
        **{"ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d"},
        **{"‘": "'", "’": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "−": "-", "±": "+-", "∞": "oo"},
    }
)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_FOLDERS = re.compile(r"(?<![\w:/\\.])(?:[A-Za-z]:)?[/\\](?:[^/\\\s]+[/\\])+")
"""The beginning of an absolute path, up to the file's name."""
_VOWELS = frozenset("aeiouAEIOU")


def plain(text: str) -> str:
    """`text` in printable ASCII: accents go, what has no Latin letter becomes `?`, white space a single space."""
    if not text.isascii():
        parts = unicodedata.normalize("NFKD", text.translate(_SPELT))
        text = "".join(char for char in parts if not unicodedata.combining(char))
    return "".join(char if " " <= char <= "~" else "?" for char in " ".join(text.split()))


def cut(text: str, width: int) -> str:
    """`text`, ending in two dots where it is longer than `width`."""
    return text if len(text) <= width else (text[: max(width - 2, 0)].rstrip() + "..")[:width]


def pages(text: str, width: int) -> list[str]:
    """`text` in lines of whole words, each at most `width` long; always at least one."""
    return textwrap.wrap(text, max(width, 1)) or [""]


def two_lines(text: str, width: int) -> tuple[str, str]:
    """As much of `text` as two lines hold, broken between words."""
    first, *rest = pages(plain(text), width)
    return first[:width], cut(" ".join(rest), width)


@lru_cache(maxsize=64)
def short_names(names: tuple[str, ...], width: int) -> tuple[str, ...]:
    """Each name in at most `width` characters; those that would come out alike end in `#` and their track's number."""
    shorts = [short_name(name, width) for name in names]
    times = Counter(shorts)
    return tuple(
        short if short and times[short] == 1 else _numbered(short, number, width)
        for number, short in enumerate(shorts, start=1)
    )


def _numbered(short: str, number: int, width: int) -> str:
    mark = f"#{number}"
    return (short[: max(width - len(mark), 0)] + mark)[:width]


def short_name(name: str, width: int) -> str:
    """`name` in at most `width` characters: "Gtr Left 2" becomes "GtrLf2" in six.

    What goes first is what is missed least: the number that a stem's file begins with, spaces, vowels from the right,
    then the ends of words. A word keeps its first letter and a number all its digits as long as there is room.
    """
    text = plain(name)
    if len(text) <= width:
        return text
    words: list[str] = _WORD.findall(text)
    if not words:
        return text[:width]
    if words[0].isdigit() and len(words[0]) <= 2 < len(text) and not all(word.isdigit() for word in words):
        del words[0]
    words = [word[0].upper() + word[1:] for word in words]
    for place, letter in _missed_least(words):
        if sum(map(len, words)) <= width:
            break
        words[place] = words[place][:letter] + words[place][letter + 1 :]
    *head, last = words
    end = last[-width:] if last.isdigit() else last
    return "".join(head)[: max(width - len(end), 0)] + end[:width]


def _missed_least(words: list[str]) -> Iterator[tuple[int, int]]:
    """Which letter of which word to take next; `words` are as they stand when the next is asked for."""
    lettered = [place for place in reversed(range(len(words))) if not words[place].isdigit()]
    for place in lettered:
        for letter in range(len(words[place]) - 1, 0, -1):
            if words[place][letter] in _VOWELS:
                yield place, letter
    for place in lettered:
        while len(words[place]) > 1:
            yield place, len(words[place]) - 1


def without_folders(text: str) -> str:
    """`text` with files by their names alone: a display has no room for where they lie."""
    return _FOLDERS.sub("", text)
