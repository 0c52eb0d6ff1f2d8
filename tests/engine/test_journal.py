"""What a restart reads out of the journal."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from tonn_bridge.engine.journal import Action, Step, recall_past


@dataclass
class Line:
    kind: str
    data: dict[str, Any] = field(default_factory=dict)


WANTED = Line(Step.PREVIEW_WANTED, {"fingerprint": "a"})
CREATED = Line(Step.TASK_CREATED, {"task_id": "t", "urls": {"1": "https://s/1.wav"}, "sources": {"1": "/1.wav"}})
DONE = Line(Step.PREVIEW_DONE)
SAVED = Line(Step.PREVIEW_SAVED, {"file": "/p.mp3"})
REQUESTED = Line(Step.SETTINGS_REQUESTED)
RECEIVED = Line(Step.SETTINGS_RECEIVED, {"settings": {"1.wav": {}}})
PROPOSED = Line(Step.PROPOSED)
MIXED = [WANTED, CREATED, DONE, SAVED, REQUESTED, RECEIVED, PROPOSED]
ASKED = Line(Step.FINAL_REQUESTED, {"body": {"x": 1}})
ANSWERED = Line(Step.FINAL_RECEIVED, {"url": "https://s/f.wav", "stems": {}})
KEPT = Line(Step.FINAL_SAVED, {"file": "/f.wav"})


@pytest.mark.parametrize(
    ("lines", "waiting"),
    [
        ([], None),
        ([WANTED], Action.PREVIEW),
        ([WANTED, CREATED, DONE, SAVED], Action.PREVIEW),
        ([WANTED, CREATED, DONE, SAVED, Line(Step.SETTINGS_DECLINED)], None),
        ([WANTED, CREATED, DONE, SAVED, Line(Step.SETTINGS_DECLINED), REQUESTED], Action.PREVIEW),
        ([WANTED, CREATED, DONE, SAVED, REQUESTED, Line(Step.SETTINGS_REFUSED)], None),
        ([WANTED, CREATED, Line(Step.PREVIEW_LOST)], None),
        ([WANTED, CREATED, Line(Step.CANCELLED)], None),
        ([WANTED, CREATED, Line(Step.FAILED)], None),
        (MIXED, None),
        ([*MIXED, ASKED], Action.FINAL),
        ([*MIXED, ASKED, Line(Step.FINAL_REFUSED)], None),
        ([*MIXED, ASKED, Line(Step.FINAL_DECLINED)], None),
        ([*MIXED, ASKED, ANSWERED], Action.FINAL),
        ([*MIXED, ASKED, ANSWERED, KEPT], None),
        ([*MIXED, Line("written by a later version")], None),
    ],
)
def test_what_goes_on_by_itself(lines, waiting):
    assert recall_past(lines).waiting is waiting


@pytest.mark.parametrize(
    ("lines", "unanswered"),
    [
        ([WANTED, CREATED, DONE, SAVED, REQUESTED], True),
        ([WANTED, CREATED, DONE, SAVED, REQUESTED, Line(Step.CANCELLED)], True),
        ([WANTED, CREATED, DONE, SAVED, REQUESTED, Line(Step.SETTINGS_REFUSED)], False),
        (MIXED, False),
        ([*MIXED, ASKED], True),
        ([*MIXED, ASKED, Line(Step.FAILED)], True),
        ([*MIXED, ASKED, Line(Step.FINAL_REFUSED)], False),
        ([*MIXED, ASKED, ANSWERED], False),
    ],
)
def test_what_may_have_been_charged(lines, unanswered):
    assert recall_past(lines).unanswered is unanswered


def test_a_preview_left_half_way_is_gone_on_with():
    past = recall_past([WANTED, CREATED, DONE, SAVED, Line(Step.CANCELLED), WANTED])
    assert (past.run.task_id, past.run.done, past.run.preview_file) == ("t", True, "/p.mp3")


@pytest.mark.parametrize(
    "lines",
    [
        MIXED,
        [WANTED, CREATED, Line(Step.PREVIEW_LOST)],
        [Line(Step.PREVIEW_WANTED, {"fingerprint": "other"}), CREATED],
    ],
    ids=["proposed", "lost", "other stems"],
)
def test_a_new_preview_begins_after(lines):
    assert recall_past([*lines, WANTED]).run.task_id is None


def test_the_proposal_stands_until_the_next_one():
    past = recall_past([*MIXED, WANTED, CREATED, DONE, REQUESTED, RECEIVED])
    assert past.proposed is not past.run
    assert past.proposed.settings == {"1.wav": {}}
    assert past.proposed.urls == {1: "https://s/1.wav"}


def test_a_preview_can_be_heard_while_the_next_is_made():
    assert recall_past([*MIXED, WANTED]).preview_file == "/p.mp3"


def test_a_new_proposal_has_no_final_mix_yet():
    past = recall_past([*MIXED, ASKED, ANSWERED, KEPT])
    assert past.final_file == "/f.wav"
    assert recall_past([*MIXED, ASKED, ANSWERED, KEPT, *MIXED]).final_file is None
