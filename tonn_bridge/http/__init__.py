"""Dashboard, JSON state and events, call-back receiver: what a browser and a script see."""

from tonn_bridge.http.app import create_app
from tonn_bridge.http.bridge import Bridge, Traffic
from tonn_bridge.http.server import serve

__all__ = ["Bridge", "Traffic", "create_app", "serve"]
