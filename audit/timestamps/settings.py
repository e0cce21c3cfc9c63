# SPDX-License-Identifier: Apache-2.0
"""Which time-stamping authorities a ledger asks: one small TOML file beside the ledger.

Serves the log specification, section 2.7, which demands two authorities. The paths in the
file are relative to it. Each authority's own root is named, so that an answer is verified
before it is kept; what an auditor believes is the auditor's own choice. Passwords for
authorities that want them are left out.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from audit.proof.timestamps.authorities import (
    AUTHORITY_NAME,
    ROOTS_OCTETS_MAX,
    TrustedAuthority,
    trusted_authorities,
)
from domain.errors import UsageError

SETTINGS_FILE: Final = "timestamps.toml"
SETTINGS_OCTETS_MAX: Final = 65_536
AUTHORITIES_MIN: Final = 2
AUTHORITIES_MAX: Final = 8

_REQUIRED: Final = frozenset(("name", "url", "roots"))
_OPTIONAL: Final = frozenset(("chain", "crl", "ocsp"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """One authority that is asked for time-stamps.

    Attributes:
        name: Its name in the names of files and in reports.
        url: Where requests are posted, by http or https; tokens are signed either way.
        trust: Its root certificates under its name.
        beside: Files to be kept with each token, by suffix: ``pem``, ``crl``, ``ocsp``.
    """

    name: str
    url: str
    trust: TrustedAuthority
    beside: Mapping[str, Path]


def read_settings(path: Path) -> tuple[Authority, ...]:
    """Read which authorities to ask.

    Raises:
        UsageError: ``tsa_settings``, the file is not what it should be, or names fewer than
            two authorities; ``tsa_roots``, the roots of one cannot be used.
    """
    try:
        tables = tomllib.loads(_read(path, SETTINGS_OCTETS_MAX).decode())
    except ValueError as error:
        raise _unusable(path, "it is not TOML") from error
    entries = tables.get("authority")
    if tables.keys() != {"authority"} or not isinstance(entries, list):
        raise _unusable(path, "it has [[authority]] tables and nothing else")
    if not AUTHORITIES_MIN <= len(entries) <= AUTHORITIES_MAX:
        raise _unusable(path, f"it names {len(entries)} authorities, not 2 to {AUTHORITIES_MAX}")
    fields = [_checked(path, each) for each in entries]
    pems = [(each["name"], _read(path.parent / each["roots"], ROOTS_OCTETS_MAX)) for each in fields]
    if len({name for name, _ in pems}) != len(pems):
        raise _unusable(path, "two authorities have one name")
    trust = {each.name: each for each in trusted_authorities(pems)}
    return tuple(_authority(path.parent, each, trust[each["name"]]) for each in fields)


def _authority(folder: Path, fields: Mapping[str, str], trust: TrustedAuthority) -> Authority:
    named = {"pem": "chain", "crl": "crl", "ocsp": "ocsp"}
    return Authority(
        name=fields["name"],
        url=fields["url"],
        trust=trust,
        beside={suffix: folder / fields[key] for suffix, key in named.items() if key in fields},
    )


def _checked(path: Path, entry: object) -> Mapping[str, str]:
    """Check the members of one table."""
    if not isinstance(entry, dict) or not all(isinstance(each, str) for each in entry.values()):
        raise _unusable(path, "an authority has texts only")
    if not entry.keys() >= _REQUIRED or not entry.keys() <= _REQUIRED | _OPTIONAL:
        raise _unusable(path, "an authority has name, url, roots, and perhaps chain, crl, ocsp")
    if not AUTHORITY_NAME.fullmatch(entry["name"]) or not _is_address(entry["url"]):
        raise _unusable(path, "an authority's name or url has a wrong form")
    return entry


def _is_address(url: str) -> bool:
    if not url.isascii() or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _read(path: Path, cap: int) -> bytes:
    try:
        with path.open("rb") as file:
            octets = file.read(cap + 1)
    except OSError as error:
        raise _unusable(path, f"it cannot be read: {error.strerror}") from error
    if len(octets) > cap:
        raise _unusable(path, f"it has more than {cap} octets")
    return octets


def _unusable(path: Path, reason: str) -> UsageError:
    return UsageError(
        f"The time-stamp settings in {path} cannot be used: {reason}.",
        slug="tsa_settings",
        next_step="Name two authorities there, each with name, url and roots, as docs/witnessing.md"
        " shows.",
    )
