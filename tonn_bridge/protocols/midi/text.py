"""Text as displays behind MIDI show it: seven bits."""

import unicodedata
from functools import lru_cache


@lru_cache(maxsize=4096)
def seven_bit(text: str) -> str:
    """`text` in printable ASCII: accents are left out, white space is a space, and what else it lacks is "?"."""
    bare = (c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return "".join(c if " " <= c <= "~" else " " if c.isspace() else "?" for c in bare)


def cell(text: str, width: int) -> bytes:
    """`text` in exactly `width` characters: cut, or filled up with spaces."""
    return seven_bit(text)[:width].ljust(width).encode("ascii")


def shown(data: bytes) -> str:
    """What a display shows for these bytes of a message; codes that are no character are a space."""
    return "".join(chr(code) if 0x20 <= code <= 0x7E else " " for code in data)
