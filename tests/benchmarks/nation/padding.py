# SPDX-License-Identifier: Apache-2.0
"""Grows a ledger to the size of a nation within minutes, by entries that nobody signed.

Entries, hashes and tree are what the ledger itself would have written, through its own
``append``; in the place of signatures stand noughts. So nothing may be measured over them that
verifies signatures. The head that they lead to is signed with the next event that is recorded.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count, islice
from typing import Any, Final
from uuid import UUID

import psycopg

from audit.link import Link
from audit.proof.encoding import canonical, encode
from audit.proof.envelope.token import EVENT_TYPE
from audit.proof.growth import grow
from audit.proof.merkle import leaf_hash
from audit.tree import read_edge
from domain.identifiers import FIRST_PREV
from tests.benchmarks.ledger import AUDIENCE, AUTHORITY, EVENTS_EACH, HOLDING, Bench, manufactured

BATCH: Final = 5_000
TOGETHER: Final = 500
"""Firearms whose entries stand between each other's."""

MADE_MS: Final = 1_795_837_669_000
"""When the first of them was made, Unix milliseconds."""

BEGINNING: Final = datetime(2015, 3, 2, tzinfo=UTC)
UNSIGNED: Final = encode(bytes(64))
_APPEND: Final = (
    "select ledger.append(%b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b,"
    " '{}', '{}', '{}', '{}', %b, %b, %b, '{}', '{}', '{}', '{}', '{}', '{}')"
)


@dataclass(frozen=True, slots=True)
class Padding:
    """One entry, as the columns of the log have it."""

    stream: UUID
    seq: int
    kind: str
    jti: UUID
    eid: bytes
    raw: bytes


def pad(bench: Bench, size: int) -> list[UUID]:
    """Let the log grow to a size.

    Returns:
        The firearms whose whole lives were added.
    """
    database = bench.office.database
    link = Link(database.conninfo("ledger_reader"))
    edge = read_edge(link)
    link.close()
    made = _paddings(bench.key.kid, edge.size)
    last = []
    with psycopg.connect(database.conninfo("ledger_api"), autocommit=True) as connection:
        while edge.size < size:
            batch = list(islice(made, min(BATCH, size - edge.size)))
            growth = grow(edge, [leaf_hash(each.raw) for each in batch])
            edge_before, edge = edge, growth.edge
            connection.execute(_APPEND, _parameters(edge_before, growth, batch))
            last += [each.stream for each in batch if each.seq == EVENTS_EACH]
    return last


def _parameters(before: Any, growth: Any, batch: list[Padding]) -> tuple[Any, ...]:
    after = growth.edge.compact()
    return (
        *(before.size, before.root(), after.to_bytes(), after.root()),
        [each.stream for each in batch],
        [each.seq for each in batch],
        [each.kind for each in batch],
        [AUTHORITY] * len(batch),
        [each.jti for each in batch],
        [each.eid for each in batch],
        [each.raw for each in batch],
        [leaf_hash(each.raw) for each in batch],
        [tile.level for tile in growth.tiles],
        [tile.n for tile in growth.tiles],
        [tile.hashes for tile in growth.tiles],
    )


def _paddings(kid: str, start: int) -> Iterator[Padding]:
    """Give the lives of firearms, those of some always side by side, without end."""
    chance = random.Random(start)
    header = encode(canonical({"alg": "Ed25519", "kid": kid, "typ": EVENT_TYPE}))
    for group in count(start):
        at = MADE_MS + group * TOGETHER  # identifiers rise with time, as real ones do
        heads = {_uuid7(at + number, chance): FIRST_PREV for number in range(TOGETHER)}
        for seq in range(1, EVENTS_EACH + 1):
            for stream, prev in heads.items():
                entry = _entry(header, (stream, seq, prev), _uuid7(at + seq, chance), chance)
                heads[stream] = encode(entry.eid).decode()
                yield entry


def _entry(
    header: bytes, place: tuple[UUID, int, str], jti: UUID, chance: random.Random
) -> Padding:
    stream, seq, prev = place
    sale = {"acq": "purchase", "hld": HOLDING, "permit_class": "sport"}
    evt = "firearm.manufactured" if seq == 1 else "firearm.transferred"
    day = BEGINNING + timedelta(days=400 * seq)
    payload = {
        "_sd": sorted(encode(chance.randbytes(32)).decode() for _ in range(4)),
        "_sd_alg": "sha-256",
        "aud": AUDIENCE,
        "dat": manufactured(f"TW9-{stream.int % 10**9:09d}") if seq == 1 else sale,
        "evt": evt,
        "iat": int(day.timestamp()),
        "iss": AUTHORITY,
        "jti": str(jti),
        "occ": day.date().isoformat(),
        "prev": prev,
        "seq": seq,
        "sub": f"arm.{stream}",
        "ver": 1,
    }
    signed = header + b"." + encode(canonical(payload))
    raw = signed + b"." + UNSIGNED
    return Padding(stream, seq, f"{evt}/1", jti, sha256(signed).digest(), raw)


def _uuid7(at: int, chance: random.Random) -> UUID:
    """Give an identifier of a millisecond."""
    octets = bytearray(at.to_bytes(6) + chance.randbytes(10))
    octets[6] = 0x70 | octets[6] & 0x0F
    octets[8] = 0x80 | octets[8] & 0x3F
    return UUID(bytes=bytes(octets))
