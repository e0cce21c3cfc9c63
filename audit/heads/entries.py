# SPDX-License-Identifier: Apache-2.0
"""The signed bytes of a log in their order, read from the database in bounded memory.

Serves the heads epochs of the log specification, section 2.2. Columns that merely repeat what
the bytes say are not looked at, since nothing signs them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import psycopg
from psycopg import sql

from audit.proof.checkpoint import Checkpoint
from audit.proof.merkle import CompactRange, leaf_hash
from domain.errors import UnreachableError, UnsafeError

CHUNK_ENTRIES: Final = 1_024

_ROWS: Final = sql.SQL(
    "copy (select idx, raw from ledger.event where idx < {} order by idx) to stdout (format binary)"
)


def read_entries(conninfo: str, size: int) -> Iterator[tuple[int, bytes]]:
    """Stream the first entries of the log with their indexes.

    Args:
        conninfo: A role that may read the log.
        size: How many.

    Raises:
        UnreachableError: The database breaks off.
    """
    try:
        with (
            psycopg.connect(conninfo, autocommit=True) as connection,
            connection.cursor() as cursor,
            cursor.copy(_ROWS.format(sql.Literal(size))) as copy,
        ):
            copy.set_types(["int8", "bytea"])
            for index, raw in copy.rows():
                yield index, bytes(raw)
    except psycopg.Error as error:
        raise UnreachableError("The database broke off while the log was read.") from error


def proved_entries(entries: Iterable[tuple[int, bytes]], checkpoint: Checkpoint) -> Iterator[bytes]:
    """Pass entries on while hashing them; say at the end whether they were the signed ones.

    Raises:
        UnsafeError: ``root_mismatch``, once all were passed on.
    """
    tree, leaves = CompactRange(), list[bytes]()
    for _, raw in entries:
        leaves.append(leaf_hash(raw))
        if len(leaves) == CHUNK_ENTRIES:
            tree, leaves = tree.extend(leaves), []
        yield raw
    tree = tree.extend(leaves)
    if (tree.size, tree.root()) != (checkpoint.size, checkpoint.root):
        raise UnsafeError(
            f"The {tree.size} stored entries do not give the root that was signed.",
            slug="root_mismatch",
            next_step="Stop writing and run `muniment fsck`; no epoch is taken over such a log.",
        )
