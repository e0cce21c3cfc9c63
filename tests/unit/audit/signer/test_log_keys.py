# SPDX-License-Identifier: Apache-2.0
"""The log's keys in the signer's folder: made, listed, rotated, and never in two minds."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from audit.proof.merkle import CompactRange, leaf_hash
from audit.proof.note import parse_verifier_key
from audit.proof.verify.trust import LogKey
from audit.signer.files import take_lock
from audit.signer.identity import create_signer, load_identity, read_verifier
from audit.signer.keys.known import known_log_keys, open_own_checkpoint
from audit.signer.keys.lines import LINES, Line
from audit.signer.keys.ring import RING_FILE, VERIFIER_FILE, RingKey, read_ring
from audit.signer.keys.rotation import complete_keys, rotate_log_key
from audit.signer.state import StateFile
from domain.errors import MunimentError, ProofError, UnreachableError, UnsafeError, UsageError

ORIGIN: Final = "ledger.xa-test"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    create_signer(tmp_path / "signer", ORIGIN)
    return tmp_path / "signer"


def tree_of(size: int) -> CompactRange:
    return CompactRange().extend(leaf_hash(bytes([at])) for at in range(size))


def signed_up_to(folder: Path, size: int) -> None:
    state = StateFile(folder)
    state.save(tree_of(size))
    state.close()


def note(folder: Path, size: int, lines: tuple[Line, ...] = LINES) -> bytes:
    return load_identity(folder, ORIGIN).sign(size, tree_of(size).root(), lines)


def lines_of(octets: bytes) -> int:
    return octets.count("\N{EM DASH}".encode())


def spans(ring: tuple[RingKey, ...], line: Line) -> list[tuple[int, int | None]]:
    return [(key.from_size, key.to_size) for key in ring if key.line == line]


def test_a_new_signer_has_a_key_of_each_type_for_every_size(folder: Path) -> None:
    ring = read_ring(folder)
    assert [(key.line, key.from_size, key.to_size) for key in ring] == [
        ("ed25519", 0, None),
        ("ml-dsa-44", 0, None),
    ]
    assert {parse_verifier_key(key.vkey).name for key in ring} == {ORIGIN}
    assert read_verifier(folder) == ring[0].vkey


def test_a_note_carries_the_lines_that_are_asked_for(folder: Path) -> None:
    keys = known_log_keys(folder)
    receipt, kept = note(folder, 3, ("ed25519",)), note(folder, 3)
    assert (lines_of(receipt), lines_of(kept)) == (1, 2)
    assert open_own_checkpoint(receipt, keys) == open_own_checkpoint(kept, keys)
    assert open_own_checkpoint(kept, keys[1:]).size == 3
    with pytest.raises(ProofError, match="No known key"):
        open_own_checkpoint(receipt, keys[1:])


def test_a_signer_without_the_second_key_gets_one_that_begins_with_the_next_entry(
    folder: Path,
) -> None:
    (folder / RING_FILE).unlink()
    (folder / "log.ml-dsa-44.key").unlink()
    signed_up_to(folder, 7)
    assert lines_of(note(folder, 7)) == 1
    complete_keys(folder, 7)
    assert spans(read_ring(folder), "ml-dsa-44") == [(8, None)]
    assert (lines_of(note(folder, 7)), lines_of(note(folder, 8))) == (1, 2)
    before = (folder / RING_FILE).read_bytes()
    complete_keys(folder, 9)
    assert (folder / RING_FILE).read_bytes() == before


def test_a_rotation_makes_both_keys_sign_and_ends_the_old_ones(folder: Path) -> None:
    signed_up_to(folder, 5)
    old = known_log_keys(folder)
    ring = rotate_log_key(folder, overlap=3)
    assert ring == read_ring(folder)
    for line in LINES:
        assert spans(ring, line) == [(0, 8), (5, None)]
    new = known_log_keys(folder)
    counts = {size: lines_of(note(folder, size)) for size in (4, 5, 8, 9)}
    assert counts == {4: 2, 5: 4, 8: 4, 9: 2}
    for size in (5, 6, 8):
        assert open_own_checkpoint(note(folder, size), old).size == size
    with pytest.raises(ProofError, match="No known key"):
        open_own_checkpoint(note(folder, 9), old)
    assert open_own_checkpoint(note(folder, 9), new).size == 9
    assert read_verifier(folder) != old[0].vkey


def test_one_type_may_be_rotated_alone_and_without_overlap(folder: Path) -> None:
    signed_up_to(folder, 5)
    ring = rotate_log_key(folder, overlap=0, lines=("ed25519",))
    assert spans(ring, "ed25519") == [(0, 5), (5, None)]
    assert spans(ring, "ml-dsa-44") == [(0, None)]


def test_a_second_rotation_waits_until_the_first_has_ended(folder: Path) -> None:
    signed_up_to(folder, 5)
    rotate_log_key(folder, overlap=2)
    before = read_ring(folder)
    signed_up_to(folder, 7)
    with pytest.raises(UsageError, match="signs up to size 7") as refusal:
        rotate_log_key(folder)
    assert refusal.value.slug == "rotation_running"
    assert read_ring(folder) == before
    signed_up_to(folder, 8)
    assert spans(rotate_log_key(folder, overlap=2), "ed25519") == [(0, 7), (5, 10), (8, None)]
    assert {key.file for key in read_ring(folder)} <= {each.name for each in folder.iterdir()}


def test_a_rotation_right_after_the_second_key_came_leaves_no_gap(folder: Path) -> None:
    (folder / RING_FILE).unlink()
    signed_up_to(folder, 5)
    assert spans(rotate_log_key(folder, overlap=0), "ml-dsa-44") == [(6, 6), (6, None)]


def test_a_rotation_that_was_killed_before_the_list_named_the_key_goes_on_with_it(
    folder: Path,
) -> None:
    before = (folder / RING_FILE).read_bytes()
    made = rotate_log_key(folder)
    (folder / RING_FILE).write_bytes(before)
    assert rotate_log_key(folder) == made


def test_nothing_is_rotated_while_the_signer_runs(folder: Path) -> None:
    lock = take_lock(folder)
    with pytest.raises(UnsafeError, match="is running") as refusal:
        rotate_log_key(folder)
    os.close(lock)
    assert refusal.value.slug == "signer_running"
    assert len(rotate_log_key(folder)) == 4


@pytest.mark.parametrize("overlap", [-1, 10**9 + 1])
def test_an_overlap_without_sense_is_refused(folder: Path, overlap: int) -> None:
    with pytest.raises(UsageError, match="0 to 1,000,000,000 entries"):
        rotate_log_key(folder, overlap=overlap)


def test_keys_are_not_rotated_without_end(folder: Path) -> None:
    for size in range(1, 63):
        signed_up_to(folder, size)
        rotate_log_key(folder, overlap=0, lines=("ed25519",))
    signed_up_to(folder, 64)
    with pytest.raises(UsageError, match="at most 64 keys"):
        rotate_log_key(folder)
    assert len(read_ring(folder)) == 64


def test_where_there_is_no_signer_there_is_nothing_to_rotate(tmp_path: Path) -> None:
    with pytest.raises(UnreachableError, match="muniment init"):
        rotate_log_key(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_a_key_that_has_ended_may_be_destroyed_and_one_in_use_not(folder: Path) -> None:
    signed_up_to(folder, 5)
    rotate_log_key(folder, overlap=0)
    (folder / "log.key").unlink()
    assert lines_of(note(folder, 6)) == 2
    (folder / "log.ml-dsa-44.2.key").unlink()
    with pytest.raises(UnreachableError, match="restore the signer's folder"):
        load_identity(folder, ORIGIN)


def test_a_key_of_another_type_or_of_nobody_is_refused(folder: Path) -> None:
    path = folder / "log.ml-dsa-44.key"
    foreign = MLDSA65PrivateKey.generate()
    octets = foreign.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for content, words in ((octets, "no ML-DSA-44 key"), (b"no key", "damaged")):
        path.write_bytes(content)
        with pytest.raises(UnsafeError, match=words):
            load_identity(folder, ORIGIN)


def given_out(folder: Path) -> str:
    return (folder / VERIFIER_FILE).read_text("utf-8").strip()


def test_the_verifier_key_that_is_given_out_is_the_one_in_use(folder: Path) -> None:
    signed_up_to(folder, 5)
    first = given_out(folder)
    assert first == read_verifier(folder)
    rotate_log_key(folder, overlap=1)
    second = given_out(folder)
    assert second == read_verifier(folder) != first
    key = (LogKey(vkey=second, from_size=5),)
    for size in (5, 6, 7):
        assert open_own_checkpoint(note(folder, size), key).size == size
    assert (folder / VERIFIER_FILE).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("left", [str.encode, None])
def test_the_key_that_is_given_out_follows_a_rotation_that_was_killed_before_it(
    folder: Path, left: Callable[[str], bytes] | None
) -> None:
    before = given_out(folder)
    rotate_log_key(folder)
    (folder / VERIFIER_FILE).unlink()
    if left:
        (folder / VERIFIER_FILE).write_bytes(left(before))
        assert load_identity(folder, ORIGIN)
    complete_keys(folder, 0)
    assert given_out(folder) == read_verifier(folder) != before


def test_a_verifier_key_beside_that_is_none_of_the_log_is_refused(folder: Path) -> None:
    other = folder.parent / "other"
    (folder / VERIFIER_FILE).write_text(create_signer(other, ORIGIN))
    with pytest.raises(UnsafeError, match="not the key of"):
        load_identity(folder, ORIGIN)


def without(*names: str) -> Callable[[list[dict[str, Any]]], object]:
    return lambda keys: [keys[0].pop(name) for name in names]


@pytest.mark.parametrize(
    "damage",
    [
        list.clear,
        lambda keys: keys.pop(0),
        lambda keys: keys.extend(keys),
        lambda keys: keys.extend(dict(keys[0], file=f"log.{n}.key") for n in range(70)),
        lambda keys: keys.append("no key"),
        lambda keys: keys[0].update(to_size=5),
        lambda keys: keys[0].update(to_size="5"),
        lambda keys: keys[0].update(from_size=True),
        lambda keys: keys[0].update(from_size=-1),
        lambda keys: keys[0].update(from_size=9, to_size=8),
        lambda keys: keys[0].update(from_size=2**63),
        lambda keys: keys[0].update(file="../log.key"),
        lambda keys: keys[0].update(file=7),
        lambda keys: keys[0].update(type="rsa"),
        lambda keys: keys[0].update(type=["ed25519"]),
        lambda keys: keys[0].update(vkey="ledger.xa-test"),
        lambda keys: keys[0].update(vkey="ledger.xa-test+00000000+"),
        lambda keys: keys[0].update(vkey="ledger.xb-test" + keys[1]["vkey"][14:]),
        lambda keys: keys[0].update(vkey=None),
        lambda keys: keys[0].update(more=1),
        without("vkey"),
        without("from_size"),
    ],
)
def test_a_damaged_list_stops_the_signer(
    folder: Path, damage: Callable[[list[dict[str, Any]]], object]
) -> None:
    members = json.loads((folder / RING_FILE).read_bytes())
    damage(members["keys"])
    (folder / RING_FILE).write_text(json.dumps(members))
    with pytest.raises(UnsafeError, match="list of the log's keys") as refusal:
        load_identity(folder, ORIGIN)
    assert refusal.value.slug == "signer_key"


def test_a_gap_between_two_keys_stops_the_signer(folder: Path) -> None:
    rotate_log_key(folder, overlap=4)
    members = json.loads((folder / RING_FILE).read_bytes())
    members["keys"][2]["from_size"] = 6
    (folder / RING_FILE).write_text(json.dumps(members))
    with pytest.raises(UnsafeError, match="list of the log's keys"):
        read_ring(folder)


@pytest.mark.parametrize("octets", [b"", b"[]", b"{}", b"\xff", b"[" * 100_000, b" " * 262_145])
def test_a_list_that_is_none_stops_the_signer(folder: Path, octets: bytes) -> None:
    (folder / RING_FILE).write_bytes(octets)
    with pytest.raises(UnsafeError, match="list of the log's keys"):
        read_ring(folder)


@given(octets=st.binary(max_size=200))
def test_whatever_the_list_holds_the_answer_is_a_verdict(
    tmp_path_factory: pytest.TempPathFactory, octets: bytes
) -> None:
    folder = tmp_path_factory.mktemp("ring")
    (folder / RING_FILE).write_bytes(octets)
    with pytest.raises(MunimentError, match=r"."):
        read_ring(folder)


def test_a_list_that_cannot_be_read_or_written_is_told(folder: Path) -> None:
    (folder / RING_FILE).unlink()
    (folder / RING_FILE).mkdir()
    with pytest.raises(UnreachableError, match="cannot be read"):
        read_ring(folder)


def test_a_list_that_cannot_be_replaced_is_told(folder: Path) -> None:
    (folder / f"{RING_FILE}.new").mkdir()
    with pytest.raises(UnreachableError, match="cannot be written"):
        rotate_log_key(folder)
