# SPDX-License-Identifier: Apache-2.0
"""The schemas of the registry's events and their lines in the catalogue.

Implements the registry events of the envelope specification, section 7. Adding one is
one schema here, one line in ``REGISTRY_EVENTS``, one rule and one effect in
``aggregate``. Names of officers are disclosures; everything else is public.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Annotated, Final, Literal

from pydantic import Field

from domain.codes import Maybe
from domain.registry.members import (
    ANY_ROLE,
    REGISTRY_ADMIN,
    ROOT,
    ROOTS_MAX,
    ROOTS_MIN,
    SERVICE,
    SETTLED_MAX,
    SUPERVISOR,
    Algorithm,
    AuthorityId,
    Count,
    Endorsements,
    FoundingAuthority,
    HeadsAlgorithm,
    Jurisdictions,
    KeyClass,
    KeyId,
    KeyMaterial,
    LogIndex,
    Role,
    Roles,
    RootKey,
    Seconds,
    Settled,
)
from domain.schema import Closed, Digest, EventType, OfficerId, Text


class LedgerFounded(Closed):
    """The first event: the founding authority and its root keys, ``threshold`` of which act."""

    authority: FoundingAuthority
    threshold: Annotated[int, Field(ge=1, le=ROOTS_MAX)]
    roots: Annotated[
        tuple[RootKey, ...], Field(strict=False, min_length=ROOTS_MIN, max_length=ROOTS_MAX)
    ]
    endorsements: Endorsements = ()


class AuthorityRegistered(Closed):
    """A further authority, admitted by the root keys."""

    id: AuthorityId
    name: Text
    jurisdictions: Jurisdictions
    endorsements: Endorsements = ()


class KeyEnrolProposed(KeyMaterial):
    """A key that somebody proposes for an officer; valid only once another approves it."""

    authority: AuthorityId
    key_class: Annotated[KeyClass, Field(alias="class")]
    officer: OfficerId
    roles: Roles
    jurisdictions: Jurisdictions
    not_before: Seconds
    not_after: Seconds
    offline: bool
    x5c_sha256: Maybe[Digest] = None


class KeyEnrolApproved(Closed):
    """The second person's word; ``target`` is the event id of the proposal."""

    target: Digest


class KeyRotated(KeyMaterial):
    """The holder of a key puts a new one in its place and proves both."""


class KeySuspended(Closed):
    """A key that may not sign until it is reinstated."""

    kid: KeyId
    endorsements: Endorsements = ()


class KeyReinstated(Closed):
    """A suspended key that may sign again."""

    kid: KeyId
    endorsements: Endorsements = ()


class KeyRevoked(Closed):
    """A key that ends; entries from ``compromised_since`` on are disputed."""

    kid: KeyId
    reason: Literal["superseded", "lost", "compromised", "ceased"]
    compromised_since: Maybe[LogIndex] = None
    endorsements: Endorsements = ()


class RoleGranted(Closed):
    """A role that a key may use in some jurisdictions."""

    kid: KeyId
    role: Role
    jurisdictions: Jurisdictions
    not_after: Maybe[Seconds] = None


class RoleWithdrawn(Closed):
    """A role that a key loses everywhere."""

    kid: KeyId
    role: Role


class AlgorithmPolicy(Closed):
    """An algorithm that is closed for new events; old ones keep their validity."""

    closed: Algorithm
    endorsements: Endorsements = ()


class HeadsRecorded(Closed):
    """The newest event of every stream at one size of the log, as the root of a map.

    Attributes:
        epoch: Number of this map, from 1 without a gap.
        size: Entries that it covers, those with an index below.
        streams: Number of streams that they belong to.
        root: Root of the map.
        algorithm: How the root is computed.
    """

    epoch: Count
    size: Count
    streams: Count
    root: Digest
    algorithm: HeadsAlgorithm


class AccessStated(Closed):
    """How far the access log is, which is kept outside of this log and is erased by rule.

    Attributes:
        count: Records that were ever written to it.
        digest: Digest of the newest one, over all before it.
    """

    count: Count
    digest: Digest


class DisputeSettled(Closed):
    """What two officers found out about entries of a compromised key.

    Attributes:
        kid: The key.
        entries: Its disputed entries, each confirmed or superseded, by rising index.
        endorsements: The second officer's signature, and further ones.
    """

    kid: KeyId
    entries: Annotated[
        tuple[Settled, ...], Field(strict=False, min_length=1, max_length=SETTLED_MAX)
    ]
    endorsements: Endorsements = ()


FOUNDED: Final = "ledger.founded"
HEADS: Final = "log.heads"
ACCESS: Final = "log.access"
SETTLED: Final = "key.dispute-settled"

_ROOT: Final = frozenset({ROOT})
_ADMINS: Final = frozenset({ROOT, REGISTRY_ADMIN})
_SUPERVISORS: Final = frozenset({ROOT, REGISTRY_ADMIN, SUPERVISOR})

_TYPES: Final = (
    EventType(evt=FOUNDED, subject="log", dat=LedgerFounded, roles=_ROOT),
    EventType(evt="alg.policy", subject="log", dat=AlgorithmPolicy, roles=_ROOT),
    EventType(evt=HEADS, subject="log", dat=HeadsRecorded, roles=frozenset({ROOT, SERVICE})),
    EventType(evt=ACCESS, subject="log", dat=AccessStated, roles=frozenset({ROOT, SERVICE})),
    EventType(evt="authority.registered", subject="auth", dat=AuthorityRegistered, roles=_ROOT),
    EventType(
        evt="key.enrol-proposed",
        subject="key",
        dat=KeyEnrolProposed,
        roles=_ADMINS,
        claims=MappingProxyType({"officer_name": "string"}),
    ),
    EventType(evt="key.enrol-approved", subject="key", dat=KeyEnrolApproved, roles=_SUPERVISORS),
    EventType(evt="key.rotated", subject="key", dat=KeyRotated, roles=ANY_ROLE),
    EventType(evt="key.suspended", subject="key", dat=KeySuspended, roles=ANY_ROLE),
    EventType(evt="key.reinstated", subject="key", dat=KeyReinstated, roles=_SUPERVISORS),
    EventType(evt="key.revoked", subject="key", dat=KeyRevoked, roles=ANY_ROLE),
    EventType(evt=SETTLED, subject="key", dat=DisputeSettled, roles=_SUPERVISORS),
    EventType(evt="role.granted", subject="key", dat=RoleGranted, roles=_ADMINS),
    EventType(evt="role.withdrawn", subject="key", dat=RoleWithdrawn, roles=_ADMINS),
)

REGISTRY_EVENTS: Final[tuple[EventType, ...]] = tuple(
    replace(each, source="Envelope specification, section 7") for each in _TYPES
)
"""Every event of the registry, in the order of the specification."""
