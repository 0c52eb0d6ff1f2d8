"""One piece of work at a time, and none broken off that must be finished."""

import asyncio

import pytest

from tonn_bridge.engine.lanes import Lane, to_the_end


class Work:
    """Waits until it is let go; notes what happens to it."""

    def __init__(self, name, notes):
        self.name, self.notes, self.go = name, notes, asyncio.Event()

    async def __call__(self):
        self.notes.append(f"{self.name} begins")
        try:
            await self.go.wait()
            self.notes.append(f"{self.name} is done")
        except asyncio.CancelledError:
            await asyncio.sleep(0)
            self.notes.append(f"{self.name} lets go")
            raise


async def turns():
    for _ in range(10):
        await asyncio.sleep(0)


async def test_work_has_a_name_while_it_runs():
    lane, notes = Lane("service"), []
    work = Work("preview", notes)
    assert lane.running is None
    lane.start("preview", work)
    assert lane.running == "preview"
    work.go.set()
    await turns()
    assert lane.running is None
    assert notes == ["preview begins", "preview is done"]


async def test_new_work_begins_when_the_old_has_let_go():
    lane, notes = Lane("movement"), []
    for name in ("apply", "revert", "compare"):
        lane.start(name, Work(name, notes))
        await asyncio.sleep(0)
    await turns()
    assert lane.running == "compare"
    assert notes == ["apply begins", "apply lets go", "compare begins"], "what never began need not end"
    await lane.close()
    assert notes[-1] == "compare lets go"
    assert lane.running is None


async def test_closing_an_empty_lane_is_nothing():
    await Lane("service").close()


async def test_what_must_not_be_broken_off_is_finished_before_the_cancel_goes_on():
    gate, written = asyncio.Event(), []

    async def write():
        await gate.wait()
        written.append("row")

    task = asyncio.create_task(to_the_end(write()))
    await asyncio.sleep(0)
    task.cancel()
    await turns()
    assert not task.done()
    gate.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert written == ["row"]


async def test_what_it_answers_and_what_it_raises_come_through():
    async def answer():
        return 7

    async def fail():
        raise OSError("full")

    assert await to_the_end(answer()) == 7
    with pytest.raises(OSError, match="full"):
        await to_the_end(fail())
