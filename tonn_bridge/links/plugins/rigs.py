"""What serves on the session's tracks, as it was found last."""

from collections.abc import Collection, Mapping

from tonn_bridge.core.plugins import Look, Outfit
from tonn_bridge.links.plugins.memory import Memory
from tonn_bridge.links.plugins.standing import Place, Rig, fits, outfit, stand
from tonn_bridge.mapping.plugins.compiled import PluginsMapping

Key = tuple[int, str]
"""A knob: the session's track number, and its key of `core.plugins`."""


class Rigs:
    """Rigs by track number, and whose knob is told where."""

    def __init__(self, mapping: PluginsMapping, memory: Memory) -> None:
        self._mapping = mapping
        self._memory = memory
        self._rigs: dict[int, Rig] = {}
        self._keys: dict[Place, Key] = {}
        self._outfits: dict[object, Outfit] = {}
        """Tracks that are alike share theirs."""

    def of(self, number: int) -> Rig | None:
        return self._rigs.get(number)

    def key_at(self, place: Place) -> Key | None:
        """The knob that is told there."""
        return self._keys.get(place)

    def set_up(self, number: int, strip: int, listed: Mapping[int, str]) -> None:
        """The track stands on `strip`, where these plug-ins are."""
        standing = stand(self._mapping.plans, listed)
        rig = Rig(strip, standing, fits(self._mapping, strip, standing, self._memory.names))
        if self._rigs.get(number) != rig:
            self._drop(number)
            self._rigs[number] = rig
            self._keys |= {fit.place: (number, key) for key, fit in rig.fits.items()}

    def drop_strip(self, strip: int) -> None:
        """What was found on a strip holds no more."""
        for number in [number for number, rig in self._rigs.items() if rig.strip == strip]:
            self._drop(number)

    def clear(self) -> None:
        self._rigs.clear()
        self._keys.clear()

    def seen(self, rig: Rig, silent: Collection[Place]) -> Look:
        """What is there, with the numbers that were told; those of `silent` places are old."""
        values = self._memory.values
        wires = {
            key: values[fit.place]
            for key, fit in rig.fits.items()
            if fit.place in values and not (fit.asked and fit.place in silent)
        }
        told = frozenset(wires) if any(one.plan.bells_if_told for one in rig.standing) else frozenset()
        same = (*((id(one.plan), len(one.plugins), one.name) for one in rig.standing), frozenset(rig.fits), told)
        if same not in self._outfits:
            self._outfits[same] = outfit(self._mapping, rig.standing, rig.fits, told)
        found = self._outfits[same]
        return Look(found, {key: wire for key, wire in wires.items() if key in found.knobs})

    def _drop(self, number: int) -> None:
        rig = self._rigs.pop(number, None)
        for fit in rig.fits.values() if rig else ():
            key = self._keys.get(fit.place)
            if key is not None and key[0] == number:
                del self._keys[fit.place]
