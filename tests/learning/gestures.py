"""What hands do to controls, as MIDI messages with the seconds between them."""

from tonn_bridge.protocols import midi

Said = list[tuple[float, bytes]]
"""Messages, each with the seconds since the one before."""

PAUSE = 1.5
"""A hand goes to the next control."""


def _said(*messages, gap=0.01):
    return [(gap, message) for message in messages]


def cc(channel, number, value):
    return midi.encode(midi.ControlChange(channel, number, value))


def fader(number, *, channel=0, up=range(0, 128, 3)):
    """A 7-bit fader pushed from bottom to top."""
    return _said(*(cc(channel, number, value) for value in [*up, 127]))


def fader14(number, *, channel=0, fine_first=False, step=16, apart=0.0):
    """A 14-bit pair, its halves `apart` seconds apart."""
    said = []
    for value in [*range(0, 16384, step * 11), 16383]:
        halves = [cc(channel, number, value >> 7), cc(channel, number + 32, value & 127 & -step)]
        first, second = reversed(halves) if fine_first else halves
        said += [(0.01, first), (apart, second)]
    return said


def nrpn_fader(number, *, channel=0):
    said = []
    for value in [*range(0, 16384, 200), 16383]:
        chosen = cc(channel, 99, number >> 7), cc(channel, 98, number & 127)
        said += _said(*chosen, cc(channel, 6, value >> 7), cc(channel, 38, value & 127), gap=0.002)
    return said


def bend_fader(channel, *, step=16, top=16383):
    """A fader of 10 bits (`step` 16) as Mackie units have them."""
    values = [*range(0, 16384, step * 13), top]
    return _said(*(midi.encode(midi.PitchBend(channel, value)) for value in values))


def touched_bend_fader(channel, *, note=104):
    on, off = (midi.encode(midi.Note(0, note + channel, velocity)) for velocity in (127, 0))
    return [(0.0, on), *bend_fader(channel), (0.2, off)]


def turn(number, values, *, channel=0):
    return _said(*(cc(channel, number, value) for value in values), gap=0.05)


def press(number, *, channel=0, held=0.1, on=127):
    """A button that says when it is let go."""
    return [(0.0, cc(channel, number, on)), (held, cc(channel, number, 0))]


def press_note(note, *, channel=0, held=0.1, velocity=127):
    on, off = (midi.encode(midi.Note(channel, note, v)) for v in (velocity, 0))
    return [(0.0, on), (held, off)]


def toggled(number, on, *, channel=0):
    """A button that says "on" at one press and "off" at the next."""
    return [(0.0, cc(channel, number, 127 if on else 0))]


def one_after_another(*gestures):
    """Each gesture, a pause between them."""
    return [
        (delay + PAUSE * (n > 0 and first), message)
        for n, gesture in enumerate(gestures)
        for first, (delay, message) in ((i == 0, each) for i, each in enumerate(gesture))
    ]
