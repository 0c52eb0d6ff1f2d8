"""Killed right before and right after each step is on the disk: the job goes on, and nothing is paid for twice."""

import pytest

from tests.crash.house import OWN_MIX, UPLOADS

pytestmark = pytest.mark.asyncio(loop_scope="package")

# Where the job stands after the restart, with nobody's help; `?` where it has asked before it went on.
JOB = [
    ("preview_wanted", "before", "idle"),
    ("preview_wanted", "after", "ready"),
    ("task_created", "before", "ready"),
    ("task_created", "after", "ready"),
    ("preview_done", "before", "ready"),
    ("preview_done", "after", "ready"),
    ("preview_saved", "before", "ready"),
    ("preview_saved", "after", "ready"),
    ("settings_requested", "before", "ready"),
    ("settings_requested", "after", "ready?"),
    ("settings_received", "before", "ready?"),
    ("settings_received", "after", "ready"),
    ("proposed", "before", "ready"),
    ("proposed", "after", "ready"),
    ("applied", "before", "ready"),
    ("applied", "after", "ready"),
    ("final_requested", "before", "applied"),
    ("final_requested", "after", "done?"),
    ("final_received", "before", "done?"),
    ("final_received", "after", "done"),
    ("final_saved", "before", "done"),
    ("final_saved", "after", "done"),
]

NEXT = {"idle": "preview", "ready": "apply", "applied": "final"}


async def go_on(house, document):
    """Press what comes next until the final mix is there, or the daemon dies; a hand rides the kick by +2 dB."""
    while document is not None and document["state"] != "done":
        assert document["error"] is None, document["error"]
        document = await house.press(NEXT[document["state"]])
        if document is not None and document["state"] == "applied":
            house.reaper.hand_move("Kick", house.reaper.track("Kick").db + 2.0)
            await house.until(lambda found: found["tracks"][0]["adjust_db"] > 1.9)
            document = await house.press("compare") and await house.press("compare")
    return document


@pytest.mark.parametrize(("step", "when", "found"), JOB, ids=lambda value: value.rstrip("?"))
async def test_the_job_survives_a_kill_at_each_step(build, step, when, found):
    house = await build()
    await house.start((step, when))
    assert await go_on(house, await house.rests()) is None, "the daemon has not died"
    await house.killed()

    await house.start()
    document = await house.rests()
    assert (document["question"] is not None) == found.endswith("?")
    if document["question"] is not None:
        assert "may have been charged" in document["question"]["text"]
        document = await house.press("confirm")
    assert document["error"] is None
    assert document["state"] == found.rstrip("?")
    if document["state"] in ("idle", "ready"):
        assert house.shown() == OWN_MIX
    else:
        assert document["tracks"][0]["adjust_db"] == pytest.approx(2.0, abs=1e-3)
        assert document["tracks"][1]["adjust_db"] == 0.0

    document = await go_on(house, document)
    assert house.charges() == ["fx_settings", "final"]
    asked = [found.startswith("ready"), found.startswith("done")] if found.endswith("?") else [False, False]
    sent_before = when == "before" and step.endswith("received")
    assert house.paid_requests() == ["fx_settings"] * (1 + asked[0] * sent_before) + ["final"] * (
        1 + asked[1] * sent_before
    )
    assert document["credits"]["spent"] == 275
    assert house.uploads() == UPLOADS, "what was uploaded is not uploaded again"
    assert len(house.tasks) == (2 if (step, when) == ("task_created", "before") else 1)
    final = [request for request in house.tasks[-1]["requests"] if request["endpoint"] == "/retrievefinalmix"][-1]
    assert final["body"]["applyAudioEffectsData"]["trackData"][0]["gainDb"] == pytest.approx(2.0, abs=1e-3)
    assert len(list((house.folder / "mixes").glob("*.part"))) == 0

    document = await house.press("revert")
    assert document["state"] == "ready"
    assert house.shown() == OWN_MIX
