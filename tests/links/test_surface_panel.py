"""What buttons make a row of units show."""

import pytest

from tonn_bridge.links.surface.panel import Panel
from tonn_bridge.links.surface.scene import LowerRow, Page
from tonn_bridge.mapping.surface import Function


def panel(strips=8, tracks=20):
    return Panel(strips, tracks)


def press(panel, *functions, strip=None, values=18):
    for function in functions:
        panel.press(function, strip, values)
    return panel


@pytest.mark.parametrize(
    ("functions", "first"),
    [
        pytest.param([Function.BANK_RIGHT], 8, id="a-bank-on"),
        pytest.param([Function.BANK_RIGHT] * 2, 12, id="the-last-bank-is-full"),
        pytest.param([Function.BANK_RIGHT] * 9, 12, id="no-further"),
        pytest.param([Function.BANK_LEFT], 0, id="nothing-before-the-first"),
        pytest.param(
            [Function.BANK_RIGHT, Function.CHANNEL_RIGHT, Function.CHANNEL_LEFT], 8, id="one-strip-there-and-back"
        ),
    ],
)
def test_banks_and_single_steps(functions, first):
    assert press(panel(), *functions).window()[0] == first + 1


def test_strips_without_a_track_are_empty():
    assert panel(tracks=3).window() == (1, 2, 3, None, None, None, None, None)
    assert press(panel(tracks=3), Function.BANK_RIGHT).window()[0] == 1


def test_select_shows_a_tracks_equaliser_and_again_goes_back():
    row = press(panel(), Function.SELECT, strip=2)
    assert (row.page, row.selected) == (Page.EQ, 3)
    press(row, Function.COMPRESSOR)
    press(row, Function.SELECT, strip=4)
    assert (row.page, row.selected) == (Page.COMPRESSOR, 5)
    press(row, Function.SELECT, strip=4)
    assert (row.page, row.selected) == (Page.MIX, 5)


def test_an_empty_strip_cannot_be_selected():
    assert press(panel(tracks=3), Function.SELECT, strip=6).page is Page.MIX


def test_on_a_tracks_page_the_bank_buttons_scroll_its_values():
    row = press(panel(), Function.EQ)
    assert row.selected == 1
    press(row, Function.BANK_RIGHT, Function.BANK_RIGHT)
    assert (row.scroll, row.first) == (10, 0)
    press(row, Function.MIX, Function.EQ)
    assert row.scroll == 0


def test_a_page_button_again_goes_back_to_the_mix():
    assert press(panel(), Function.MORPH).page is Page.MORPH
    assert press(panel(), Function.MORPH, Function.MORPH).page is Page.MIX


def test_flip_and_the_lower_row_go_round():
    row = press(panel(), Function.FLIP)
    assert row.flipped
    assert [press(row, Function.NAME_VALUE).lower for _ in LowerRow][-1] is LowerRow.VALUE
