# SPDX-License-Identifier: Apache-2.0
"""Where a notice may go: never into our own network (ASVS 1.3.6, 13.2.4; API Top 10, API7).

The form of an address is checked when it is given. Where its name leads is checked each time,
after it was resolved, and the connection goes to the very number that was checked.
"""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

from api.service.settings import is_loopback
from domain.errors import RefusedError

URL_CHARS_MAX: Final = 2_048
NAT64: Final = IPv6Network("64:ff9b::/96")
UNICAST: Final = IPv6Network("2000::/3")
"""All that IANA has given out as global unicast; the old site-local range is not in it."""

Address = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where one request goes.

    Attributes:
        url: The address with a number in the place of its name.
        host: The value of the Host header.
        name: Whose certificate is expected.
    """

    url: str
    host: str
    name: str


def check_url(url: str, *, loopback: bool) -> SplitResult:
    """Check the form of an address that somebody wants to be told at.

    Args:
        url: The address.
        loopback: Whether it may lead to this machine, and by http then.

    Raises:
        RefusedError: ``webhook_url``.
    """
    if len(url) > URL_CHARS_MAX or not url.isascii() or not url.isprintable() or " " in url:
        raise refused_url("it is too long, or has letters that an address has not")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise refused_url("it is no address") from error
    local = loopback and is_loopback(parts.hostname)
    if parts.scheme != "https" and not (local and parts.scheme == "http"):
        raise refused_url("it has to be https")
    if not parts.hostname or port == 0 or "\\" in url:
        raise refused_url("it names no host")
    if "@" in parts.netloc or parts.fragment:
        raise refused_url("it has a user or a fragment")
    number = _number(parts.hostname)
    if number is not None and not allowed(number, loopback=loopback):
        raise refused_url("it leads into a network that is not public")
    return parts


async def resolve(url: str, *, loopback: bool) -> Target:
    """Find where an address leads now, and make sure that it may be gone to.

    Every number that the name has must be public; the first is gone to.

    Raises:
        RefusedError: ``webhook_url``.
        OSError: The name cannot be resolved.
    """
    parts = check_url(url, loopback=loopback)
    host = parts.hostname or ""
    port = parts.port or {"https": 443, "http": 80}[parts.scheme]
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    numbers = [ip_address(str(each[4][0]).partition("%")[0]) for each in found]
    if not numbers or not all(allowed(each, loopback=loopback) for each in numbers):
        raise refused_url("its name leads into a network that is not public")
    chosen = f"[{numbers[0]}]" if numbers[0].version == 6 else str(numbers[0])  # noqa: PLR2004
    return Target(
        url=parts._replace(netloc=f"{chosen}:{port}").geturl(), host=parts.netloc, name=host
    )


def allowed(number: Address, *, loopback: bool) -> bool:
    """Tell whether a notice may go to a number of the network."""
    inner = _inside(number)
    if inner is not None:
        return allowed(inner, loopback=loopback)
    if number.is_loopback:
        return loopback
    if isinstance(number, IPv6Address) and (number not in UNICAST or _is_tunnel(number)):
        return False
    return number.is_global and not number.is_multicast and not number.is_reserved


def refused_url(reason: str) -> RefusedError:
    """Give the refusal of an address."""
    return RefusedError(
        f"Notices cannot go to that address: {reason}.",
        slug="webhook_url",
        next_step="Give a public https address.",
    )


def _inside(number: Address) -> IPv4Address | None:
    """Give the number that is carried inside another, which would lead around the check."""
    if isinstance(number, IPv4Address):
        return None
    if number in NAT64:
        return IPv4Address(int(number) & 0xFFFF_FFFF)
    return number.ipv4_mapped


def _is_tunnel(number: IPv6Address) -> bool:
    """Tell whether it leads through a tunnel (6to4, RFC 7526; Teredo), where nobody serves."""
    return number.sixtofour is not None or number.teredo is not None


def _number(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
