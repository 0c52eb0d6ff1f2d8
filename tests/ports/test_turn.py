"""A turn: once after the datagrams that came together, and never lost."""

import pytest

from tonn_bridge.ports import Turn


def test_what_is_put_off_comes_once_the_datagrams_are_read_and_in_order():
    done, loop = [], []
    turn = Turn(loop.append)

    def on_datagrams(batch):
        for data, _ in batch:
            turn.soon(lambda data=data: done.append(f"after {data!r}"))
            done.append(data)

    turn.of(on_datagrams)([(b"a", ("h", 1)), (b"b", ("h", 1))])
    assert done == [b"a", b"b", "after b'a'", "after b'b'"]
    assert loop == []


def test_what_it_sets_going_belongs_to_the_same_turn():
    done, loop = [], []
    turn = Turn(loop.append)
    turn.of(lambda batch: turn.soon(lambda: turn.soon(lambda: done.append("both"))))([])
    assert done == ["both"]
    assert loop == []


def test_without_datagrams_at_hand_the_loop_calls():
    loop = []
    turn = Turn(loop.append)
    turn.of(lambda batch: None)([])
    turn.soon(print)
    assert loop == [print]


def test_after_an_error_the_loop_calls_what_was_put_off():
    loop = []
    turn = Turn(loop.append)

    def on_datagrams(batch):
        turn.soon(print)
        raise ValueError(batch)

    with pytest.raises(ValueError):
        turn.of(on_datagrams)([])
    assert loop == [print]
    turn.soon(repr)
    assert loop == [print, repr]


def test_an_error_in_one_call_does_not_lose_the_next():
    loop = []
    turn = Turn(loop.append)

    def on_datagrams(batch):
        turn.soon(lambda: 1 / 0)
        turn.soon(print)

    with pytest.raises(ZeroDivisionError):
        turn.of(on_datagrams)([])
    assert loop == [print]
