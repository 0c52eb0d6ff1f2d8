"""`import`: a mix out of a `mix.tonn.json`, given to the running daemon as its proposal."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tonn_bridge.cli.actions import Url
from tonn_bridge.cli.output import clean, out
from tonn_bridge.errors import FileError

if TYPE_CHECKING:
    from tonn_bridge.client import Document
    from tonn_bridge.core.portable import PortableMix


def import_mix(
    file: Annotated[Path, typer.Argument(metavar="MIX.tonn.json", help="What `tonn-bridge export mix` has written.")],
    with_hand: Annotated[
        bool, typer.Option("--with-hand", help="With the moves that a hand made on top of Tonn's mix.")
    ] = False,
    url: Url = None,
) -> None:
    """Propose a mix that was exported, here or elsewhere; `tonn-bridge apply` then sets the DAW to it.

    A track is known by its stem's content, else by its name. Nothing is asked of Tonn, and nothing is charged.

    Example: tonn-bridge import masks.mix.tonn.json
    """
    from tonn_bridge.client import daemon_url

    mix = _read(file)
    answer = asyncio.run(_give(_with_hands(mix) if with_hand else mix, daemon_url(url)))
    count = len(answer["tracks"])
    _say(f"proposed for {count} track{'s' if count != 1 else ''}: {', '.join(t['name'] for t in answer['tracks'])}")
    for note in answer["notes"]:
        _say(note)
    for line in _left_out(mix, with_hand):
        _say(line)
    _say("`tonn-bridge apply` sets the DAW to it")


def add_to(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    app.command("import")(import_mix)


def _say(text: str) -> None:
    out.print(clean(text), markup=False)


def _read(file: Path) -> "PortableMix":
    from tonn_bridge.mixfile import MAX_BYTES, read

    try:
        with file.open("rb") as content:
            data = content.read(MAX_BYTES + 1)
    except OSError as exc:
        raise FileError(f"{file}: cannot be read ({exc.strerror})") from exc
    return read(data, file.name)


async def _give(mix: "PortableMix", url: str) -> "Document":
    from tonn_bridge.client import Daemon
    from tonn_bridge.mixfile import to_json

    async with Daemon(url) as daemon:
        return await daemon.take(to_json(mix))


def _with_hands(mix: "PortableMix") -> "PortableMix":
    """The mix with the hand's moves as if Tonn had set them."""
    from dataclasses import replace

    from tonn_bridge.core.portable import Hand

    return mix.with_tracks(
        replace(track, settings=track.heard, hand=Hand(muted=track.hand.muted)) for track in mix.tracks
    )


def _left_out(mix: "PortableMix", with_hand: bool) -> list[str]:
    """What stands in the file and not in the proposal."""
    moved = [track for track in mix.tracks if track.hand.moved]
    muted = ", ".join(f'"{track.name}"' for track in moved if track.hand.muted)
    lines = []
    if moved and not with_hand:
        names = ", ".join(f'"{track.name}"' for track in moved)
        lines.append(f"a hand had moved {names} since: that is left out; --with-hand takes it along")
    if muted and with_hand:
        lines.append(f"{muted} had been muted, which no proposal can be: mute it in the DAW")
    return lines
