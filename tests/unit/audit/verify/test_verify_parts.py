# SPDX-License-Identifier: Apache-2.0
"""Parts of the verifier by themselves: the tree of many tiles, and files that change meanwhile."""

from functools import cache
from pathlib import Path

import pytest

from audit.proof.merkle import CompactRange, leaf_hash
from audit.proof.tiles import TILE_WIDTH, TileWriter, tile_path
from audit.proof.verify.findings import Finding
from audit.proof.verify.log.entries import Context, Judge
from audit.proof.verify.log.layout import Layout
from audit.proof.verify.log.tree import BundleHashes, TreeCheck
from audit.proof.verify.registry import RegistryFold
from domain.catalogue import CATALOGUE
from tests.unit.audit.verify.log_builder import AUDIENCE, small_log

ENTRIES = [b"%d" % number for number in range(TILE_WIDTH * TILE_WIDTH + 600)]
LEAVES = [leaf_hash(each) for each in ENTRIES]
SIZES = [1, 255, 256, 257, 512, 65_535, 65_536, 65_537, 66_000, len(ENTRIES)]


@pytest.fixture(scope="module")
def layout(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    directory = tmp_path_factory.mktemp("tiles")
    writer = TileWriter(directory)
    writer.add(ENTRIES)
    writer.finish()
    return Layout(directory)


@cache
def bundles() -> tuple[BundleHashes, ...]:
    return tuple(_bundle(start) for start in range(0, len(LEAVES), TILE_WIDTH))


def _bundle(start: int) -> BundleHashes:
    leaves = tuple(LEAVES[start : start + TILE_WIDTH])
    whole = len(leaves) == TILE_WIDTH
    root = CompactRange().extend(leaves).root() if whole else None
    return BundleHashes(start // TILE_WIDTH, root, leaves)


@cache
def root_of(size: int) -> bytes:
    return CompactRange().extend(LEAVES[:size]).root()


def grown(layout: Layout, mark: int) -> tuple[TreeCheck, bytes]:
    tree = TreeCheck(layout, marks=[mark])
    for bundle in bundles():
        tree.add(bundle)
    return tree, tree.finish()


@pytest.mark.parametrize("mark", SIZES)
def test_the_root_of_every_earlier_size_is_found_on_the_way(layout: Layout, mark: int) -> None:
    tree, root = grown(layout, mark)
    assert root == root_of(len(LEAVES))
    assert tree.marked[mark] == root_of(mark)
    assert tree.tally.kept == ()


@pytest.mark.parametrize(("level", "n", "width"), [(1, 0, 256), (1, 1, 2), (2, 0, 1)])
def test_a_changed_tile_of_any_level_is_found(
    layout: Layout, level: int, n: int, width: int
) -> None:
    path = layout.directory / tile_path(level, n, width=width)
    octets = path.read_bytes()
    path.write_bytes(octets[:-1] + bytes([octets[-1] ^ 1]))
    try:
        tree, _ = grown(layout, 1)
    finally:
        path.write_bytes(octets)
    assert [each.code for each in tree.tally.kept] == ["tile_differs"]


def test_a_registry_entry_that_appears_between_the_passes_is_found(tmp_path: Path) -> None:
    log = small_log(1)
    fold = RegistryFold(log.trust(), CATALOGUE)
    for index in range(3):
        fold.add(index, log.entries[index])
    context = Context(registry=fold.registry, audience=AUDIENCE, judged={0: fold.judged[0]})
    context.save(tmp_path / "context")
    (outcome,) = Judge(context).judge([(1, log.entries[1])])
    assert isinstance(outcome, Finding)
    assert outcome.code == "registry_overlooked"


def test_entries_judged_with_the_registry_are_known_by_their_octets() -> None:
    log = small_log(0)
    leaf = leaf_hash(log.entries[0])
    fold = RegistryFold(log.trust(), CATALOGUE)
    fold.add(0, log.entries[0])
    judge = Judge(Context(registry=fold.registry, audience=AUDIENCE, judged=fold.judged))
    assert judge.was_judged(0, leaf)
    assert not judge.was_judged(0, leaf_hash(log.entries[1]))
    assert not judge.was_judged(1, leaf)
