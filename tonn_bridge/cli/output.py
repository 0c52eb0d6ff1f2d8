"""Where things are printed: results on stdout, progress and logs on stderr."""

from rich.console import Console

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def clean(text: str) -> str:
    """`text` as it may be printed: control characters, which could drive a terminal, become `?`."""
    return "".join(c if c.isprintable() else "?" for c in text)
