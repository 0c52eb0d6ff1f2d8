"""Characters of seven segments: six bits of ASCII, and one for the dot."""

from tonn_bridge.protocols.midi.text import seven_bit

_DOT = 0x40
_BLANK = 0x20


def digit_byte(character: str, dot: bool) -> int:
    """The byte that shows `character` (its capital; "?" where seven segments have nothing like it)."""
    code = ord(seven_bit(character).upper()[:1] or " ")
    return (code & 0x3F if code <= 0x5F else ord("?")) | (_DOT if dot else 0)


def digit(byte: int) -> tuple[str, bool]:
    """The character of a byte, and whether its dot is lit; 0, which would be "@", is how some hosts write a blank."""
    code = byte & 0x3F or _BLANK
    return chr(code if code >= _BLANK else code | 0x40), bool(byte & _DOT)
