# SPDX-License-Identifier: Apache-2.0
"""Attacks on an exported log, and what the verifier says about each."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audit.proof.tiles import bundle_path, tile_path
from audit.proof.verify.book import Request
from audit.proof.verify.log.directory import verify_directory
from audit.proof.verify.report import Check, ExitCode, Report
from domain.errors import UsageError
from tests.unit.audit.verify.log_builder import LogBuilder, small_log

Attack = Callable[[Path], object]


def verified(log: LogBuilder, path: Path, **options: Any) -> Report:
    return verify_directory(Request(path=path, trust=log.trust(), jobs=1, **options))


def check(report: Report, name: str) -> Check:
    return next(each for each in report.checks if each.name == name)


@pytest.fixture(scope="module")
def log() -> LogBuilder:
    return small_log(150)


@pytest.fixture(scope="module")
def pristine(log: LogBuilder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return log.export(tmp_path_factory.mktemp("export"))


@pytest.fixture
def export(pristine: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(pristine, tmp_path / "export"))


def test_an_honest_log_is_ok(log: LogBuilder, export: Path) -> None:
    report = verified(log, export, saved=log.note(77))
    assert report.exit_code is ExitCode.OK
    done = [each.name for each in report.checks if each.state == "ok"]
    assert done == [
        *("trust", "checkpoint", "consistency", "fraud", "files", "root", "tiles"),
        *("registry", "envelope", "signature", "mandate", "chain", "requests", "disputes"),
    ]


def test_what_was_not_done_is_never_called_ok(log: LogBuilder, export: Path) -> None:
    report = verified(log, export)
    assert check(report, "consistency").state == "not checked"
    assert {each.name for each in report.checks if each.state == "not checked"} == {
        *("consistency", "fraud", "heads", "rules", "disclosures", "witnesses", "time"),
        *("lateness", "others", "approvals"),
    }


def test_trust_that_came_with_the_export_is_assumed_and_named(
    log: LogBuilder, export: Path
) -> None:
    report = verify_directory(Request(path=export, assume_trust=True, jobs=1))
    assert report.exit_code is ExitCode.OK
    assert check(report, "trust").state == "assumed"
    assert f"root key {log.roots[0].kid}" in report.compare


def test_keys_that_nobody_named_conclude_nothing(export: Path) -> None:
    report = verify_directory(Request(path=export, jobs=1))
    assert report.exit_code is ExitCode.INCOMPLETE
    assert check(report, "trust").state == "assumed"
    assert [(each.code, each.severity) for each in report.findings] == [("trust_unnamed", "gap")]
    assert check(report, "signature").state == "ok"


def test_a_violation_weighs_more_than_keys_that_nobody_named(export: Path) -> None:
    append_to_bundle(export)
    report = verify_directory(Request(path=export, jobs=1))
    assert report.exit_code is ExitCode.VIOLATED
    assert report.first is not None
    assert report.first.code == "bundle_surplus"


@pytest.mark.parametrize("size", [1, 255, 256, 257, 302, 303])
def test_every_older_checkpoint_is_a_prefix(log: LogBuilder, export: Path, size: int) -> None:
    report = verified(log, export, saved=log.note(size))
    assert check(report, "consistency").state == "ok"


def test_a_log_of_other_entries_than_a_saved_checkpoint_is_a_violation(
    log: LogBuilder, export: Path
) -> None:
    forked = LogBuilder(entries=log.entries[:50][::-1], log_key=log.log_key, roots=log.roots)
    report = verified(log, export, saved=forked.note())
    assert report.exit_code is ExitCode.VIOLATED
    assert report.first is not None
    assert report.first.code == "not_a_prefix"


def test_two_signed_trees_of_one_size_are_a_fork(log: LogBuilder, export: Path) -> None:
    forked = LogBuilder(entries=log.entries[::-1], log_key=log.log_key, roots=log.roots)
    report = verified(log, export, saved=forked.note())
    assert {"fork", "two_histories"} <= {each.code for each in report.findings}
    assert check(report, "fraud").state == "failed"


def test_a_dropped_tail_is_found_by_the_saved_checkpoint(log: LogBuilder, tmp_path: Path) -> None:
    saved = log.note()
    shorter = LogBuilder(entries=log.entries[:300], log_key=log.log_key, roots=log.roots)
    report = verified(shorter, shorter.export(tmp_path), saved=saved)
    assert report.exit_code is ExitCode.VIOLATED
    assert report.first is not None
    assert report.first.code == "rolled_back"


def test_a_saved_checkpoint_of_another_log_is_a_violation(log: LogBuilder, export: Path) -> None:
    report = verified(log, export, saved=small_log(1).note())
    assert check(report, "consistency").state == "failed"
    assert report.exit_code is ExitCode.VIOLATED


def rewrite(export: Path, log: LogBuilder, index: int, entry: bytes) -> None:
    """Put another entry in the place of one, as somebody with write access would."""
    entries = list(log.entries)
    entries[index] = entry
    shutil.rmtree(export / "tile" / "entries")
    log.export(export.parent / "rewritten", entries=entries)
    shutil.move(export.parent / "rewritten" / "tile" / "entries", export / "tile" / "entries")


def test_one_flipped_bit_of_a_signature_names_the_event(log: LogBuilder, export: Path) -> None:
    entry = bytearray(log.entries[200])
    entry[-30] = ord("A") if entry[-30] != ord("A") else ord("B")
    rewrite(export, log, 200, bytes(entry))
    report = verified(log, export)
    assert report.exit_code is ExitCode.VIOLATED
    assert report.first is not None
    assert report.first.index == 200
    assert report.first.sentence.startswith("Event arm.")
    assert check(report, "signature").failures == 1
    assert check(report, "root").state == "failed"
    assert check(report, "tiles").state == "failed"


def test_two_swapped_entries_break_the_root_though_both_are_genuine(
    log: LogBuilder, export: Path
) -> None:
    entries = list(log.entries)
    entries[10], entries[11] = entries[11], entries[10]
    shutil.rmtree(export)
    report = verified(log, log.export(export, entries=entries))
    assert check(report, "signature").state == "ok"
    assert check(report, "root").state == "failed"
    assert report.exit_code is ExitCode.VIOLATED


def test_a_dropped_entry_leaves_the_log_incomplete(log: LogBuilder, export: Path) -> None:
    shutil.rmtree(export)
    log.export(export, entries=log.entries[:-1])
    report = verified(log, export)
    assert report.exit_code is ExitCode.INCOMPLETE
    assert check(report, "root").state == "not checked"
    assert check(report, "chain").state == "not checked"


def cut_bundle(export: Path) -> None:
    path = export / bundle_path(0)
    path.write_bytes(path.read_bytes()[:-5])


def remove_bundle(export: Path) -> None:
    (export / bundle_path(0)).unlink()


def remove_tile(export: Path) -> None:
    (export / tile_path(0, 0)).unlink()


def remove_upper_tile(export: Path) -> None:
    (export / tile_path(1, 0, width=1)).unlink()


def cut_tile(export: Path) -> None:
    path = export / tile_path(0, 0)
    path.write_bytes(path.read_bytes()[:-32])


def remove_checkpoint(export: Path) -> None:
    (export / "checkpoint").unlink()


@pytest.mark.parametrize(
    "attack",
    [cut_bundle, remove_bundle, remove_tile, remove_upper_tile, cut_tile, remove_checkpoint],
)
def test_missing_or_cut_files_are_incomplete_not_violated(
    log: LogBuilder, export: Path, attack: Attack
) -> None:
    attack(export)
    report = verified(log, export)
    assert report.exit_code is ExitCode.INCOMPLETE
    assert all(each.missing for each in report.findings)


def test_a_missing_bundle_names_the_first_entry_that_is_not_there(
    log: LogBuilder, export: Path
) -> None:
    remove_bundle(export)
    report = verified(log, export)
    assert report.first is not None
    assert report.first.index == 0
    assert check(report, "signature").state == "not checked"


def append_to_bundle(export: Path) -> None:
    with (export / bundle_path(0)).open("ab") as file:
        file.write(b"\x00\x01x")


def flip_tile(export: Path) -> None:
    path = export / tile_path(0, 0)
    octets = bytearray(path.read_bytes())
    octets[32 * 7] ^= 1
    path.write_bytes(octets)


def lengthen_tile(export: Path) -> None:
    with (export / tile_path(0, 0)).open("ab") as file:
        file.write(bytes(32))


def flip_checkpoint_root(export: Path) -> None:
    path = export / "checkpoint"
    path.write_bytes(path.read_bytes().replace(b"\n303\n", b"\n302\n"))


@pytest.mark.parametrize(
    ("attack", "name"),
    [
        (append_to_bundle, "files"),
        (flip_tile, "tiles"),
        (lengthen_tile, "tiles"),
        (flip_checkpoint_root, "checkpoint"),
    ],
)
def test_other_octets_are_violations_of_a_named_check(
    log: LogBuilder, export: Path, attack: Attack, name: str
) -> None:
    attack(export)
    report = verified(log, export)
    assert report.exit_code is ExitCode.VIOLATED
    assert check(report, name).state == "failed"


def test_a_changed_tile_is_named_with_the_index_it_differs_at(
    log: LogBuilder, export: Path
) -> None:
    flip_tile(export)
    report = verified(log, export)
    assert [each.index for each in report.findings] == [7]
    assert check(report, "root").state == "ok"


def test_a_full_file_stands_in_for_a_partial_one(log: LogBuilder, tmp_path: Path) -> None:
    shorter = LogBuilder(entries=log.entries[:200], log_key=log.log_key, roots=log.roots)
    export = shorter.export(tmp_path / "export")
    shutil.rmtree(export / "tile")
    full = log.export(tmp_path / "full")
    shutil.move(full / "tile", export / "tile")
    assert verified(shorter, export).exit_code is ExitCode.OK


def test_the_checkpoint_of_another_log_is_refused(log: LogBuilder, export: Path) -> None:
    (export / "checkpoint").write_bytes(small_log(1).note())
    report = verified(log, export)
    assert report.exit_code is ExitCode.VIOLATED
    assert check(report, "checkpoint").state == "failed"
    assert check(report, "root").state == "not checked"


def test_a_checkpoint_of_another_origin_is_refused(log: LogBuilder, export: Path) -> None:
    (export / "checkpoint").write_bytes(log.note(origin="ledger.yb-test/log"))
    report = verified(log, export)
    assert check(report, "checkpoint").state == "failed"


def test_a_checkpoint_beyond_the_last_size_of_its_key_is_refused(
    log: LogBuilder, export: Path
) -> None:
    retired = log.trust().log_keys[0].model_copy(update={"to_size": 100})
    trust = log.trust(log_keys=(retired,))
    report = verify_directory(Request(path=export, trust=trust, jobs=1))
    assert check(report, "checkpoint").state == "failed"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"genesis": "A" * 43}, "genesis_mismatch"),
        ({"threshold": 1}, "threshold_mismatch"),
        ({"root_keys": ("A" * 43, "B" * 43)}, "roots_mismatch"),
    ],
)
def test_a_log_that_others_founded_is_refused(
    log: LogBuilder, export: Path, changes: dict[str, Any], code: str
) -> None:
    report = verify_directory(Request(path=export, trust=log.trust(**changes), jobs=1))
    assert report.exit_code is ExitCode.VIOLATED
    assert report.first is not None
    assert (report.first.index, report.first.code) == (0, code)


def test_a_malformed_trust_file_is_unusable(export: Path) -> None:
    (export / "trust.json").write_bytes(b'{"audience":"x"}')
    with pytest.raises(UsageError, match="not a trust file"):
        verify_directory(Request(path=export, jobs=1))
