# SPDX-License-Identifier: Apache-2.0
"""The cookies of the service (ASVS 3.3): where they go, who reads them, what is derived."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.people.cookies import (
    COOKIES_CHARS_MAX,
    SESSION_COOKIE,
    Purpose,
    clear_cookie,
    cookie_of,
    derived,
    digest,
    new_secret,
    same,
    set_cookie,
    token,
)

SECRET = new_secret(bytes(range(32)))
PURPOSES: tuple[Purpose, ...] = ("csrf", "state", "nonce", "verifier", "challenge")


def _attributes(header: str) -> set[str]:
    return {each.strip().lower() for each in header.split(";")[1:]}


def test_asvs_3_3_1_and_3_3_3_the_cookie_is_secure_and_bound_to_this_host() -> None:
    header = set_cookie(SESSION_COOKIE, SECRET, same_site="Strict", seconds=60)
    assert header.startswith(f"__Host-muniment={SECRET};")
    assert {"secure", "path=/"} <= _attributes(header)
    assert "domain" not in header.lower()


def test_asvs_3_3_2_the_cookie_is_not_sent_from_other_sites() -> None:
    header = set_cookie(SESSION_COOKIE, SECRET, same_site="Strict", seconds=60)
    assert "samesite=strict" in _attributes(header)


def test_asvs_3_3_4_no_script_reads_the_cookie() -> None:
    assert "httponly" in _attributes(
        set_cookie(SESSION_COOKIE, SECRET, same_site="Strict", seconds=60)
    )


def test_a_cleared_cookie_ends_at_once_and_keeps_its_prefix_rules() -> None:
    header = clear_cookie(SESSION_COOKIE)
    assert header.startswith("__Host-muniment=;")
    assert {"max-age=0", "secure", "path=/"} <= _attributes(header)


def test_a_cookie_is_found_among_others() -> None:
    assert cookie_of(f"a=b; {SESSION_COOKIE}={SECRET}; c=d", SESSION_COOKIE) == SECRET


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "a=b",
        f"{SESSION_COOKIE}=",
        f"{SESSION_COOKIE}={SECRET}x",
        f"{SESSION_COOKIE}={SECRET[:-1]}",
        f'{SESSION_COOKIE}="{SECRET}"',
        f"{SESSION_COOKIE}={SECRET[:-1]}é",
        f"x{SESSION_COOKIE}={SECRET}",
        f"muniment={SECRET}",
        f"{SESSION_COOKIE}={SECRET}; {SESSION_COOKIE}={SECRET}",
        f"{SESSION_COOKIE}={SECRET}; " + "a" * COOKIES_CHARS_MAX,
    ],
)
def test_a_cookie_of_another_form_is_none(header: str | None) -> None:
    assert cookie_of(header, SESSION_COOKIE) == ""


@given(st.text(max_size=200))
def test_no_header_is_too_strange_to_be_read(header: str) -> None:
    assert cookie_of(header, SESSION_COOKIE) == ""


def test_the_database_knows_a_secret_by_its_hash_alone() -> None:
    assert digest(SECRET) == sha256(SECRET.encode()).digest()


def test_what_is_derived_differs_by_purpose_and_by_secret() -> None:
    other = new_secret(bytes(32))
    found = {derived(secret, each) for secret in (SECRET, other) for each in PURPOSES}
    assert len(found) == 2 * len(PURPOSES)
    assert all(len(each) == 32 for each in found)
    assert digest(SECRET) not in found


def test_a_token_is_compared_as_a_whole() -> None:
    assert same(token(SECRET, "csrf"), token(SECRET, "csrf"))
    assert not same(None, token(SECRET, "csrf"))
    assert not same("", token(SECRET, "csrf"))
    assert not same(token(SECRET, "csrf")[:-1], token(SECRET, "csrf"))
    assert not same("é", token(SECRET, "csrf"))
