# SPDX-License-Identifier: Apache-2.0
"""The signer's own files: a torn write loses nothing, a lost state is never made up."""

from __future__ import annotations

import os
import stat
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from audit.proof.merkle import CompactRange, leaf_hash
from audit.proof.note import parse_verifier_key
from audit.signer.files import (
    PID_FILE,
    create_file,
    read_pid,
    socket_path,
    take_lock,
    write_pid,
)
from audit.signer.identity import create_signer, load_identity, read_verifier
from audit.signer.state import StateFile, create_state
from domain.errors import ProofError, UnreachableError, UnsafeError

ORIGIN = "ledger.xa-test"
SLOT = 4096


def tree_of(size: int) -> CompactRange:
    return CompactRange().extend(leaf_hash(bytes([at])) for at in range(size))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    create_signer(tmp_path / "signer", ORIGIN)
    return tmp_path / "signer"


def saved(folder: Path, *sizes: int) -> CompactRange:
    state = StateFile(folder)
    for size in sizes:
        state.save(tree_of(size))
    state.close()
    return reread(folder)


def reread(folder: Path) -> CompactRange:
    state = StateFile(folder)
    state.close()
    return state.tree


def test_the_newest_saved_tree_is_read_back(folder: Path) -> None:
    for sizes in ((1,), (3, 7), (8,)):
        assert saved(folder, *sizes) == tree_of(sizes[-1])


@pytest.mark.parametrize("torn_at", [0, 8, 100, 512, 4064, 4095])
def test_a_torn_write_leaves_the_state_before_it(folder: Path, torn_at: int) -> None:
    saved(folder, 5)
    before = (folder / "state").read_bytes()
    saved(folder, 11)
    after = (folder / "state").read_bytes()
    start = next(at for at in (0, SLOT) if before[at : at + SLOT] != after[at : at + SLOT])
    torn = bytearray(before)
    torn[start : start + torn_at] = after[start : start + torn_at]
    torn[start + torn_at] ^= 0xFF
    (folder / "state").write_bytes(torn)
    assert reread(folder) == tree_of(5)
    assert saved(folder, 12) == tree_of(12)


def test_a_state_of_which_nothing_can_be_read_stops_the_signer(folder: Path) -> None:
    saved(folder, 5)
    for octets in (bytes(2 * SLOT), b"", os.urandom(2 * SLOT)):
        (folder / "state").write_bytes(octets)
        with pytest.raises(UnsafeError, match="missing or damaged") as refusal:
            StateFile(folder)
        assert refusal.value.slug == "signer_state_lost"


def test_a_missing_state_stops_the_signer(folder: Path) -> None:
    (folder / "state").unlink()
    with pytest.raises(UnsafeError, match="missing or damaged"):
        StateFile(folder)


def test_a_state_never_shrinks_or_repeats(folder: Path) -> None:
    state = StateFile(folder)
    state.save(tree_of(5))
    for size in (4, 5):
        with pytest.raises(UnsafeError, match="only grows"):
            state.save(tree_of(size))
    state.close()


def test_the_largest_tree_fits_into_a_slot(folder: Path) -> None:
    largest = CompactRange(2**63 - 1, tuple(bytes([at]) * 32 for at in range(63)))
    state = StateFile(folder)
    state.save(largest)
    state.close()
    assert reread(folder) == largest


def test_only_the_owner_may_read_key_and_state(folder: Path) -> None:
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()}
    names = ("log.key", "log.vkey", "log.ml-dsa-44.key", "log.keys", "state")
    assert modes == dict.fromkeys(names, 0o600)


def test_the_key_is_a_pkcs8_key_whose_verifier_key_is_beside_it(folder: Path) -> None:
    assert (folder / "log.key").read_bytes().startswith(b"-----BEGIN PRIVATE KEY-----\n")
    identity = load_identity(folder, ORIGIN)
    assert parse_verifier_key(read_verifier(folder)) == identity.verifier


def test_a_signer_is_never_replaced(folder: Path) -> None:
    before = (folder / "log.key").read_bytes()
    with pytest.raises(UnsafeError, match="never replaced"):
        create_signer(folder, ORIGIN)
    assert (folder / "log.key").read_bytes() == before


def test_creation_that_was_killed_half_way_may_be_repeated(folder: Path) -> None:
    (folder / "log.key").unlink()
    vkey = create_signer(folder, ORIGIN)
    assert str(load_identity(folder, ORIGIN).verifier) == vkey


def test_a_new_key_is_not_put_beside_the_state_of_a_begun_log(folder: Path) -> None:
    saved(folder, 3)
    (folder / "log.key").unlink()
    with pytest.raises(UnsafeError, match="log that has begun"):
        create_signer(folder, ORIGIN)
    with pytest.raises(UnsafeError, match="log that has begun"):
        create_state(folder)


def test_a_folder_that_others_may_enter_is_refused(folder: Path) -> None:
    folder.chmod(0o755)
    with pytest.raises(UnsafeError, match="not private"):
        load_identity(folder, ORIGIN)


def test_the_key_of_another_log_is_refused(folder: Path) -> None:
    with pytest.raises(UnsafeError, match=r"not the key of ledger\.xb-test"):
        load_identity(folder, "ledger.xb-test")


def test_a_damaged_or_foreign_key_is_refused(folder: Path) -> None:
    (folder / "log.key").write_bytes(b"no key")
    with pytest.raises(UnsafeError, match="damaged"):
        load_identity(folder, ORIGIN)
    foreign = generate_private_key(SECP256R1())
    (folder / "log.key").write_bytes(
        foreign.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    with pytest.raises(UnsafeError, match="no Ed25519 key"):
        load_identity(folder, ORIGIN)


def test_a_folder_without_signer_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir(mode=0o700)
    with pytest.raises(UnreachableError, match="muniment init"):
        load_identity(tmp_path / "empty", ORIGIN)


def test_an_origin_that_no_key_may_bear_makes_no_signer(tmp_path: Path) -> None:
    with pytest.raises(ProofError, match="key name"):
        create_signer(tmp_path / "signer", "ledger with spaces")
    assert not (tmp_path / "signer" / "log.key").exists()


def test_a_folder_or_file_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UnreachableError, match="cannot be made"):
        create_signer(tmp_path / "file" / "signer", ORIGIN)
    with pytest.raises(UnreachableError, match="cannot be written"):
        create_file(tmp_path / "file" / "state", b"")
    (tmp_path / PID_FILE).mkdir()
    tmp_path.chmod(0o700)
    with pytest.raises(UnreachableError, match="lock cannot be made"):
        take_lock(tmp_path)


def test_a_lock_says_who_holds_it_and_forgets_who_held_it(folder: Path) -> None:
    (folder / PID_FILE).write_text("4242")
    lock = take_lock(folder)
    assert read_pid(lock) is None
    write_pid(lock, 7)
    assert read_pid(lock) == 7
    os.close(lock)


def test_a_slot_with_a_range_that_cannot_be_is_not_read(folder: Path) -> None:
    octets = bytearray((folder / "state").read_bytes())
    for start in (0, SLOT):
        octets[start + 16 : start + 24] = b"\xff" * 8
        body = octets[start : start + SLOT - 32]
        octets[start + SLOT - 32 : start + SLOT] = sha256(body).digest()
    (folder / "state").write_bytes(octets)
    with pytest.raises(UnsafeError, match="missing or damaged"):
        StateFile(folder)


def test_a_missing_verifier_key_is_told(folder: Path) -> None:
    (folder / "log.vkey").unlink()
    with pytest.raises(UnreachableError, match="no verifier key"):
        load_identity(folder, ORIGIN)


def test_a_long_folder_gets_a_short_private_socket(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 40)
    path = socket_path(folder)
    assert len(os.fsencode(path)) < 100
    assert path == socket_path(folder)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    path.parent.rmdir()
