"""A stand-in for Tonn's service over real HTTP, with a modest but real mixing engine, prices and faults on command."""

from tonn_bridge.sandbox.server import create_app, run, serve
from tonn_bridge.sandbox.settings import PRICES, SandboxSettings

__all__ = ["PRICES", "SandboxSettings", "create_app", "run", "serve"]
