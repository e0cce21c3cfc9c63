# SPDX-License-Identifier: Apache-2.0
"""Who signs: every authority with what it has recorded, and its keys with how they stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api.condition import state_of
from audit.link import Link
from domain.registry.state import Authority, Grant, KeyRecord, Registry

_RECORDED: Final = "select iss, count(*), max(idx), max(at) from ledger.event group by iss"


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """One key of an authority.

    Attributes:
        record: What the log says of it.
        standing: How it stands now.
        grants: The roles that it holds now.
    """

    record: KeyRecord
    standing: str
    grants: tuple[Grant, ...]

    @property
    def roles(self) -> Mapping[tuple[str, ...], tuple[str, ...]]:
        """Codes of those roles by the jurisdictions in which they are held."""
        found: dict[tuple[str, ...], tuple[str, ...]] = {}
        for each in self.grants:
            found[each.jurisdictions] = (*found.get(each.jurisdictions, ()), each.role)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """One authority.

    Attributes:
        authority: The authority.
        events: How many events it has recorded.
        last: Index of the newest one; nothing where there is none.
        at: When the ledger recorded that, by its own clock.
        keys: Its keys, those that can sign first.
    """

    authority: Authority
    events: int
    last: int | None
    at: datetime | None
    keys: tuple[SigningKey, ...]

    @property
    def valid(self) -> tuple[SigningKey, ...]:
        """Keys that can sign now."""
        return tuple(each for each in self.keys if each.standing == "valid")

    @property
    def expires(self) -> int | None:
        """When the first of those ends, in Unix seconds; nothing where none of them does."""
        ends = (each.record.not_after for each in self.valid)
        return min((end for end in ends if end is not None), default=None)

    @property
    def compromised(self) -> tuple[SigningKey, ...]:
        """Keys of which somebody else may have made use."""
        return tuple(each for each in self.keys if each.record.compromised_since is not None)


def signers_of(link: Link, registry: Registry, *, size: int, now: int) -> list[Signer]:
    """Give every authority, whoever recorded last before the others.

    Args:
        link: A connection that may read the log.
        registry: Authorities and keys.
        size: Next position of the log, at which keys are told.
        now: Unix seconds.

    Raises:
        UnreachableError: The database does not answer.
    """
    recorded = {iss: (count, last, at) for iss, count, last, at in link.read(_RECORDED)}
    keys = _keys(registry, size=size, now=now)
    found = [
        Signer(authority=each, events=count, last=last, at=at, keys=keys.get(each.id, ()))
        for each in registry.authorities.values()
        for count, last, at in [recorded.get(each.id, (0, None, None))]
    ]
    return sorted(found, key=lambda each: -1 if each.last is None else each.last, reverse=True)


def _keys(registry: Registry, *, size: int, now: int) -> Mapping[str, tuple[SigningKey, ...]]:
    found: dict[str, list[SigningKey]] = defaultdict(list)
    for each in registry.keys.values():
        grants = tuple(grant for grant in each.grants if grant.stands(size, now))
        key = SigningKey(record=each, standing=state_of(each, index=size, now=now), grants=grants)
        found[each.authority].append(key)
    return {
        authority: tuple(sorted(keys, key=lambda key: key.standing != "valid"))
        for authority, keys in found.items()
    }
