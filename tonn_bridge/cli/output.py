"""Where things are printed: results on stdout, progress and logs on stderr."""

from rich.console import Console
from rich.text import Text

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def clean(text: str) -> str:
    """`text` as it may be printed: control characters, which could drive a terminal, become `?`."""
    return "".join(c if c.isprintable() else "?" for c in text)


def cell(text: object) -> Text:
    """`text` for a table, taken as it stands: brackets in a track's name are no markup."""
    return Text(clean(str(text)))
