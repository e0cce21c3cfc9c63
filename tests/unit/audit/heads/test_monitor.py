# SPDX-License-Identifier: Apache-2.0
"""A reader of the whole log recomputes its epochs; an entry's standing is said in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from audit.proof.disputes.words import told_standing
from audit.proof.envelope.opening import read_stored
from audit.proof.verify.book import Request
from audit.proof.verify.log.directory import verify_directory
from audit.proof.verify.report import ExitCode, Report
from domain.catalogue import CATALOGUE
from tests.unit.audit.heads.chronicle import registry_of, state_epoch
from tests.unit.audit.heads.test_disputed_entries import eid, named, revoke, settle
from tests.unit.audit.verify.log_builder import LogBuilder, small_log


def verified(log: LogBuilder, folder: Path) -> Report:
    export = log.export(folder / "export")
    return verify_directory(Request(path=export, trust=log.trust(), jobs=1))


def state(report: Report, name: str) -> str:
    return next(each.state for each in report.checks if each.name == name)


@pytest.fixture
def settled(tmp_path: Path) -> LogBuilder:
    """Give a log with an epoch, a compromised key and two settled entries."""
    log = small_log()
    state_epoch(log, tmp_path / "map")
    revoke(log, 3)
    settle(log, named(log, 3), named(log, 4, by=eid(log, 8)))
    return log


def test_epochs_and_settlements_are_entries_like_others_to_the_offline_verifier(
    settled: LogBuilder, tmp_path: Path
) -> None:
    report = verified(settled, tmp_path)
    assert report.exit_code is ExitCode.OK, report.findings
    assert state(report, "heads") == "ok"


def test_a_false_epoch_fails_by_name(settled: LogBuilder, tmp_path: Path) -> None:
    state_epoch(settled, tmp_path / "second", root="A" * 43)
    report = verified(settled, tmp_path)
    assert report.exit_code is ExitCode.VIOLATED
    assert report.first
    assert (report.first.check, report.first.code) == ("heads", "heads_differ")
    assert report.first.index == len(settled.entries) - 1


def test_an_illegal_epoch_is_named_by_the_registrys_check(tmp_path: Path) -> None:
    log = small_log()
    state_epoch(log, tmp_path / "map", epoch=2)
    report = verified(log, tmp_path)
    assert report.exit_code is ExitCode.VIOLATED
    assert report.first
    assert (report.first.check, report.first.code) == ("registry", "epoch_order")


@pytest.mark.parametrize(
    ("index", "words"),
    [(0, None), (3, "confirmed this entry"), (4, "counts instead"), (5, "nobody has confirmed")],
)
def test_how_an_entry_stands_is_said_in_words(
    index: int, words: str | None, settled: LogBuilder
) -> None:
    event = read_stored(settled.entries[index], CATALOGUE)
    told = told_standing(registry_of(settled), event, index)
    assert told is None if words is None else words in str(told)
