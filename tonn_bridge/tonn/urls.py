"""Where a URL may lead, and how it is spoken of: a signed URL opens a file to whoever reads it, so it is a secret."""

import asyncio
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import unquote

import httpx

from tonn_bridge.errors import TonnRejected, TonnUnavailable

LookUp = Callable[[str, int], Awaitable[Sequence[str]]]
"""From a host name and a port to its IP addresses, the best first."""

_IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def service_url(text: str) -> httpx.URL:
    """The service's base URL: https, or plain http to a loopback address (the sandbox).

    Raises:
        TonnRejected: anything else; the key would travel in the clear.
    """
    url = _parsed(text)
    if url.scheme == "https" or (url.scheme == "http" and is_loopback(url.host)):
        return url
    raise TonnRejected(
        f'the Tonn URL "{shown(text)}" is not https: write "sandbox", https://..., or http:// with a loopback address'
    )


def file_url(text: str, *, local: bool) -> httpx.URL:
    """A URL out of an answer: https, or, while the service itself is `local`, plain http to a loopback address.

    Raises:
        TonnRejected: anything else.
    """
    url = _parsed(text)
    if url.scheme == "https" or (local and url.scheme == "http" and is_loopback(url.host)):
        return url
    raise TonnRejected(f"{shown(text)} is not an https address: Tonn's answer is not trusted that far")


async def look_up(host: str, port: int) -> list[str]:
    """The addresses of `host` from the system's resolver; an address stands for itself."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


async def addresses(url: httpx.URL, *, local: bool, resolve: LookUp) -> list[str]:
    """The addresses of the URL's host that may be connected to: public ones, and loopback while the service is `local`.

    Connecting to one of these, not to the name, leaves no second look-up that could answer otherwise.

    Raises:
        TonnUnavailable: the name cannot be resolved now.
        TonnRejected: it leads only to private, link-local or otherwise special addresses.
    """
    try:
        found = await resolve(url.host, url.port or 443)
    except (OSError, UnicodeError) as exc:
        raise TonnUnavailable(f"cannot find the address of {url.host}: check the network connection") from exc
    allowed = [address for address in found if _may_reach(address, local=local)]
    if not allowed:
        raise TonnRejected(f"{url.host} leads to a private address ({', '.join(found)}): nothing is sent there")
    return allowed


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine: `localhost`, 127.0.0.0/8 or ::1."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def file_name(url: str) -> str:
    """The decoded last path part of a URL, without query and fragment: `masks bass.wav`."""
    return unquote(re.split(r"[?#]", url, maxsplit=1)[0].rstrip("/").rpartition("/")[2])


def shown(url: str) -> str:
    """A URL for logs and messages: host and last path part, which open nothing."""
    host = re.sub(r"^\w+://", "", url).partition("/")[0].partition("?")[0].rpartition("@")[2]
    name = file_name(url)
    return host if name in ("", host) or "/" not in re.sub(r"^\w+://", "", url) else f"{host}/…/{name}"


def without_urls(text: str) -> str:
    """`text` with each URL in it as `shown`: services like to repeat signed ones in their messages."""
    return re.sub(r"\w+://[^\s\"'<>]+", lambda match: shown(match[0]), text)


def _parsed(text: str) -> httpx.URL:
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, UnicodeError, TypeError) as exc:
        raise TonnRejected(f'"{shown(text)}" is not a URL') from exc
    if not url.host:
        raise TonnRejected(f'"{shown(text)}" is not a URL: it names no host')
    return url


def _may_reach(text: str, *, local: bool) -> bool:
    address = _inner(ipaddress.ip_address(text.partition("%")[0]))
    if address.is_loopback:
        return local
    return address.is_global and not address.is_multicast


def _inner(address: _IpAddress) -> _IpAddress:
    """The IPv4 address an IPv6 one wraps (mapped, 6to4, NAT64), else the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address
