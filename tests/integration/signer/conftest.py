# SPDX-License-Identifier: Apache-2.0
"""A log in a real database that tests can append to and tamper with, and its signer."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import psycopg
import pytest

from audit.database import Database
from audit.proof.checkpoint import Checkpoint, open_checkpoint
from audit.proof.merkle import CompactRange, leaf_hash
from audit.proof.note import parse_verifier_key
from audit.signer.identity import create_signer, load_identity
from audit.signer.rows import CommittedRows
from audit.signer.service import CheckpointSigner
from audit.signer.state import StateFile

ORIGIN = "ledger.xa-test"

APPEND = """
select ledger.append(%(size)s::int8, %(root)s::bytea, %(frontier)s::bytea, %(new_root)s::bytea,
  %(streams)s::uuid[], %(seqs)s::int8[], %(kinds)s::text[], %(isses)s::text[], %(streams)s::uuid[],
  %(eids)s::bytea[], %(raws)s::bytea[], %(leaves)s::bytea[],
  '{}'::text[], '{}'::int4[], '{}'::bytea[], '{}'::int4[],
  '{}'::int2[], '{}'::int8[], '{}'::bytea[],
  '{}'::bytea[], '{}'::bytea[], '{}'::uuid[], '{}'::bytea[], '{}'::bytea[], '{}'::bytea[])
"""


class Log:
    """The writer's side: appends as the service does, and tampers as an administrator can."""

    def __init__(self, admin: str) -> None:
        self._connection = psycopg.connect(admin, autocommit=True)
        self.tree = CompactRange()
        self.written = 0

    def append(self, count: int, leaves: Sequence[bytes] | None = None) -> CompactRange:
        """Append so many new events; other leaf hashes than theirs can be forced."""
        raws = [f"event {self.written + at}".encode() for at in range(count)]
        leaves = [leaf_hash(raw) for raw in raws] if leaves is None else leaves
        after = self.tree.extend(leaves)
        values = {
            "size": self.tree.size,
            "root": self.tree.root(),
            "frontier": after.to_bytes(),
            "new_root": after.root(),
            "streams": [uuid.uuid4() for _ in raws],
            "seqs": [1] * count,
            "kinds": ["firearm.found/1"] * count,
            "isses": ["authority"] * count,
            "eids": [sha256(raw).digest() for raw in raws],
            "raws": raws,
            "leaves": list(leaves),
        }
        self._connection.execute(APPEND, values)
        self.tree, self.written = after, self.written + count
        return after

    def tamper(self, statement: str, *values: object) -> None:
        """Change what is stored, as somebody with every right in the database can."""
        tables = ("event", "head")
        for table in tables:
            self._connection.execute(f"alter table ledger.{table} disable trigger all".encode())
        self._connection.execute(statement.encode(), values)
        for table in tables:
            name = "no_change" if table == "event" else "only_forward"
            enable = f"alter table ledger.{table} enable always trigger {name}"
            self._connection.execute(enable.encode())

    def restore(self, tree: CompactRange) -> None:
        """Put an older backup back: fewer rows, an older head."""
        self.tamper("delete from ledger.event where idx >= %s", tree.size)
        self.set_head(tree)
        self.tree = tree

    def set_head(self, tree: CompactRange) -> None:
        """Overwrite the head row."""
        head = (tree.size, tree.to_bytes(), tree.root())
        self.tamper("update ledger.head set size = %s, frontier = %s, root = %s", *head)

    def close(self) -> None:
        self._connection.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerHome:
    """A signer's folder and how strangers verify what it signs."""

    folder: Path
    vkey: str
    conninfo: str

    def open(self, note: bytes) -> Checkpoint:
        return open_checkpoint(note, [parse_verifier_key(self.vkey)], origin=ORIGIN)


class Process:
    """The signer without its process: state, rows and decision, made anew on demand."""

    def __init__(self, home: SignerHome) -> None:
        self.state = StateFile(home.folder)
        self.rows = CommittedRows(home.conninfo)
        self.signer = CheckpointSigner(load_identity(home.folder, ORIGIN), self.state, self.rows)

    def close(self) -> None:
        self.rows.close()
        self.state.close()


@pytest.fixture
def log(database: Database) -> Iterator[Log]:
    opened = Log(database.admin)
    yield opened
    opened.close()


@pytest.fixture
def home(tmp_path: Path, database: Database) -> SignerHome:
    folder = tmp_path / "signer"
    return SignerHome(
        folder=folder,
        vkey=create_signer(folder, ORIGIN),
        conninfo=database.conninfo("ledger_reader"),
    )


@pytest.fixture
def process(home: SignerHome) -> Iterator[Process]:
    opened = Process(home)
    yield opened
    opened.close()
