"""One question at a time, open for twenty seconds."""

import asyncio

import pytest

from tests.clock import FakeClock
from tonn_bridge.engine.questions import OPEN_S, Questions
from tonn_bridge.errors import NotPossible


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def notices():
    return []


@pytest.fixture
def questions(clock, notices):
    return Questions(clock, lambda: notices.append(None))


async def asked(questions, text="Spend?", credits=250):
    asking = asyncio.create_task(questions.ask("final", text, credits))
    await asyncio.sleep(0)
    return asking


@pytest.mark.parametrize("yes", [True, False])
async def test_an_answer_is_what_the_asker_hears(questions, notices, yes):
    asking = await asked(questions)
    assert (questions.open.text, questions.open.credits) == ("Spend?", 250)
    questions.answer(yes)
    assert await asking is yes
    assert questions.open is None
    assert len(notices) == 2, "its beginning and its end are told"


async def test_silence_is_a_no_after_twenty_seconds(questions, clock):
    asking = await asked(questions)
    clock.advance(OPEN_S - 0.5)
    assert questions.seconds_left() == pytest.approx(0.5)
    assert not asking.done()
    clock.advance(0.5)
    assert await asking is False
    assert questions.seconds_left() == 0.0


async def test_the_first_answer_counts(questions):
    asking = await asked(questions)
    questions.answer(True)
    with pytest.raises(NotPossible, match="nothing is being asked"):
        questions.answer(False)
    assert await asking is True


async def test_an_answer_in_the_last_moment_is_not_overtaken_by_the_expiry(questions, clock):
    asking = await asked(questions)
    questions.answer(True)
    clock.advance(OPEN_S)
    assert await asking is True


async def test_nothing_is_open_after_the_asker_has_gone(questions):
    asking = await asked(questions)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    with pytest.raises(NotPossible):
        questions.answer(True)


async def test_each_question_has_an_id_of_its_own(questions):
    first = await asked(questions)
    one = questions.open.id
    questions.answer(False)
    await first
    second = await asked(questions)
    assert questions.open.id != one
    questions.answer(False)
    await second
