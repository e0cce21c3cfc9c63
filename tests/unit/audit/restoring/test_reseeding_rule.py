# SPDX-License-Identifier: Apache-2.0
"""Which tree a signer that lost its state may begin with: none below what is known to be signed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from audit.proof.cosignature import cosign, cosigner_key
from audit.proof.merkle import CompactRange, leaf_hash
from audit.proof.note import with_lines
from audit.proof.policy.file import parse_policy
from audit.proof.policy.rule import Policy
from audit.proof.verify.trust import LogKey
from audit.restoring.reseeding import Heard, Signed, signed_by_quorum, tree_of
from domain.errors import UnsafeError
from tests.unit.audit.witness.logs import FIRST, NOW, SECOND, Log

SIZE = 40
ENTRIES = [f"entry {at}".encode() for at in range(SIZE)]
KEYS = (LogKey(vkey=str(FIRST.key), from_size=0),)
WITNESSES = [Ed25519PrivateKey.from_private_bytes(bytes([at]) * 32) for at in (7, 8, 9)]


def policy(quorum: str = "group two 2 w0 w1 w2\nquorum two", *, url: str = "") -> Policy:
    lines = [f"log {FIRST.key}"]
    for at, key in enumerate(WITNESSES):
        lines.append(f"witness w{at} {cosigner_key(f'w{at}.example', key.public_key())} {url}")
    return parse_policy("\n".join([*lines, quorum, ""]).encode())


def cosigned(size: int, *numbers: int, log: Log = FIRST) -> bytes:
    note = log.note(size)
    text = note.rpartition(b"\n\n")[0].decode() + "\n"
    lines = [
        cosign(text, name=f"w{at}.example", private_key=WITNESSES[at], at=NOW) for at in numbers
    ]
    return with_lines(note, lines)


def heard(**notes: bytes) -> Heard:
    return Heard(notes=notes, failures={})


def root(size: int) -> bytes:
    return CompactRange().extend(map(leaf_hash, ENTRIES[:size])).root()


def pieces(cuts: Sequence[int]) -> Iterator[list[bytes]]:
    at = 0
    for cut in [*sorted(set(cuts)), SIZE]:
        yield ENTRIES[at:cut]
        at = cut


@given(
    sizes=st.sets(st.integers(1, SIZE), min_size=1),
    cuts=st.lists(st.integers(0, SIZE), max_size=6),
)
def test_the_state_is_the_tree_of_the_largest_signed_size_however_entries_come(
    sizes: set[int], cuts: list[int]
) -> None:
    signed = Signed(roots={size: root(size) for size in sizes}, names=())
    found = tree_of(pieces(cuts), signed)
    assert (found.size, found.root()) == (max(sizes), root(max(sizes)))


@given(
    sizes=st.sets(st.integers(1, SIZE), min_size=1),
    cuts=st.lists(st.integers(0, SIZE), max_size=6),
    data=st.data(),
)
def test_one_signed_root_that_the_entries_do_not_give_is_enough_to_refuse(
    sizes: set[int], cuts: list[int], data: st.DataObject
) -> None:
    roots = {size: root(size) for size in sizes}
    roots[data.draw(st.sampled_from(sorted(sizes)))] = bytes(32)
    with pytest.raises(UnsafeError) as refusal:
        tree_of(pieces(cuts), Signed(roots=roots, names=()))
    assert refusal.value.slug == "reseed_differs"


@given(more=st.integers(1, 100), cuts=st.lists(st.integers(0, SIZE), max_size=6))
def test_fewer_entries_than_were_signed_give_no_state(more: int, cuts: list[int]) -> None:
    with pytest.raises(UnsafeError) as refusal:
        tree_of(pieces(cuts), Signed(roots={5: root(5), SIZE + more: bytes(32)}, names=()))
    assert refusal.value.slug == "reseed_short"


def test_witnesses_that_are_behind_each_other_are_a_quorum_together() -> None:
    found = signed_by_quorum(
        policy(), KEYS, heard(w0=cosigned(30, 0), w2=cosigned(12, 2)), others=()
    )
    assert set(found.roots) == {12, 30}
    assert found.names == ("w0", "w2")


@pytest.mark.parametrize(
    ("answers", "kept", "url"),
    [
        ({}, [], ""),
        ({"w1": cosigned(12, 1)}, [], ""),
        ({"w1": cosigned(12, 1)}, [cosigned(12, 1)], ""),
        ({"w1": cosigned(12, 1)}, [cosigned(12, 0, 1, 2)], "http://w.example/"),
        ({"w0": cosigned(0, 0), "w1": cosigned(0, 1)}, [], ""),
    ],
    ids=["nobody", "one", "one twice", "one, and notes of those who are away", "the empty log"],
)
def test_less_than_a_quorum_stands_for_nothing(
    answers: dict[str, bytes], kept: list[bytes], url: str
) -> None:
    with pytest.raises(UnsafeError) as refusal:
        signed_by_quorum(policy(url=url), KEYS, heard(**answers), others=kept)
    assert refusal.value.slug == "reseed_quorum"


def test_a_witness_without_an_address_is_believed_by_its_cosignature() -> None:
    found = signed_by_quorum(policy(), KEYS, heard(), others=[cosigned(12, 0, 1), FIRST.note(25)])
    assert (set(found.roots), found.names) == ({12, 25}, ("w0", "w1"))


def test_two_roots_of_one_size_stop_everything() -> None:
    answers = heard(w0=cosigned(30, 0), w1=cosigned(30, 1, log=SECOND))
    with pytest.raises(UnsafeError) as refusal:
        signed_by_quorum(policy(), KEYS, answers, others=())
    assert refusal.value.slug == "checkpoint_fork"
    assert "muniment-verify --fraud" in refusal.value.next_step
