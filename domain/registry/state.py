# SPDX-License-Identifier: Apache-2.0
"""The registry as a value: authorities, keys and mandates, with the log index of each change.

Implements validity by log index (envelope specification, section 7; log specification,
section 2.8). Every change keeps the index of its event and takes effect at the next
one, so that this one value answers for every past position. How events change it is
the concern of ``effects``; who may change it, of the rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

KeyState = Literal["proposed", "valid", "suspended", "ended"]
Standing = Literal["undisputed", "disputed", "confirmed", "superseded"]
"""How an entry stands beside a compromise of its key."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Positions of the log after one event, up to and including another.

    Attributes:
        after: Index of the event that opened it.
        until: Index of the event that closed it; none while it is open.
    """

    after: int
    until: int | None = None

    def __contains__(self, index: int) -> bool:
        return self.after < index and (self.until is None or index <= self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One role of one key.

    Attributes:
        role: Role code.
        jurisdictions: Where it may be used; ``XA`` includes ``XA-NW``.
        during: Positions at which it is held.
        not_after: Last second, by the signer's clock, at which it may be used.
    """

    role: str
    jurisdictions: tuple[str, ...]
    during: Interval
    not_after: int | None = None

    def stands(self, index: int, moment: int) -> bool:
        """Tell whether the role is held at a position, for an event signed at a time."""
        return index in self.during and (self.not_after is None or moment <= self.not_after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """A time during which a key may not sign.

    Attributes:
        during: Positions at which the key is suspended.
        officer: The person who suspended it.
    """

    during: Interval
    officer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """An authority that answers for events.

    Attributes:
        id: Its identifier, as in ``iss``.
        name: Its name.
        jurisdictions: Where its officers can be given roles.
        registered: Index of the event that registered it.
        stream: Its stream; none for the founding authority.
    """

    id: str
    name: str
    jurisdictions: tuple[str, ...]
    registered: int
    stream: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRecord:
    """One public key and everything that the log says about it.

    Attributes:
        kid: RFC 7638 thumbprint.
        alg: The one algorithm it signs with.
        jwk: The public key; treat it as unchangeable.
        key_class: What it is for; only ``event`` keys sign events.
        authority: The authority it signs for.
        officer: The person who holds it, as an opaque identifier.
        stream: Its stream; none for a root key that nothing was said about yet.
        proposed: Index of the event that introduced it.
        proposal: Event id of that event.
        proposer: The person who introduced it.
        not_before: First second at which it may sign, by the signer's clock.
        not_after: Last such second; none for root keys.
        offline: Whether its events may arrive up to 72 hours late.
        approved: Index of the event after which it is valid.
        ended: Index of the event after which it is no longer valid.
        ended_at: When that event was signed, in Unix seconds.
        end_reason: superseded, lost, compromised or ceased.
        successor: The key it was rotated to.
        compromised_since: First index whose entries by this key are disputed.
        grants: Its roles, open and closed.
        suspensions: Its suspensions, open and closed, oldest first.
    """

    kid: str
    alg: str
    jwk: Mapping[str, str]
    key_class: str
    authority: str
    officer: str
    stream: UUID | None
    proposed: int
    proposal: str
    proposer: str
    not_before: int
    not_after: int | None
    offline: bool = False
    approved: int | None = None
    ended: int | None = None
    ended_at: int | None = None
    end_reason: str | None = None
    successor: str | None = None
    compromised_since: int | None = None
    grants: tuple[Grant, ...] = ()
    suspensions: tuple[Suspension, ...] = ()

    def valid_at(self, index: int) -> bool:
        """Tell whether the key was approved, not suspended and not ended at a position."""
        if self.approved is None or index <= self.approved:
            return False
        if self.ended is not None and index > self.ended:
            return False
        return not (self.suspensions and self.suspended_at(index))

    def suspended_at(self, index: int) -> bool:
        """Tell whether the key was suspended at a position."""
        return any(index in each.during for each in self.suspensions)

    def state_at(self, index: int) -> KeyState:
        """Give the state of the key at a position."""
        if self.ended is not None and index > self.ended:
            return "ended"
        if self.approved is None or index <= self.approved:
            return "proposed"
        return "suspended" if self.suspended_at(index) else "valid"

    def holds(self, roles: Iterable[str], *, index: int, moment: int) -> bool:
        """Tell whether the key holds one of some roles at a position and a time."""
        return any(each.role in roles and each.stands(index, moment) for each in self.grants)

    def reach(self, role: str, *, index: int, moment: int) -> tuple[str, ...]:
        """Give the jurisdictions in which the key holds a role at a position and a time."""
        held = (each for each in self.grants if each.role == role and each.stands(index, moment))
        return tuple(place for each in held for place in each.jurisdictions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    """One map of all streams' newest events, as the log states it.

    Attributes:
        number: Number of the epoch, from 1.
        size: Entries that the map covers.
        streams: Streams in it.
        root: Its root, base64url of 32 octets.
        index: Position of the event that states it.
        eid: Event id of that event.
    """

    number: int
    size: int
    streams: int
    root: str
    index: int
    eid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessHead:
    """How far the access log was, as the log states it.

    Attributes:
        count: Records that were ever written.
        digest: Digest of the newest one, base64url of 32 octets.
        at: When that was signed, in Unix seconds.
        index: Position of the event that states it.
        eid: Event id of that event.
    """

    count: int
    digest: str
    at: int
    index: int
    eid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What was last found out about one disputed entry.

    Attributes:
        eid: Event id of the entry that is meant.
        by: Event id of the event that supersedes it; none where it is confirmed.
        index: Position of the event that settles it.
        event: Event id of that event.
        kid: Key that signed that event.
    """

    eid: str
    by: str | None
    index: int
    event: str
    kid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """Everything the log says about who may sign, as of its newest event.

    Attributes:
        log: The ledger's own stream; none before it is founded.
        authorities: By identifier.
        keys: By thumbprint.
        streams: Streams of keys and authorities that are taken.
        roots: Thumbprints of every key that ever was a root key.
        threshold: How many root officers have to stand together.
        closed_algorithms: Index of the event that closed each algorithm.
        epochs: Every map of newest events, in their order.
        accesses: Every statement of how far the access log was, in their order.
        settlements: What was found out about disputed entries, by their index.
    """

    log: UUID | None = None
    authorities: Mapping[str, Authority] = field(default_factory=dict)
    keys: Mapping[str, KeyRecord] = field(default_factory=dict)
    streams: frozenset[UUID] = frozenset()
    roots: frozenset[str] = frozenset()
    threshold: int = 0
    closed_algorithms: Mapping[str, int] = field(default_factory=dict)
    epochs: tuple[Epoch, ...] = ()
    accesses: tuple[AccessHead, ...] = ()
    settlements: Mapping[int, Settlement] = field(default_factory=dict)

    @classmethod
    def empty(cls) -> Registry:
        """Give the registry of a ledger that is not founded yet."""
        return cls()

    def algorithm_open(self, alg: str, index: int) -> bool:
        """Tell whether new events could be signed with an algorithm at a position."""
        closed = self.closed_algorithms.get(alg)
        return closed is None or index <= closed

    def key_at(self, kid: str, index: int) -> KeyRecord | None:
        """Give a key that could sign at a position; nothing if it could not.

        The dates of the key are not looked at, since no signing time is given here.
        """
        key = self.keys.get(kid)
        if key and key.valid_at(index) and self.algorithm_open(key.alg, index):
            return key
        return None

    def disputed(self, kid: str, index: int) -> bool:
        """Tell whether an entry by a key at a position awaits review after a compromise."""
        key = self.keys.get(kid)
        if key is None or key.compromised_since is None:
            return False
        return index >= key.compromised_since and (key.ended is None or index <= key.ended)

    def standing(self, kid: str, index: int, eid: str) -> Standing:
        """Tell how an entry stands: whether its key was compromised, and what came of that.

        What an entry settled counts only if that entry is beyond dispute itself.

        Args:
            kid: Key that signed it.
            index: Its position in the log.
            eid: Its event id.
        """
        chain: list[Settlement] = []
        while self.disputed(kid, index):
            found = self.settlements.get(index)
            # Each settlement comes after what it settles, so this comes to an end.
            if found is None or found.eid != eid or found.index <= index:
                break
            chain.append(found)
            kid, index, eid = found.kid, found.index, found.event
        counts = not self.disputed(kid, index)
        if not chain:
            return "undisputed" if counts else "disputed"
        for found in reversed(chain[1:]):
            counts = counts and found.by is None
        if not counts:
            return "disputed"
        return "confirmed" if chain[0].by is None else "superseded"

    def signers(self, index: int) -> tuple[KeyRecord, ...]:
        """Give the keys that could sign events at a position, by order of enrolment."""
        return tuple(
            key
            for key in self.keys.values()
            if key.key_class == "event" and self.key_at(key.kid, index)
        )


def covers(places: Iterable[str], place: str) -> bool:
    """Tell whether a jurisdiction is one of some places or lies inside one of them."""
    return any(place == each or place.startswith(f"{each}-") for each in places)
