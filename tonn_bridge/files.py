"""TOML files that people write: read into checked pydantic models, every mistake told in one line."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tonn_bridge.errors import FileError

M = TypeVar("M", bound=BaseModel)

_SHOWN = 40
"""Characters of a wrong value that a message repeats."""


def load_toml(path: Path, model: type[M], error: type[FileError]) -> M:
    """The TOML file `path` (UTF-8) as a `model`.

    Raises:
        `error`: the file cannot be read, is not TOML, or does not fit the model. One line per mistake, each naming
            the file, the key (places in lists count from 1), and the nearest known word.
    """
    try:
        text = path.read_text("utf-8-sig")  # Windows editors like to put a mark in front
    except OSError as exc:
        raise error(f"{path}: cannot be read ({exc.strerror})") from exc
    except UnicodeDecodeError as exc:
        raise error(f"{path.name}: byte {exc.start + 1} is not UTF-8 text; save the file as UTF-8") from exc
    return parse_toml(text, path.name, model, error)


def parse_toml(text: str, name: str, model: type[M], error: type[FileError]) -> M:
    """The TOML in `text` as a `model`; messages call it `name`. Raises as `load_toml` does."""
    try:
        return model.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as exc:
        raise error(f"{name}: not TOML: {exc}") from exc
    except RecursionError as exc:
        raise error(f"{name}: not TOML: nested too deeply") from exc
    except ValidationError as exc:
        mistakes = _apart_from_misspelt(model, exc.errors(include_url=False))
        raise error("\n".join(f"{name}: {_mistake(model, details)}" for details in mistakes)) from exc


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """`; did you mean "…"?` with the nearest of the `known` words, or nothing when none is near."""
    near = _nearest(word, known)
    return f'; did you mean "{near}"?' if near else ""


def _nearest(word: str, known: Sequence[str]) -> str | None:
    return next(iter(get_close_matches(word.lower(), known, n=1)), None)


def _apart_from_misspelt(model: type[BaseModel], mistakes: list[ErrorDetails]) -> list[ErrorDetails]:
    """`mistakes` without the keys that are only missing because they were misspelt, which is said already."""
    misspelt = {
        (*place[:-1], _nearest(str(place[-1]), _known_keys(model, place[:-1])))
        for place in (details["loc"] for details in mistakes if details["type"] == "extra_forbidden")
    }
    return [details for details in mistakes if details["type"] != "missing" or details["loc"] not in misspelt]


def _mistake(model: type[BaseModel], details: ErrorDetails) -> str:
    """One line about one mistake, without the file's name."""
    place, key = details["loc"], _key(details["loc"])
    match details["type"]:
        case "extra_forbidden":
            word = str(place[-1])
            return f"{key} is not a known key{did_you_mean(word, _known_keys(model, place[:-1]))}"
        case "missing":
            return f"{key} is missing"
        case "value_error" | "assertion_error":
            reason = str(details["ctx"]["error"])
            return f"{key}: {reason}" if key else reason
        case "literal_error" | "enum":
            expected = details["ctx"]["expected"]
            near = did_you_mean(str(details["input"]), re.findall(r"'([^']*)'", expected))
            return f"{key} {_shown(details['input'])} is not one of {expected.replace(chr(39), chr(34))}{near}"
        case "tuple_type" | "list_type" if isinstance(details["input"], dict):
            return f"[{key}] is one of several: write [[{key}]], with two brackets"
        case _:
            return f"{key} {_shown(details['input'])}: {details['msg'][0].lower()}{details['msg'][1:]}".lstrip()


def _key(place: tuple[int | str, ...]) -> str:
    """`track[2].file` for ("track", 1, "file")."""
    return "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in place).removeprefix(".")


def _shown(value: Any) -> str:
    text = f'"{value}"' if isinstance(value, str) else repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _known_keys(model: type[BaseModel], place: tuple[int | str, ...]) -> list[str]:
    """The keys that the table at `place` may have, in every model that can stand there."""
    models = [model]
    for step in place:
        if isinstance(step, str):
            fields = [field for each in models for name, field in _fields(each) if name == step]
            if fields:  # else it is a name that people chose, in a table of tables that are alike
                models = [inner for field in fields for inner in _models(field.annotation)]
    return [name for each in models for name, _ in _fields(each)]


def _fields(model: type[BaseModel]) -> Iterator[tuple[str, Any]]:
    for name, field in model.model_fields.items():
        yield field.alias or name, field


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models inside an annotation such as `list[Track]` or `Port | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)
