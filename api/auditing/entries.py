# SPDX-License-Identifier: Apache-2.0
"""One entry of the log taken apart: its exact bytes, who signed it, and where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from unicodedata import category

from api.gate.entries import StoredEvent
from audit.link import Link
from audit.proof.envelope.opening import read_stored
from audit.proof.envelope.payload import parse_payload
from audit.proof.envelope.token import Token, read_token
from audit.proof.merkle import leaf_hash
from domain.catalogue import CATALOGUE
from domain.errors import MunimentError
from domain.event import Event
from domain.registry.state import KeyRecord, Registry

Granted = tuple[tuple[str, ...], int]
"""Jurisdictions, and the entry by which a role in them was given."""

_BESIDE: Final = "select seq, idx from ledger.event where stream = %b and seq in (%b, %b)"
_UNSEEN: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})
"""Characters that nobody sees, or that turn others round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An entry as its bytes say, whether or not they are true.

    Attributes:
        stored: The row.
        leaf: Leaf hash of the bytes, 32 octets.
        token: The signed token; nothing where the bytes are none.
        event: What it says; nothing where that cannot be read.
        digests: Digests of what was disclosed, real ones and decoys alike.
        attested: Officers that signed besides, by their key ids.
        wrong: Why it cannot be read.
        key: The key that signed, as the registry knows it.
        before: Index of the entry before it in its stream.
        after: Index of the one that follows it.
    """

    stored: StoredEvent
    leaf: bytes
    token: Token | None = None
    event: Event | None = None
    digests: tuple[str, ...] = ()
    attested: tuple[str, ...] = ()
    wrong: str = ""
    key: KeyRecord | None = None
    before: int | None = None
    after: int | None = None

    @property
    def roles(self) -> Mapping[Granted, tuple[str, ...]]:
        """Codes of the roles that the key held at the entry, by where and by which entry."""
        found: dict[Granted, tuple[str, ...]] = {}
        if self.key is None or self.event is None:
            return found
        for each in self.key.grants:
            if each.stands(self.stored.index, self.event.iat):
                where = (each.jurisdictions, each.during.after)
                found[where] = (*found.get(where, ()), each.role)
        return found


def open_stored_entry(link: Link, stored: StoredEvent, registry: Registry) -> Opened:
    """Take an entry apart.

    Args:
        link: A connection that may read the log.
        stored: The row.
        registry: Who may sign.

    Raises:
        UnreachableError: The database does not answer.
    """
    leaf = leaf_hash(stored.raw)
    before, after = _beside(link, stored)
    try:
        token = read_token(stored.raw)
        payload: Mapping[str, Any] = parse_payload(token.data)
        event = read_stored(stored.raw, CATALOGUE)
    except MunimentError as error:
        return Opened(stored=stored, leaf=leaf, wrong=error.sentence, before=before, after=after)
    return Opened(
        stored=stored,
        leaf=leaf,
        token=token,
        event=event,
        digests=tuple(map(str, payload.get("_sd", ()))),
        attested=tuple(sorted(event.attested)),
        key=registry.keys.get(token.header.kid),
        before=before,
        after=after,
    )


def visible(octets: bytes) -> str:
    """Give octets as text in which every character can be seen, and stands where it is written."""
    text = octets.decode("utf-8", "backslashreplace")
    return "".join(_written(each) if category(each) in _UNSEEN else each for each in text)


def _written(character: str) -> str:
    return f"\\u{{{ord(character):04x}}}"


def _beside(link: Link, stored: StoredEvent) -> tuple[int | None, int | None]:
    """Give the indexes of the entries before and after one in its stream."""
    rows = link.read(_BESIDE, (stored.stream, stored.seq - 1, stored.seq + 1))
    found: dict[int, int] = {seq: index for seq, index in rows}  # noqa: C416 - typed rows
    return found.get(stored.seq - 1), found.get(stored.seq + 1)
