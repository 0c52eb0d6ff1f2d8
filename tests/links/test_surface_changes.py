"""From one picture to the next: a unit is told what is new, and shows the whole."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.links.surface_scenes import MACKIE, display, fan, lit, scene, scenes, status
from tonn_bridge.links.surface.paint import changes, paint, part
from tonn_bridge.links.surface.scene import DARK, Page, Picture, Ring
from tonn_bridge.protocols.surface import (
    AssignmentText,
    BannerText,
    CellText,
    ColoursSet,
    GhostSet,
    Lamp,
    LampSet,
    ProgressSet,
    QuestionText,
    RingMode,
    RingSet,
    StateText,
)


class Display:
    """A unit as its makers built it: it keeps what it was told last, and a covering banner is made of the cells."""

    def __init__(self, covers):
        self.covers = covers
        self.texts = {}
        self.banner = {}
        self.kept = {}

    def take(self, told):
        match told:
            case CellText(strip, row, text):
                if self.covers:
                    self.texts.pop(("banner", row), None)
                self.texts[strip, row] = text
            case BannerText(row, text) if self.covers:
                self.texts = {place: kept for place, kept in self.texts.items() if place[1] != row}
                self.texts["banner", row] = text
            case BannerText(row, text):
                self.banner[row] = text
            case RingSet(encoder, mode, position, centre):
                self.kept["ring", encoder] = Ring(mode, position, centre)
            case LampSet(button, lamp, strip):
                self.kept["lamp", button, strip] = lamp
            case GhostSet(strip, position):
                self.kept["ghost", strip] = position
            case AssignmentText(text):
                self.kept["digits"] = text
            case ColoursSet(colours):
                self.kept["colours"] = colours
            case StateText(text):
                self.kept["state"] = text
            case ProgressSet(progress):
                self.kept["progress"] = progress
            case QuestionText(text, left_s):
                self.kept["question"] = (text, left_s)

    def shows(self, picture: Picture):
        kept = {("ring", strip): ring for strip, ring in picture.rings.items()}
        kept |= {("lamp", *key): lamp for key, lamp in picture.lamps.items()}
        kept |= {("ghost", strip): place for strip, place in picture.ghosts.items()}
        kept |= {key: getattr(picture, key) for key in ("digits", "colours", "state", "progress", "question")}
        assert self.kept == kept
        if self.covers and picture.banner is not None:
            assert self.texts == {("banner", row): line for row, line in enumerate(picture.banner)}
        else:
            assert self.texts == dict(picture.cells)
        if not self.covers:
            assert self.banner == dict(enumerate(picture.banner or ("", "")))


@given(row=st.lists(scenes(), min_size=1, max_size=4), covers=st.booleans())
def test_a_unit_shows_the_newest_picture_whatever_it_showed_before(row, covers):
    look = replace(MACKIE, covers=covers)
    unit, old = Display(covers), None
    for shown in row:
        new = paint(shown, look)
        for told in changes(old, new):
            unit.take(told)
        unit.shows(new)
        assert changes(new, new) == []
        old = new


def test_only_what_is_new_is_told_and_texts_come_last():
    before = paint(scene("ready"), MACKIE)
    after = paint(scene("ready", hands={0: "fader"}, page=Page.MIX, flipped=True), MACKIE)
    told = changes(before, after)
    assert LampSet("flip", Lamp.ON) in told
    assert [message for message in told if isinstance(message, CellText)] == [CellText(0, 1, "C")]
    assert isinstance(told[-1], CellText)
    assert isinstance(told[0], LampSet)


def test_cells_under_a_banner_wait_and_all_come_back_when_it_goes():
    calm = paint(scene("ready"), MACKIE)
    refused = paint(scene("ready", notice="nothing is asked"), MACKIE)
    moved = paint(scene("ready", notice="nothing is asked", hands={0: "fader"}), MACKIE)
    assert changes(calm, refused) == [BannerText(0, "nothing is asked"), BannerText(1, "")]
    assert changes(refused, moved) == []
    assert {(told.strip, told.row) for told in changes(moved, calm)} == set(calm.cells)


def test_a_unit_gets_its_own_part_counted_from_0():
    wide = replace(MACKIE, strips=16)
    shown = scene("ready", page=Page.MIX, selected=2, window=(*[None] * 8, 1, 2, 3, *[None] * 5))
    second = part(paint(shown, wide), 8, 8)
    assert display(second)[0] == "Bass   GtrLf2 BckngV"
    assert second.rings[1] == Ring(RingMode.BOOST_CUT, 0.1)
    assert lit(second) == {"f1": Lamp.ON, "pan": Lamp.ON, "select 2": Lamp.ON}
    assert second.colours == (6, 6, 6, 7, 7, 7, 7, 7)
    assert set(second.ghosts) == set(range(8))


def test_progress_stands_on_every_unit_of_a_row():
    wide = replace(MACKIE, strips=16)
    picture = paint(scene(status=status("mixing", 0.75), tracks_shown=16), wide)
    for first in (0, 8):
        assert display(part(picture, first, 8))[1].startswith("MIX 75%")
    assert [picture.rings[strip] for strip in (0, 11, 12)] == [fan(1.0), fan(1.0), DARK]
