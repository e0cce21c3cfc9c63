# SPDX-License-Identifier: Apache-2.0
"""The Merkle tree against the known roots of RFC 6962, and the laws of its proofs."""

from __future__ import annotations

from hashlib import sha256
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.proof.merkle import (
    EMPTY_ROOT,
    CompactRange,
    consistency_path,
    inclusion_path,
    leaf_hash,
    node_hash,
    refutes_consistency,
    verify_consistency,
    verify_inclusion,
)
from domain.errors import ProofError

# The eight leaves and the roots of sizes 1 to 8 of the Certificate Transparency test vectors.
KNOWN_LEAVES = tuple(
    bytes.fromhex(entry)
    for entry in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
)
KNOWN_ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)

sizes = st.integers(min_value=1, max_value=300)


def leaves_of(size: int) -> list[bytes]:
    return [leaf_hash(str(index).encode()) for index in range(size)]


def root_by_definition(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, word for word, as the oracle."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(root_by_definition(leaves[:split]), root_by_definition(leaves[split:]))


class Nodes:
    """Complete subtrees by definition; asking for an incomplete one is a failure."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.leaves = leaves

    def __call__(self, level: int, index: int) -> bytes:
        start, end = index << level, (index + 1) << level
        assert 0 <= start < end <= len(self.leaves)
        return root_by_definition(self.leaves[start:end])


@pytest.mark.parametrize("size", range(1, 9))
def test_the_roots_of_the_known_vectors_result(size: int) -> None:
    leaves = [leaf_hash(entry) for entry in KNOWN_LEAVES[:size]]
    assert CompactRange().extend(leaves).root().hex() == KNOWN_ROOTS[size - 1]


def test_the_root_of_no_leaves_is_the_hash_of_nothing() -> None:
    assert CompactRange().root() == EMPTY_ROOT == sha256(b"").digest()


def test_a_known_inclusion_proof_is_made_and_accepted() -> None:
    leaves = [leaf_hash(entry) for entry in KNOWN_LEAVES]
    path = inclusion_path(5, 8, node=Nodes(leaves))
    assert [each.hex()[:8] for each in path] == ["bc1a0643", "ca854ea1", "d37ee418"]
    verify_inclusion(leaf=leaves[5], index=5, size=8, path=path, root=root_by_definition(leaves))


def test_a_known_consistency_proof_is_made_and_accepted() -> None:
    leaves = [leaf_hash(entry) for entry in KNOWN_LEAVES]
    path = consistency_path(6, 8, node=Nodes(leaves))
    assert [each.hex()[:8] for each in path] == ["0ebc5d34", "ca854ea1", "d37ee418"]


@given(size=sizes, cuts=st.lists(st.integers(0, 300), max_size=5))
def test_a_range_grown_in_any_split_has_the_root_by_definition(size: int, cuts: list[int]) -> None:
    leaves = leaves_of(size)
    marks = [0, *sorted(min(cut, size) for cut in cuts), size]
    grown = CompactRange()
    for start, end in pairwise(marks):
        grown = grown.extend(leaves[start:end])
        assert grown.root() == root_by_definition(leaves[:end])
    assert CompactRange.from_bytes(size, grown.to_bytes()) == grown


@given(data=st.data(), size=sizes)
def test_every_inclusion_path_verifies_and_no_neighbour_does(
    data: st.DataObject, size: int
) -> None:
    index = data.draw(st.integers(0, size - 1))
    leaves = leaves_of(size)
    path = inclusion_path(index, size, node=Nodes(leaves))
    root = root_by_definition(leaves)
    verify_inclusion(leaf=leaves[index], index=index, size=size, path=path, root=root)
    wrong_index = data.draw(st.integers(0, size + 1).filter(lambda other: other != index))
    with pytest.raises(ProofError, match=r"root|size|hashes"):
        verify_inclusion(leaf=leaves[index], index=wrong_index, size=size, path=path, root=root)


@given(data=st.data(), size=st.integers(2, 300))
def test_any_flipped_bit_breaks_an_inclusion_proof(data: st.DataObject, size: int) -> None:
    index = data.draw(st.integers(0, size - 1))
    leaves = leaves_of(size)
    path = inclusion_path(index, size, node=Nodes(leaves))
    pieces = [leaves[index], root_by_definition(leaves), *path]
    victim = data.draw(st.integers(0, len(pieces) - 1))
    pieces[victim] = flipped(pieces[victim], data.draw(st.integers(0, 255)))
    with pytest.raises(ProofError, match="leads to another root"):
        verify_inclusion(leaf=pieces[0], index=index, size=size, path=pieces[2:], root=pieces[1])


@given(data=st.data(), new=sizes)
def test_every_consistency_path_verifies_and_any_flipped_bit_breaks_it(
    data: st.DataObject, new: int
) -> None:
    old = data.draw(st.integers(1, new))
    leaves = leaves_of(new)
    path = consistency_path(old, new, node=Nodes(leaves))
    pieces = [root_by_definition(leaves[:old]), root_by_definition(leaves), *path]
    check(pieces, old, new)
    victim = data.draw(st.integers(0, len(pieces) - 1))
    pieces[victim] = flipped(pieces[victim], data.draw(st.integers(0, 255)))
    with pytest.raises(ProofError, match="not consistent"):
        check(pieces, old, new)


@given(data=st.data(), new=sizes)
def test_a_path_refutes_exactly_what_its_own_tree_does_not_begin_with(
    data: st.DataObject, new: int
) -> None:
    old = data.draw(st.integers(1, new))
    leaves = leaves_of(new)
    own, root = root_by_definition(leaves[:old]), root_by_definition(leaves)
    path = consistency_path(old, new, node=Nodes(leaves))
    assert not refuted([own, root, *path], old, new)
    other = [leaf_hash(b"other"), *leaves[1:old]]
    # A path from a power of two begins at the old root itself, and so cannot gainsay it.
    tells = old < new and old & (old - 1) != 0
    assert refuted([root_by_definition(other), root, *path], old, new) == tells


@given(data=st.data(), new=sizes)
def test_a_path_that_misses_the_new_root_refutes_nothing(data: st.DataObject, new: int) -> None:
    old = data.draw(st.integers(1, new))
    leaves = leaves_of(new)
    path = consistency_path(old, new, node=Nodes(leaves))
    pieces = [leaf_hash(b"other"), root_by_definition(leaves), *path]
    victim = data.draw(st.integers(1, len(pieces) - 1))
    pieces[victim] = flipped(pieces[victim], data.draw(st.integers(0, 255)))
    assert not refuted(pieces, old, new)
    assert not refuted([*pieces, leaf_hash(b"one more")], old, new)


@given(data=st.data(), new=sizes)
def test_a_consistency_path_of_another_length_is_refused(data: st.DataObject, new: int) -> None:
    old = data.draw(st.integers(1, new))
    leaves = leaves_of(new)
    path = consistency_path(old, new, node=Nodes(leaves))
    pieces = [root_by_definition(leaves[:old]), root_by_definition(leaves), *path]
    with pytest.raises(ProofError, match="exactly"):
        check([*pieces, pieces[0]], old, new)


def test_no_consistency_proof_starts_from_the_empty_tree() -> None:
    root = leaf_hash(b"")
    with pytest.raises(ProofError, match="from size 0 to 1"):
        verify_consistency(old_size=0, new_size=1, old_root=EMPTY_ROOT, new_root=root, path=())
    with pytest.raises(ProofError, match="from size 0 to 1"):
        consistency_path(0, 1, node=Nodes([root]))


def test_a_shrinking_tree_is_never_consistent() -> None:
    root = leaf_hash(b"")
    with pytest.raises(ProofError, match="from size 2 to 1"):
        verify_consistency(old_size=2, new_size=1, old_root=root, new_root=root, path=())


def test_equal_sizes_need_equal_roots_and_an_empty_path() -> None:
    root = leaf_hash(b"")
    verify_consistency(old_size=7, new_size=7, old_root=root, new_root=root, path=())
    with pytest.raises(ProofError, match="not consistent"):
        verify_consistency(old_size=7, new_size=7, old_root=root, new_root=EMPTY_ROOT, path=())
    with pytest.raises(ProofError, match="exactly 0"):
        verify_consistency(old_size=7, new_size=7, old_root=root, new_root=root, path=(root,))


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (-1, 1), (2**63, 2**63 + 1)])
def test_an_index_outside_the_tree_is_refused(index: int, size: int) -> None:
    with pytest.raises(ProofError, match="lies outside"):
        verify_inclusion(leaf=EMPTY_ROOT, index=index, size=size, path=(), root=EMPTY_ROOT)
    with pytest.raises(ProofError, match="lies outside"):
        inclusion_path(index, size, node=Nodes([]))


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_hash_that_is_not_32_octets_is_refused(length: int) -> None:
    with pytest.raises(ProofError, match="32 octets"):
        verify_inclusion(leaf=b"x" * length, index=0, size=1, path=(), root=b"x" * length)
    with pytest.raises(ProofError, match="32 octets"):
        verify_inclusion(leaf=EMPTY_ROOT, index=0, size=2, path=(b"x" * length,), root=EMPTY_ROOT)


@pytest.mark.parametrize(("size", "octets"), [(1, 0), (0, 32), (3, 32), (-1, 0), (1, 31)])
def test_a_frontier_that_does_not_fit_its_size_is_refused(size: int, octets: int) -> None:
    with pytest.raises(ProofError, match=r"frontier|whole number"):
        CompactRange.from_bytes(size, b"x" * octets)


def check(pieces: list[bytes], old: int, new: int) -> None:
    verify_consistency(
        old_size=old, new_size=new, old_root=pieces[0], new_root=pieces[1], path=pieces[2:]
    )


def refuted(pieces: list[bytes], old: int, new: int) -> bool:
    return refutes_consistency(
        old_size=old, new_size=new, old_root=pieces[0], new_root=pieces[1], path=pieces[2:]
    )


def flipped(octets: bytes, bit: int) -> bytes:
    changed = bytearray(octets)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)
