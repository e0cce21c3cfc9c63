# SPDX-License-Identifier: Apache-2.0
"""The folder of a witness: its key, its memory, and the start that its operator pins."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from audit.proof.cosignature import cosigner_key
from audit.witness.key import KEY_FILE, VERIFIER_FILE, create_cosigner, load_cosigner
from audit.witness.pinning import pin
from audit.witness.store import STORE_FILE, WitnessStore
from domain.errors import MunimentError, ProofError, UnreachableError, UnsafeError, UsageError
from tests.unit.audit.witness.logs import FIRST, NOW, ORIGIN, SECOND, Desk, Log


def test_a_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    made = create_cosigner(tmp_path / "w", "witness.example/w1")
    assert load_cosigner(tmp_path / "w").verifier == made.verifier
    assert (tmp_path / "w" / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "w").stat().st_mode & 0o777 == 0o700
    with pytest.raises(UnsafeError, match="never replaced"):
        create_cosigner(tmp_path / "w", "witness.example/w2")


def test_there_is_no_witness_in_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no witness") as told:
        load_cosigner(tmp_path)
    assert told.value.slug == "witness_absent"


def break_key(folder: Path) -> None:
    (folder / KEY_FILE).write_bytes(b"no key")


def swap_name(folder: Path) -> None:
    other = create_cosigner(folder.parent / "other", "witness.example/w1")
    (folder / VERIFIER_FILE).write_text(f"{other.verifier}\n")


def wrong_curve(folder: Path) -> None:
    key = generate_private_key(SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / KEY_FILE).write_bytes(pem)


def open_key(folder: Path) -> None:
    (folder / KEY_FILE).chmod(0o644)


def open_folder(folder: Path) -> None:
    folder.chmod(0o755)


@pytest.mark.parametrize("harm", [break_key, swap_name, wrong_curve, open_key, open_folder])
def test_a_key_that_is_damaged_or_open_is_not_used(
    tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    create_cosigner(tmp_path / "w", "witness.example/w1")
    harm(tmp_path / "w")
    with pytest.raises(UnsafeError, match=r"damaged|not private"):
        load_cosigner(tmp_path / "w")


def test_a_key_is_made_in_no_folder_that_others_enter_or_that_cannot_be(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with pytest.raises(UnsafeError, match="not private"):
        create_cosigner(tmp_path, "w")
    (tmp_path / "file").touch()
    with pytest.raises(UnreachableError, match="cannot be made"):
        create_cosigner(tmp_path / "file" / "w", "w")
    with pytest.raises(ProofError, match="key name"):
        create_cosigner(tmp_path / "new", "two words")


def test_a_lost_memory_stops_the_witness(tmp_path: Path) -> None:
    create_cosigner(tmp_path / "w", "w")
    with pytest.raises(UnsafeError, match="cannot be opened") as told:
        WitnessStore(tmp_path / "w")
    assert told.value.slug == "witness_state_lost"
    (tmp_path / "w" / STORE_FILE).write_bytes(b"no database" * 100)
    with pytest.raises(UnsafeError, match="cannot be opened"):
        WitnessStore(tmp_path / "w")


def test_what_was_cosigned_is_known_after_a_restart(desk: Desk) -> None:
    desk.witness.add_checkpoint(FIRST.request(0, 30))
    desk.store.close()
    desk.store = WitnessStore(desk.folder)
    assert desk.witness.add_checkpoint(FIRST.request(0, 40)).body == b"30\n"


def test_of_two_moves_from_one_tree_the_second_changes_nothing(desk: Desk) -> None:
    before = desk.store.held(ORIGIN)
    assert before is not None
    one = replace(before, size=30, root=FIRST.root(30), at=NOW)
    other = replace(before, size=40, root=SECOND.root(40), at=NOW)
    second = WitnessStore(desk.folder)
    assert (desk.store.move(before, one), second.move(before, other)) == (True, False)
    assert second.held(ORIGIN) == one
    second.close()


def test_a_move_to_a_smaller_tree_is_refused_though_somebody_asks_for_it(desk: Desk) -> None:
    desk.witness.add_checkpoint(FIRST.request(0, 30))
    before = desk.store.held(ORIGIN)
    assert before is not None
    with pytest.raises(UnreachableError, match="a log only grows"):
        desk.store.move(before, replace(before, size=20))
    assert desk.store.held(ORIGIN) == before


@pytest.mark.parametrize(
    "statement",
    [
        "update log set size = size - 1",
        "update log set root = zeroblob(32)",
        "update log set at = at - 1",
        "delete from log",
    ],
)
def test_the_database_itself_refuses_to_go_back(desk: Desk, statement: str) -> None:
    desk.witness.add_checkpoint(FIRST.request(0, 30))
    with (
        sqlite3.connect(desk.folder / STORE_FILE) as database,
        pytest.raises(sqlite3.IntegrityError, match=r"only grows|never forgotten"),
    ):
        database.execute(statement)
    database.close()


def test_a_memory_that_cannot_be_used_is_told_as_such(desk: Desk) -> None:
    desk.store.close()
    assert desk.witness.add_checkpoint(FIRST.request(0, 30)).status == 503
    assert desk.witness.checkpoint("0" * 64).status == 503
    held = FIRST.note(1)
    with pytest.raises(UnreachableError, match="memory") as told:
        pin(desk.store, desk.cosigner, FIRST.key, origin=ORIGIN, start=held)
    assert told.value.slug == "witness_disk"


def test_a_second_key_of_a_log_may_be_trusted_but_no_second_start(desk: Desk) -> None:
    successor = Log(fork=20, private_key=create_cosigner(desk.folder / "k", "k").private_key)
    desk.witness.add_checkpoint(FIRST.request(0, 30))
    found = pin(desk.store, desk.cosigner, successor.key, origin=ORIGIN, start=None)
    assert (found.size, found.root) == (30, FIRST.root(30))
    assert desk.witness.add_checkpoint(successor.request(30, 40)).status == 200
    with pytest.raises(UsageError, match="watched already, with a tree of size 40"):
        pin(desk.store, desk.cosigner, FIRST.key, origin=ORIGIN, start=FIRST.note(20))


def test_a_start_has_to_be_signed_by_that_log(desk: Desk) -> None:
    other = Log(origin="other.example")
    cases: list[tuple[Log, str, bytes | None, type[MunimentError]]] = [
        (other, "other.example", FIRST.note(5), ProofError),
        (other, "third.example", other.note(5), ProofError),
        (other, "other.example", b"no note", ProofError),
    ]
    for log, origin, start, error in cases:
        with pytest.raises(error, match=r"note|No known key|not one of"):
            pin(desk.store, desk.cosigner, log.key, origin=origin, start=start)
    assert [each.origin for each in desk.store.all()] == [ORIGIN]


def test_the_key_of_a_witness_is_no_key_of_a_log(desk: Desk) -> None:
    for key in (
        desk.cosigner.verifier,
        replace(desk.cosigner.verifier, kind=1),
        cosigner_key(ORIGIN, FIRST.private_key.public_key()),
    ):
        with pytest.raises(UsageError, match="not a log's key"):
            pin(desk.store, desk.cosigner, key, origin=ORIGIN, start=None)
