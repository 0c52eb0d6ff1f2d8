"""Mapping files with `role = "device"`: a DAW towards which we play a control surface, over MIDI."""

from tonn_bridge.mapping.device.laws import LearntLaw, find_law, keep_law, law_of, load_law
from tonn_bridge.mapping.device.model import DeviceFile, MainUnit, PanText, Protocol, RingRounding
from tonn_bridge.mapping.device.texts import TextPan, gain_text, pan_text

__all__ = [
    "DeviceFile",
    "LearntLaw",
    "MainUnit",
    "PanText",
    "Protocol",
    "RingRounding",
    "TextPan",
    "find_law",
    "gain_text",
    "keep_law",
    "law_of",
    "load_law",
    "pan_text",
]
