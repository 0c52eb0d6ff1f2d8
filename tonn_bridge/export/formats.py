"""Which files can be made of a session."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tonn_bridge.export import open_stage_control, touchosc
from tonn_bridge.export.layout import Layout, lay_out
from tonn_bridge.export.panel import Panel, panel_for
from tonn_bridge.session import Session


@dataclass(frozen=True, slots=True)
class Export:
    """A file's content, and what to tell the person who asked for it."""

    data: bytes
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file. `is_text`: it can be shown on a terminal."""

    suffix: str
    is_text: bool
    make: Callable[[Session], Export]
    """Raises MappingError where the mapping file of the surface is wrong."""


def _layout(
    name: str, per_page: int, write: Callable[[Layout], bytes], next_step: Callable[[Panel], str]
) -> Callable[[Session], Export]:
    """What makes a layout with at most `per_page` strips on a page."""

    def make(session: Session) -> Export:
        panel = panel_for(session, name)
        notes = (next_step(panel),) if panel.in_session else (_missing(panel), next_step(panel))
        return Export(write(lay_out(panel, per_page)), notes)

    return make


def _missing(panel: Panel) -> str:
    """The lines without which the bridge knows nothing of the surface."""
    return (
        "add this to the session file:\n\n"
        f'[[surface]]\nmapping = "{panel.mapping}"\n'
        f'send = "{panel.send}"    # where {panel.program} listens\n'
        f'listen = "{panel.listen}"  # where it sends to\n'
    )


def _touchosc(panel: Panel) -> str:
    return (
        "open the file in TouchOSC and set there, under Connections, OSC: this machine's address as host, "
        f"{panel.listen.port} as send port, {panel.send.port} as receive port. On a tablet: put its address into send, "
        f"and 0.0.0.0:{panel.listen.port} into listen"
    )


def _open_stage_control(panel: Panel) -> str:
    return f"load the file in Open Stage Control, started on this machine with osc-port {panel.send.port}"


FORMATS: Mapping[str, Format] = {
    "touchosc": Format(".tosc", False, _layout("touchosc", touchosc.PER_PAGE, touchosc.write, _touchosc)),
    "open-stage-control": Format(
        ".json",
        True,
        _layout("open-stage-control", open_stage_control.PER_PAGE, open_stage_control.write, _open_stage_control),
    ),
}
