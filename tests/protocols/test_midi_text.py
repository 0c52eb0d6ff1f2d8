"""What is left of a track's name in seven bits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonn_bridge.protocols.midi.text import cell, seven_bit, shown


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Kick", "Kick"),
        ("Café Über", "Cafe Uber"),
        ("Naïve Ñandú", "Naive Nandu"),
        ("Bass 中文", "Bass ??"),
        ("a\tb\nc\u00a0d", "a b c d"),
        ("½ ﬁ", "1?2 fi"),
        ("🥁", "?"),
        ("a\x00\x7f", "a??"),
    ],
)
def test_accents_go_and_what_is_left_over_is_asked_about(text, plain):
    assert seven_bit(text) == plain


@given(st.text(max_size=30), st.integers(0, 60))
def test_a_cell_is_always_filled_and_always_printable(text, width):
    data = cell(text, width)
    assert len(data) == width
    assert shown(data).encode() == data


def test_what_a_display_shows_for_codes_that_are_no_character():
    assert shown(b"A\x00\x1fB\x7f") == "A  B "
