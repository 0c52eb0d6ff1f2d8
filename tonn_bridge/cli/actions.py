"""The verbs that ask the running daemon for something and wait until it is done."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from tonn_bridge.cli.output import clean, out
from tonn_bridge.cli.proof import shortcomings
from tonn_bridge.cli.words import standing

if TYPE_CHECKING:
    from tonn_bridge.client import Document

Url = Annotated[
    str | None, typer.Option("--url", help=r"Where tonn-bridge runs. Default: \[control] http of ./session.toml.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Answer a question about credits with yes.")]


_UNFETCHED = "its settings were not fetched, so nothing can be applied; `tonn-bridge preview` asks for them again"


def preview(url: Url = None, yes: Yes = False) -> None:
    """Send what has changed, have it mixed, fetch the settings.

    Example: tonn-bridge preview
    """
    _do("preview", url, yes)


def apply(url: Url = None, yes: Yes = False) -> None:
    """Set the DAW to Tonn's proposal.

    Example: tonn-bridge apply
    """
    _do("apply", url, yes)


def revert(url: Url = None) -> None:
    """Set the DAW back to what it was before apply.

    Example: tonn-bridge revert
    """
    _do("revert", url)


def compare(url: Url = None) -> None:
    """Toggle between your mix and Tonn's.

    Example: tonn-bridge compare
    """
    _do("compare", url)


def morph(
    amount: Annotated[float, typer.Argument(metavar="X", min=0.0, max=1.0, help="0 = your mix, 1 = the proposal.")],
    url: Url = None,
) -> None:
    """Blend your mix with Tonn's.

    Example: tonn-bridge morph 0.5
    """
    _do("morph", url, value=amount)


def final(url: Url = None, yes: Yes = False) -> None:
    """Have the final mix made, with your fader moves, and fetch it. May cost credits: it asks.

    Example: tonn-bridge final
    """
    _do("final", url, yes)


def confirm(url: Url = None) -> None:
    """Say yes to what has been asked, then wait for it.

    Example: tonn-bridge confirm
    """
    _do("confirm", url)


def cancel(url: Url = None) -> None:
    """Stop waiting, or say no to what has been asked.

    Example: tonn-bridge cancel
    """
    _do("cancel", url)


def add_to(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    for verb in (preview, apply, revert, compare, morph, final, confirm, cancel):
        app.command()(verb)


def _do(action: str, url: str | None, yes: bool = False, **arguments: float) -> None:
    from tonn_bridge.cli.follow import act_and_follow
    from tonn_bridge.client import daemon_url

    document = asyncio.run(act_and_follow(daemon_url(url), action, arguments, always_yes=yes))
    for line in _outcome(action, document):
        out.print(clean(line), markup=False)


def _outcome(action: str, document: "Document") -> list[str]:
    """What there is to say when `action` has ended well, a line each."""
    made = {"preview": "preview_file", "final": "final_file"}.get(action)
    path = document.get(made) if made else None
    if not path:
        return [standing(document), *(shortcomings(document) if action == "apply" else ())]
    unfetched = action == "preview" and not any(track["proposal"] for track in document["tracks"])
    return [f"{document['state']}: {path}", *([_UNFETCHED] if unfetched else [])]
