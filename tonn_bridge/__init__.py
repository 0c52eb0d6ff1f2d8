"""tonn-bridge: Tonn's mix on your own DAW's faders, where it can be heard, touched, blended and taken back."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("tonn-bridge")
except PackageNotFoundError:  # run from a checkout that was never installed
    __version__ = "0+unknown"
