"""Places behind a DAW's last strip are nobody's track."""

from tonn_bridge.core import Param, TrackSpec
from tonn_bridge.links.roster import Roster

TRACKS = [TrackSpec(1, "Bass"), TrackSpec(2, "Lead"), TrackSpec(3, "Pad")]


def roster(*strips: tuple[str, float], vacant_at_the_end: bool = True) -> Roster:
    made = Roster(TRACKS, (lambda wire: wire <= -149.0) if vacant_at_the_end else None)
    for place, (name, gain) in enumerate(strips, 1):
        made.name(place, name)
        made.value(place, Param.GAIN, gain)
    return made


def test_a_place_behind_the_last_track_is_no_track():
    told = roster(("Bass", -3.0), ("Lead", -6.0), ("Track 3", -150.0), ("Track 4", -150.0))
    told.bind()
    assert told.places == {1: 1, 2: 2}
    assert len(told.problems) == 1
    assert "Pad" in told.problems[0]


def test_a_nameless_track_that_sounds_is_one_and_so_is_a_silent_one_with_a_name():
    told = roster(("Bass", -150.0), ("Lead", -6.0), ("Track 3", -20.0), ("Track 4", -150.0))
    told.bind()
    assert told.places == {1: 1, 2: 2, 3: 3}


def test_a_silent_nameless_track_between_others_is_one():
    told = roster(("Track 1", -150.0), ("Track 2", -150.0), ("Pad", -6.0))
    told.bind()
    assert told.places == {1: 1, 2: 2, 3: 3}


def test_where_a_daw_tells_only_of_what_there_is_a_silent_nameless_track_counts():
    told = roster(("Bass", -3.0), ("Lead", -6.0), ("Track 3", -150.0), vacant_at_the_end=False)
    told.bind()
    assert told.places == {1: 1, 2: 2, 3: 3}


def test_the_last_track_removed_leaves_a_vacant_place_and_is_gone():
    told = roster(("Bass", -3.0), ("Lead", -6.0), ("Pad", -9.0))
    told.bind()
    told.name(3, "Track 3")
    told.value(3, Param.GAIN, -150.0)
    told.bind()
    assert told.places == {1: 1, 2: 2}
    assert "no longer" in told.problems[0]
    told.name(3, "Pad")
    told.bind()
    assert told.places == {1: 1, 2: 2, 3: 3}
