"""The verbs of the command line."""

from tonn_bridge.cli.program import app, main

__all__ = ["app", "main"]
