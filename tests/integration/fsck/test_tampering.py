# SPDX-License-Identifier: Apache-2.0
"""What a superuser of the database does, and by which mechanism fsck detects it (log.md 2.10)."""

from __future__ import annotations

import pytest

from api.bootstrap import open_office
from audit.proof.merkle import leaf_hash
from audit.proof.verify.report import ExitCode
from domain.errors import UnsafeError
from tests.integration.fsck.conftest import (
    OLDER,
    SIZE,
    Ledger,
    edited,
    finding,
    found,
    relabelled,
    state,
)

OCTETS_TRIED = 6
EDIT = "update ledger.event set raw = %s where idx = %s"


# An entry is edited: leaf hash against tile and root; fsck names the index.


def test_an_edited_row_is_named_with_its_octets_and_its_place_in_the_published_copy(
    ledger: Ledger,
) -> None:
    raw = ledger.raw(40)
    ledger.falsify(EDIT, edited(raw), 40)
    report = ledger.fsck(published=True)
    assert report.exit_code is ExitCode.VIOLATED
    wrong = finding(report, "rows", "row_differs")
    assert wrong.index == 40
    at = len(raw) - 40
    assert f"octets {at} to {at + 1} of {len(raw)} differ" in wrong.evidence
    assert f"signed leaf {leaf_hash(raw).hex()}" in wrong.evidence
    assert "tile/entries/000, entry 40" in wrong.next_step
    assert [each.index for each in report.findings if each.check == "rows"] == [40]
    assert state(report, "tiles") == "ok"
    unfit = ("head", "signer", "checkpoints", "published")
    assert {state(report, name) for name in unfit} == {"failed"}


def test_over_an_edited_row_nobody_is_told_to_write_the_forgers_event_id_into_its_column(
    ledger: Ledger,
) -> None:
    forged = relabelled(ledger.raw(40))
    ledger.falsify(EDIT, forged, 40)
    for published in (True, False):
        report = ledger.fsck(published=published)
        assert [each.code for each in report.findings if each.index == 40] == ["row_differs"]
    ledger.recompute()
    wrong = finding(ledger.fsck(), "rows", "column_differs")
    assert "eid should be" not in wrong.evidence
    assert "Do not write" in wrong.next_step


def test_of_sources_that_disagree_the_fewer_are_called_wrong_where_it_was_signed(
    ledger: Ledger,
) -> None:
    ledger.falsify(EDIT, edited(ledger.raw(40)), 40)
    report = ledger.fsck(published=True)
    for mark in ("published", "signer", "checkpoints", "head"):
        told = next(each for each in report.findings if each.check == mark).sentence
        assert "The stored tiles and the published entries give the root" in told
        assert "the rows do not" in told
        assert ("so the rows are wrong" in told) is (mark != "head")


def test_a_published_copy_that_stands_alone_is_not_called_right(ledger: Ledger) -> None:
    ledger.falsify(EDIT, edited(ledger.raw(40)), 40)
    ledger.recompute()
    told = finding(ledger.fsck(published=True), "published", "fork")
    assert "The rows and the stored tiles give another root" in told.sentence
    assert "only the published entries give that one" in told.sentence


def test_a_flipped_bit_at_any_octet_of_a_row_names_the_row(ledger: Ledger) -> None:
    raw = ledger.raw(200)
    for at in range(0, len(raw), len(raw) // OCTETS_TRIED):
        ledger.falsify(EDIT, raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :], 200)
        assert ("rows", "row_differs", 200) in found(ledger.fsck()), at


def test_without_a_published_copy_the_signed_leaf_hash_says_what_to_look_for(
    ledger: Ledger,
) -> None:
    raw = ledger.raw(40)
    ledger.falsify(EDIT, edited(raw), 40)
    wrong = finding(ledger.fsck(), "rows", "row_differs")
    assert wrong.index == 40
    assert f"its entry has the leaf hash {leaf_hash(raw).hex()}" in wrong.next_step


def test_an_edited_row_with_its_leaf_hash_is_named_by_the_tile(ledger: Ledger) -> None:
    other = edited(ledger.raw(40))
    ledger.falsify(EDIT, other, 40)
    ledger.falsify("update ledger.event set leaf = %s where idx = 40", leaf_hash(other))
    report = ledger.fsck()
    assert ("rows", "row_differs", 40) in found(report)
    assert ("rows", "leaf_differs", 40) in found(report)
    assert state(report, "tiles") == "ok"


def test_an_edited_row_beyond_the_complete_tiles_is_named_by_the_published_copy(
    ledger: Ledger,
) -> None:
    index = SIZE - 2
    other = edited(ledger.raw(index))
    ledger.falsify(EDIT, other, index)
    ledger.falsify("update ledger.event set leaf = %s where idx = %s", leaf_hash(other), index)
    report = ledger.fsck(published=True)
    assert finding(report, "rows", "row_differs").index == index
    assert "tile/entries/001.p/45" in finding(report, "rows", "row_differs").next_step


def test_everything_recomputed_over_an_edited_row_is_refused_by_the_signers_memory(
    ledger: Ledger,
) -> None:
    ledger.falsify(EDIT, edited(ledger.raw(40)), 40)
    ledger.recompute()
    report = ledger.fsck()
    assert {(check, code) for check, code, _ in found(report)} == {
        ("signer", "fork"),
        ("checkpoints", "fork"),
    }
    assert "never reset the signer" in finding(report, "signer", "fork").next_step
    named = ledger.fsck(published=True)
    assert finding(named, "rows", "row_differs").index == 40


def test_kept_checkpoints_bound_where_a_rewritten_history_begins(ledger: Ledger) -> None:
    ledger.falsify(EDIT, edited(ledger.raw(OLDER + 3)), OLDER + 3)
    ledger.recompute()
    sentence = finding(ledger.fsck(), "signer", "fork").sentence
    assert f"lies between {OLDER} and {SIZE - 1}" in sentence


@pytest.mark.parametrize(
    ("column", "value"),
    [("kind", "firearm.found/1"), ("seq", 9), ("iss", "auth.xb"), ("eid", b"e" * 32)],
)
def test_a_column_that_contradicts_the_signed_bytes_is_named(
    ledger: Ledger, column: str, value: object
) -> None:
    ledger.falsify(f"update ledger.event set {column} = %s where idx = 30", value)
    report = ledger.fsck()
    assert found(report) == {("rows", "column_differs", 30)}
    assert f"something else in {column} than" in finding(report, "rows", "column_differs").sentence


@pytest.mark.parametrize("payload", [b"W10", b"InRleHQi", b"e30"])
def test_a_payload_that_is_no_object_of_members_is_named(ledger: Ledger, payload: bytes) -> None:
    header, _, signature = ledger.raw(17).split(b".")
    ledger.falsify(EDIT, b".".join((header, payload, signature)), 17)
    assert {("rows", "row_unreadable", 17), ("rows", "row_differs", 17)} <= found(ledger.fsck())


def test_octets_that_are_no_event_are_named(ledger: Ledger) -> None:
    ledger.falsify(EDIT, b"no event", 17)
    assert {("rows", "row_unreadable", 17), ("rows", "row_differs", 17)} <= found(ledger.fsck())


# Rows are deleted or truncated, or an older backup is restored: the signer's state.


def test_a_deleted_row_is_named_and_can_be_restored(ledger: Ledger) -> None:
    raw = ledger.raw(100)
    ledger.falsify("delete from ledger.event where idx = 100")
    report = ledger.fsck(published=True)
    assert found(report) == {("rows", "row_missing", 100)}
    gone = finding(report, "rows", "row_missing")
    assert f"signed leaf {leaf_hash(raw).hex()}" in gone.evidence
    assert "tile/entries/000, entry 100" in gone.next_step
    assert report.examined == SIZE - 1


def test_a_dropped_tail_that_nothing_stored_remembers_stops_the_comparison(ledger: Ledger) -> None:
    ledger.falsify("delete from ledger.event where idx >= %s", SIZE - 5)
    report = ledger.fsck()
    assert {("rows", "row_missing", SIZE - 1 - at) for at in range(5)} <= found(report)
    assert ("signer", "not_comparable", SIZE - 5) in found(report)
    assert report.exit_code is ExitCode.VIOLATED


def test_a_truncated_log_is_named_row_by_row(ledger: Ledger) -> None:
    ledger.falsify("truncate ledger.event")
    report = ledger.fsck()
    rows = next(each for each in report.checks if each.name == "rows")
    assert (rows.state, rows.failures, report.examined) == ("failed", SIZE, 0)


def test_a_restored_backup_is_refused_by_fsck_and_signer_alike(ledger: Ledger) -> None:
    ledger.restore_backup(OLDER)
    report = ledger.fsck()
    assert found(report) == {("signer", "rolled_back", OLDER)}
    told = finding(report, "signer", "rolled_back")
    assert f"{OLDER} to {SIZE - 1} are to be restored" in told.next_step
    assert "never reset the signer" in told.next_step
    with pytest.raises(UnsafeError) as refusal:
        ledger.sign()
    assert refusal.value.slug == "signer_rollback"


def test_one_entry_that_was_dropped_is_told_as_one(ledger: Ledger) -> None:
    ledger.restore_backup(SIZE - 1)
    told = finding(ledger.fsck(), "signer", "rolled_back")
    assert f"The entry {SIZE - 1} is to be restored: `muniment restore" in told.next_step


def test_a_service_over_a_restored_backup_stops_and_fsck_says_so_beside_it(ledger: Ledger) -> None:
    ledger.restore_backup(OLDER)
    with open_office(ledger.settings) as office:
        with pytest.raises(UnsafeError) as refusal:
            office.notary.checkpoint()
        report = ledger.fsck()
    assert refusal.value.slug == "signer_rollback"
    assert ("signer", "signer_refuses", None) in found(report)
    assert ("signer", "rolled_back", OLDER) in found(report)


def test_a_restored_backup_is_behind_the_published_copy_too(ledger: Ledger) -> None:
    ledger.restore_backup(OLDER)
    assert ("published", "rolled_back", OLDER) in found(ledger.fsck(published=True))


def test_a_backup_that_kept_its_later_checkpoints_gives_itself_away(ledger: Ledger) -> None:
    ledger.falsify("delete from ledger.event where idx >= %s", OLDER)
    ledger.recompute()
    assert ("checkpoints", "rolled_back", OLDER) in found(ledger.fsck())


def test_another_history_of_the_signed_size_is_refused_by_fsck_and_signer_alike(
    ledger: Ledger,
) -> None:
    ledger.falsify(SWAP)
    ledger.recompute()
    assert finding(ledger.fsck(), "signer", "fork").severity == "violation"
    with pytest.raises(UnsafeError) as refusal:
        ledger.sign()
    assert refusal.value.slug == "signer_fork"


# Rows are swapped or inserted.

SWAP = """
update ledger.event set idx = 9999 where idx = 290;
update ledger.event set idx = 290 where idx = 291;
update ledger.event set idx = 291 where idx = 9999
"""


def test_swapped_rows_are_both_named(ledger: Ledger) -> None:
    ledger.falsify(SWAP.replace("290", "60").replace("291", "61"))
    assert {("rows", "row_differs", 60), ("rows", "row_differs", 61)} <= found(ledger.fsck())


def test_swapped_rows_beyond_the_complete_tiles_are_named_by_the_published_copy(
    ledger: Ledger,
) -> None:
    ledger.falsify(SWAP)
    assert {("rows", "row_differs", 290), ("rows", "row_differs", 291)} <= found(
        ledger.fsck(published=True)
    )


def test_a_row_inserted_after_the_head_is_named(ledger: Ledger) -> None:
    ledger.falsify(
        "insert into ledger.event (idx, stream, seq, kind, iss, jti, eid, raw, leaf)"
        " select %s, gen_random_uuid(), seq, kind, iss, gen_random_uuid(), eid, raw, leaf"
        " from ledger.event where idx = 50",
        SIZE,
    )
    report = ledger.fsck()
    assert found(report) == {("rows", "row_beyond_head", SIZE)}


def test_above_what_was_signed_nobody_can_tell_which_is_right_and_that_is_said(
    ledger: Ledger,
) -> None:
    ledger.falsify("delete from ledger.checkpoint where size > %s", OLDER)
    (ledger.settings.signer_folder / "state").write_bytes(ledger.sound.older_state)
    ledger.falsify(EDIT, edited(ledger.raw(290)), 290)
    report = ledger.fsck()
    undecided = finding(report, "rows", "sources_differ")
    assert undecided.index == 290
    assert f"no signed root covers it yet (signed up to {OLDER} entries)" in undecided.sentence
    with pytest.raises(UnsafeError) as refusal:
        ledger.sign()
    assert refusal.value.slug == "signer_fork"
