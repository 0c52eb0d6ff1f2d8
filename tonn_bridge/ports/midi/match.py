"""Which port a person means: people write part of a name, and systems add numbers that change with every plug."""

import re
from collections.abc import Callable, Sequence
from typing import Final

from tonn_bridge.errors import PortError

_ALSA_NUMBERS: Final = re.compile(r"\s+\d+:\d+$")
"""Client and port number behind a name of ALSA: "X-Touch:X-Touch MIDI 1 20:0"."""

_CHANGING: Final = re.compile(r"\s+\d+:\d+$|^\d+- ?|\s*\[\d+\]|-\d\d(?=:)")
"""What a plug or a restart changes: ALSA's numbers, Windows' "2- ", a2jmidid's "[20]", the "-01" of a JACK client."""


def find(kind: str, wanted: str, names: Sequence[str], *, formerly: str | None = None) -> str:
    """The one of `names` that `wanted` means best; `formerly` is how the port was called when it was last open.

    Exact before exact without the system's numbers or client, before any case, before whole words, before a part. A
    number is never cut: "Port 1" is no part of "Port 10". `kind` says in errors what is looked for ("input").

    Raises:
        PortError: no such port, or several that fit equally well; the message lists the ports.
    """
    best = _best(wanted, names)
    if len(best) != 1 and formerly is not None:
        best = [name for name in names if _lasting(name) == _lasting(formerly)] or best
    if len(best) == 1:
        return best[0]
    if best:
        raise PortError(f'MIDI {kind} "{wanted}" fits {quoted(best)}: write more of the name')
    there = f"connected: {quoted(names)}" if names else f"there is no MIDI {kind} at all"
    raise PortError(f'MIDI {kind} "{wanted}" is not connected; {there}')


def quoted(names: Sequence[str]) -> str:
    """Names in quotation marks, with commas between."""
    return ", ".join(f'"{name}"' for name in names)


def _best(wanted: str, names: Sequence[str]) -> list[str]:
    """The names that pass the strictest test any of them passes."""
    for passes in _TESTS:
        if found := [name for name in names if passes(wanted, name)]:
            return found
    return []


def _plain(name: str) -> str:
    return _ALSA_NUMBERS.sub("", name)


def _own(name: str) -> str:
    """The port's name without its client's: "MIDI 1" of "X-Touch:MIDI 1 20:0"."""
    return _plain(name).partition(":")[2].strip()


def _lasting(name: str) -> str:
    return _CHANGING.sub("", name).casefold().strip()


def _within(wanted: str, name: str, not_before: str, not_behind: str) -> bool:
    """Whether `wanted` stands in `name`, in any case, with no such character before or behind it."""
    return re.search(f"(?<!{not_before}){re.escape(wanted)}(?!{not_behind})", name, re.IGNORECASE) is not None


def _cuts_no_number(wanted: str, name: str, not_before: str) -> bool:
    """Whether `wanted` is a part of `name` beyond which no digit goes on."""
    before = r"\d" if wanted[:1].isdigit() else not_before
    return _within(wanted, name, before, r"\d" if wanted[-1:].isdigit() else r"(?!)")


_TESTS: Final[tuple[Callable[[str, str], bool], ...]] = (
    lambda wanted, name: wanted == name,
    lambda wanted, name: wanted == _plain(name),
    lambda wanted, name: wanted == _own(name),
    lambda wanted, name: wanted.casefold() in (name.casefold(), _plain(name).casefold(), _own(name).casefold()),
    lambda wanted, name: _within(wanted, _plain(name), r"[^\s:]", r"[^\s:]"),
    lambda wanted, name: _cuts_no_number(wanted, _plain(name), r"\w"),
    lambda wanted, name: _cuts_no_number(wanted, _plain(name), r"(?!)"),
)
"""Strictest first."""
