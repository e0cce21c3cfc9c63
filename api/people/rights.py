# SPDX-License-Identifier: Apache-2.0
"""What an officer may do by the registry, at the next place in the log (envelope, section 7).

Rights are read anew whenever they are used and are never kept with a session, so that a
suspension, a revocation or a withdrawn role acts at once (ASVS 8.3.2).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from api.access.standing import Standing
from domain.registry.state import KeyRecord, Registry

EVENT_CLASS: Final = "event"
ORDERLY_ENDS: Final = frozenset({"superseded"})
"""Ends of a key that say nothing against its holder: it was rotated to another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What an officer may do now.

    Attributes:
        officer: The officer's identifier.
        authority: The authority that the officer signs for.
        mandates: Codes of the roles that are held, each with its own jurisdictions.
    """

    officer: str
    authority: str
    mandates: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def roles(self) -> frozenset[str]:
        """Codes of every role that is held somewhere."""
        return frozenset(role for role, _ in self.mandates)

    @property
    def jurisdictions(self) -> tuple[str, ...]:
        """Where some role is held."""
        return tuple(sorted({place for _, places in self.mandates for place in places}))


class Roster:
    """The officers of a registry with their keys, sorted once for each state of the registry."""

    def __init__(self) -> None:
        self._sorted: tuple[Registry | None, Mapping[str, Sequence[KeyRecord]]] = (None, {})

    def keys(self, registry: Registry, officer: str) -> Sequence[KeyRecord]:
        """Give every key of an officer that is made for signing events, valid or not."""
        known, found = self._sorted
        if known is not registry:
            found = _by_officer(registry.keys.values())
            self._sorted = (registry, found)
        return found.get(officer, ())


def rights_of(keys: Iterable[KeyRecord], standing: Standing) -> Rights | None:
    """Give what the holder of some keys may do by those that count; nothing if none does.

    An officer of several authorities acts for the one that last gave a key: roles of one
    authority are never used for another.

    Args:
        keys: The event keys of one officer.
        standing: The registry at the next place in the log.
    """
    valid = [each for each in keys if standing.counts(each)]
    if not valid:
        return None
    newest = max(valid, key=lambda key: (key.approved or 0, key.proposed))
    own = [each for each in valid if each.authority == newest.authority]
    return Rights(
        officer=newest.officer, authority=newest.authority, mandates=standing.mandates(own)
    )


def newest_stop(keys: Iterable[KeyRecord]) -> int:
    """Give the index at which one of an officer's keys was last suspended, or ended for cause.

    A suspension counts after it was lifted, too: until then somebody doubted who held the key.

    Returns:
        The index of that event; -1 if there is none.
    """
    stops = [each.during.after for key in keys for each in key.suspensions]
    stops += [
        key.ended for key in keys if key.ended is not None and key.end_reason not in ORDERLY_ENDS
    ]
    return max(stops, default=-1)


def _by_officer(keys: Iterable[KeyRecord]) -> Mapping[str, Sequence[KeyRecord]]:
    found: dict[str, list[KeyRecord]] = defaultdict(list)
    for key in keys:
        if key.key_class == EVENT_CLASS:
            found[key.officer].append(key)
    return found
