"""The lesson of `learn`: what is moved is bound, and the file that comes of it is one that loads."""

import pytest

from tonn_bridge.core.takeover import Takeover
from tonn_bridge.learning import Lesson, Press, Travel, Turn, mapping_text
from tonn_bridge.learning.lesson import QUESTIONS, STRIP_QUESTIONS
from tonn_bridge.mapping import load_surface
from tonn_bridge.mapping.surface import Encoders, Function, MasterUse, Motors
from tonn_bridge.mapping.surface.rows import Kind, Place
from tonn_bridge.protocols.midi import ControlChange, Note, PitchBend, Relative, encode
from tonn_bridge.protocols.surface import ButtonPressed, EncoderTurned, FaderMoved, FaderTouched, KnobMoved

NEXT, DONE = "\n", "q\n"


def fader(number, channel=0):
    return Travel(Place(Kind.CC, channel, number), 128)


def bend(channel):
    return Travel(Place(Kind.PITCH_BEND, channel, 0), 1024)


def turn(number, *values):
    return Turn(Place(Kind.CC, 0, number), values)


def key(note, **about):
    return Press(Place(Kind.NOTE, 0, note), **{"toggle": False, **about})


def button(number, **about):
    return Press(Place(Kind.CC, 0, number), **{"toggle": False, **about})


@pytest.fixture
def said():
    return []


@pytest.fixture
def learn(said):
    """Take the lesson with these things typed and moved; what was learnt."""

    async def _learn(*happened):
        script = iter(happened)

        async def next_thing():
            return next(script, DONE)

        return await Lesson(next_thing, said.append).run()

    return _learn


@pytest.fixture
def load(tmp_path):
    """Write what was learnt, and load it as a surface."""

    def _load(learnt):
        path = tmp_path / "mine.toml"
        path.write_text(mapping_text(learnt, name='My "desk"', source="learnt", file="mine.toml"), encoding="utf-8")
        return load_surface(str(path))

    return _load


def heard(mapping, *events):
    """What a loaded mapping reads in these messages."""
    language = mapping.language()
    return [said for event in events for said in language.read(encode(event))]


def test_every_function_is_asked_for_once():
    assert set(QUESTIONS) | set(STRIP_QUESTIONS) == set(Function)
    assert not set(QUESTIONS) & set(STRIP_QUESTIONS)


async def test_a_controller_is_learnt_row_by_row_and_loads(learn, load, said):
    learnt = await learn(
        *(fader(n) for n in range(8)), NEXT, NEXT, NEXT,
        *(fader(n) for n in range(16, 24)), NEXT,
        *(button(n) for n in range(32, 40)),
        NEXT,
        button(41), button(42, toggle=True), DONE, "y\n",
    )  # fmt: skip
    mapping = load(learnt)

    bound = {"fader 3: CC 2 on channel 1", "knob 8: CC 23 on channel 1"}
    assert bound | {"the button for apply: CC 42 on channel 1, on and off by turns"} <= set(said)
    caps = mapping.caps
    assert (mapping.name, caps.strips, caps.faders, caps.fader_steps) == ('My "desk"', 8, 8, 128)
    assert (caps.encoders, caps.motors, caps.takeover) == (Encoders.KNOBS, Motors.NONE, Takeover.PICKUP)
    assert (caps.master, caps.touch, caps.lamps, caps.delta_db) == (None, False, True, None)
    assert set(caps.functions.values()) == {Function.SELECT, Function.PREVIEW, Function.APPLY}
    assert heard(mapping, ControlChange(0, 2, 127), ControlChange(0, 17, 0)) == [FaderMoved(2, 1.0), KnobMoved(1, 0.0)]
    assert heard(mapping, ControlChange(0, 34, 127)) == [ButtonPressed("select", True, 2)]
    assert heard(mapping, ControlChange(0, 41, 127)) == [ButtonPressed("preview", True)]
    assert ButtonPressed("apply", True) in heard(mapping, ControlChange(0, 42, 0))


async def test_motor_faders_with_touch_and_a_master_are_learnt(learn, load, said):
    strips = [each for n in range(8) for each in (key(104 + n, toggle=True), bend(n), key(104 + n, on=False))]
    learnt = await learn(*strips, NEXT, key(112), bend(8), "y\n", DONE)
    mapping = load(learnt)

    assert "they tell when a hand is on them" in said
    assert any('mapping = "mackie"' in line for line in said)
    assert (mapping.caps.motors, mapping.caps.master) == (Motors.ON_RELEASE, MasterUse.MORPH)
    assert (mapping.caps.touch, mapping.caps.fader_steps) == (True, 1024)
    assert heard(mapping, PitchBend(3, 0), Note(0, 107, 127)) == [FaderMoved(3, 0.0), FaderTouched(3, True)]


async def test_touch_that_not_every_fader_tells_is_left_out(learn, load):
    learnt = await learn(key(104), bend(0), bend(1), NEXT, NEXT, "y\n", DONE)
    assert learnt.touches == []
    assert load(learnt).caps.motors is Motors.AT_ONCE


@pytest.mark.parametrize(
    ("encoding", "right", "left"),
    [
        (Relative.TWOS_COMPLEMENT, (1, 1, 2), (127, 127, 126)),
        (Relative.OFFSET, (65, 65, 66), (63, 63, 62)),
        (Relative.SIGN_DOWN, (1, 1, 2), (65, 65, 66)),
        (Relative.SIGN_UP, (65, 65, 66), (1, 1, 2)),
    ],
)
async def test_encoders_are_learnt_with_their_way_of_counting(learn, load, encoding, right, left):
    learnt = await learn(NEXT, NEXT, *(turn(n, *right) for n in range(16, 20)), NEXT, turn(18, *left), DONE)
    mapping = load(learnt)
    assert learnt.encoding is encoding
    assert (mapping.caps.encoders, mapping.caps.strips) == (Encoders.ENDLESS, 4)
    assert heard(mapping, ControlChange(0, 18, left[0])) == [EncoderTurned(2, -1)]


@pytest.mark.parametrize(("right", "usual"), [((1, 1, 1), Relative.TWOS_COMPLEMENT), ((65, 65, 66), Relative.OFFSET)])
async def test_encoders_that_nobody_turns_back_count_the_usual_way(learn, said, right, usual):
    learnt = await learn(NEXT, NEXT, turn(16, *right), NEXT, NEXT, DONE)
    assert learnt.encoding is usual
    assert any("taken to count" in line for line in said)


async def test_left_turns_that_fit_nothing_are_asked_for_again(learn, said):
    learnt = await learn(NEXT, NEXT, turn(16, 1, 1), NEXT, turn(16, 3, 65, 65), turn(16, 127, 127), DONE)
    assert learnt.encoding is Relative.TWOS_COMPLEMENT
    assert said.count("that fits no way of counting: slowly, please, and to the left only") == 1


async def test_a_control_that_is_bound_already_is_said_at_once(learn, said):
    learnt = await learn(fader(0), fader(1), fader(2), fader(0), fader(3), NEXT, fader(2), DONE)
    assert len(learnt.faders) == 4
    assert "that is fader 1 already" in said
    assert "that is fader 3 already" in said


async def test_the_last_control_may_come_back_in_silence(learn, said):
    await learn(fader(0), fader(0), NEXT, fader(0), DONE)
    assert not any("already" in line for line in said)


async def test_a_14_bit_fader_takes_both_its_controllers(learn, said):
    learnt = await learn(Travel(Place(Kind.CC14, 0, 5), 1024), fader(6), NEXT, fader(37), DONE)
    assert (len(learnt.faders), learnt.master) == (1, [])
    assert any(line.startswith("that is CC 6 on channel 1, and the first of the row is 14-bit CC 5") for line in said)
    assert "that is fader 1 already" in said


async def test_high_resolution_rows_load(learn, load):
    for kind in (Kind.CC14, Kind.NRPN):
        row = [Travel(Place(kind, 0, n), 1024, fine_first=kind is Kind.CC14) for n in range(4)]
        assert load(await learn(*row, DONE)).caps.fader_steps == 1024


async def test_faders_on_channels_of_their_own_load(learn, load):
    mapping = load(await learn(*(fader(7, channel) for channel in range(8)), DONE))
    assert heard(mapping, ControlChange(5, 7, 0)) == [FaderMoved(5, 0.0)]


async def test_what_is_not_asked_for_is_said_and_not_bound(learn, said):
    learnt = await learn(fader(0), turn(9, 1, 1, 1), NEXT, NEXT, NEXT, button(5), turn(9, 1, 127, 127), DONE)
    assert (len(learnt.faders), learnt.knobs) == (1, [])
    assert "that is an endless encoder (CC 9 on channel 1), which is not asked for now" in said
    assert "that is a button (CC 5 on channel 1), which is not asked for now" in said
    assert "to the right only, please: once more" in said


async def test_a_button_held_long_is_no_toggle_after_all(learn):
    learnt = await learn(*[NEXT] * 5, button(41, toggle=True), button(41, toggle=True, on=False), button(42), DONE)
    assert learnt.buttons == {Function.PREVIEW: [button(41)], Function.APPLY: [button(42)]}


async def test_half_a_row_of_strip_buttons_is_left_out_and_free_again(learn, load, said):
    faders = [fader(n) for n in range(4)]
    learnt = await learn(*faders, NEXT, NEXT, NEXT, NEXT, button(32), button(33), NEXT, NEXT, button(33), DONE)
    assert "4 strips need 4 of them, so these are left out" in said
    assert learnt.buttons == {Function.PREVIEW: [button(33)]}
    assert load(learnt).caps.functions == {"preview": Function.PREVIEW}


async def test_a_unit_of_buttons_alone_loads(learn, load):
    assert load(await learn(*[NEXT] * 5, key(1), DONE)).caps.functions == {"preview": Function.PREVIEW}


async def test_enter_passes_over_what_is_not_there(learn, said):
    learnt = await learn(*[NEXT] * (5 + len(QUESTIONS)))
    assert learnt.is_empty
    assert sum(line.startswith("Press the button for") for line in said) == len(QUESTIONS)


async def test_q_ends_the_questions(learn, said):
    assert (await learn(fader(0), " Q \n")).strips == 1
    assert not any("encoders" in line for line in said)


async def test_other_words_are_answered_with_help(learn, said):
    await learn("what?\n")
    assert said.count("Enter goes on to the next question, q ends the lesson") == 1
