"""What MIDI this machine has."""

from dataclasses import dataclass

from tonn_bridge.errors import PortError


@dataclass(frozen=True, slots=True)
class MidiPorts:
    """Names of the MIDI ports there are."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


def midi_ports() -> MidiPorts:
    """The MIDI ports of this machine.

    Raises:
        PortError: python-rtmidi is not installed, or the system has no MIDI; says what to do.
    """
    import mido

    backend = mido.Backend("mido.backends.rtmidi")
    try:
        backend.load()
    except ImportError as exc:
        raise PortError(
            "no MIDI: python-rtmidi is not installed; pip install python-rtmidi "
            "(it has ready-made wheels up to Python 3.12; OSC works without it)"
        ) from exc
    try:
        return MidiPorts(tuple(backend.get_input_names()), tuple(backend.get_output_names()))
    except Exception as exc:  # rtmidi raises classes of its own, built at run time
        raise PortError(f"no MIDI: this system offers none ({exc}); OSC works without it") from exc
