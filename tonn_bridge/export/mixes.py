"""Which session files can be made of a mix."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from tonn_bridge.export import dawproject, rpp
from tonn_bridge.export.song import Song
from tonn_bridge.mixfile import to_json

SUFFIX = ".mix.tonn.json"


@dataclass(frozen=True, slots=True)
class MixFormat:
    """One kind of file. `is_text`: it can be shown on a terminal; `embeds`: the stems can be in it.

    `write` gets the song, the open file, the folder that will be in, and whether to embed; it answers with what to tell
    the person who asked for it. `beside`: a `mix.tonn.json` of the same name belongs to it.
    """

    suffix: str
    is_text: bool
    write: Callable[[Song, BinaryIO, Path | None, bool], tuple[str, ...]]
    embeds: bool = False
    beside: bool = False


def write_mix(song: Song, into: BinaryIO, near: Path | None, embed: bool) -> tuple[str, ...]:
    """Write the mix as a `mix.tonn.json`."""
    into.write((json.dumps(to_json(song.mix), indent=2, ensure_ascii=False) + "\n").encode())
    return ()


MIX_FORMATS: Mapping[str, MixFormat] = {
    "dawproject": MixFormat(".dawproject", False, dawproject.write, embeds=True),
    "rpp": MixFormat(".rpp", True, rpp.write, beside=True),
    "mix": MixFormat(SUFFIX, True, write_mix),
}
