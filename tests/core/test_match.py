from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonn_bridge.core import TrackSpec, follow, match_tracks

SONG = (TrackSpec(1, "Kick"), TrackSpec(2, "Bass"), TrackSpec(3, "Pad"))
AT_HOME = {1: 1, 2: 2, 3: 3}


def strips(*names: str) -> dict[int, str]:
    return dict(enumerate(names, 1))


@pytest.mark.parametrize(
    ("tracks", "daw", "found"),
    [
        pytest.param(SONG, strips("Kick", "Bass", "Pad"), AT_HOME, id="same-place-and-name"),
        pytest.param(SONG, strips("Pad", "Kick", "Drums", "Bass"), {1: 2, 2: 4, 3: 1}, id="same-name-elsewhere"),
        pytest.param(SONG, strips("KICK", "bass ", "pad!"), AT_HOME, id="case-and-punctuation-do-not-count"),
        pytest.param(SONG, strips("Kick", "Track 2", "Pad"), AT_HOME, id="a-name-that-says-nothing-goes-by-place"),
        pytest.param(SONG, strips("Kick", "2", "Pad"), AT_HOME, id="nor-does-its-own-number-say-anything"),
        pytest.param(SONG, strips("2-Audio", "", "Ch 03"), AT_HOME, id="nor-what-other-daws-say"),
        pytest.param(SONG, strips("BD", "Sub", "Strings", "FX"), AT_HOME, id="not-one-name-known-goes-by-place"),
        pytest.param(SONG, strips("Bass", "Bass", "Kick", "Pad"), {1: 3, 2: 2, 3: 4}, id="a-twin-at-its-own-place"),
        pytest.param((TrackSpec(1, "808"), TrackSpec(2, "Kick")), strips("Kick", "808"), {1: 2, 2: 1}, id="808"),
        pytest.param(
            (TrackSpec(1, "Kick", 3), TrackSpec(2, "Bass", "Sub"), TrackSpec(3, "Pad")),
            strips("Pad", "Sub", "BD"),
            {1: 3, 2: 2, 3: 1},
            id="what-the-user-wrote-comes-first",
        ),
        pytest.param(
            (TrackSpec(1, "Kick", 3), TrackSpec(2, "Bass"), TrackSpec(3, "Pad")),
            strips("Pad", "Bass", "Kick"),
            {1: 3, 2: 2, 3: 1},
            id="a-place-that-is-taken-is-not-free-for-a-name",
        ),
    ],
)
def test_tracks_are_found(tracks: tuple[TrackSpec, ...], daw: Mapping[int, str], found: dict[int, int]) -> None:
    matching = match_tracks(tracks, daw)
    assert (matching.strip_of, matching.problems) == (found, ())


@pytest.mark.parametrize(
    ("tracks", "daw", "found", "words"),
    [
        pytest.param(
            SONG,
            strips("Kick", "Sub", "Pad"),
            {1: 1, 3: 3},
            ['track 2 "Bass"', 'its track 2 is "Sub"', '1 "Kick", 2 "Sub", 3 "Pad"', "write daw ="],
            id="another-name-at-its-place",
        ),
        pytest.param(
            SONG,
            strips("Kick", "Sub", "Pad", "Bass", "Bass"),
            {1: 1, 3: 3},
            ["2 DAW tracks are called", "(4, 5)", "daw = 4"],
            id="twins-elsewhere",
        ),
        pytest.param(
            (TrackSpec(1, "Kick", "Bass"), TrackSpec(2, "Sub"), TrackSpec(3, "Pad")),
            strips("Bass", "Bass", "Pad"),
            {3: 3},
            ["2 DAW tracks are called", "(1, 2)", "daw = 1"],
            id="a-wish-for-one-of-twins",
        ),
        pytest.param(
            (TrackSpec(1, "Bass"), TrackSpec(2, "Bass"), TrackSpec(3, "Pad")),
            strips("Kick", "Drums", "Pad", "Bass"),
            {3: 3},
            ['track 1 "Bass"', 'track 2 "Bass"'],
            id="two-tracks-of-one-name",
        ),
        pytest.param(
            (TrackSpec(1, "Kick", 7), *SONG[1:]),
            strips("Kick", "Bass", "Pad"),
            {2: 2, 3: 3},
            ["the DAW has no track 7", '3 "Pad"'],
            id="a-number-that-is-not-there",
        ),
        pytest.param(
            (TrackSpec(1, "Kick", "BD"), *SONG[1:]),
            strips("Kick", "Bass", "Pad"),
            {2: 2, 3: 3},
            ['the DAW has no track "BD"', '1 "Kick"'],
            id="a-name-that-is-not-there",
        ),
        pytest.param(SONG, strips("Kick", "Bass"), {1: 1, 2: 2}, ['track 3 "Pad"', "none at that place"], id="too-few"),
        pytest.param(SONG, {}, {}, ["it has told of no tracks yet"], id="none-at-all"),
        pytest.param(
            (TrackSpec(1, "Kick", 2), TrackSpec(2, "Bass", "Bass"), TrackSpec(3, "Pad")),
            strips("Kick", "Bass", "Pad"),
            {3: 3},
            ['DAW track 2 is claimed by track 1 "Kick" and track 2 "Bass"'],
            id="two-claims-on-one-strip",
        ),
    ],
)
def test_a_doubt_names_the_candidates(
    tracks: tuple[TrackSpec, ...], daw: Mapping[int, str], found: dict[int, int], words: list[str]
) -> None:
    matching = match_tracks(tracks, daw)
    assert matching.strip_of == found
    for word in words:
        assert word in "\n".join(matching.problems)


def test_long_lists_are_cut_short() -> None:
    (problem, *_) = match_tracks(SONG, strips("Kick", *(f"Voice {n}" for n in range(40)))).problems
    assert "and 29 more" in problem


@pytest.mark.parametrize(
    ("before", "now", "found"),
    [
        pytest.param(
            strips("Kick", "Bass", "Pad"), strips("Kick", "Claps", "Bass", "Pad"), {1: 1, 2: 3, 3: 4}, id="came"
        ),
        pytest.param(strips("Kick", "X", "Bass", "Pad"), strips("Kick", "Bass", "Pad"), AT_HOME, id="another-one-went"),
        pytest.param(strips("Kick", "Bass", "Pad"), strips("Pad", "Kick", "Bass"), {1: 2, 2: 3, 3: 1}, id="moved"),
        pytest.param(strips("Kick", "Bass", "Pad"), strips("Kick", "Sub", "Pad"), AT_HOME, id="renamed"),
        pytest.param(strips("Kick", "Sub", "Pad"), strips("Kick", "Pad", "Pad"), AT_HOME, id="renamed-to-a-twin"),
        pytest.param(
            strips("Kick", "Sub", "X", "Pad"), strips("Kick", "Bass", "Pad"), AT_HOME, id="renamed-while-one-went"
        ),
        pytest.param(
            strips("Kick", "Bass", "Bass"), strips("X", "Kick", "Bass", "Bass"), {1: 2, 2: 3, 3: 4}, id="twins"
        ),
        pytest.param(
            strips("Kick", "Bass", "Pad"), strips("Kick", "Bass", "Bass", "Pad"), {1: 1, 2: 2, 3: 4}, id="copied"
        ),
        pytest.param(strips("Kick", "Bass", "Pad"), strips("Kick", "Pad", "Track 3"), {1: 1, 3: 2}, id="ours-went"),
        pytest.param(
            strips("Kick", "Bass", "Pad"),
            strips("Kick", "Track 2", "Pad"),
            {1: 1, 3: 3},
            id="a-name-that-went-is-no-rename",
        ),
        pytest.param(strips("Kick", "Bass", "Pad"), strips("Flute", "Oboe", "Horn"), {}, id="another-song"),
        pytest.param(
            strips("Kick", "Track 2", "Pad", "Track 4"),
            strips("Kick", "Claps", "Track 3", "Pad"),
            {1: 1, 2: 3, 3: 4},
            id="the-nameless-one-moves-with-its-neighbours",
        ),
        pytest.param(
            strips("Kick", "Track 2", "Pad"), strips("Kick", "Sub", "Pad"), AT_HOME, id="a-nameless-one-gets-a-name"
        ),
        pytest.param(
            strips("Kick", "Track 2", "Pad"),
            strips("Kick", "Track 2", "Track 3", "Pad"),
            {1: 1, 3: 4},
            id="two-nameless-ones-leave-a-doubt",
        ),
        pytest.param(
            strips("Kick", "Pad", "Track 3", "Track 4", "Track 5"),
            strips("Kick", "Claps", "Pad", "Track 4", "Track 5"),
            {1: 1, 2: 3, 3: 4},
            id="empty-places-at-the-end-move-down",
        ),
    ],
)
def test_tracks_are_followed(before: Mapping[int, str], now: Mapping[int, str], found: dict[int, int]) -> None:
    bound = dict(zip((1, 2, 3), _places(before), strict=True))
    matching = follow(SONG, bound, before, now, {})
    assert matching.strip_of == found
    assert len(matching.problems) == 3 - len(found)


def _places(before: Mapping[int, str]) -> list[int]:
    """The strips that are not called X."""
    return [strip for strip, name in before.items() if name != "X"][:3]


def test_a_track_that_is_gone_says_where_it_was_and_what_is_there() -> None:
    (problem,) = follow(SONG, AT_HOME, strips("Kick", "Bass", "Pad"), strips("Kick", "Pad"), {}).problems
    assert problem == (
        'track 2 "Bass" is no longer in the DAW (it was its track 2 "Bass"); it has 1 "Kick", 2 "Pad"; '
        "its settings are kept until it is back"
    )


def test_a_track_that_was_gone_comes_back_under_its_last_name_in_the_daw() -> None:
    matching = follow(SONG, {1: 1, 3: 2}, strips("Kick", "Pad"), strips("Sub", "Kick", "Pad"), {2: "Sub"})
    assert matching.strip_of == {1: 2, 2: 1, 3: 3}


def test_a_track_that_was_never_there_is_found_when_it_comes() -> None:
    matching = follow(SONG, {1: 1, 3: 2}, strips("Kick", "Pad"), strips("Kick", "Pad", "Bass"), {})
    assert matching.strip_of == {1: 1, 2: 3, 3: 2}


def test_a_track_wished_for_by_name_is_found_when_it_comes() -> None:
    wished = (TrackSpec(1, "Kick", "BD"), *SONG[1:])
    matching = follow(wished, {2: 1, 3: 2}, strips("Bass", "Pad"), strips("Bass", "Pad", "BD"), {})
    assert matching.strip_of == {1: 3, 2: 1, 3: 2}


def test_a_track_that_was_gone_does_not_take_any_nameless_place() -> None:
    matching = follow(
        SONG, {1: 1, 3: 3}, strips("Kick", "X", "Pad"), strips("Kick", "Track 2", "Pad", "X"), {2: "Bass"}
    )
    assert matching.strip_of == {1: 1, 3: 3}


def test_a_pinned_track_that_was_gone_comes_back_to_its_number_only() -> None:
    pinned = (TrackSpec(1, "Kick", 4), *SONG[1:])
    matching = follow(pinned, {2: 2, 3: 3}, strips("X", "Bass", "Pad"), strips("Kick", "Bass", "Pad"), {1: "Kick"})
    assert matching.strip_of == {2: 2, 3: 3}


def test_a_pinned_track_stays_at_its_number() -> None:
    pinned = (TrackSpec(1, "Kick", 1), *SONG[1:])
    matching = follow(pinned, AT_HOME, strips("Kick", "Bass", "Pad"), strips("Claps", "Kick", "Bass", "Pad"), {})
    assert matching.strip_of == {1: 1, 2: 3, 3: 4}


def test_a_track_that_moves_onto_a_pinned_number_is_a_doubt() -> None:
    pinned = (TrackSpec(1, "Kick", 1), *SONG[1:])
    matching = follow(pinned, AT_HOME, strips("Kick", "Bass", "Pad"), strips("Bass", "Pad"), {})
    assert matching.strip_of == {3: 2}
    assert "DAW track 1 is claimed by" in matching.problems[0]


NAMES = st.lists(st.sampled_from([f"{word} {n}" for word in ("Vox", "Gtr", "Tom") for n in range(1, 9)]), unique=True)


@st.composite
def edits(draw: st.DrawFn) -> tuple[list[str], list[tuple[str, int, int, str]]]:
    """The DAW's tracks at first, and what is done to them: kind, two places, and a name nobody has."""
    names = draw(NAMES.filter(lambda names: len(names) >= 2))
    kinds = st.sampled_from(["insert", "remove", "move", "rename"])
    steps = draw(st.lists(st.tuples(kinds, st.integers(0, 30), st.integers(0, 30)), max_size=12))
    return names, [(kind, a, b, f"New {n}") for n, (kind, a, b) in enumerate(steps)]


@pytest.mark.parametrize("empty_places", [0, 40], ids=["tells-how-many", "tells-of-empty-places-too"])
@given(edits())
def test_no_track_ever_gets_anothers_strip(
    empty_places: int, song: tuple[list[str], list[tuple[str, int, int, str]]]
) -> None:
    names, steps = song
    tracks = [TrackSpec(number, name) for number, name in enumerate(names, 1)]
    daw = [(name, name) for name in names]  # who it is, and what it is called
    told = _told(daw, empty_places)
    bound = dict(match_tracks(tracks, told).strip_of)
    lost: dict[int, str] = {}
    for kind, a, b, new in steps:
        _edit(daw, kind, a, b, new)
        now = _told(daw, empty_places)
        found = follow(tracks, bound, told, now, lost)
        lost |= {number: told[strip] for number, strip in bound.items() if number not in found.strip_of}
        for number, strip in found.strip_of.items():
            assert daw[strip - 1][0] == names[number - 1]
        there = {identity for identity, _ in daw}
        assert {names[number - 1] for number in found.strip_of} == there & set(names), "nor loses its own"
        bound, told = dict(found.strip_of), now


def _edit(daw: list[tuple[str, str]], kind: str, a: int, b: int, new: str) -> None:
    if kind == "insert":
        daw.insert(a % (len(daw) + 1), (new, new))
    elif kind == "remove" and len(daw) > 1:
        del daw[a % len(daw)]
    elif kind == "move":
        daw.insert(b % len(daw), daw.pop(a % len(daw)))
    elif kind == "rename":
        daw[a % len(daw)] = (daw[a % len(daw)][0], new)


def _told(daw: list[tuple[str, str]], empty_places: int) -> dict[int, str]:
    told = strips(*(name for _, name in daw))
    return told | {strip: f"Track {strip}" for strip in range(len(told) + 1, empty_places + 1)}
