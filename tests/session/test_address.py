"""Addresses as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonn_bridge.session import Address, parse_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:9000", Address("127.0.0.1", 9000)),
        (" localhost:0 ", Address("localhost", 0)),
        ("studio-mac.local:65535", Address("studio-mac.local", 65535)),
        ("[::1]:8000", Address("::1", 8000)),
    ],
)
def test_an_address_is_a_host_and_a_port(text, address):
    assert parse_address(text) == address
    assert str(address) == text.strip()


@pytest.mark.parametrize(
    "text",
    ["", ":", "9000", ":9000", "host:", "host:x", "host:-1", "host:65536", "::1:9000", "http://a:1", "a b:1", "a:１"],
)
def test_anything_else_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match="is not host:port, such as"):
        parse_address(text)


@given(st.text(max_size=30))
def test_any_text_is_an_address_or_a_value_error(text):
    try:
        address = parse_address(text)
    except ValueError:
        return
    assert parse_address(str(address)) == address


@pytest.mark.parametrize(
    ("host", "loopback"), [("127.9.9.9", True), ("::1", True), ("localhost", True), ("10.0.0.1", False)]
)
def test_loopback_is_this_machine(host, loopback):
    assert Address(host, 1).is_loopback is loopback
