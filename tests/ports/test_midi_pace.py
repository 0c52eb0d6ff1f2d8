"""How fast messages go out, on a clock that tests move."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clock import FakeClock
from tonn_bridge.ports.midi.pace import BURST, LONGEST, QUEUE, RATE, SYSEX_GAP_S, Pace

NOTE = b"\x90\x10\x7f"
TEXT = b"\xf0\x00\x00\x66\x14\x12\x00Kick\xf7"


class Sent:
    """What a pace let through, each with its moment in ms after the start."""

    def __init__(self):
        self.clock = FakeClock()
        self.start = self.clock.now()
        self.log = []
        self.pace = Pace(self.clock, self._write)

    def _write(self, messages):
        self.log += [(round((self.clock.now() - self.start) * 1000, 3), message) for message in messages]

    @property
    def messages(self):
        return [message for _, message in self.log]


@pytest.fixture
def sent():
    return Sent()


def test_a_lone_message_goes_at_once(sent):
    sent.pace.put([NOTE])
    assert sent.log == [(0.0, NOTE)]


def test_sysex_goes_five_milliseconds_apart_and_nothing_else_waits_for_it(sent):
    sent.pace.put([NOTE, TEXT, NOTE, TEXT, NOTE])
    sent.clock.advance(0.004)
    sent.pace.put([NOTE, TEXT])
    sent.clock.advance(0.1)
    assert sent.log == [(0, NOTE), (0, TEXT), (0, NOTE), (0, NOTE), (4, NOTE), (5, TEXT), (10, TEXT)]


def test_after_a_burst_no_more_than_two_thousand_a_second_go_in_order(sent):
    flood = [bytes([0xE0, n % 128, n // 128]) for n in range(1500)]
    sent.pace.put(flood)
    assert sent.messages == flood[:BURST]
    sent.clock.advance(0.1)
    assert BURST + 0.1 * RATE - 1 <= len(sent.messages) <= BURST + 0.1 * RATE + 1
    sent.clock.advance(1.0)
    assert sent.messages == flood
    assert (sent.pace.waiting, sent.pace.dropped) == (0, 0)


def test_after_a_rest_a_whole_burst_may_go_again(sent):
    sent.pace.put([NOTE] * BURST)
    sent.clock.advance(BURST / RATE)
    sent.pace.put([NOTE] * BURST)
    assert len(sent.messages) == 2 * BURST


def test_of_a_flood_the_newest_are_kept_and_the_rest_is_counted(sent):
    flood = [n.to_bytes(3, "big") for n in range(10_000)]
    sent.pace.put(flood)
    assert (sent.pace.waiting, sent.pace.dropped) == (QUEUE, 10_000 - BURST - QUEUE)
    sent.clock.advance(60)
    assert sent.messages == flood[:BURST] + flood[-QUEUE:]
    assert sent.pace.sent == BURST + QUEUE


def test_what_no_port_takes_is_left_out_and_counted(sent):
    longest = b"\xf0" + bytes(LONGEST - 2) + b"\xf7"
    sent.pace.put([b"", longest + b"\xf7", longest])
    assert (sent.messages, sent.pace.dropped) == ([longest], 2)


def test_while_the_way_out_is_full_everything_waits(sent):
    sent.pace.hold()
    sent.pace.put([NOTE, TEXT])
    sent.clock.advance(1)
    assert sent.log == []
    sent.pace.release()
    assert sent.messages == [NOTE, TEXT]


def test_what_is_cleared_never_goes(sent):
    sent.pace.put([TEXT, TEXT])
    sent.pace.clear()
    sent.clock.advance(1)
    sent.pace.put([NOTE])
    assert sent.messages == [TEXT, NOTE]


@given(st.lists(st.tuples(st.integers(0, 20), st.lists(st.booleans(), max_size=40)), max_size=20))
def test_whatever_is_sent_goes_in_the_order_of_its_kind_and_no_display_text_too_fast(puts):
    sent, put = Sent(), []
    for pause_ms, texts in puts:
        batch = [(b"\xf0%d\xf7" if text else b"\x90%d") % (len(put) + n) for n, text in enumerate(texts)]
        sent.clock.advance(pause_ms / 1000)
        sent.pace.put(batch)
        put += batch
    sent.clock.advance(60)
    for kind in (0x90, 0xF0):
        assert [m for m in sent.messages if m[0] == kind] == [m for m in put if m[0] == kind]
    texts = [moment for moment, message in sent.log if message[0] == 0xF0]
    assert all(later - earlier >= SYSEX_GAP_S * 1000 - 0.01 for earlier, later in pairwise(texts))
