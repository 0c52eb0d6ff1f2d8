"""Logs: a file that does not grow for ever, and warnings on stderr."""

import logging
from logging.handlers import RotatingFileHandler

from tonn_bridge.cli.output import err, out
from tonn_bridge.places import logs_dir

MAX_BYTES, KEPT = 2_000_000, 3


def log_to_file(*, verbose: bool) -> None:
    """Keep a log in the logs folder; warnings (when `verbose`, everything we log) go to stderr as well."""
    from rich.logging import RichHandler

    ours, everything = logging.getLogger("tonn_bridge"), logging.getLogger()
    file = RotatingFileHandler(logs_dir() / "tonn-bridge.log", maxBytes=MAX_BYTES, backupCount=KEPT, encoding="utf-8")
    file.setFormatter(logging.Formatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s"))
    # where both are the terminal, the console that draws the status line has to make room for each warning
    console = out if out.is_terminal and err.is_terminal else err
    terminal = RichHandler(console=console, show_path=False, level=logging.DEBUG if verbose else logging.WARNING)
    everything.addHandler(file)
    everything.addHandler(terminal)
    everything.setLevel(logging.WARNING)  # httpx logs whole URLs at INFO, and a signed URL is a secret
    ours.setLevel(logging.DEBUG if verbose else logging.INFO)
