"""What a row of units shows, read off its displays, rings and lamps as a person would."""

from dataclasses import replace

import pytest
from hypothesis import given

from tests.links.surface_scenes import (
    APPLIED,
    BAND,
    BUTTONS,
    DUMB,
    HUI,
    LAW,
    MACKIE,
    display,
    fan,
    lit,
    looks,
    scene,
    scenes,
    status,
    view,
)
from tonn_bridge.core import Compressor, Gain, Limit, Proposal
from tonn_bridge.core.mix import Showing
from tonn_bridge.links.surface.desk import Asked
from tonn_bridge.links.surface.paint import paint, value_count
from tonn_bridge.links.surface.scene import DARK, LowerRow, Page, Ring
from tonn_bridge.mapping.surface import Function
from tonn_bridge.protocols.surface import Lamp, RingMode

# --- names over values ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shown", "rows"),
    [
        pytest.param(
            scene("applied", APPLIED),
            [
                "Bass   GtrLf2 BckngV Ovrhds Pad",
                "-9.8   -5.9   -3.0   1.2    -9.0",
            ],
            id="values",
        ),
        pytest.param(
            scene("applied", APPLIED, lower=LowerRow.ADJUSTMENT),
            [
                "Bass   GtrLf2 BckngV Ovrhds Pad",
                "+2.0   +0.0   +0.0   --     +0.0",
            ],
            id="adjustments",
        ),
        pytest.param(
            scene("applied", APPLIED, lower=LowerRow.PROPOSAL),
            [
                "Bass   GtrLf2 BckngV Ovrhds Pad",
                ">-11.8 >-5.9  >-3.0  --     >-9.0",
            ],
            id="proposals",
        ),
        pytest.param(
            scene("ready"),
            [
                "Bass   GtrLf2 BckngV Ovrhds Pad    Room",
                "-6>-12 0>-6   -oo>-3 1.2    >-9.0  no trk",
            ],
            id="ghosts-before-apply",
        ),
        pytest.param(
            scene("ready", hands={0: "fader", 1: "encoder", 4: "encoder"}),
            [
                "Bass   GtrLf2 BckngV Ovrhds Pad    Room",
                "-6.0   L50    -oo>-3 1.2    --     no trk",
            ],
            id="hands-on-a-fader-and-two-pans",
        ),
        pytest.param(
            scene("ready", flipped=True, hands={0: "fader", 1: "encoder"}),
            [
                "Bass   GtrLf2 BckngV Ovrhds Pad    Room",
                "C      0.0    -oo>-3 1.2    >-9.0  no trk",
            ],
            id="flipped-a-fader-moves-the-pan",
        ),
        pytest.param(
            scene("mixing", status=status("mixing", 0.45, "Tonn: apply fx"), hands={1: "fader"}),
            [
                "Bass   GtrLf2 BckngV Ovrhds Pad    Room",
                "MIX 45%0.0     Tonn: apply..>-9.0  no trk",
            ],
            id="progress-makes-way-for-a-hand",
        ),
        pytest.param(
            scene(status=status("uploading", 0.055, "uploading 12 of 12 stems: 4.5 of 92.0 MB")),
            [
                "Bass   GtrLf2 BckngV Ovrhds Pad    Room",
                "UPL  6% uploading 12 of 12..>-9.0  no trk",
            ],
            id="progress-takes-half-a-unit",
        ),
        pytest.param(
            scene(status=status("mixing", 1.0, "fetching the settings"), page=Page.COMPRESSOR, selected=2),
            [
                "Thresh Ratio  Attack Releas                      GtrLf2",
                "-3.9dB 1.8:1  74ms   22ms   MIX100% fetching th..Comp",
            ],
            id="progress-beside-a-compressor",
        ),
        pytest.param(
            scene("applied", APPLIED, window=(4, 5, None, None, None, None, None, None)),
            ["Ovrhds Pad", "1.2    -9.0"],
            id="banked-with-empty-strips",
        ),
        pytest.param(
            scene(page=Page.EQ, selected=1),
            [
                "Freq 1 Gain 1 Q 1    Freq 2 Gain 2 Q 2    Freq 3 Gain 3",
                "46Hz   -1.7   2.66   2.4kHz +2.0   0.70   12.0k  +15.0",
            ],
            id="equaliser",
        ),
        pytest.param(
            scene(page=Page.EQ, selected=1, scroll=3, hands={1: "fader", 7: "fader"}),
            [
                "Freq 2 GtrLf2 Q 2    Freq 3 Gain 3 Q 3           Bass",
                "2.4kHz 0.0    0.70   12.0k  +15.0  1.00          EQ",
            ],
            id="equaliser-scrolled-with-a-hand-on-a-fader",
        ),
        pytest.param(
            scene(page=Page.COMPRESSOR, selected=2),
            [
                "Thresh Ratio  Attack Releas                      GtrLf2",
                "-3.9dB 1.8:1  74ms   22ms                        Comp",
            ],
            id="compressor",
        ),
        pytest.param(scene(page=Page.EQ, selected=4), ["Ovrhds", "no EQ"], id="no-equaliser"),
        pytest.param(scene(page=Page.COMPRESSOR, selected=4), ["Ovrhds", "noComp"], id="no-compressor"),
        pytest.param(scene(page=Page.EQ), ["Select", "Track"], id="no-track-selected"),
        pytest.param(scene("applied", APPLIED, page=Page.MORPH, morph=0.45), ["Morph", "45%"], id="morph"),
    ],
)
def test_two_rows(shown, rows):
    assert display(paint(shown, MACKIE)) == rows


@pytest.mark.parametrize(
    ("shown", "row"),
    [
        (scene("ready"), "BassGtL2BckVOvrhPad Room"),
        (scene("ready", hands={0: "fader", 1: "encoder"}), "-6.0L50 BckVOvrhPad Room"),
        (scene("ready", lower=LowerRow.PROPOSAL), ">-12>-6 >-3 --  >-9 n/a"),
        (scene(page=Page.EQ, selected=1), "46Hz-1.72.662.4k+2.00.7012k +15"),
        (scene(page=Page.EQ, selected=1, hands={1: "fader"}), "46Hz0.0 2.662.4k+2.00.7012k +15"),
        (scene(page=Page.COMPRESSOR, selected=4), "noCm"),
        (scene(page=Page.MORPH, morph=0.5), "50%"),
    ],
)
def test_one_row_of_four_characters(shown, row):
    assert display(paint(shown, HUI), HUI) == [row]


@pytest.mark.parametrize(
    ("shown", "lines"),
    [
        (scene("ready"), ("READY", "")),
        (scene("applied", APPLIED, lower=LowerRow.ADJUSTMENT), ("APPLIED", "Adjustment in dB")),
        (scene(page=Page.EQ, selected=1), ("EQ of Bass", "Frq1 Gan1 Q 1  Frq2 Gan2 Q 2  Frq3 Gan3")),
        (scene(page=Page.COMPRESSOR, selected=4), ("Compressor of Overheads", "nothing is proposed")),
        (scene("applied", APPLIED, page=Page.MORPH), ("APPLIED", "Morph: your mix at 0%, Tonn's at 100%")),
        (scene(status=status("mixing", 0.5, "Tonn: analysis")), ("MIX 50% Tonn: analysis", "#" * 20)),
    ],
)
def test_a_banner_with_a_place_of_its_own_says_what_goes_on(shown, lines):
    assert paint(shown, HUI).banner == lines


# --- for everybody --------------------------------------------------------------------------------------------------

FINAL = Asked("final", "Make the final mix of 12 tracks, 3 of them changed by hand?", 250, 18.0)
AGAIN = Asked(
    "fx_settings",
    "The settings of this preview were asked for before, and the answer never came. It may have been charged. "
    "Ask for them again?",
    None,
    20.0,
)


@pytest.mark.parametrize(
    ("asked", "look", "lines"),
    [
        (FINAL, MACKIE, ("FINAL 250cr? F8=YES F7=NO", "18 s  Make the final mix of 12 tracks, 3 of them changed")),
        (replace(FINAL, left_s=16.2), MACKIE, ("FINAL 250cr? F8=YES F7=NO", "17 s  by hand?")),
        (AGAIN, MACKIE, ("SETTINGS ?cr? F8=YES F7=NO", "20 s  The settings of this preview were asked for")),
        (
            replace(AGAIN, left_s=17.9),
            MACKIE,
            ("SETTINGS ?cr? F8=YES F7=NO", "18 s  before, and the answer never came. It may have"),
        ),
        (
            replace(AGAIN, left_s=14.0),
            MACKIE,
            ("SETTINGS ?cr? F8=YES F7=NO", "14 s  been charged. Ask for them again?"),
        ),
        (
            FINAL,
            replace(MACKIE, buttons={Function.CONFIRM: "dsp_assign"}),
            ("FINAL 250cr? DSP ASSIGN=YES", "18 s  Make the final mix of 12 tracks, 3 of them changed"),
        ),
        (replace(FINAL, credits=0, left_s=0.4), replace(MACKIE, banner=16), ("FINAL 0cr?", " 1 s  Make the")),
        (FINAL, HUI, ("FINAL 250cr? F8=YES F7=NO", "18 s  Make the final mix of 12 tracks, 3")),
    ],
)
def test_a_question_says_what_it_costs_how_to_answer_and_how_long_it_stays(asked, look, lines):
    assert paint(scene("applied", APPLIED, status=status("applied", asked=asked)), look).banner == lines


def test_the_whole_text_of_a_long_question_passes_by_in_its_time():
    shown = [
        paint(scene(status=status("mixing", asked=replace(AGAIN, left_s=left_s))), MACKIE).banner[1].split("s  ")[1]
        for left_s in range(20, 0, -1)
    ]
    assert " ".join(dict.fromkeys(shown)) == AGAIN.text


REFUSAL = "the DAW shows your own mix: apply Tonn's (or compare back to it) before the final mix"


@pytest.mark.parametrize(
    ("shown", "lines"),
    [
        pytest.param(
            scene("applied", notice=REFUSAL),
            ("the DAW shows your own mix: apply Tonn's (or compare", "back to it) before the final mix"),
            id="a-refusal",
        ),
        pytest.param(
            scene(status=status("error", error=("key", "the API key is wrong: set TONN_API_KEY"))),
            ("ERROR the API key is wrong: set TONN_API_KEY", ""),
            id="an-error",
        ),
        pytest.param(
            scene(notice="nothing is under way", status=status("error", error=("key", "wrong"))),
            ("nothing is under way", ""),
            id="a-refusal-before-an-error",
        ),
        pytest.param(
            scene(notice="no", status=status("applied", asked=replace(FINAL, left_s=3.0), error=("key", "wrong"))),
            ("FINAL 250cr? F8=YES F7=NO", " 3 s  by hand?"),
            id="a-question-before-all",
        ),
    ],
)
def test_what_everybody_has_to_read_covers_the_strips(shown, lines):
    assert paint(shown, MACKIE).banner == lines


def test_an_error_makes_way_for_a_hand_and_comes_back():
    wrong = status("error", error=("key", "the API key is wrong"))
    assert display(paint(scene(status=wrong, hands={0: "fader"}), MACKIE))[0].startswith("Bass   GtrLf2")
    assert paint(scene(status=wrong), MACKIE).banner == ("ERROR the API key is wrong", "")
    assert paint(scene(status=wrong, hands={0: "fader"}), HUI).banner == ("ERROR the API key is wrong", "")


def test_units_with_a_place_for_the_job_get_it_in_full():
    asked = paint(scene(status=status("applied", 0.456, asked=FINAL)), MACKIE)
    assert (asked.state, asked.progress) == ("applied", 0.46)
    assert asked.question == (f"{FINAL.text} (250 credits)", 18.0)
    assert paint(scene(status=status(asked=AGAIN)), MACKIE).question[0].endswith("again? (its price is not known)")
    assert paint(scene(), MACKIE).question == ("", 0.0)


# --- rings ----------------------------------------------------------------------------------------------------------


def dot(place, *, centre=False):
    return Ring(RingMode.DOT, place, centre)


def position(db):
    return round(LAW.position(Gain(db)), 2)


@pytest.mark.parametrize(
    ("shown", "look", "rings"),
    [
        pytest.param(
            scene("applied", replace(APPLIED, tracks=BAND)),
            MACKIE,
            [dot(0.5, centre=True), dot(0.25), dot(0.5, centre=True), dot(0.5, centre=True), DARK, DARK, DARK, DARK],
            id="pans",
        ),
        pytest.param(
            scene("ready"),
            MACKIE,
            [
                dot(0.5, centre=True),
                Ring(RingMode.BOOST_CUT, 0.1),
                Ring(RingMode.BOOST_CUT, 0.7),
                dot(0.5, centre=True),
                DARK,
                DARK,
                DARK,
                DARK,
            ],
            id="a-proposed-pan-is-a-bar",
        ),
        pytest.param(
            scene("ready", hands={1: "encoder"}),
            MACKIE,
            [
                dot(0.5, centre=True),
                dot(0.25),
                Ring(RingMode.BOOST_CUT, 0.7),
                dot(0.5, centre=True),
                DARK,
                DARK,
                DARK,
                DARK,
            ],
            id="a-hand-sees-the-present-pan",
        ),
        pytest.param(
            scene("ready"),
            DUMB,
            [
                fan(position(-12.0)),
                fan(position(-5.9)),
                fan(position(-3.0)),
                dot(0.5, centre=True),
                fan(position(-9.0)),
                DARK,
                DARK,
                DARK,
            ],
            id="without-displays-the-proposed-gain-is-a-fan",
        ),
        pytest.param(
            scene("applied", APPLIED, flipped=True),
            MACKIE,
            [fan(position(-9.8)), fan(position(-5.9)), fan(position(-3.0)), fan(position(1.25)), fan(position(-9.0))]
            + [DARK] * 3,
            id="flipped",
        ),
        pytest.param(
            scene("ready", flipped=True, hands={1: "encoder"}),
            MACKIE,
            [dot(position(-12.0)), fan(position(0.0)), dot(position(-3.0)), fan(position(1.25)), dot(position(-9.0))]
            + [DARK] * 3,
            id="flipped-a-proposed-gain-is-a-dot",
        ),
        pytest.param(
            scene(status=status("mixing", 0.45), hands={0: "encoder"}),
            MACKIE,
            [dot(0.5, centre=True), fan(1.0), fan(1.0), fan(0.6), DARK, DARK, DARK, DARK],
            id="progress-over-the-row",
        ),
        pytest.param(
            scene(status=status("uploading", 1.0), window=(None,) * 8), DUMB, [fan(1.0)] * 8, id="progress-complete"
        ),
        pytest.param(
            scene(status=status("error", error=("key", "wrong")), hands={0: "encoder"}),
            DUMB,
            [dot(0.5, centre=True)] + [Ring(RingMode.SPREAD, 1.0, True)] * 7,
            id="an-error-where-nothing-can-be-written",
        ),
        pytest.param(scene(page=Page.MORPH, morph=0.45), MACKIE, [fan(0.45)] + [DARK] * 7, id="morph"),
        pytest.param(
            scene(page=Page.EQ, selected=1),
            MACKIE,
            [
                fan(0.12),
                Ring(RingMode.BOOST_CUT, 0.43),
                fan(0.71),
                fan(0.69),
                Ring(RingMode.BOOST_CUT, 0.58),
                fan(0.42),
                fan(0.93),
                Ring(RingMode.BOOST_CUT, 1.0),
            ],
            id="equaliser",
        ),
        pytest.param(
            scene(page=Page.COMPRESSOR, selected=1),
            MACKIE,
            [fan(0.94), fan(0.04), fan(0.96), fan(0.45), DARK, DARK, DARK, DARK],
            id="compressor",
        ),
    ],
)
def test_rings(shown, look, rings):
    picture = paint(shown, look)
    assert [picture.rings[strip] for strip in range(8)] == rings


def test_a_value_tonn_said_nothing_about_is_dark_and_unknown():
    only_ratio = replace(BAND[0], proposal=Proposal(comp=Compressor(None, 4.0, None, None)))
    picture = paint(scene(seen=view((only_ratio,)), page=Page.COMPRESSOR, selected=1), MACKIE)
    assert [picture.cells[strip, 1] for strip in range(4)] == ["--", "4.0:1", "--", "--"]
    assert picture.rings[0] == DARK


def test_ghosts_stand_where_the_proposal_would_put_each_fader():
    assert paint(scene("ready"), MACKIE).ghosts == {
        0: round(LAW.position(Gain(-12.0)), 3),
        1: round(LAW.position(Gain(-5.9)), 3),
        2: round(LAW.position(Gain(-3.0)), 3),
        3: None,
        4: round(LAW.position(Gain(-9.0)), 3),
        5: round(LAW.position(Gain(-4.0)), 3),
        6: None,
        7: None,
    }
    assert paint(scene("ready", flipped=True), MACKIE).ghosts[1] == 0.1


@pytest.mark.parametrize("page", list(Page))
def test_as_many_values_are_counted_as_are_shown(page):
    wide = replace(MACKIE, strips=32)
    shown = paint(scene(page=page, selected=1, tracks_shown=32), wide)
    if page in (Page.EQ, Page.COMPRESSOR):
        names = [text for (_, row), text in shown.cells.items() if row == 0 and text]
        assert value_count(BAND[0], page) == len(names) - 1  # the last is the track's
        assert value_count(BAND[3], page) == 0
    else:
        assert value_count(BAND[0], page) == 0


# --- lamps, digits, colours -----------------------------------------------------------------------------------------

ON, BLINK = Lamp.ON, Lamp.BLINK


@pytest.mark.parametrize(
    ("shown", "lamps", "digits"),
    [
        pytest.param(scene("idle", view((BAND[3],))), {"pan": ON}, "ID", id="idle"),
        pytest.param(
            scene(status=status("uploading", running="preview")), {"f1": BLINK, "f7": ON, "pan": ON}, "UP", id="upload"
        ),
        pytest.param(
            scene(status=status("mixing", running="preview")), {"f1": BLINK, "f7": ON, "pan": ON}, "PR", id="mixing"
        ),
        pytest.param(scene("ready"), {"f1": ON, "pan": ON}, "RD", id="ready"),
        pytest.param(
            scene(status=status("ready", running="apply"), seen=replace(APPLIED, moving=True)),
            {"f1": ON, "f2": BLINK, "pan": ON},
            "RD",
            id="on-the-way",
        ),
        pytest.param(
            scene(seen=replace(APPLIED, moving=True)), {"f1": ON, "f2": BLINK, "pan": ON}, "ID", id="moving-by-itself"
        ),
        pytest.param(scene("applied", APPLIED), {"f1": ON, "f2": ON, "pan": ON}, "AP", id="applied"),
        pytest.param(
            scene("applied", replace(APPLIED, showing=Showing.BLEND)), {"f1": ON, "pan": ON}, "AP", id="a-blend"
        ),
        pytest.param(
            scene("applied", replace(APPLIED, showing=Showing.USER)),
            {"f1": ON, "f3": ON, "pan": ON},
            "AP",
            id="compared-with-the-own-mix",
        ),
        pytest.param(
            scene(
                status=status("applied", running="compare"), seen=replace(APPLIED, showing=Showing.USER, moving=True)
            ),
            {"f1": ON, "f3": BLINK, "pan": ON},
            "AP",
            id="on-the-way-to-the-own-mix",
        ),
        pytest.param(
            scene(status=status("ready", running="revert"), seen=view(moving=True)),
            {"f1": ON, "f4": BLINK, "pan": ON},
            "RD",
            id="on-the-way-back",
        ),
        pytest.param(
            scene("applied", APPLIED, status=status("applied", running="final", asked=FINAL)),
            {"f1": ON, "f2": ON, "f7": ON, "f5": BLINK, "f8": BLINK, "pan": ON},
            "18",
            id="asked",
        ),
        pytest.param(
            scene("applied", APPLIED, status=status("finalizing", 0.2, running="final")),
            {"f1": ON, "f2": ON, "f5": BLINK, "f7": ON, "pan": ON},
            "FI",
            id="final",
        ),
        pytest.param(scene("done", APPLIED), {"f1": ON, "f2": ON, "f5": ON, "pan": ON}, "DN", id="done"),
        pytest.param(
            scene("error", status=status("error", error=("key", "wrong"))), {"f1": ON, "pan": ON}, "ER", id="error"
        ),
        pytest.param(
            scene("ready", page=Page.EQ, selected=3), {"f1": ON, "eq": ON, "select 3": ON}, " 3", id="equaliser"
        ),
        pytest.param(
            scene("mixing", page=Page.COMPRESSOR, selected=1),
            {"f1": BLINK, "f7": ON, "instrument": ON, "select 1": ON},
            "PR",
            id="compressor-while-mixing",
        ),
        pytest.param(
            scene("ready", page=Page.MORPH, flipped=True, lower=LowerRow.PROPOSAL),
            {"f1": ON, "user_a": ON, "flip": ON, "name_value": ON},
            "RD",
            id="morph-flipped-and-proposals",
        ),
    ],
)
def test_lamps_and_digits(shown, lamps, digits):
    picture = paint(shown, MACKIE)
    assert (lit(picture), picture.digits) == (lamps, digits)


def test_a_lamp_that_cannot_blink_by_itself_is_switched():
    asked = scene(status=status("applied", asked=FINAL))
    assert paint(asked, DUMB).lamps["f8", None] is Lamp.ON
    assert paint(replace(asked, blink=False), DUMB).lamps["f8", None] is Lamp.OFF


def test_where_nothing_can_be_written_lamps_tell_what_was_refused_and_what_went_wrong():
    blinking = replace(DUMB, blinks=True)

    def blinks(shown, look):
        return {button for (button, _), lamp in paint(shown, look).lamps.items() if lamp is Lamp.BLINK}

    refused = scene("applied", notice=REFUSAL, refused=Function.FINAL)
    assert blinks(refused, blinking) == {BUTTONS[Function.FINAL]}
    assert blinks(refused, MACKIE) == set(), "there it is written"
    failed = scene(status=status("error", error=("key", "wrong")))
    assert {BUTTONS[Function.PREVIEW], BUTTONS[Function.FINAL]} <= blinks(failed, blinking)


def test_a_daw_that_has_gone_is_seen_until_something_is_under_way():
    gone = replace(APPLIED, live=False)
    assert paint(scene("applied", gone), MACKIE).banner[0].startswith("The DAW does not answer")
    assert set(paint(scene("applied", gone), MACKIE).colours) == {1}
    assert paint(scene("mixing", gone), MACKIE).banner is None


def test_only_buttons_that_are_there_and_tell_something_have_lamps():
    few = replace(MACKIE, buttons={Function.APPLY: "f1", Function.BANK_LEFT: "bank_left"})
    assert set(paint(scene(), few).lamps) == {("f1", None)}


def test_colours_tell_how_far_each_track_has_come():
    white, cyan, green, yellow, red = 7, 6, 2, 3, 1
    limited = replace(BAND[1], proposal=replace(BAND[1].proposal, limited=(Limit("gain_db", 15.0, 12.0, "top"),)))
    assert paint(scene("ready"), MACKIE).colours == (cyan, cyan, cyan, white, cyan, red, white, white)
    assert paint(scene("ready", view((BAND[0], limited))), MACKIE).colours[:2] == (cyan, red)
    assert paint(scene("applied", APPLIED), MACKIE).colours[:6] == (yellow, green, red, white, yellow, white)
    compared = replace(APPLIED, showing=Showing.USER)
    assert paint(scene("applied", compared), MACKIE).colours[:4] == (cyan, cyan, red, white)
    assert paint(scene(page=Page.EQ, selected=1), MACKIE).colours == (white,) * 8
    assert paint(scene(status=status("error", error=("key", "wrong"))), MACKIE).colours == (red,) * 8


@given(shown=scenes(), look=looks)
def test_nothing_is_longer_than_its_place_or_outside_ascii(shown, look):
    picture = paint(shown, look)
    texts = [(text, look.cell) for text in picture.cells.values()]
    texts += [(line, look.banner) for line in picture.banner or ()]
    assert all(len(text) <= width for text, width in texts)
    assert all(" " <= char <= "~" for text, _ in texts for char in text + picture.question[0])
    assert len(picture.digits) == 2
    assert len(picture.colours) == 8
    assert all(1 <= colour <= 7 for colour in picture.colours)
    assert all(ring.position is None or 0.0 <= ring.position <= 1.0 for ring in picture.rings.values())
    assert set(picture.cells) == {(strip, row) for strip in range(8) for row in range(look.rows)}
    assert set(picture.rings) == set(picture.ghosts) == set(range(8))
    if not look.blinks:
        assert Lamp.BLINK not in picture.lamps.values()
