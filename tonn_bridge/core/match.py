"""Which strip of the DAW is which track of the session, and where it has gone when the DAW's tracks move.

Names count for more than places wherever the DAW tells them: a track keeps its settings when somebody inserts
another one above it. A doubt is never settled by a guess; it becomes a problem that lists the candidates.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Strips = Mapping[int, str]
"""The DAW's strips, counted from 1, with the names it told ("" where it tells none)."""


@dataclass(frozen=True, slots=True)
class TrackSpec:
    """A track of the session: its number, its name, and the DAW track the user named (by number or name), if any."""

    number: int
    name: str
    daw: int | str | None = None


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
    strip_of: dict[int, int] = {}
    problems: list[str] = []
    for track in tracks:
        if track.daw is not None:
            _match_wish(track, track.daw, strips, strip_of, problems)
    rest = [track for track in tracks if track.daw is None]
    by_place = all(not _named(track.name, strips) for track in rest)
    for track in rest:
        if not by_place:
            _match_by_name(track, strips, strip_of, problems)
    for track in rest:
        if track.number not in strip_of:
            _match_by_place(track, strips, strip_of, problems, trusting=by_place)
    return Matching(strip_of, tuple(problems + _shared(tracks, strip_of)))


def follow(tracks: Sequence[TrackSpec], bound: Mapping[int, int], before: Strips, now: Strips) -> Matching:
    """Where the tracks `bound` to strips of `before` are in `now`: moved, renamed in place, or gone.

    A name that stands elsewhere now has moved there. A new name at the old place is a rename, unless that name
    stood somewhere in `before` as well: then another track has moved in, and ours is gone.
    """
    strip_of: dict[int, int] = {}
    problems: list[str] = []
    for track in tracks:
        if isinstance(track.daw, int):
            _match_wish(track, track.daw, now, strip_of, problems)
            continue
        old = bound.get(track.number)
        if old is None:
            continue
        strip = _moved_to(old, before, now)
        if strip is None:
            problems.append(
                f'track {track.number} "{track.name}" is no longer in the DAW (it was its track {old} '
                f'"{before.get(old, "")}"); its settings are kept until it comes back'
            )
        else:
            strip_of[track.number] = strip
    fresh = [track for track in tracks if track.number not in bound and not isinstance(track.daw, int)]
    if fresh:
        found = match_tracks(fresh, {s: name for s, name in now.items() if s not in strip_of.values()})
        strip_of.update(found.strip_of)
        problems.extend(found.problems)
    return Matching(strip_of, tuple(problems))


def _moved_to(old: int, before: Strips, now: Strips) -> int | None:
    name = before.get(old, "")
    if not _says_nothing(name):
        if now.get(old) == name:
            return old
        places = [strip for strip, other in now.items() if other == name]
        twins = [strip for strip, other in before.items() if other == name]
        if len(places) == len(twins):
            return places[twins.index(old)]
        if places:
            return None
    return old if old in now and (_says_nothing(name) or _renamed(old, before, now)) else None


def _renamed(strip: int, before: Strips, now: Strips) -> bool:
    return strip in now and len(now) == len(before) and now[strip] not in before.values()


def _match_wish(
    track: TrackSpec, wish: int | str, strips: Strips, strip_of: dict[int, int], problems: list[str]
) -> None:
    if isinstance(wish, int):
        if wish in strips:
            strip_of[track.number] = wish
        else:
            problems.append(f'track {track.number} "{track.name}": the DAW has no track {wish}; {_listing(strips)}')
        return
    places = _named(wish, strips)
    if len(places) == 1:
        strip_of[track.number] = places[0]
    elif places:
        where = ", ".join(str(place) for place in places)
        problems.append(
            f'track {track.number} "{track.name}": {len(places)} DAW tracks are called "{wish}" ({where}); '
            f"write the number, e.g. daw = {places[0]}"
        )
    else:
        problems.append(f'track {track.number} "{track.name}": the DAW has no track "{wish}"; {_listing(strips)}')


def _match_by_name(track: TrackSpec, strips: Strips, strip_of: dict[int, int], problems: list[str]) -> None:
    places = [place for place in _named(track.name, strips) if place not in strip_of.values()]
    if track.number in places:
        strip_of[track.number] = track.number
    elif len(places) == 1:
        strip_of[track.number] = places[0]


def _match_by_place(
    track: TrackSpec, strips: Strips, strip_of: dict[int, int], problems: list[str], *, trusting: bool
) -> None:
    name = strips.get(track.number)
    free = name is not None and track.number not in strip_of.values()
    if free and (trusting or _says_nothing(name or "")):
        strip_of[track.number] = track.number
        return
    twins = _named(track.name, strips)
    if len(twins) > 1:
        why = f"{len(twins)} DAW tracks have that name ({', '.join(map(str, twins))})"
    elif name is None:
        why = "the DAW has no track of that name, and none at that place"
    else:
        why = f'the DAW has no track of that name, and its track {track.number} is "{name}"'
    problems.append(
        f'track {track.number} "{track.name}": {why}; {_listing(strips)}; '
        f"write daw = NUMBER or NAME for it in the session file"
    )


def _shared(tracks: Sequence[TrackSpec], strip_of: Mapping[int, int]) -> list[str]:
    owners: dict[int, list[str]] = {}
    names = {track.number: track.name for track in tracks}
    for number, strip in strip_of.items():
        owners.setdefault(strip, []).append(f'{number} "{names[number]}"')
    return [
        f"DAW track {strip} is claimed by tracks {' and '.join(claims)}; give each its own daw = ..."
        for strip, claims in owners.items()
        if len(claims) > 1
    ]


def _named(name: str, strips: Strips) -> list[int]:
    wanted = _plain(name)
    return [strip for strip, other in strips.items() if _plain(other) == wanted] if wanted else []


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name.casefold()).strip()


def _says_nothing(name: str) -> bool:
    return (
        re.fullmatch(r"(?:(?:track|audio|midi|inst|ch|channel)?\s*\d*|\d+[- ](?:audio|midi))", _plain(name)) is not None
    )


def _listing(strips: Strips) -> str:
    if not strips:
        return "it has told of no tracks yet"
    shown = ", ".join(f'{strip} "{name}"' for strip, name in sorted(strips.items())[:12])
    more = f" and {len(strips) - 12} more" if len(strips) > 12 else ""
    return f"it has {shown}{more}"
