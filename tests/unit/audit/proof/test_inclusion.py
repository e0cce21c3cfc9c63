# SPDX-License-Identifier: Apache-2.0
"""Receipts: written, read back, verified by a stranger, refused when anything differs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from audit.proof.checkpoint import Checkpoint
from audit.proof.growth import batch_paths
from audit.proof.inclusion import (
    EXTRA_OCTETS_MAX,
    PROOF_OCTETS_MAX,
    TlogProof,
    parse_tlog_proof,
    verify_tlog_proof,
)
from audit.proof.merkle import CompactRange, leaf_hash
from audit.proof.note import sign_note, verifier_key
from domain.errors import ProofError

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
ORIGIN = "ledger.xa-test"
KEY = verifier_key(ORIGIN, PRIVATE.public_key())
LEAVES = [leaf_hash(bytes([index])) for index in range(11)]
TREE = Checkpoint(origin=ORIGIN, size=11, root=CompactRange().extend(LEAVES).root())
PROOF = TlogProof(
    index=4,
    path=batch_paths(CompactRange(), LEAVES)[4],
    checkpoint_note=sign_note(TREE.body(), name=ORIGIN, private_key=PRIVATE),
)
FILE = PROOF.encode()


def test_a_receipt_verifies_from_its_octets_alone() -> None:
    found = verify_tlog_proof(parse_tlog_proof(FILE), leaf_hash(b"\x04"), keys=[KEY], origin=ORIGIN)
    assert found == TREE


def test_a_receipt_has_the_lines_of_the_format_in_order() -> None:
    lines = FILE.decode().split("\n")
    assert lines[:2] == ["c2sp.org/tlog-proof@v1", "index 4"]
    assert lines[2 + len(PROOF.path) :][:3] == ["", ORIGIN, "11"]


@given(bit=st.integers(0, len(FILE) * 8 - 1))
def test_any_flipped_bit_of_a_receipt_is_refused(bit: int) -> None:
    changed = bytearray(FILE)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(ProofError):
        verify_tlog_proof(parse_tlog_proof(bytes(changed)), LEAVES[4], keys=[KEY], origin=ORIGIN)


@given(extra=st.none() | st.binary(max_size=40), index=st.integers(0, 2**63 - 2))
def test_what_is_written_is_read_back(extra: bytes | None, index: int) -> None:
    written = replace(PROOF, extra=extra, index=index)
    assert parse_tlog_proof(written.encode()) == written


def test_another_entry_or_index_is_refused() -> None:
    with pytest.raises(ProofError, match="another root"):
        verify_tlog_proof(PROOF, LEAVES[5], keys=[KEY], origin=ORIGIN)
    with pytest.raises(ProofError, match="another root"):
        verify_tlog_proof(replace(PROOF, index=5), LEAVES[4], keys=[KEY], origin=ORIGIN)


def test_a_receipt_of_another_log_is_refused() -> None:
    with pytest.raises(ProofError, match=r"not one of ledger\.xb-test"):
        verify_tlog_proof(PROOF, LEAVES[4], keys=[KEY], origin="ledger.xb-test")


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"c2sp.org/tlog-proof@v2" + FILE[22:],
        FILE.replace(b"\n\n", b"\n", 1),
        FILE.replace(b"index 4\n", b""),
        FILE.replace(b"index 4", b"index 04"),
        FILE.replace(b"index 4", b"index -4"),
        FILE.replace(b"index 4", b"index  4"),
        FILE.replace(b"index 4", b"index 4\nindex 4"),
        FILE.replace(b"index 4", b"index 4\nextra AAAA"),
        FILE.replace(b"index 4", b"extra AAAA\nextra AAAA\nindex 4"),
        FILE.replace(b"index 4", b"extra A\nindex 4"),
        FILE.replace(b"index 4", b"index 4\nAAAA"),
        FILE.replace(b"index 4", b"index \xd9\xa4"),
        FILE.replace(b"\n", b"\r\n", 1),
        b"x" * (PROOF_OCTETS_MAX + 1),
    ],
)
def test_a_malformed_receipt_is_refused(octets: bytes) -> None:
    with pytest.raises(ProofError, match=r"receipt|decimal|base64|32 octets"):
        parse_tlog_proof(octets)


def test_more_than_63_hashes_or_too_much_extra_is_refused() -> None:
    with pytest.raises(ProofError, match="at most 63 hashes"):
        replace(PROOF, path=(b"h" * 32,) * 64)
    with pytest.raises(ProofError, match="extra data"):
        replace(PROOF, extra=bytes(EXTRA_OCTETS_MAX + 1))
    with pytest.raises(ProofError, match="at most 63 hashes"):
        parse_tlog_proof(FILE.replace(b"index 4", b"index 4" + b"\nAAAA" * 64))
