"""The display of a Mackie unit: what stands in it, and what has to be written to change it."""

from tonn_bridge.protocols.midi.text import seven_bit

_UNKNOWN = "\0"


class Lcd:
    """Two rows of `line` characters, one behind the other. What stands there already is not written again."""

    def __init__(self, line: int) -> None:
        self._size = 2 * line
        self._shown = ""
        self.forget()

    def forget(self) -> None:
        """Nobody knows any more what it shows."""
        self._shown = _UNKNOWN * self._size

    def write(self, offset: int, text: str, width: int) -> tuple[int, str] | None:
        """Offset and text of the shortest message after which `text`, `width` characters wide, stands at `offset`.

        None where it does already.
        """
        wanted = seven_bit(text)[:width].ljust(width)
        before = self._shown[offset : offset + width]
        new = [place for place, (old, character) in enumerate(zip(before, wanted, strict=True)) if old != character]
        if not new:
            return None
        self._shown = self._shown[:offset] + wanted + self._shown[offset + width :]
        return offset + new[0], wanted[new[0] : new[-1] + 1]
