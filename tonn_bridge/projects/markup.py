"""XML of strangers: only what is asked for is kept, and nothing in it can make the reader swell or reach out.

A document type is refused, and with it every entity: no expansion, no file and no address outside is ever read.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element
from xml.parsers.expat import ExpatError, ParserCreate

from tonn_bridge.errors import FileError

MOST_BYTES = 512 * 1024 * 1024
"""Of XML in one project, unpacked; the largest projects seen have a tenth of that."""
MOST_ELEMENTS, MOST_KEPT = 30_000_000, 1_000_000
"""Elements in one project, and those that are asked for."""
LONGEST_TAG = 4 << 20
"""Bytes. Expat before 2.6 begins a tag anew with each piece of it, so that a long one costs its length squared."""
DEEPEST = 200
CHUNK = 1 << 18

Shape = dict[str, Any]
"""The elements to keep, by name: each with the shape of what is within it, or None to keep all of that."""


def read_xml(chunks: Iterable[bytes], shapes: Shape, path: Path) -> Element:
    """The root element of the XML in `chunks`, with only what the shape of its name keeps; texts are left out.

    Raises:
        FileError: not XML, cut off, with a document type, too large or too deep, or a root that `shapes` has not.
            The message names `path`.
    """
    reader = _Reader(shapes, path)
    parser = ParserCreate()
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.StartDoctypeDeclHandler = reader.refuse_document_type
    size = 0
    try:
        for chunk in chunks:
            size += len(chunk)
            if size > MOST_BYTES:
                raise FileError(f"{path}: unpacks to more than {MOST_BYTES >> 20} MB, which no project does")
            parser.Parse(chunk, False)
            if size - parser.CurrentByteIndex > LONGEST_TAG:
                raise FileError(f"{path}: has a tag of more than {LONGEST_TAG >> 20} MB, which no project has")
        parser.Parse(b"", True)
    except (ExpatError, LookupError, ValueError) as exc:  # the last two: an encoding that nobody has
        raise FileError(f"{path}: damaged or not a project ({exc}); save it again in the DAW") from exc
    if reader.root is None:
        raise FileError(f"{path}: not a project of a DAW that is known here")
    return reader.root


class _Reader:
    """Builds the elements that a shape keeps."""

    def __init__(self, shapes: Shape, path: Path) -> None:
        self.root: Element | None = None
        self._path = path
        self._open: list[tuple[Element, Shape | None]] = []
        self._shapes = shapes
        self._skipped = 0
        """How many elements are open that are not kept."""
        self._seen = self._kept = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) + self._skipped >= DEEPEST:
            raise FileError(f"{self._path}: nested more than {DEEPEST} deep, which no project is")
        self._seen += 1
        if self._seen > MOST_ELEMENTS or self._kept > MOST_KEPT:
            raise FileError(f"{self._path}: holds more elements than any project does; save it again in the DAW")
        shape = self._open[-1][1] if self._open else self._shapes
        if self._skipped or (shape is not None and name not in shape):
            self._skipped += 1
            return
        self._kept += 1
        element = Element(name, attributes)
        if self._open:
            self._open[-1][0].append(element)
        else:
            self.root = element
        self._open.append((element, shape[name] if shape is not None else None))

    def end(self, _name: str) -> None:
        if self._skipped:
            self._skipped -= 1
        else:
            self._open.pop()

    def refuse_document_type(self, *_: object) -> None:
        raise FileError(f"{self._path}: has a document type, which no project has; save it again in the DAW")
