"""Scenes to be painted: a small band, every state of the job, and any scene at all."""

import math
from dataclasses import replace

from hypothesis import strategies as st

from tonn_bridge.core import OFF, Compressor, EqBand, Gain, Pan, Proposal
from tonn_bridge.core.laws import ReaperLaw
from tonn_bridge.core.mix import MixView, Setting, Showing, TrackView
from tonn_bridge.links.surface.desk import Asked, Status
from tonn_bridge.links.surface.scene import Look, LowerRow, Page, Ring, Scene
from tonn_bridge.mapping.surface import Function
from tonn_bridge.protocols.surface import Lamp, RingMode

LAW = ReaperLaw()
BUTTONS = {
    Function.PREVIEW: "f1",
    Function.APPLY: "f2",
    Function.COMPARE: "f3",
    Function.REVERT: "f4",
    Function.FINAL: "f5",
    Function.CANCEL: "f7",
    Function.CONFIRM: "f8",
    Function.FLIP: "flip",
    Function.SELECT: "select",
    Function.EQ: "eq",
    Function.COMPRESSOR: "instrument",
    Function.MIX: "pan",
    Function.MORPH: "user_a",
    Function.NAME_VALUE: "name_value",
    Function.BANK_LEFT: "bank_left",
}
MACKIE = Look(strips=8, cell=7, rows=2, banner=56, blinks=True, buttons=BUTTONS, position_of=LAW.position)
HUI = replace(MACKIE, cell=4, rows=1, banner=40, covers=False)
DUMB = replace(MACKIE, cell=0, rows=0, banner=0, blinks=False)

EQ = (EqBand(1, 46.5, -1.69, 2.66), EqBand(2, 2_430.0, 2.0, 0.7), EqBand(3, 12_000.0, 15.0, 1.0))
COMP = Compressor(-3.89, 1.8, 0.074, 0.022)


def track(number, name, now, ahead=None, *, pan=0.0, pan_ahead=None, **other):
    """`now` and `ahead` in dB; other fields as in TrackView."""
    proposal = None
    if ahead is not None:
        proposal = Proposal(Gain(ahead), 0.0, None if pan_ahead is None else Pan(pan_ahead), EQ, COMP)
    current = Setting(None if now is None else Gain(now), None if pan is None else Pan(pan))
    fields = {"strip": number - 1, "adjust_db": None, "muted": False, "pan_changed": False, "proposal": proposal}
    return TrackView(number=number, name=name, user=current, current=current, baseline=Setting(), **(fields | other))


BAND = (
    track(1, "Bass", -6.0, -12.0, pan_ahead=0.0),
    track(2, "Gtr Left 2", 0.0, -5.9, pan=-0.5, pan_ahead=-0.8),
    track(3, "BackingVox", -math.inf, -3.0, pan_ahead=0.4),
    track(4, "Overheads", 1.25, None),
    track(5, "Pad", None, -9.0, pan=None),
    track(6, "Room", -3.0, -4.0, strip=None),
)


def status(state="idle", progress=1.0, text="", running=None, asked=None, error=None):
    return Status(state, progress, text, running, asked, error)


def view(tracks=BAND, *, showing=Showing.USER, applied=False, moving=False):
    return MixView(1, showing, applied, moving, tracks)


APPLIED = view(
    (
        track(1, "Bass", -9.8, -11.8, adjust_db=2.0),
        track(2, "Gtr Left 2", -5.9, -5.9, adjust_db=0.0),
        track(3, "BackingVox", -3.0, -3.0, adjust_db=0.0, muted=True),
        track(4, "Overheads", 1.25, None),
        track(5, "Pad", -9.0, -9.0, adjust_db=0.0, pan_changed=True),
    ),
    showing=Showing.PROPOSAL,
    applied=True,
)


def scene(state="idle", seen=None, *, tracks_shown=8, **other):
    seen = seen or view()
    window = tuple(place if place <= len(seen.tracks) else None for place in range(1, tracks_shown + 1))
    given_status = other.pop("status", None) or status(state)
    return Scene(given_status, seen, other.pop("window", window), **other)


def display(picture, look=MACKIE):
    """What a two-row display reads: each cell as wide as it is, blanks at the end left out."""
    if picture.banner is not None and look.covers:
        return [line.rstrip() for line in picture.banner]
    rows = [[picture.cells[strip, row] for strip in range(look.strips)] for row in range(look.rows)]
    return ["".join(text.ljust(look.cell) for text in row).rstrip() for row in rows]


def fan(place):
    return Ring(RingMode.FAN, place)


def lit(picture):
    """The buttons that are not dark, with strips counted from 1."""
    return {
        button if strip is None else f"{button} {strip + 1}": lamp
        for (button, strip), lamp in picture.lamps.items()
        if lamp is not Lamp.OFF
    }


# --- any scene ------------------------------------------------------------------------------------------------------

gains = st.one_of(st.none(), st.just(OFF), st.floats(-100.0, 24.0).map(Gain))
pans = st.one_of(st.none(), st.floats(-1.0, 1.0).map(Pan))
proposals = st.builds(
    Proposal,
    gain=gains,
    pan=pans,
    eq=st.sampled_from([(), EQ, EQ[:1]]),
    comp=st.sampled_from([None, COMP, Compressor(None, 1.0, None, 1.0)]),
)
names = st.one_of(st.text(max_size=20), st.sampled_from(["Vox", "Guitar Left", "Guitar Right", "Bässe"]))
words = st.text(max_size=150)


@st.composite
def views(draw):
    tracks = [
        TrackView(
            number=number,
            name=draw(names),
            strip=draw(st.sampled_from([None, number])),
            user=Setting(),
            proposal=draw(st.one_of(st.none(), proposals)),
            current=Setting(draw(gains), draw(pans)),
            baseline=Setting(),
            adjust_db=draw(st.one_of(st.none(), st.floats(-100.0, 100.0))),
            muted=draw(st.booleans()),
            pan_changed=draw(st.booleans()),
        )
        for number in range(1, draw(st.integers(1, 5)) + 1)
    ]
    return view(
        tuple(tracks),
        showing=draw(st.sampled_from(Showing)),
        applied=draw(st.booleans()),
        moving=draw(st.booleans()),
    )


statuses = st.builds(
    Status,
    state=st.sampled_from(["idle", "uploading", "mixing", "ready", "applied", "finalizing", "done", "error"]),
    progress=st.floats(0.0, 1.0),
    text=words,
    running=st.sampled_from([None, "preview", "apply", "revert", "cancel"]),
    asked=st.one_of(
        st.none(),
        st.builds(
            Asked,
            what=st.sampled_from(["final", "fx_settings", "something new"]),
            text=words,
            credits=st.one_of(st.none(), st.integers(0, 99_999)),
            left_s=st.floats(0.0, 20.0),
        ),
    ),
    error=st.one_of(st.none(), st.tuples(st.just("key"), words)),
)


@st.composite
def scenes(draw, strips=8):
    seen = draw(views())
    numbers = st.one_of(st.none(), st.integers(1, len(seen.tracks)))
    return Scene(
        status=draw(statuses),
        view=seen,
        window=tuple(draw(st.lists(numbers, min_size=strips, max_size=strips))),
        page=draw(st.sampled_from(Page)),
        selected=draw(numbers),
        scroll=draw(st.integers(0, 12)),
        flipped=draw(st.booleans()),
        lower=draw(st.sampled_from(LowerRow)),
        hands=draw(st.dictionaries(st.integers(0, strips - 1), st.sampled_from(["fader", "encoder"]))),
        notice=draw(st.one_of(st.none(), words)),
        morph=draw(st.floats(0.0, 1.0)),
        blink=draw(st.booleans()),
    )


looks = st.builds(
    lambda cell, rows, banner, covers, blinks: replace(
        MACKIE, cell=cell, rows=rows, banner=banner, covers=covers, blinks=blinks
    ),
    cell=st.integers(1, 14),
    rows=st.integers(0, 2),
    banner=st.integers(0, 60),
    covers=st.booleans(),
    blinks=st.booleans(),
)
