# SPDX-License-Identifier: Apache-2.0
"""The SQL of one batch: what it is judged against, and the one call that appends it.

Parameters are arrays, one call is one round trip (store facts 7.1). Marking keys are
stored as SHA-256 digests, so that the claims table says nothing to who only reads it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from eventsourcing.persistence import Notification, StoredEvent

from audit.appending.admission import AdmittedEvent
from audit.arrays import Array, bytea_array, int8_array, text_array, uuid_array
from audit.link import Row
from audit.proof.encoding import decode, encode
from audit.proof.growth import Edge, Growth
from domain.ports import Commitment, Context, Recorded, Request

_EVENTS = """
  %b::int8, %b, %b, %b,
  %b::uuid[], %b::int8[], %b::text[], %b::text[], %b::uuid[], %b::bytea[], %b::bytea[], %b::bytea[]
"""
_OPTIONAL = (
    ("%b::text[], %b::int8[]::int4[]", "'{}', '{}'"),
    ("%b::bytea[], %b::int8[]::int4[]", "'{}', '{}'"),
    ("%b::int8[]::int2[], %b::int8[], %b::bytea[]", "'{}', '{}', '{}'"),
    (
        "%b::bytea[], %b::bytea[], %b::uuid[], %b::bytea[], %b::bytea[], %b::bytea[]",
        "'{}', '{}', '{}', '{}', '{}', '{}'",
    ),
)
"""Tags, claims, tiles and sealed disclosures: most batches have none of some of them."""

CONTEXT: Final = """
select idx, stream, seq, kind, raw, null::text, null::uuid
from ledger.event where stream = any(%b::uuid[])
union all
select e.idx, null, null, null, e.eid, e.iss, e.jti
from unnest(%b::text[], %b::uuid[]) as r (iss, jti) join ledger.event e using (iss, jti)
union all
select idx, stream, null, null, marking, null, null
from ledger.marking_claim where marking = any(%b::bytea[])
"""

REGISTRY: Final = """
select idx, stream, seq, kind, raw from ledger.event
where split_part(kind, '.', 1) in ('ledger', 'log', 'authority', 'key', 'role', 'alg') and idx >= %b
order by idx
"""


def marking_digest(key: str) -> bytes:
    """Give the form in which a marking key is claimed."""
    return sha256(key.encode()).digest()


def context_parameters(
    streams: Sequence[UUID], requests: Sequence[Request], claims: Sequence[str]
) -> tuple[object, ...]:
    """Give the parameters of ``CONTEXT``."""
    return (
        uuid_array(streams),
        text_array([iss for iss, _ in requests]),
        uuid_array([jti for _, jti in requests]),
        bytea_array([marking_digest(key) for key in claims]),
    )


def read_context(rows: Sequence[Row], claims: Sequence[str]) -> Context:
    """Sort the rows of ``CONTEXT`` into histories, known requests and claims."""
    histories: dict[UUID, list[Notification]] = {}
    requests: dict[Request, Recorded] = {}
    claimed: dict[bytes, UUID] = {}
    for idx, stream, seq, kind, data, iss, jti in rows:
        if iss is not None:
            requests[iss, jti] = Recorded(idx, encode(data).decode())
        elif seq is None:
            claimed[data] = stream
        else:
            histories.setdefault(stream, []).append(Notification(stream, seq, kind, data, idx + 1))
    for events in histories.values():
        events.sort(key=lambda event: event.originator_version)
    return Context(
        histories=histories, requests=requests, claims=_by_key(claimed, claims) if claimed else {}
    )


def append_statement(
    stored: Sequence[StoredEvent], *, commitment: Commitment, before: Edge, growth: Growth
) -> tuple[str, tuple[Any, ...]]:
    """Give the one call of ``ledger.append`` that records a batch, and its parameters."""
    admitted = [_ours(each) for each in commitment.admitted]
    groups = _optional_groups(admitted, commitment=commitment, growth=growth)
    sql = [full if group else empty for group, (full, empty) in zip(groups, _OPTIONAL, strict=True)]
    optional = [column for group in groups if group for column in group]
    compact = growth.edge.compact()
    parameters = (
        before.size,
        before.root(),
        compact.to_bytes(),
        compact.root(),
        uuid_array([_uuid(each) for each in stored]),
        int8_array([each.originator_version for each in stored]),
        text_array([each.topic for each in stored]),
        text_array([each.event.iss for each in admitted]),
        uuid_array([each.event.jti for each in admitted]),
        bytea_array([decode(each.event.eid.encode()) for each in admitted]),
        bytea_array([each.state for each in stored]),
        bytea_array([each.signed.leaf for each in admitted]),
        *optional,
    )
    return f"select ledger.append({', '.join((_EVENTS, *sql))})", parameters


def _optional_groups(
    admitted: Sequence[AdmittedEvent], *, commitment: Commitment, growth: Growth
) -> tuple[tuple[Array, ...] | None, ...]:
    tags, claims, tiles = commitment.tags, commitment.claims, growth.tiles
    sealed = [row for each in admitted for row in each.sealed]
    return (
        (text_array([tag for tag, _ in tags]), int8_array([at + 1 for _, at in tags]))
        if tags
        else None,
        (
            bytea_array([marking_digest(key) for key, _ in claims]),
            int8_array([at + 1 for _, at in claims]),
        )
        if claims
        else None,
        (
            int8_array([tile.level for tile in tiles]),
            int8_array([tile.n for tile in tiles]),
            bytea_array([tile.hashes for tile in tiles]),
        )
        if tiles
        else None,
        (
            bytea_array([row.eid for row in sealed]),
            bytea_array([row.digest for row in sealed]),
            uuid_array([row.hld for row in sealed]),
            bytea_array([row.nonce for row in sealed]),
            bytea_array([row.ciphertext for row in sealed]),
            bytea_array([row.mac or b"" for row in sealed]),
        )
        if sealed
        else None,
    )


def _uuid(stored: StoredEvent) -> UUID:
    """Narrow the library's identifier: streams of the ledger are UUIDs, never texts."""
    if not isinstance(stored.originator_id, UUID):
        raise TypeError("A stream of the ledger is named by a UUID.")
    return stored.originator_id


def _ours(admitted: object) -> AdmittedEvent:
    if not isinstance(admitted, AdmittedEvent):
        raise TypeError("Only events that passed audit.appending.admission can be recorded.")
    return admitted


def _by_key(claimed: Mapping[bytes, UUID], claims: Sequence[str]) -> dict[str, UUID]:
    digests = {key: marking_digest(key) for key in claims}
    return {key: claimed[digest] for key, digest in digests.items() if digest in claimed}
