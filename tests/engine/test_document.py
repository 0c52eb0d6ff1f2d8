"""The state document of the contract: every key, off and unknown spelt as agreed."""

import json
import math

import pytest

from tests.clock import FakeClock
from tests.engine.studio import ObedientDaw
from tonn_bridge.core import OFF, Compressor, EqBand, Gain, Limit, Pan, TonnSettings, TrackSpec
from tonn_bridge.engine import Mixer
from tonn_bridge.engine.document import TrackDocuments, gain_db

KEYS = {"number", "name", "daw", "user", "proposal", "current", "baseline_db", "adjust_db", "muted", "tuned", "limited"}
KEYS |= {"plugins", "proof", "fault"}
NOTHING_HELD = {"trim_db": None, "eq": None, "comp": None}


@pytest.fixture
def mixer():
    return Mixer([TrackSpec(1, "Kick"), TrackSpec(2, "Bass")], ObedientDaw(), FakeClock(), glide_s=0.0)


def test_what_nobody_knows_is_null(mixer):
    (kick, _) = TrackDocuments().of(mixer.view, {})
    assert kick.keys() == KEYS
    assert kick["user"] == {"gain_db": None, "pan": None}
    assert kick["current"] == {"gain_db": None, "pan": None} | NOTHING_HELD
    assert (kick["daw"], kick["proposal"], kick["baseline_db"], kick["adjust_db"]) == (None, None, None, None)
    assert (kick["muted"], kick["limited"]) == (False, [])


def test_a_proposal_is_told_whole(mixer):
    band, comp = EqBand(1, 46.5, -1.69, 2.66), Compressor(-3.89, 1.8, 0.074, 0.022)
    mixer.set_proposal({1: TonnSettings(gain_db=-11.8, pan=Pan(0.5), eq=(band,), comp=comp)})
    (kick, bass) = TrackDocuments().of(mixer.view, {})
    assert kick["proposal"] == {
        "gain_db": pytest.approx(-11.8),
        "trim_db": 0.0,
        "pan": 0.5,
        "eq": [{"band": 1, "freq_hz": 46.5, "gain_db": -1.69, "q": 2.66}],
        "comp": {"threshold_db": -3.89, "ratio": 1.8, "attack_s": 0.074, "release_s": 0.022},
    }
    assert bass["proposal"] is None
    json.dumps(kick, allow_nan=False)


def test_what_does_not_change_is_told_again_and_what_changes_anew(mixer):
    documents, comp = TrackDocuments(), Compressor(-3.89, 1.8, 0.074, 0.022)
    mixer.set_proposal({number: TonnSettings(gain_db=-11.8, comp=comp) for number in (1, 2)})
    before = documents.of(mixer.view, {})
    assert documents.of(mixer.view, {}) == before
    mixer.set_proposal({1: TonnSettings(gain_db=-6.0, comp=comp), 2: TonnSettings(gain_db=-11.8, comp=comp)})
    kick, bass = documents.of(mixer.view, {})
    assert kick["proposal"] == before[0]["proposal"] | {"gain_db": pytest.approx(-6.0)}
    assert bass == before[1]


def test_limits_of_the_proposal_and_of_the_final_request_stand_together(mixer):
    mixer.set_proposal({1: TonnSettings(gain_db=20.0)})
    limit = Limit("gain_db", 14.0, 12.0, "Tonn's range is -60 to 12")
    (kick, bass) = TrackDocuments().of(mixer.view, {1: (limit,)})
    assert [entry["got"] for entry in kick["limited"]] == [12.0, 12.0]
    assert kick["limited"][-1] == {"parameter": "gain_db", "wanted": 14.0, "got": 12.0, "reason": limit.reason}
    assert bass["limited"] == []


@pytest.mark.parametrize(("gain", "told"), [(None, None), (OFF, -150.0), (Gain(-3.5), -3.5), (Gain(-math.inf), -150.0)])
def test_off_has_a_number(gain, told):
    assert gain_db(gain) == told
