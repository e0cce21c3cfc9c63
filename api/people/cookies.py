# SPDX-License-Identifier: Apache-2.0
"""The two cookies of the service, and the tokens that are derived from what is in them.

A secret of 256 bits lives in the browser alone; the database holds its SHA-256. Whatever else
belongs to it, such as the token against forged requests, is derived from it and kept nowhere
(ASVS 3.3, 7.2; RFC 6265bis).
"""

from __future__ import annotations

import hmac
import re
from hashlib import sha256
from typing import Final, Literal

from audit.proof.encoding import encode

SESSION_COOKIE: Final = "__Host-muniment"
CEREMONY_COOKIE: Final = "__Host-muniment-ceremony"
SECRET_BYTES: Final = 32
COOKIES_CHARS_MAX: Final = 8_192

Purpose = Literal["csrf", "state", "nonce", "verifier", "challenge"]
SameSite = Literal["Strict", "Lax"]

_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{43}")


def cookie_of(header: str | None, name: str) -> str:
    """Read the secret of a cookie from a Cookie header; empty where none of its form is there.

    A browser never sends a cookie with the prefix ``__Host-`` twice; whoever does gets none.
    """
    if not header or len(header) > COOKIES_CHARS_MAX:
        return ""
    pairs = (each.strip().partition("=") for each in header.split(";"))
    found = [value for key, _, value in pairs if key == name]
    return found[0] if len(found) == 1 and _SECRET.fullmatch(found[0]) else ""


def set_cookie(name: str, secret: str, *, same_site: SameSite, seconds: int) -> str:
    """Give the Set-Cookie header of a secret; no Domain, so that no other host is sent it."""
    return f"{name}={secret}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite={same_site}"


def clear_cookie(name: str) -> str:
    """Give the Set-Cookie header that makes a browser forget a secret."""
    return set_cookie(name, "", same_site="Strict", seconds=0)


def new_secret(octets: bytes) -> str:
    """Give 32 random octets the form of a cookie."""
    return encode(octets).decode()


def digest(secret: str) -> bytes:
    """Give what the database knows a secret by."""
    return sha256(secret.encode()).digest()


def derived(secret: str, purpose: Purpose) -> bytes:
    """Derive 32 octets from a secret for one purpose; they tell nothing about the secret."""
    return hmac.digest(secret.encode(), f"muniment {purpose}".encode(), "sha256")


def token(secret: str, purpose: Purpose) -> str:
    """Give what is derived for a purpose, as 43 characters of base64url."""
    return encode(derived(secret, purpose)).decode()


def same(given: str | None, expected: str) -> bool:
    """Compare two texts in a time that does not depend on where they differ."""
    return hmac.compare_digest((given or "").encode(), expected.encode())
