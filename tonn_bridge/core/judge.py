"""One control in the DAW: what it holds, what we sent to it, and whether news of it is an echo or a hand.

The rules, in wire numbers so that the DAW's own steps decide what "the same" means:

- A reading that matches the write under way settles it: from now on that reading is what the control holds.
- A reading that matches another write of the last seconds is an echo, however late, doubled or out of order.
- Any other reading that differs from what the control held is a hand, and a hand ends the write under way.
- A hand that is heard twice in a row is on its way: where echoes look different from hands, no value it passes is
  an echo, though one of our own writes may have stood there a moment ago.
- What stays in doubt (a write without an echo, an echo that contradicts what we believe, a hand that met a write on
  its way) is settled by asking the DAW once the last possible echo is past; its answer is the truth. Where our own
  late write had run over the hand, the hand's value is put back.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol


class Scale(Protocol):
    """How one parameter travels: wire numbers against dB or pan position (`low`..`high` are values)."""

    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...

    def wire_of(self, value: float) -> float: ...
    def value_of(self, wire: float) -> float: ...
    def same(self, a: float, b: float) -> bool: ...


@dataclass(frozen=True, slots=True)
class EchoHabits:
    """What a DAW does after our write.

    `late_s`: how late an echo may come. `echoes` False: it never reports our own writes and must be asked.
    `same_form`: the echo looks like a hand's move. `can_ask`: a value can be asked for.
    """

    late_s: float = 0.5
    echoes: bool = True
    same_form: bool = True
    can_ask: bool = True


class Verdict(Enum):
    """What a reading turned out to be."""

    FIRST = auto()
    ECHO = auto()
    SETTLED = auto()
    HAND = auto()
    OVERRUN = auto()
    """A write of ours that was on its way ran over a hand: `reading` holds the hand's value, to be put back."""


class Need(Enum):
    """What a control wants after its time has come."""

    WRITE = auto()
    ASK = auto()
    SETTLED = auto()


ASK_AFTER_S = 0.1
"""A DAW that never echoes is asked this long after the last write, so that a glide is not asked about at each step."""

REPEATS_S = 0.1
"""A DAW repeats a value no longer than this (Ardour: five times within 65 ms)."""

ROUNDED_BY_S = 0.05
"""By then a DAW has told how it rounded a write, if it tells so in the form of a hand's move."""

REMEMBERED = 64
"""Writes kept per control, so that a flood costs no more than this."""


@dataclass(slots=True)
class _Sent:
    wire: float
    at: float
    landed: bool = False


class Judge:
    """Follows one control. `reading` is what the DAW holds as far as we know, `target` the write under way.

    `landing` says how far from a value (dB, or pan position) a control may come to rest and still be only the DAW's
    rounding: a coarse fader's half step there.
    """

    __slots__ = (
        "_answered",
        "_asked",
        "_defended",
        "_doubted",
        "_hands",
        "_hint",
        "_landing",
        "_last_word",
        "_scale",
        "_sent",
        "_settled",
        "_tries",
        "due",
        "habits",
        "reading",
        "target",
        "told",
    )

    def __init__(self, scale: Scale, habits: EchoHabits, landing: Callable[[float], float]) -> None:
        self._scale = scale
        self.habits = habits
        self._landing = landing
        self.reading: float | None = None
        self.target: float | None = None
        self.told = False
        """Whether the DAW itself said that it holds `reading`."""
        self.due: float | None = None
        """When `wake` is to be called, in the clock's seconds; None while nothing is waited for."""
        self._last_word: float | None = None
        self._answered: _Sent | None = None
        """The last write that was settled, or that a hand came after: those behind it the DAW may tell at any time."""
        self._sent: deque[_Sent] = deque(maxlen=REMEMBERED)
        self._settled: _Sent | None = None
        """The last write before the DAW told where the control stands: it and all before it have landed."""
        self._tries = 0
        self._asked = False
        self._doubted: tuple[float, ...] = ()
        """Where the DAW may have stood, against our belief, when the write under way began: it may say so yet."""
        self._hands = 0
        """Readings in a row that were a hand's, since our last write."""
        self._defended: tuple[float, ...] = ()
        self._hint: tuple[float, float] | None = None
        """The last confirming reading and its tolerance: a write this close to it brings no new one."""

    @property
    def shown(self) -> float | None:
        """What the control shows, or is about to."""
        return self.reading if self.target is None else self.target

    def write(self, wire: float) -> None:
        """A new value is on its way to the outbox; it replaces the one under way."""
        if self._in_doubt and self._last_word is not None:
            self._doubted = (*self._defended, self._last_word)
        else:
            self._doubted = self._defended or self._doubted
        self.target = wire
        self._tries = self._hands = 0
        self._asked = False
        self._defended = ()

    def sent(self, wire: float, now: float) -> bool:
        """`wire` has left. True when the control stands there already: no echo need come, it is settled."""
        self._forget(now)
        self._sent.append(_Sent(wire, now))
        self.due = now + (self.habits.late_s if self.habits.echoes else min(ASK_AFTER_S, self.habits.late_s))
        if wire != self.target:
            return False
        self._tries += 1
        same, last = self._scale.same, self._last_word
        stands = last is not None and same(wire, last) and all(same(wire, sent.wire) for sent in self._sent)
        if last is not None and stands and not self._in_doubt:
            self._settle(last, now, told=False)
            return True
        if self._hint is not None and abs(wire - self._hint[0]) <= self._hint[1]:
            self._settle(wire, now)
            return True
        return False

    def confirmed(self, wire: float, tolerance: float, now: float) -> Verdict:
        """A reading in another form, which can only confirm the write under way (within `tolerance` wire units)."""
        self._hint = (wire, tolerance)
        if self.target is None or not self._under_way() or abs(wire - self.target) > tolerance:
            return Verdict.ECHO
        self._settle(self.target, now)
        return Verdict.SETTLED

    def heard(self, wire: float, now: float) -> Verdict:
        """Judge a reading of the DAW."""
        self._forget(now)
        self._last_word = wire
        if self._hint is not None and abs(wire - self._hint[0]) > self._hint[1]:
            self._hint = None  # the confirming reading of this value was lost: a write at the hint's would bring one
        if self.reading is None:
            self.reading, self.told = wire, True
            return Verdict.FIRST
        echo = None if self._hand_on_its_way else self._echo_of(wire, now)
        if echo is not None:
            echo.landed = True
            if self.target is not None and echo.wire == self.target:
                self._settle(wire, now)
                return Verdict.SETTLED
            return Verdict.ECHO
        long_out = self._long_out(now)
        if self.target is not None and (long_out or self._asked) and self._near(wire, self.target):
            self._settle(wire, now)
            return Verdict.SETTLED
        if self._scale.same(wire, self.reading) and (self._asked or not long_out):
            return Verdict.ECHO
        if self.target is not None and any(self._scale.same(wire, place) for place in self._doubted):
            return Verdict.ECHO
        if self._asked and any(self._scale.same(wire, ours) for ours in self._defended):
            self._defended = ()
            return Verdict.OVERRUN
        self._take(wire, now)
        return Verdict.HAND

    def wake(self, now: float) -> Need | None:
        """The time in `due` has come: what to do now, if anything."""
        self.due = None
        self._forget(now)
        if self.target is not None:
            return self._unconfirmed(now) if self._under_way() else None  # it has not left: `sent` says when to look
        if self._sent:
            self.due = self._sent[-1].at + self.habits.late_s
            return None
        return self._doubt(now)

    def rebind(self, wire: float | None) -> None:
        """The track stands on another strip now, which holds `wire`: no hand did that."""
        self.reading = self._last_word = wire
        self.told = wire is not None
        self._sent.clear()
        self._defended = ()
        self._hint = self._answered = None

    @property
    def _newest(self) -> _Sent | None:
        return self._sent[-1] if self._sent else None

    @property
    def _in_doubt(self) -> bool:
        """Whether the DAW said last what we do not believe it holds."""
        if self.reading is None or self._last_word is None:
            return False
        return not self._scale.same(self._last_word, self.reading)

    def _long_out(self, now: float) -> bool:
        """Whether the write under way left so long ago that a value told now is news, even the old one."""
        return self.target is not None and bool(self._sent) and now - self._sent[-1].at > REPEATS_S

    @property
    def _hand_on_its_way(self) -> bool:
        return self._hands > 1 and not self.habits.same_form

    def _take(self, wire: float, now: float) -> None:
        """A hand has it: any of our last writes may run over it yet, or have done so before this news came."""
        self._hands += 1
        self._defended = tuple(sent.wire for sent in self._sent)
        self.reading, self.target, self._asked, self._doubted = wire, None, False, ()
        self.told = True
        self._answered = self._newest
        if self._defended:
            self.due = now + self.habits.late_s

    def _settle(self, wire: float, now: float, *, told: bool = True) -> None:
        """The control stands at `wire`; `told` unless we know that without the DAW, which may yet say how it rounds."""
        self.reading, self._last_word, self.target, self._doubted = wire, wire, None, ()
        self._answered = self._newest
        if told:
            self._settled, self.told = self._newest, True
        self.due = now + self.habits.late_s

    def _unconfirmed(self, now: float) -> Need:
        if self.habits.can_ask and not self._asked:
            self._asked = True
            self.due = now + self.habits.late_s
            return Need.ASK
        if self._tries < 2:
            self._asked = False
            return Need.WRITE
        self.reading = self._last_word = self.target
        self.target, self.told = None, False
        self._answered = self._newest
        return Need.SETTLED

    def _doubt(self, now: float) -> Need | None:
        """After the last possible echo: is what the DAW said last what we believe?"""
        if not self._in_doubt and not self._defended:
            return None
        if self.habits.can_ask and not self._asked:
            self._asked = True
            self.due = now + self.habits.late_s
            return Need.ASK
        self._defended = ()
        if not self._in_doubt:
            return None
        self.reading = self._last_word
        return Need.SETTLED

    def _echo_of(self, wire: float, now: float) -> _Sent | None:
        """The write this reading answers: to the wire's own step, else to the nearest landing.

        Where echoes have another form a DAW may round as well, and say so; that much of it comes at once.
        """
        for sent in reversed(self._sent):
            if self._scale.same(wire, sent.wire):
                return sent
        if self.reading is None or self._scale.same(wire, self.reading):
            return None
        since = now - (self.habits.late_s if self.habits.same_form else ROUNDED_BY_S)
        landed = [sent for sent in self._open_writes() if sent.at >= since and self._near(wire, sent.wire)]
        return min(landed, key=lambda sent: self._off(wire, sent.wire), default=None)

    def _open_writes(self) -> list[_Sent]:
        """The writes that have not landed yet, oldest first."""
        found = []
        for sent in reversed(self._sent):
            if sent is self._settled:
                break
            if not sent.landed:
                found.append(sent)
        return found[::-1]

    def _near(self, wire: float, written: float) -> bool:
        return self._off(wire, written) <= self._landing(self._scale.value_of(written))

    def _off(self, a: float, b: float) -> float:
        value_a, value_b = self._scale.value_of(a), self._scale.value_of(b)
        return 0.0 if value_a == value_b else abs(value_a - value_b)

    def _under_way(self) -> bool:
        return bool(self._sent) and self._sent[-1].wire == self.target

    def _forget(self, now: float) -> None:
        """Drop what is too old to come back, unless the DAW has never told what became of it."""
        while self._sent and self._answered is not None and self._sent[0].at + self.habits.late_s <= now:
            if self._sent.popleft() is self._answered:
                self._answered = None
