"""`host:port` as people write it."""

import ipaddress
import re
from typing import NamedTuple

_HOST_NAME = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?")
_WANTED = 'host:port, such as "127.0.0.1:9000"'


class Address(NamedTuple):
    """A host (name, IPv4 or IPv6) and a port, 0..65535; listening on port 0 takes any free one."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine is reached."""
        return is_loopback(self.host)


def parse_address(text: str) -> Address:
    """The address in `host:port`; an IPv6 host stands in brackets, `[::1]:9000`.

    Raises:
        ValueError: not of that form, or a port outside 0..65535.
    """
    host, colon, port = text.strip().rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
        known = _is_ip(host)
    else:
        known = _HOST_NAME.fullmatch(host) is not None
    # isascii: isdigit alone lets other scripts' digits through
    if not (colon and known and port.isascii() and port.isdigit() and len(port) <= 5 and int(port) <= 65535):
        raise ValueError(f'"{text}" is not {_WANTED}')
    return Address(host, int(port))


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine: `localhost`, 127.0.0.0/8 or ::1."""
    return host == "localhost" or (_is_ip(host) and ipaddress.ip_address(host).is_loopback)


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
