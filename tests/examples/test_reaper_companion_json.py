"""The companion's JSON and Base64, held against Python's."""

import base64
import json
from functools import cache
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples.fake_reaper import PACKAGE

VERSIONS = ("lua53", "lua54")


@cache
def module(name: str, lua: str) -> tuple[Any, Any]:
    """A Lua runtime, and a module of the package in it; texts go in and out as bytes."""
    runtime = import_module(f"lupa.{lua}").LuaRuntime(encoding=None, unpack_returned_tuples=True)
    runtime.execute(f"package.path = [[{PACKAGE}/lib/?.lua]]".encode())
    return runtime, runtime.eval(f"(require('{name}'))".encode())


def decode(text: str, lua: str) -> str:
    """`text` read by the companion and written again by it."""
    _, own = module("json", lua)
    return own[b"encode"](own[b"decode"](text.encode())).decode()


def refusal(text: str, lua: str) -> str:
    runtime, own = module("json", lua)
    done, why = runtime.globals()[b"pcall"](own[b"decode"], text.encode())
    assert not done, text
    return why.decode(errors="replace")  # it quotes a few bytes of the text


def without_nulls(value: Any) -> Any:
    """In objects, null is not there."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@pytest.mark.parametrize("lua", VERSIONS)
@given(value=VALUES)
def test_what_python_writes_comes_back_the_same(lua: str, value: Any) -> None:
    for text in (json.dumps(value), json.dumps(value, ensure_ascii=False, indent=1)):
        back = json.loads(decode(text, lua))
        assert back == (without_nulls(value) if value is not None else None)


@pytest.mark.parametrize("lua", VERSIONS)
@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("null", "null"),
        (" [ ] ", "[]"),
        ("{}", "{}"),
        ('{"a":null,"b":[null,1]}', '{"b":[null,1]}'),
        ('"\\ud83c\\udfb9 \\u00e9\\/"', '"🎹 é/"'),
        ('"\\u0000\\u001f\x7f"', '"\\u0000\\u001f\x7f"'),
        ("-0.5e-3", "-0.0005"),
        ("9007199254740993", "9007199254740993"),
        ("1E2", "100"),
    ],
)
def test_json_vector(text: str, written: str, lua: str) -> None:
    back = decode(text, lua)
    assert back == written or json.loads(back) == json.loads(written)


@pytest.mark.parametrize("lua", VERSIONS)
@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", "a value"),
        ("{", "a key"),
        ('{"a"}', "a colon"),
        ('{"a":1,}', "a key"),
        ('{"a":1 "b":2}', "a comma or }"),
        ("[1,]", "a value"),
        ("[1 2]", "a comma or ]"),
        ("01", "the end"),
        ("+1", "a value"),
        (".5", "a value"),
        ("1.", "the end"),
        ("nul", "a value"),
        ("NaN", "a value"),
        ('"abc', "the end of a string"),
        ('"a\nb"', "no control character"),
        ('"\\x"', "an escape"),
        ('"\\u12"', "four hexadecimal digits"),
        ('"\\ud800"', "a pair of surrogates"),
        ('"\\udc00\\ud800"', "a pair of surrogates"),
        ('"\\ud800\\u0041"', "the second of a pair"),
        ("{} {}", "the end"),
        ("<html>", "a value"),
    ],
)
def test_what_is_no_json_is_refused_with_its_place(text: str, wanted: str, lua: str) -> None:
    assert wanted in refusal(text, lua)


def as_lua(digits: str) -> int | float:
    """Whole numbers have 64 bit there; larger ones are rounded."""
    return int(digits) if -(2**63) <= int(digits) < 2**63 else float(digits)


@pytest.mark.parametrize("lua", VERSIONS)
@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_as_python_does(lua: str, text: str) -> None:
    try:
        value = json.loads(text, parse_int=as_lua, parse_constant=lambda word: pytest.fail(word))
    except ValueError:
        assert refusal(text, lua).startswith("not JSON")
    except pytest.fail.Exception:
        assert refusal(text, lua)
    else:
        assert json.loads(decode(text, lua)) == value


@pytest.mark.parametrize("lua", VERSIONS)
@given(st.binary())
def test_base64_is_pythons(lua: str, data: bytes) -> None:
    _, own = module("base64", lua)
    text = base64.b64encode(data)
    assert own[b"encode"](data) == text
    assert own[b"decode"](text) == data
    assert own[b"decode"](base64.encodebytes(data)) == data
