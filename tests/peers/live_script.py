"""The part of AbletonOSC that speaks about devices, as the simulated Live runs it.

Source: ideoforms/AbletonOSC `device.py`, `track.py`.
"""

from collections.abc import Callable

from tests.peers.live_devices import LiveDevice, LiveParameter

Answer = tuple[object, ...] | None
Chain = Callable[[int], list[LiveDevice]]

LISTS: dict[str, Callable[[LiveParameter], object]] = {
    "name": lambda parameter: parameter.name,
    "value": lambda parameter: parameter.value,
    "min": lambda parameter: parameter.low,
    "max": lambda parameter: parameter.high,
    "is_quantized": lambda parameter: parameter.quantized,
}
ONE: dict[str, Callable[[LiveParameter], object]] = {
    "value": lambda parameter: parameter.value,
    "name": lambda parameter: parameter.name,
    "value_string": lambda parameter: parameter.value_string,
}


class DeviceScript:
    """Answers about the devices that `chain` gives for a track; `say` sends what listeners hear.

    A listener stays with the device it was started on and goes on calling it by the places it had then.
    """

    def __init__(self, chain: Chain, say: Callable[..., None]) -> None:
        self._chain = chain
        self._say = say
        self._listening: dict[tuple[object, ...], tuple[LiveParameter, Callable[[], None]]] = {}

    def stop(self) -> None:
        """The script is gone, and its listeners with it."""
        for parameter, tell in self._listening.values():
            parameter.listeners.remove(tell)
        self._listening.clear()

    def handle(self, path: list[str], args: list[object]) -> Answer:
        """The answer to a message, None where it has none.

        Raises:
            Exception: whatever the script's own handler would stumble over.
        """
        match path:
            case ["track", "get", "num_devices"]:
                return _int(args[0]), len(self._chain(_int(args[0])))
            case ["track", "get", "devices", "name" | "type" | "class_name" as what]:
                return _int(args[0]), *(getattr(device, what) for device in self._chain(_int(args[0])))
            case ["device", *rest]:
                return self._device(rest, args)
        return None

    def _device(self, path: list[str], args: list[object]) -> Answer:
        track, place = _int(args[0]), _int(args[1])
        device = self._chain(track)[place]
        match path:
            case ["get", "name" | "type" | "class_name" as what]:
                return track, place, getattr(device, what)
            case ["get", "num_parameters"]:
                return track, place, len(device.parameters)
            case ["get", "parameters", what] if what in LISTS:
                return track, place, *(LISTS[what](parameter) for parameter in device.parameters)
            case ["get", "parameter", what] if what in ONE:
                return track, place, _int(args[2]), ONE[what](device.parameters[_int(args[2])])
            case ["set", "parameter", "value"]:
                device.parameters[_int(args[2])].set(_float(args[3]))
            case ["set", "parameters", "value"]:
                for number, value in enumerate(args[2:]):
                    device.parameters[number].set(_float(value))
            case ["start_listen", "parameter", "value"]:
                self._listen(device, args)
            case ["stop_listen", "parameter", "value"]:
                self._unlisten(device, args)
        return None

    def _listen(self, device: LiveDevice, args: list[object]) -> None:
        if tuple(args) in self._listening:
            self._unlisten(device, args)
        number = args[2]
        if not isinstance(number, int):  # here the script does not cast
            raise TypeError("list indices must be integers or slices, not float")
        parameter = device.parameters[number]

        def tell() -> None:
            self._say("/live/device/get/parameter/value", *args, parameter.value)
            self._say("/live/device/get/parameter/value_string", *args, parameter.value_string)

        parameter.listeners.append(tell)
        self._listening[tuple(args)] = parameter, tell
        tell()

    def _unlisten(self, device: LiveDevice, args: list[object]) -> None:
        """Take a listener back, from the parameter that has its number now: another one refuses."""
        if tuple(args) not in self._listening:
            raise NameError("name 'prop' is not defined")  # the script stumbles over its own warning
        parameter, tell = self._listening[tuple(args)]
        if parameter is not device.parameters[_int(args[2])]:
            raise RuntimeError("Observer not connected")
        parameter.listeners.remove(tell)
        del self._listening[tuple(args)]


def _int(value: object) -> int:
    return int(value)  # type: ignore[call-overload, no-any-return]


def _float(value: object) -> float:
    return float(value)  # type: ignore[arg-type]
