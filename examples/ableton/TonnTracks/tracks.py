"""Which devices a track needs for tonn-bridge, and how they come there."""

EQ, COMPRESSOR = "Tonn EQ", "Tonn Comp"
BELL = 3
BELLS, FILTERS = 6, 8

# Our name for it, Live's name for it, and its class: names can be changed by everybody, classes by nobody.
NEEDED = ((EQ, "EQ Eight", "Eq8"), (COMPRESSOR, "Compressor", "Compressor2"))


class TooOld(Exception):
    """This Live cannot insert devices by name."""


def prepare(tracks):
    """Put what is missing at the end of each track's chain.

    Answers (names of tracks that got something, names of tracks with something to be known, and what).

    Raises:
        TooOld: Live is older than 12.3.
    """
    changed, refused = [], []
    for track in tracks:
        missing = [needed for needed in NEEDED if not _has(track, needed)]
        why = _against(track) if missing else None
        if why:
            refused.append((track.name, why))
        elif missing:
            _insert(track, missing)
            changed.append(track.name)
        hidden = [name for ours, name, class_name in NEEDED if _last_of(track, class_name) not in (None, ours)]
        if hidden and not why:
            refused.append(
                (track.name, "has its own {} behind ours: drag ours to the end".format(" and ".join(hidden)))
            )
    return changed, refused


def told(result):
    """What `prepare` has done, in a line for people."""
    changed, refused = result
    parts = ["devices put on {}".format(", ".join(changed)) if changed else "nothing was missing"]
    parts += [f"{name} {why}" for name, why in refused]
    return "Tonn: " + "; ".join(parts if changed or not refused else parts[1:])


def _has(track, needed):
    ours, _, class_name = needed
    return any(device.class_name == class_name and device.name == ours for device in track.devices)


def _last_of(track, class_name):
    """The name of the last device of a class, which is the one that tonn-bridge takes; None where there is none."""
    names = [device.name for device in track.devices if device.class_name == class_name]
    return names[-1] if names else None


def _against(track):
    """Why devices cannot be put on this track; None where they can."""
    if not hasattr(track, "insert_device"):
        raise TooOld("Live inserts devices for scripts from version 12.3 on; put them there by hand, as README.md says")
    if track.is_frozen:
        return "is frozen: unfreeze it first"
    if not track.has_audio_output:
        return "makes no sound: put an instrument on it first"
    return None


def _insert(track, missing):
    for ours, name, class_name in missing:
        before = len(track.devices)
        track.insert_device(name)  # without a place: at the end
        device = track.devices[-1]
        if len(track.devices) != before + 1 or device.class_name != class_name:
            raise RuntimeError(f"Live did not put {name} on {track.name}")
        device.name = ours
        _set(device, _eq_values() if class_name == "Eq8" else _compressor_values(device))


def _eq_values():
    """Six flat bells. Adaptive Q would make another width of each gain."""
    values = {"Adaptive Q": 0}
    for number in range(1, FILTERS + 1):
        values[f"{number} Filter On A"] = int(number <= BELLS)
        values[f"{number} Filter Type A"] = BELL
        values[f"{number} Gain A"] = 0
    return values


def _compressor_values(device):
    """A compressor that does nothing yet: the threshold at its top, and no make-up that would lift the level."""
    values = {parameter.name: parameter.max for parameter in device.parameters if parameter.name == "Threshold"}
    values["Makeup"] = 0
    return values


def _set(device, values):
    """Set parameters by name; each write is an undo step of its own in Live, so only what differs is written."""
    for parameter in device.parameters:
        wanted = values.get(parameter.name)
        if wanted is not None and parameter.value != wanted:
            parameter.value = wanted
