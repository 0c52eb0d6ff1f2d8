"""Imports run one way: each room may know the rooms this table gives it, and no other."""

import ast
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "tonn_bridge"

BELOW_ALL = {"errors", "clock", "files"}
MAY_IMPORT = {
    "core": set(),
    "protocols": {"core"},
    "mapping": {"core", "protocols"},
    "ports": set(),
    "tonn": {"core"},
    "store": {"core"},
    "mixfile": {"core"},
    "engine": {"core", "tonn", "store", "mixfile"},
    "links": {"core", "protocols", "mapping", "ports"},
    "sandbox": {"tonn.wire"},
    "projects": set(),
    "session": {"core", "mapping", "projects", "tonn.wire"},
    "http": {"core", "engine", "store", "mixfile"},
    "fidelity": {"core", "engine", "session", "store", "tonn"},
    "export": {"core", "session", "mapping", "mixfile"},
    "client": {"session"},
    "places": set(),
    "keys": set(),
    "service": {"engine", "session", "tonn", "keys"},
    "learning": {"core", "protocols", "mapping", "ports", "links"},
    "daw": {"core", "links", "mapping", "places", "ports", "session"},
    "surfaces": {"core", "links", "mapping", "ports", "protocols", "session"},
    "reload": {"mapping", "session"},
}
MAY_IMPORT_EVERYTHING = {"app", "cli", "demo", "__main__"}
FILES = sorted(PACKAGE.rglob("*.py"))


def module_name(path: Path) -> str:
    """Dotted, below the package: `links.outbox`; a folder's `__init__.py` is the folder."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")


def imported(source: str, module: str) -> set[str]:
    """Every module that `source` imports, anywhere in it, relative ones written out."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: write imports out, from tonn_bridge.… on"
            # `from tonn_bridge import places` names a module only in what it takes.
            names |= (
                {f"{node.module}.{alias.name}" for alias in node.names}
                if node.module == "tonn_bridge"
                else {node.module}
            )
    return names


def own(names: set[str]) -> set[str]:
    """Those of our own modules, without the package's name; `tonn_bridge.__version__` is a value, not a module."""
    below = {name.removeprefix("tonn_bridge.") for name in names if name.startswith("tonn_bridge.")}
    return {name for name in below if name != "__version__"}


def forbidden(module: str, names: set[str]) -> set[str]:
    """Which of our own modules among `names` the table keeps from `module`."""
    room = module.partition(".")[0]
    if room in MAY_IMPORT_EVERYTHING:
        return set()
    allowed = {room} | BELOW_ALL | MAY_IMPORT.get(room, set())
    return {name for name in own(names) if not any(name == ok or name.startswith(f"{ok}.") for ok in allowed)}


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_a_module_imports_only_what_its_room_may_know(path):
    module = module_name(path)
    names = forbidden(module, imported(path.read_text(encoding="utf-8"), module))
    assert not names, f"{module} must not import {', '.join(sorted(names))}: pass the value or the callable in"


def test_rooms_form_no_loop():
    knows: dict[str, set[str]] = {}
    for path in FILES:
        module = module_name(path)
        room = module.partition(".")[0]
        others = {name.partition(".")[0] for name in own(imported(path.read_text(encoding="utf-8"), module))}
        knows.setdefault(room, set()).update(others - {room})
    order = list(TopologicalSorter(knows).static_order())  # raises CycleError, which names the loop
    assert order.index("errors") < order.index("core") < order.index("engine")


@pytest.mark.parametrize("path", [path for path in FILES if module_name(path).split(".")[0] == "core"], ids=module_name)
def test_core_needs_nothing_but_the_standard_library(path):
    tops = {name.partition(".")[0] for name in imported(path.read_text(encoding="utf-8"), module_name(path))}
    assert tops <= sys.stdlib_module_names | {"tonn_bridge"}
    assert not tops & {"asyncio", "socket", "threading"}


def test_every_room_has_its_line_in_the_table():
    rooms = {module_name(path).partition(".")[0] for path in FILES} - {"__init__"}
    assert rooms - MAY_IMPORT_EVERYTHING - BELOW_ALL <= set(MAY_IMPORT)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("links.daw", "from tonn_bridge.engine.mixer import Mixer"),
        ("core.mix", "import tonn_bridge.tonn.wire"),
        ("sandbox.server", "from tonn_bridge.tonn.client import Client"),
        ("ports.udp", "def late():\n    from tonn_bridge import core"),
    ],
)
def test_a_forbidden_import_is_seen_wherever_it_stands(module, source):
    assert forbidden(module, imported(source, module))
