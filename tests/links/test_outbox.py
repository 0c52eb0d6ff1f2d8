from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clock import FakeClock
from tonn_bridge.links.outbox import BURST_S, Outbox, Pace


class Bench:
    """An outbox on a clock that stands still; `turn` runs what was put off to the loop's next turn."""

    def __init__(self, messages_per_s: float | None) -> None:
        self.clock = FakeClock()
        self.sent: list[tuple[float, str, int]] = []
        self._soon: list[Callable[[], None]] = []
        self.outbox: Outbox[str, int] = Outbox(self._send, self._soon.append, self.clock, Pace(messages_per_s))

    def _send(self, batch: list[tuple[str, int]]) -> None:
        self.sent += [(self.clock.now(), key, value) for key, value in batch]

    def turn(self) -> None:
        calls, self._soon[:] = list(self._soon), []
        for call in calls:
            call()

    def run(self, seconds: float) -> None:
        self.turn()
        self.clock.advance(seconds)

    @property
    def values(self) -> list[tuple[str, int]]:
        return [(key, value) for _, key, value in self.sent]


def test_one_turn_of_the_loop_is_one_batch_with_the_newest_values_first_touched_first() -> None:
    bench = Bench(None)
    bench.outbox.put("bass", 1)
    bench.outbox.put("kick", 2)
    bench.outbox.put("bass", 3)
    assert bench.sent == []
    bench.turn()
    assert bench.values == [("bass", 3), ("kick", 2)]
    assert len(bench.outbox) == 0


def test_what_is_withdrawn_or_cleared_does_not_leave() -> None:
    bench = Bench(None)
    for key in ("kick", "bass", "pad"):
        bench.outbox.put(key, 1)
    bench.outbox.withdraw("bass")
    bench.outbox.withdraw("nobody")
    bench.turn()
    assert bench.values == [("kick", 1), ("pad", 1)]
    bench.outbox.put("kick", 2)
    bench.outbox.clear()
    bench.turn()
    assert len(bench.sent) == 2


def test_held_values_wait_and_the_newest_leave_afterwards() -> None:
    bench = Bench(None)
    bench.outbox.put("kick", 1)
    bench.outbox.hold(True)
    bench.turn()
    bench.outbox.put("kick", 2)
    bench.turn()
    assert bench.sent == []
    bench.outbox.hold(False)
    bench.turn()
    assert bench.values == [("kick", 2)]


def test_after_a_rest_a_burst_leaves_and_the_others_follow_at_the_pace() -> None:
    bench = Bench(100.0)
    for number in range(12):
        bench.outbox.put(str(number), number)
    bench.turn()
    assert len(bench.sent) == 100.0 * BURST_S
    bench.run(0.0101)
    assert len(bench.sent) == 6
    bench.run(1.0)
    assert [value for _, value in bench.values] == list(range(12))


def test_messages_that_go_past_the_outbox_count() -> None:
    bench = Bench(100.0)
    bench.outbox.spend(15)
    bench.outbox.put("kick", 1)
    bench.turn()
    assert bench.sent == []
    bench.run(0.1)
    assert bench.sent == []
    bench.run(0.0101)
    assert bench.values == [("kick", 1)]


def test_a_value_that_waits_for_its_time_is_still_replaced() -> None:
    bench = Bench(100.0)
    bench.outbox.spend(5)
    bench.outbox.put("kick", 1)
    bench.turn()
    bench.outbox.put("kick", 2)
    bench.run(0.1)
    assert bench.values == [("kick", 2)]


@given(
    st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(), st.floats(0.0, 0.2)), max_size=60),
    st.sampled_from([20.0, 300.0, None]),
)
def test_the_last_value_of_each_control_arrives_and_no_second_sees_too_many(
    puts: list[tuple[str, int, float]], messages_per_s: float | None
) -> None:
    bench = Bench(messages_per_s)
    wanted: dict[str, int] = {}
    for key, value, pause_s in puts:
        bench.outbox.put(key, value)
        wanted[key] = value
        bench.run(pause_s)
    bench.run(10.0)
    assert dict(bench.values) == wanted
    if messages_per_s is not None:
        most = max(1.0, messages_per_s * BURST_S) + messages_per_s
        for start, _, _ in bench.sent:
            assert sum(1 for at, _, _ in bench.sent if start <= at < start + 1.0) <= most + 1.0


@pytest.mark.parametrize(("messages_per_s", "burst"), [(None, float("inf")), (500.0, 25.0), (2.0, 1.0)])
def test_a_burst_is_a_share_of_a_seconds_messages_and_one_at_the_least(
    messages_per_s: float | None, burst: float
) -> None:
    assert Pace(messages_per_s).burst == burst
