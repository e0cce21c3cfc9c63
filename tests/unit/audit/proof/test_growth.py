# SPDX-License-Identifier: Apache-2.0
"""Appending in batches, the tiles that it leaves, and proofs out of those tiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.proof.growth import (
    Edge,
    TileId,
    TileNodes,
    batch_paths,
    edge_from,
    grow,
)
from audit.proof.merkle import (
    CompactRange,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)
from domain.errors import ProofError
from tests.unit.tries import tries

LEAVES = tuple(leaf_hash(str(index).encode()) for index in range(5000))
FULL = grow(Edge.empty(), LEAVES)

sizes = st.integers(0, len(LEAVES))


class Store:
    """Complete tiles in memory, counting how often they are fetched."""

    def __init__(self) -> None:
        self.tiles = {(tile.level, tile.n): tile.hashes for tile in FULL.tiles}
        self.fetches = 0

    def __call__(self, wanted: Sequence[TileId]) -> Mapping[TileId, bytes]:
        self.fetches += 1
        return {tile: self.tiles[tile] for tile in wanted if tile in self.tiles}


def edge_at(size: int) -> Edge:
    return grow(Edge.empty(), LEAVES[:size]).edge


def root_at(size: int) -> bytes:
    return CompactRange().extend(LEAVES[:size]).root()


@given(size=sizes, cuts=st.lists(sizes, max_size=6))
def test_growing_in_any_split_equals_growing_at_once(size: int, cuts: list[int]) -> None:
    marks = [0, *sorted(min(cut, size) for cut in cuts), size]
    edge, tiles = Edge.empty(), set()
    for start, end in pairwise(marks):
        growth = grow(edge, LEAVES[start:end])
        edge = growth.edge
        tiles |= set(growth.tiles)
    whole = grow(Edge.empty(), LEAVES[:size])
    assert edge == whole.edge
    assert tiles == set(whole.tiles)


@given(size=sizes)
def test_the_edge_is_the_frontier_of_the_same_tree(size: int) -> None:
    assert edge_at(size).compact() == CompactRange().extend(LEAVES[:size])
    assert edge_at(size).root() == root_at(size)


def test_each_complete_tile_appears_once_with_16_hashes() -> None:
    count = {(tile.level, tile.n) for tile in FULL.tiles}
    assert len(count) == len(FULL.tiles) == 5000 // 16 + 5000 // 256 + 5000 // 4096
    assert {len(tile.hashes) for tile in FULL.tiles} == {512}


@given(before=sizes, count=st.integers(0, 70))
def test_the_paths_of_a_batch_verify_in_the_grown_tree(before: int, count: int) -> None:
    leaves = LEAVES[before : before + count]
    size, root = before + len(leaves), root_at(before + len(leaves))
    paths = batch_paths(CompactRange().extend(LEAVES[:before]), leaves)
    assert len(paths) == len(leaves)
    for at, (leaf, path) in enumerate(zip(leaves, paths, strict=True)):
        verify_inclusion(leaf=leaf, index=before + at, size=size, path=path, root=root)


@given(before=sizes, count=st.integers(1, 40))
def test_the_paths_of_a_batch_are_those_of_the_stored_tiles(before: int, count: int) -> None:
    leaves = LEAVES[before : before + count]
    nodes = TileNodes(edge_at(before + len(leaves)), Store())
    paths = batch_paths(CompactRange().extend(LEAVES[:before]), leaves)
    assert paths == nodes.inclusion_paths(range(before, before + len(leaves)))


@settings(max_examples=tries(30))
@given(data=st.data(), size=st.integers(1, len(LEAVES)))
def test_proofs_from_tiles_verify_at_any_past_size_with_one_fetch(
    data: st.DataObject, size: int
) -> None:
    indexes = data.draw(st.lists(st.integers(0, size - 1), min_size=1, max_size=6))
    store = Store()
    paths = TileNodes(edge_at(size), store).inclusion_paths(indexes)
    assert store.fetches <= 1
    for index, path in zip(indexes, paths, strict=True):
        verify_inclusion(leaf=LEAVES[index], index=index, size=size, path=path, root=root_at(size))


@given(data=st.data(), new=st.integers(1, len(LEAVES)))
def test_consistency_from_tiles_verifies_with_one_fetch(data: st.DataObject, new: int) -> None:
    old = data.draw(st.integers(1, new))
    store = Store()
    path = TileNodes(edge_at(new), store).consistency(old)
    assert store.fetches <= 1
    verify_consistency(
        old_size=old, new_size=new, old_root=root_at(old), new_root=root_at(new), path=path
    )


@given(size=sizes)
def test_an_edge_is_rebuilt_from_stored_tiles_with_one_fetch(size: int) -> None:
    store = Store()
    assert edge_from(size, LEAVES[size - size % 16 : size], fetch=store) == edge_at(size)
    assert store.fetches <= 1


def test_an_index_outside_the_tree_has_no_path() -> None:
    with pytest.raises(ProofError, match="Index 5000 lies outside"):
        TileNodes(FULL.edge, Store()).inclusion_paths([5000])


def test_a_missing_or_cut_tile_is_refused() -> None:
    store = Store()
    store.tiles[0, 0] = store.tiles[0, 0][:-1]
    with pytest.raises(ProofError, match="Tile 0 of level 0"):
        TileNodes(edge_at(5000), store).inclusion_paths([3])
    del store.tiles[0, 0]
    with pytest.raises(ProofError, match="Tile 0 of level 0"):
        edge_from(31, LEAVES[16:31], fetch=store)


def test_an_edge_whose_leaves_do_not_fit_its_size_is_refused() -> None:
    with pytest.raises(ProofError, match="do not fit"):
        edge_from(5000, LEAVES[:1], fetch=Store())
    with pytest.raises(ProofError, match="do not fit"):
        Edge(0, ((LEAVES[0],),))
