"""The lesson: asks a person for one control after another, and keeps what is moved."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from tonn_bridge.learning.bindings import Bindings
from tonn_bridge.learning.controls import Found, Press, Travel, Turn
from tonn_bridge.mapping.surface import Function
from tonn_bridge.mapping.surface.rows import Kind, Place
from tonn_bridge.protocols.midi import Relative, recognise

Happened = str | Found
"""A line was typed, or a control was moved."""

QUESTIONS: Final[dict[Function, str]] = {
    Function.PREVIEW: "sends the stems and asks for a mix",
    Function.APPLY: "sets the DAW to Tonn's mix",
    Function.COMPARE: "changes between your mix and Tonn's",
    Function.REVERT: "puts your own mix back",
    Function.FINAL: "asks for the final mix",
    Function.CONFIRM: "says yes to a question",
    Function.CANCEL: "stops waiting, or says no to a question",
    Function.BANK_LEFT: "goes one bank of tracks to the left",
    Function.BANK_RIGHT: "goes one bank of tracks to the right",
    Function.CHANNEL_LEFT: "goes one track to the left",
    Function.CHANNEL_RIGHT: "goes one track to the right",
    Function.FLIP: "changes faders and encoders over",
    Function.MORPH: "puts the blend of the two mixes on the first encoder",
    Function.EQ: "shows the selected track's EQ",
    Function.COMPRESSOR: "shows the selected track's compressor",
    Function.MIX: "goes back to all tracks",
    Function.NAME_VALUE: "changes what the lower row of the displays shows",
}
"""What each button does that there is once, in the order of asking."""

STRIP_QUESTIONS: Final[dict[Function, str]] = {
    Function.SELECT: "shows the track's EQ and compressor",
    Function.RESET: "puts the pan to the centre (often the encoder itself can be pressed)",
}
"""What each button does that stands on every strip."""

_MACKIE_FADERS = [Place(Kind.PITCH_BEND, channel, 0) for channel in range(8)]
_HELP = "Enter goes on to the next question, q ends the lesson"


@dataclass(slots=True)
class Learnt:
    """What a unit turned out to have; rows are those of its strips, the left one first."""

    faders: list[Found] = field(default_factory=list)
    master: list[Found] = field(default_factory=list)
    """None or one."""
    touches: list[Found] = field(default_factory=list)
    """What the faders and then the master say when a hand is on them: one each, or none at all."""
    knobs: list[Found] = field(default_factory=list)
    """Above the faders: with two ends, or all of them endless."""
    encoding: Relative | None = None
    """How endless ones count; None where the knobs have two ends."""
    buttons: dict[Function, list[Found]] = field(default_factory=dict)
    motors: bool = False
    lamps: bool = False

    @property
    def strips(self) -> int:
        """How many strips the rows make; 0 where there is no row."""
        on_strips = [row for function, row in self.buttons.items() if function in STRIP_QUESTIONS]
        return max(map(len, (self.faders, self.knobs, *on_strips)))

    @property
    def is_empty(self) -> bool:
        """Whether nothing was bound."""
        return not (self.faders or self.master or self.knobs or self.buttons)


class Lesson:
    """One lesson: `happened` waits for what is typed or moved next, `say` shows a line."""

    def __init__(self, happened: Callable[[], Awaitable[Happened]], say: Callable[[str], None]) -> None:
        self._happened = happened
        self._say = say
        self._over = False
        """The person has had enough: what is left is not asked."""
        self._bindings = Bindings()
        self._touches: list[Found] = []
        """Keys heard while faders were asked for."""
        self._learnt = Learnt()

    async def run(self) -> Learnt:
        """Ask for everything, until the end or until the person types q; what was learnt by then."""
        self._say(f"{_HELP}.")
        await self._ask_faders()
        await self._ask_knobs()
        for function, use in STRIP_QUESTIONS.items():
            await self._ask_strip_buttons(function, use)
        for function, use in QUESTIONS.items():
            self._ask(f"Press the button for {_spoken(function).upper()}: it {use}.")
            if row := await self._one(Press, f"the button for {_spoken(function)}"):
                self._learnt.buttons[function] = row
        if self._learnt.buttons:
            self._over = False  # a lesson that was ended early has this one question left
            self._learnt.lamps = await self._is_yes("Have the buttons lamps, lit by the messages they send?")
        return self._learnt

    # --- the questions ------------------------------------------------------------------------------------------------

    async def _ask_faders(self) -> None:
        learnt = self._learnt
        self._ask("Move the faders of the strips one after another, left to right, each from bottom to top.")
        learnt.faders = await self._row((Travel,), "fader {}", beside=self._touches)
        self._ask("Move the master fader from bottom to top, if there is one: it blends your mix with Tonn's.")
        learnt.master = await self._one(Travel, "the master fader", beside=self._touches)
        count = len(learnt.faders) + len(learnt.master)
        if not count:
            return
        if [fader.place for fader in learnt.faders] == _MACKIE_FADERS:
            self._say(
                'if this is a Mackie Control, mapping = "mackie" knows its displays and lamps too, and needs no lesson'
            )
        if len(self._touches) == count and len({touch.place.kind for touch in self._touches}) == 1:
            self._say("they tell when a hand is on them")
            learnt.touches = self._touches
            for number, touch in enumerate(self._touches, start=1):
                self._bindings.reserve(f"the touch of fader {number}", touch.place)
        learnt.motors = await self._is_yes("Do the faders move by themselves, by motors?")

    async def _ask_knobs(self) -> None:
        self._ask(
            "Turn the encoders or knobs of the strips one after another, left to right, each to the right: "
            "an encoder without ends a few clicks, a knob from end to end."
        )
        self._learnt.knobs = await self._row((Turn, Travel), "knob {}")
        turns = [knob for knob in self._learnt.knobs if isinstance(knob, Turn)]
        if turns:
            self._learnt.encoding = await self._encoding(turns)

    async def _encoding(self, turns: Sequence[Turn]) -> Relative:
        """How they count; the usual way for such numbers where nobody turns one back."""
        up = [value for turn in turns for value in turn.values]
        self._ask("Now turn one of them a few clicks to the left.")
        while (happened := await self._next()) != "":
            match happened:
                case Turn(place, down) if place in [turn.place for turn in turns]:
                    if encoding := recognise(up, down):
                        self._say(f"they count by {_spoken(encoding)}")
                        return encoding
                    self._say("that fits no way of counting: slowly, please, and to the left only")
        usual = Relative.OFFSET if min(up) > 64 else Relative.TWOS_COMPLEMENT
        self._say(f"they are taken to count by {_spoken(usual)}")
        return usual

    async def _ask_strip_buttons(self, function: Function, use: str) -> None:
        strips, name = self._learnt.strips, _spoken(function)
        self._ask(f"Press the {name.upper()} button of each strip, one after another, left to right: it {use}.")
        row = await self._row((Press,), f"the {name} button {{}}", most=strips or None)
        if 0 < len(row) < strips:
            self._say(f"{strips} strips need {strips} of them, so these are left out")
            self._bindings.take_back(row)
        if row:
            self._learnt.buttons[function] = row

    # --- what is said and heard ---------------------------------------------------------------------------------------

    async def _one(self, wanted: type[Found], label: str, *, beside: list[Found] | None = None) -> list[Found]:
        """One control, or none after Enter."""
        return await self._row((wanted,), label, most=1, beside=beside)

    async def _row(
        self,
        wanted: Sequence[type[Found]],
        label: str,
        *,
        most: int | None = None,
        beside: list[Found] | None = None,
    ) -> list[Found]:
        """Bind what is moved until Enter, or until there are `most`; buttons are put `beside` where that is given."""
        row: list[Found] = []
        while (most is None or len(row) < most) and (found := await self._next()) != "":
            if isinstance(found, str):
                self._say(_HELP)
            elif self._bindings.is_moving_back(found):
                continue
            elif beside is not None and isinstance(found, Press):
                if found.place not in [other.place for other in beside]:
                    beside.append(found)
            else:
                self._bind(found, wanted, label.format(len(row) + 1), row)
        return row

    def _bind(self, found: Found, wanted: Sequence[type[Found]], label: str, row: list[Found]) -> None:
        if refusal := self._bindings.refusal(found, label, wanted, row):
            self._say(refusal)
            return
        self._bindings.add(found, label, row)
        self._say(f"{label}: {described(found)}")

    async def _is_yes(self, question: str) -> bool:
        self._ask(f"{question} y: yes, Enter: no.")
        while not isinstance(answer := await self._next(), str):
            pass  # a control moved meanwhile answers nothing
        return answer in ("y", "yes")

    def _ask(self, question: str) -> None:
        if not self._over:
            self._say(question)

    async def _next(self) -> Happened:
        """What happens next; a typed line without spaces around it, in lower case, and "" for all after q."""
        if self._over:
            return ""
        happened = await self._happened()
        if not isinstance(happened, str):
            return happened
        typed = happened.strip().casefold()
        self._over = typed == "q"
        return "" if self._over else typed


def described(found: Found) -> str:
    """What it is, for people: `14-bit CC 3 on channel 1, 1024 positions`."""
    match found:
        case Travel(place, steps) if place.kind is not Kind.CC:
            return f"{place}, {steps} positions"
        case Turn(place):
            return f"{place}, endless"
        case Press(place, toggle=True):
            return f"{place}, on and off by turns"
    return str(found.place)


def _spoken(name: str) -> str:
    return name.replace("_", " ")
