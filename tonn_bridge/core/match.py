"""Which strip of the DAW is which track of the session, and where it has gone when the DAW's tracks move.

Names count for more than places wherever the DAW tells them: a track keeps its settings when somebody inserts
another one above it. A doubt is never settled by a guess; it becomes a problem that lists the candidates.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

LISTED = 12
"""Candidates named in a problem."""

Strips = Mapping[int, str]
"""The DAW's strips, counted from 1, with the names it told ("" where it tells none)."""


@dataclass(frozen=True, slots=True)
class TrackSpec:
    """A track of the session: its number, its name, and the DAW track the user named (by number or name), if any."""

    number: int
    name: str
    daw: int | str | None = None

    @property
    def sought(self) -> str:
        """The name it goes by in the DAW."""
        return self.daw if isinstance(self.daw, str) else self.name

    def __str__(self) -> str:
        return f'track {self.number} "{self.name}"'


@dataclass(frozen=True, slots=True)
class Matching:
    """`strip_of[number]` is the DAW strip of a session track; `problems` has one line per track without one."""

    strip_of: Mapping[int, int]
    problems: tuple[str, ...] = ()


def match_tracks(tracks: Sequence[TrackSpec], strips: Strips) -> Matching:
    """Match by what the user wrote (`daw = ...`), else by same place and same name, else by name alone.

    A strip whose name says nothing ("", "Track 3", "Audio 3") is matched by place. So are all, when not one name
    of the session is to be found in the DAW: then its names are no help at all.
    """
    found = _pinned(tracks, strips)
    found |= _by_name({track.number: track.daw for track in tracks if isinstance(track.daw, str)}, strips)
    no_help = not any(_named(track.name, strips) for track in tracks if track.daw is None)
    found |= _search(tracks, found, strips, by_place=no_help)
    return _matching(tracks, found, {track.number: _why_not(track, strips) for track in _missing(tracks, found)})


def follow(
    tracks: Sequence[TrackSpec], bound: Mapping[int, int], before: Strips, now: Strips, lost: Mapping[int, str]
) -> Matching:
    """Where the tracks `bound` to strips of `before` are in `now`; `lost` are the last DAW names of those gone earlier.

    A name that stands elsewhere has moved there, and one new name among the old ones is a rename. A track that is
    pinned by number stays there. One that is gone comes back under its name in the DAW or in the session.
    """
    old = {t.number: bound[t.number] for t in tracks if t.number in bound and not isinstance(t.daw, int)}
    found = _pinned(tracks, now)
    if _one_name_changed(before, now):
        found |= old
    else:
        places = {number: _moved_to(strip, before, now) for number, strip in old.items()}
        found |= {number: place for number, place in places.items() if place is not None}
    renamed = {strip: name for strip, name in _free(now, found).items() if name not in before.values()}
    found |= _by_name({t.number: t.sought for t in _missing(tracks, found) if t.number in old}, renamed)
    away = [track for track in tracks if track.number not in old and not isinstance(track.daw, int)]
    found |= _by_name({t.number: lost[t.number] for t in away if t.number in lost}, _free(now, found))
    sought = [track for track in _missing(away, found) if track.number in lost or track.daw is not None]
    found |= _by_name({track.number: track.sought for track in sought}, _free(now, found))
    found |= _search([track for track in away if track.number not in lost], found, now, by_place=False)
    gone = {track.number: _where_gone(track, old, before, now) for track in _missing(tracks, found)}
    return _matching(tracks, found, gone)


# --- matching from nothing ------------------------------------------------------------------------------------------


def _pinned(tracks: Sequence[TrackSpec], strips: Strips) -> dict[int, int]:
    """The tracks with a strip's number in the session file."""
    return {track.number: track.daw for track in tracks if isinstance(track.daw, int) and track.daw in strips}


def _search(tracks: Sequence[TrackSpec], taken: Mapping[int, int], strips: Strips, *, by_place: bool) -> dict[int, int]:
    """What is taken, and those of `tracks` with no strip written for them that can be found among the others."""
    found = dict(taken)
    rest = [track for track in tracks if track.daw is None]
    for track in _missing(rest, found):
        if track.number in _named(track.name, _free(strips, found)):
            found[track.number] = track.number
    found |= _by_name({track.number: track.name for track in _missing(rest, found)}, _free(strips, found))
    for track in _missing(rest, found):
        place = track.number
        if place in _free(strips, found) and (by_place or says_nothing(place, strips[place])):
            found[track.number] = place
    return found


def _by_name(names: Mapping[int, str], strips: Strips) -> dict[int, int]:
    """The tracks, by number, whose name stands once in the DAW, and once among themselves."""
    claims = Counter(map(_plain, names.values()))
    places = {number: _named(name, strips) for number, name in names.items() if claims[_plain(name)] == 1}
    return {number: found[0] for number, found in places.items() if len(found) == 1}


# --- following ------------------------------------------------------------------------------------------------------


def _one_name_changed(before: Strips, now: Strips) -> bool:
    """The same strips under the same names but one at most: nothing has moved, at most one got another name."""
    changed = [strip for strip in before if now.get(strip) != before[strip]]
    if before.keys() != now.keys() or len(changed) > 1:
        return False
    return all(not says_nothing(strip, now[strip]) for strip in changed)  # else it may be an empty place now


def _moved_to(old: int, before: Strips, now: Strips) -> int | None:
    """Where the strip that was `old` is now; None when it is gone or could be any of several."""
    name = before.get(old, "")
    if says_nothing(old, name):
        return _nameless_at(old, before, now)
    twins = [strip for strip, other in before.items() if other == name]
    places = [strip for strip, other in now.items() if other == name]
    if len(places) == len(twins):
        return places[twins.index(old)]
    untouched_above = all(now.get(strip) == before[strip] for strip in before if strip <= old)
    return old if len(places) > len(twins) and untouched_above else None  # a copy of a track is put below it


def _nameless_at(old: int, before: Strips, now: Strips) -> int | None:
    """A strip whose name says nothing keeps its order among its like, behind the named strip above it."""
    above = max((strip for strip in _named_strips(before) if strip < old), default=0)
    start = _moved_to(above, before, now) if above else 0
    if start is None:
        return None
    was, there = _nameless_behind(above, before, before), _nameless_behind(start, now, before)
    # Where a DAW tells of empty places too, there are fewer of them at the end when a track has come above.
    at_the_end = old > max(_named_strips(before), default=0) and len(before) == len(now)
    order = was.index(old) if old in was else len(there)
    return there[order] if order < len(there) and (len(was) == len(there) or at_the_end) else None


def _nameless_behind(start: int, strips: Strips, before: Strips) -> list[int]:
    """The strips behind `start` whose names say nothing, up to the next one that had its name before."""
    found: list[int] = []
    for strip, name in sorted(strips.items()):
        if strip > start and says_nothing(strip, name):
            found.append(strip)
        elif strip > start and name in before.values():
            break
    return found


def _named_strips(strips: Strips) -> list[int]:
    return [strip for strip, name in strips.items() if not says_nothing(strip, name)]


# --- what to say ----------------------------------------------------------------------------------------------------


def _matching(tracks: Sequence[TrackSpec], found: Mapping[int, int], missing: Mapping[int, str]) -> Matching:
    """Nobody gets a strip that two claim: their settings would fight over it."""
    claims: dict[int, list[TrackSpec]] = {}
    for track in tracks:
        if track.number in found:
            claims.setdefault(found[track.number], []).append(track)
    shared = tuple(
        f"DAW track {strip} is claimed by {' and '.join(map(str, claimants))}; give each its own daw = ..."
        for strip, claimants in claims.items()
        if len(claimants) > 1
    )
    sole = {claimants[0].number: strip for strip, claimants in claims.items() if len(claimants) == 1}
    return Matching(sole, (*(missing[track.number] for track in tracks if track.number in missing), *shared))


def _why_not(track: TrackSpec, strips: Strips) -> str:
    if isinstance(track.daw, int):
        return f"{track}: the DAW has no track {track.daw}; {_listing(strips)}"
    places = _named(track.sought, strips)
    if len(places) > 1:
        why = f'{len(places)} DAW tracks are called "{track.sought}" ({", ".join(map(str, places))})'
        return f"{track}: {why}; write the number, e.g. daw = {places[0]}"
    if track.daw is not None:
        return f'{track}: the DAW has no track "{track.daw}"; {_listing(strips)}'
    here = f'its track {track.number} is "{strips[track.number]}"' if track.number in strips else "none at that place"
    return (
        f"{track}: the DAW has no track of that name, and {here}; {_listing(strips)}; "
        "write daw = NUMBER or NAME for it in the session file"
    )


def _where_gone(track: TrackSpec, old: Mapping[int, int], before: Strips, now: Strips) -> str:
    if track.number not in old:
        return _why_not(track, now)
    was = f'it was its track {old[track.number]} "{before.get(old[track.number], "")}"'
    return f"{track} is no longer in the DAW ({was}); {_listing(now)}; its settings are kept until it is back"


def _listing(strips: Strips) -> str:
    if not strips:
        return "it has told of no tracks yet"
    telling = {strip: name for strip, name in sorted(strips.items()) if not says_nothing(strip, name)}
    if not telling:
        return f"its {len(strips)} tracks have no names of their own"
    shown = ", ".join(f'{strip} "{name}"' for strip, name in list(telling.items())[:LISTED])
    more = f" and {len(telling) - LISTED} more" if len(telling) > LISTED else ""
    return f"it has {shown}{more}"


# --- names ----------------------------------------------------------------------------------------------------------


def _named(name: str, strips: Strips) -> list[int]:
    """The strips called `name`: exactly so, else apart from case and punctuation, else apart from spaces too."""
    for same in (str, _plain, _closed_up):
        found = [strip for strip, other in strips.items() if same(name) and same(other) == same(name)]
        if found:
            return found
    return []


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name.casefold()).strip()


def _closed_up(name: str) -> str:
    return _plain(name).replace(" ", "")


def says_nothing(strip: int, name: str) -> bool:
    """Whether a DAW may have given this name by itself: then it will give it to whatever stands there next."""
    return _plain(name) in ("", str(strip)) or _DEFAULT_NAME.fullmatch(_plain(name)) is not None


_DEFAULT_NAME = re.compile(r"(?:track|audio|midi|inst|ch|channel) ?\d*|\d+ (?:audio|midi)")


def _missing(tracks: Iterable[TrackSpec], found: Mapping[int, int]) -> list[TrackSpec]:
    return [track for track in tracks if track.number not in found]


def _free(strips: Strips, found: Mapping[int, int]) -> dict[int, str]:
    taken = set(found.values())
    return {strip: name for strip, name in strips.items() if strip not in taken}
