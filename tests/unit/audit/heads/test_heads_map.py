# SPDX-License-Identifier: Apache-2.0
"""The map of newest events: the tree of RFC 6962 over sorted lines, however it is made."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.proof.envelope.opening import read_stored
from audit.proof.heads.head import Head, read_head
from audit.proof.heads.memory import HeadsMemory
from audit.proof.heads.tree import hash_tree
from audit.proof.merkle import (
    EMPTY_ROOT,
    CompactRange,
    inclusion_path,
    inclusion_plan,
    leaf_hash,
    verify_inclusion,
)
from domain.catalogue import CATALOGUE
from domain.identifiers import KINDS
from tests.unit.audit.heads.chronicle import map_of
from tests.unit.audit.verify.log_builder import small_log


@given(st.integers(0, 70), st.data())
def test_the_streamed_tree_is_the_one_of_rfc_6962_with_the_nodes_of_any_proof(
    size: int, data: st.DataObject
) -> None:
    leaves = [leaf_hash(bytes([each])) for each in range(size)]
    if size == 0:
        assert hash_tree(leaves) == (0, EMPTY_ROOT, {})
        return
    index = data.draw(st.integers(0, size - 1))
    tree = hash_tree(leaves, {node for step in inclusion_plan(index, size) for node in step})
    assert (tree.size, tree.root) == (size, CompactRange().extend(leaves).root())
    path = inclusion_path(index, size, node=lambda *node: tree.nodes[node])
    verify_inclusion(leaf=leaves[index], index=index, size=size, path=path, root=tree.root)


def test_a_head_is_read_as_the_envelope_reads_it() -> None:
    for jws in small_log().entries:
        event = read_stored(jws, CATALOGUE)
        assert read_head(jws) == Head(str(event.sub), event.seq, event.eid)


@given(st.binary(max_size=400))
def test_whatever_the_octets_reading_a_head_gives_a_head_or_nothing(octets: bytes) -> None:
    found = read_head(octets)
    assert found is None or found.seq > 0


@given(st.lists(st.tuples(st.sampled_from(sorted(KINDS)), st.uuids()), unique=True, max_size=20))
def test_lines_sort_as_their_streams_do(streams: list[tuple[str, UUID]]) -> None:
    heads = [Head(f"{kind}.{uuid}", 1, "A" * 43) for kind, uuid in streams]
    by_line = sorted(heads, key=Head.line)
    assert by_line == sorted(heads, key=lambda each: each.sub.encode())


def test_the_map_holds_the_newest_event_of_every_stream_and_no_other(tmp_path: Path) -> None:
    log = small_log()
    newest = {head.sub: head for head in map(read_head, log.entries) if head}
    with map_of(log, len(log.entries), tmp_path / "map") as memory:
        assert list(memory.heads()) == [newest[sub] for sub in sorted(newest)]
        leaves = [newest[sub].leaf() for sub in sorted(newest)]
        assert memory.hashed().root == CompactRange().extend(leaves).root()
        assert (memory.size, memory.unread) == (len(log.entries), 0)


@given(st.integers(0, 30), st.data())
def test_read_in_one_go_or_in_pieces_the_map_is_the_same(cut: int, data: st.DataObject) -> None:
    entries = ENTRIES[: data.draw(st.integers(0, len(ENTRIES)))]
    with _memory() as whole, _memory() as pieces:
        whole.read(entries)
        pieces.read(entries[:cut])
        pieces.read(entries[cut:])
        assert whole.hashed() == pieces.hashed()
        assert whole.size == pieces.size


def test_entries_that_cannot_be_read_are_counted(tmp_path: Path) -> None:
    with HeadsMemory(tmp_path) as memory:
        memory.read([b"", b"a.b.c", *small_log(1).entries])
        assert memory.unread == 2


def test_a_folder_that_cannot_be_written_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="cannot be made"):
        HeadsMemory(tmp_path / "nowhere")


def test_a_file_that_takes_nothing_more_is_an_error_of_the_system(tmp_path: Path) -> None:
    with HeadsMemory(tmp_path) as memory:
        memory._file.execute("drop table head")
        with pytest.raises(OSError, match="does not take it"):
            memory.read(small_log(1).entries)


class _memory(HeadsMemory):  # noqa: N801 - used like a function
    """A map that needs no folder, for laws with many examples."""

    def __init__(self) -> None:
        self.size = self.unread = 0
        self._file = sqlite3.connect(":memory:", isolation_level=None)
        self._file.execute(
            "create table head (sub text primary key, seq integer, eid text) without rowid"
        )


ENTRIES = small_log(10).entries
