# SPDX-License-Identifier: Apache-2.0
"""Where notices may go: public https addresses, also after their names are resolved."""

from __future__ import annotations

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.notices.addresses import URL_CHARS_MAX, Target, allowed, check_url, resolve
from domain.errors import RefusedError

PUBLIC = "93.184.215.14"
PRIVATE = (
    "0.0.0.0",  # noqa: S104 - nobody listens there
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fc00::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::a00:1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2002:100::",
    "2001:0:4136:e378:8000:63bf:f5ff:fffe",
)
REFUSED = (
    "http://example.org/hook",
    "ftp://example.org/hook",
    "file:///etc/passwd",
    "gopher://example.org",
    "//example.org/hook",
    "example.org/hook",
    "https://",
    "https:///hook",
    "https://user@example.org/",
    "https://user:word@example.org/",
    "https://@example.org/",
    "https://example.org/#part",
    "https://example.org:0/",
    "https://example.org:99999/",
    "https://example.org:port/",
    "https://exam ple.org/",
    "https://example.org/\r\nx: y",
    "https://exämple.org/",
    "https://example.org\\@127.0.0.1/",
    "https://[::1/",
    "https://example.org/" + "x" * URL_CHARS_MAX,
    "http://127.0.0.1/hook",
    "",
)


@pytest.mark.parametrize("url", REFUSED)
def test_an_address_that_is_not_public_https_is_refused(url: str) -> None:
    with pytest.raises(RefusedError, match="Notices cannot go to that address") as caught:
        check_url(url, loopback=False)
    assert caught.value.slug == "webhook_url"


@pytest.mark.parametrize("number", PRIVATE)
def test_a_number_that_is_not_public_is_refused_at_once(number: str) -> None:
    host = f"[{number}]" if ":" in number else number
    with pytest.raises(RefusedError, match="not public"):
        check_url(f"https://{host}/hook", loopback=False)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/hook?a=b",
        "https://example.org:8443/",
        f"https://{PUBLIC}/",
        "https://a",
    ],
)
def test_a_public_https_address_is_taken(url: str) -> None:
    assert check_url(url, loopback=False).geturl() == url


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/", "http://localhost/", "https://[::1]/"])
def test_this_machine_is_told_where_the_settings_allow_that(url: str) -> None:
    assert check_url(url, loopback=True).geturl() == url


@pytest.mark.parametrize("url", ["http://example.org/", "https://10.0.0.1/", "http://10.0.0.1/"])
def test_where_loopback_is_allowed_nothing_else_is(url: str) -> None:
    with pytest.raises(RefusedError, match="Notices cannot go"):
        check_url(url, loopback=True)


@given(st.ip_addresses(v=4))
def test_a_number_that_is_carried_in_another_is_judged_by_itself(number: IPv4Address) -> None:
    carried = (
        IPv6Address(int(IPv6Address("::ffff:0:0")) + int(number)),
        IPv6Address(int(IPv6Address("64:ff9b::")) + int(number)),
    )
    for each in carried:
        assert allowed(each, loopback=False) == allowed(number, loopback=False)


def _resolving(monkeypatch: pytest.MonkeyPatch, *numbers: str) -> None:
    def answer(_host: str, port: int, **_: Any) -> list[Any]:
        return [
            (
                socket.AF_INET6 if ":" in each else socket.AF_INET,
                socket.SOCK_STREAM,
                6,
                "",
                (each, port),
            )
            for each in numbers
        ]

    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, port, *_, **words: answer(host, port, **words)
    )


def _resolve(url: str, *, loopback: bool = False) -> Target:
    return asyncio.run(resolve(url, loopback=loopback))


@pytest.mark.parametrize("number", PRIVATE)
def test_asvs_1_3_6_a_name_that_leads_into_a_private_network_is_refused(
    monkeypatch: pytest.MonkeyPatch, number: str
) -> None:
    _resolving(monkeypatch, number)
    with pytest.raises(RefusedError, match="its name leads into a network"):
        _resolve("https://example.org/hook")


def test_one_private_number_of_several_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    for numbers in ((PUBLIC, "10.0.0.1"), ("10.0.0.1", PUBLIC)):
        _resolving(monkeypatch, *numbers)
        with pytest.raises(RefusedError, match="its name leads into a network"):
            _resolve("https://example.org/hook")


def test_a_name_without_numbers_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    _resolving(monkeypatch)
    with pytest.raises(RefusedError, match="its name leads into a network"):
        _resolve("https://example.org/hook")


def test_the_request_goes_to_the_number_that_was_checked_under_its_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _resolving(monkeypatch, PUBLIC)
    assert _resolve("https://example.org:8443/hook?a=b") == Target(
        url=f"https://{PUBLIC}:8443/hook?a=b", host="example.org:8443", name="example.org"
    )
    _resolving(monkeypatch, "2606:2800:21f:cb07:6820:80da:af6b:8b2c%0")
    found = _resolve("https://example.org/hook")
    assert found.url == "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]:443/hook"
    assert (found.host, found.name) == ("example.org", "example.org")


def test_loopback_by_name_needs_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    _resolving(monkeypatch, "127.0.0.1")
    with pytest.raises(RefusedError, match="Notices cannot go"):
        _resolve("https://localhost/")
    assert _resolve("https://localhost/", loopback=True).url == "https://127.0.0.1:443/"


@given(st.ip_addresses())
def test_nothing_private_is_ever_allowed(number: IPv4Address | IPv6Address) -> None:
    if allowed(ip_address(number), loopback=False):
        assert number.is_global
        assert not number.is_private
        assert not number.is_loopback
