"""Messages with stated types to bytes, and bytes to datagrams.

Not by python-osc's builder: it chooses types by the value (0 is ,i, 0.0 is ,f, True is ,T, which REAPER drops), lets
NaN through, and takes 3.5 µs where a header made once and one `struct.pack` take a tenth of that.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from math import isfinite
from struct import Struct, error

from tonn_bridge.errors import RangeError
from tonn_bridge.protocols.osc.decode import BUNDLE, Argument
from tonn_bridge.protocols.osc.limits import ADDRESS, MAX_ARGUMENTS, MAX_DATAGRAM, MAX_STRING, PATTERN_CHARACTERS

IMMEDIATELY = b"\0\0\0\0\0\0\0\x01"
_BUNDLE_HEADER = BUNDLE + IMMEDIATELY
TEMPLATES_KEPT = 8192
"""For messages made at once: 32 tracks of some hundred addresses, twice."""
_SIZE = Struct(">i")


class Template:
    """An address with stated types, ready to be filled: `Template("/strip/gain", "if").pack(3, -6.0)`.

    `types` is a row of `i f h d s b`, each of which takes an argument, and `T F N`, which take none because the tag
    is the value. None leaves out the type tag string, as an X32 wants in queries.

    Raises:
        RangeError: an address or types that are not OSC.
    """

    __slots__ = ("_floats", "_header", "_pack", "address", "types")

    def __init__(self, address: str, types: str | None) -> None:
        raw = address.encode("ascii", "replace")
        if not ADDRESS.fullmatch(raw) or PATTERN_CHARACTERS.search(raw):
            raise RangeError("OSC address", repr(address), "printable ASCII beginning with /, without *?[]{}")
        if types and (len(types) > MAX_ARGUMENTS or not set(types) <= set("ifhdsbTFN")):
            raise RangeError("OSC types", repr(types), f"up to {MAX_ARGUMENTS} of i f h d s b T F N")
        self.address = address
        self.types = types
        self._header = _padded(raw) + (b"" if types is None else _padded(f",{types}".encode()))
        arguments = [tag for tag in types or "" if tag not in "TFN"]
        self._floats = tuple(place for place, tag in enumerate(arguments) if tag in "fd")
        self._pack = _packer(arguments)

    def pack(self, *args: Argument) -> bytes:
        """The message with these arguments, an int counting as a float where a float is stated.

        Raises:
            RangeError: an argument of the wrong kind or out of its type's range, NaN, an infinity; too few, too many.
        """
        try:
            body = self._pack(*args)
        except (error, OverflowError, TypeError, ValueError) as exc:
            raise RangeError(self.address, args, f"what OSC types ,{self.types or ''} can carry ({exc})") from exc
        for place in self._floats:
            if not isfinite(args[place]):  # type: ignore[arg-type]  # packed as a float a line above
                raise RangeError(self.address, args[place], "the finite numbers")
        if len(body) > MAX_DATAGRAM - len(self._header):
            raise RangeError(f"{self.address}: length", len(self._header) + len(body), f"{MAX_DATAGRAM} bytes")
        return self._header + body


def encode(address: str, types: str | None, *args: Argument) -> bytes:
    """One message made at once; see Template for types and errors."""
    return _template(address, types).pack(*args)


@lru_cache(maxsize=TEMPLATES_KEPT)
def _template(address: str, types: str | None) -> Template:
    """The template of a message: what is said once is said again, and checking an address takes longer than packing."""
    return Template(address, types)


def bundles(messages: Sequence[bytes], limit: int) -> Sequence[bytes]:
    """Datagrams of at most `limit` bytes that carry these messages in order.

    A lone message goes bare, several go in a flat bundle that is due immediately (REAPER does not unpack nested
    ones), and a message larger than the limit goes alone.
    """
    if len(messages) < 2:
        return messages
    datagrams: list[bytes] = []
    waiting: list[bytes] = []
    size = len(_BUNDLE_HEADER)
    for message in messages:
        element = 4 + len(message)
        if waiting and size + element > limit:
            datagrams.append(_datagram(waiting))
            waiting, size = [], len(_BUNDLE_HEADER)
        waiting.append(message)
        size += element
    datagrams.append(_datagram(waiting))
    return datagrams


def _datagram(messages: list[bytes]) -> bytes:
    if len(messages) == 1:
        return messages[0]
    return _BUNDLE_HEADER + b"".join([_SIZE.pack(len(message)) + message for message in messages])


def _packer(tags: list[str]) -> Callable[..., bytes]:
    """What turns arguments of these types into bytes; raises what `struct` and `_variable` raise."""
    if not set(tags) & {"s", "b"}:
        return Struct(">" + "".join(tags).replace("h", "q")).pack
    one_by_one = [_VARIABLE.get(tag) or Struct(">" + tag.replace("h", "q")).pack for tag in tags]
    return lambda *args: b"".join([write(arg) for write, arg in zip(one_by_one, args, strict=True)])


def _string(text: str) -> bytes:
    if not isinstance(text, str):
        raise TypeError(f"{text!r} is not a string")
    raw = text.encode()
    if len(raw) > MAX_STRING or 0 in raw:
        raise ValueError(f"a string has at most {MAX_STRING} bytes and no zero in it")
    return _padded(raw)


def _blob(data: bytes) -> bytes:
    if not isinstance(data, bytes):
        raise TypeError(f"{data!r} is not bytes")
    return _SIZE.pack(len(data)) + data + bytes(-len(data) % 4)


_VARIABLE: dict[str, Callable[..., bytes]] = {"s": _string, "b": _blob}


def _padded(raw: bytes) -> bytes:
    """An OSC string: at least one zero behind it, and a whole number of four bytes."""
    return raw + bytes(4 - len(raw) % 4)
