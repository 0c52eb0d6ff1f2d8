from tests.clock import FakeClock
from tonn_bridge.links.subscribers import KEPT_S, MOST, Subscribers

ANNA, BEN = ("127.0.0.1", 9001), ("127.0.0.1", 9002)


def test_a_newcomer_is_told_everything_and_the_others_what_has_changed() -> None:
    subscribers = Subscribers(FakeClock())
    subscribers.add(ANNA)
    assert subscribers.news({"/a": (1.0,), "/b": (2.0,)}) == [(ANNA, {"/a": (1.0,), "/b": (2.0,)})]
    subscribers.add(BEN)
    assert dict(subscribers.news({"/a": (1.0,), "/b": (3.0,)})) == {
        ANNA: {"/b": (3.0,)},
        BEN: {"/a": (1.0,), "/b": (3.0,)},
    }
    assert subscribers.news({"/a": (1.0,), "/b": (3.0,)}) == []


def test_a_subscription_ends_after_a_minute_unless_it_is_renewed() -> None:
    clock = FakeClock()
    subscribers = Subscribers(clock)
    subscribers.add(ANNA)
    subscribers.add(BEN)
    clock.advance(KEPT_S - 0.1)
    subscribers.add(ANNA)
    clock.advance(0.2)
    assert subscribers.addresses() == [ANNA]
    clock.advance(KEPT_S)
    assert subscribers.addresses() == []
    assert not subscribers


def test_who_renews_is_told_everything_again() -> None:
    subscribers = Subscribers(FakeClock())
    subscribers.add(ANNA)
    subscribers.news({"/a": (1.0,)})
    subscribers.add(ANNA)
    assert subscribers.news({"/a": (1.0,)}) == [(ANNA, {"/a": (1.0,)})]


def test_the_seventeenth_is_refused_until_another_has_gone() -> None:
    clock = FakeClock()
    subscribers = Subscribers(clock)
    assert all(subscribers.add(("127.0.0.1", 10_000 + number)) for number in range(MOST))
    assert not subscribers.add(ANNA)
    assert subscribers.add(("127.0.0.1", 10_000)), "renewing is no newcomer"
    clock.advance(KEPT_S)
    assert subscribers.add(ANNA)
