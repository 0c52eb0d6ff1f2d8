"""The state of REAPER's ReaEQ, as a project keeps it.

Cockos does not publish it. What is written here is what public programs agree on that read and write ReaEQ's presets
and projects, and what stands in a chunk that REAPER 7.65 wrote (kept as a test vector): little-endian, the size of a
band (33) and their number; for each band its type and whether it is on (32 bit each), then frequency in Hz, gain as a
factor and bandwidth in octaves (doubles), and a byte for the frequency scale. After the bands come two flags, the
output gain as a factor, and what belongs to the window.
"""

import base64
import struct
from collections.abc import Iterator, Sequence

from tonn_bridge.core import EqBand
from tonn_bridge.core.dials import octaves_of
from tonn_bridge.export.folding import linear

HEAD = 'VST "VST: ReaEQ (Cockos)" reaeq.dll 0 "Tonn EQ" 1919247729<56535472656571726561657100000000> ""'
"""The plug-in's own name and file, the name by which the bridge and the companion look for it, and its VST 2 identity,
by which REAPER finds it on every system."""

SPARE = tuple(EqBand(band, hz, 0.0, 1.0) for band, hz in enumerate((60.0, 180.0, 500.0, 1500.0, 4000.0, 10_000.0), 1))
"""Flat bells, so that there are six on every track: as many as Tonn ever sets."""

_BELL = 8
_BAND = struct.Struct("<iidddB")
_LOG_SCALE = 1
_OUTPUT = struct.Struct("<iid")
_WINDOW = struct.Struct("<iiii").pack(0, 509, 348, 2)
_PROGRAM = b"\0Program 1\0\x10\0\0\0"
_LINE = 96
"""Bytes of the state on a line: 128 characters."""


def state(bands: Sequence[EqBand]) -> Iterator[str]:
    """The lines between a project's `<VST ...` and `>`, for an equaliser of these bells and flat ones up to six."""
    content = _content([*bands, *SPARE[len(bands) :]])
    yield _text(_header(len(content)))
    for start in range(0, len(content), _LINE):
        yield _text(content[start : start + _LINE])
    yield _text(_PROGRAM)


def _content(bands: Sequence[EqBand]) -> bytes:
    parts = [struct.pack("<ii", _BAND.size, len(bands))]
    parts += [
        _BAND.pack(_BELL, 1, band.freq_hz, linear(band.gain_db), octaves_of(band.q), _LOG_SCALE) for band in bands
    ]
    return b"".join([*parts, _OUTPUT.pack(1, 1, 1.0), _WINDOW])


def _header(size: int) -> bytes:
    """The plug-in's identity, two pins in and two out with their channels, and how long the state is."""
    pins = struct.pack("<iqq", 2, 1, 2)
    return b"qeer" + struct.pack("<I", 0xFEED5EEE) + pins + pins + struct.pack("<III", size, 1, 0x00100000)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
