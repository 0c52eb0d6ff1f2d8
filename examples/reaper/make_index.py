"""Writes `index.xml`, by which ReaPack finds this package and all its files.

    python examples/reaper/make_index.py https://example.org/tonn-bridge/v0.1.0/examples/reaper/ > index.xml

The address is that of this folder as it is published, one that does not change any more (a tag, not a branch): ReaPack
takes every file from there. The index in this folder is for NOWHERE, an address that nobody can ever own, until it is
published. Format: https://github.com/cfillion/reapack/wiki/Index-Format
"""

import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from urllib.parse import quote

FOLDER = Path(__file__).parent
NAME, VERSION, RELEASED = "tonn-bridge", "0.1.0", "2026-11-23T00:00:00Z"
NOWHERE = "https://tonn-bridge.invalid/v0.1.0/examples/reaper/"
PACKAGE = "tonn-bridge.lua"
"""What ReaPack calls the package; no file has to have this name."""


def actions() -> list[str]:
    """The scripts that appear in the list of actions."""
    return sorted(path.name for path in FOLDER.glob("*.lua"))


def parts() -> list[str]:
    """What the actions need beside them."""
    return [*sorted(f"lib/{path.name}" for path in FOLDER.glob("lib/*.lua")), "tonn-bridge.ReaperOSC"]


def index(address: str) -> str:
    """The index of the package as published at `address`, the URL of this folder."""
    root = ET.Element("index", version="1", name=NAME)
    category = ET.SubElement(root, "category", name="Mixing")
    package = ET.SubElement(category, "reapack", name=PACKAGE, type="script", desc="Tonn's mix on REAPER's own faders")
    version = ET.SubElement(package, "version", name=VERSION, author="The tonn-bridge authors", time=RELEASED)
    for file in [*actions(), *parts()]:
        source = ET.SubElement(version, "source", {"file": file})
        if file in actions():
            source.set("main", "main")
        source.text = address.rstrip("/") + "/" + quote(file)
    ET.SubElement(version, "changelog").text = "The first version."
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1].startswith("https://"):
        sys.exit("say where this folder is published: make_index.py https://.../examples/reaper/")
    sys.stdout.write(index(sys.argv[1]))
