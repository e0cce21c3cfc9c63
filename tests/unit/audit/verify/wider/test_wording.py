# SPDX-License-Identifier: Apache-2.0
"""The report in plain words: one of a thing is one, and every check has its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from audit.proof.tiles import bundle_path
from audit.proof.verify.book import Request
from audit.proof.verify.command import render, verify
from audit.proof.verify.evidence import write_bundle
from audit.proof.verify.report import Report
from tests.unit.audit.verify.log_builder import LogBuilder, small_log
from tests.unit.audit.verify.test_verify_bundle import evidence

WRONG = re.compile(r"\b1 (entries|signatures|events|checkpoints)\b|All 1 |\b(\d+) to \2\b")


def founded(entries: int) -> LogBuilder:
    log = LogBuilder.founded()
    del log.entries[entries:]
    return log


def reports(log: LogBuilder, folder: Path) -> Iterator[Report]:
    """Give what is said of a log, of its evidence, and of copies from which something is gone."""
    export = log.export(folder / "export")
    for saved in (None, log.note(1), small_log(1).note(1)):
        for brackets in (False, True):
            given = Request(path=export, trust=log.trust(), jobs=1, saved=saved, brackets=brackets)
            yield verify(given)
    write_bundle(folder / "b.zip", evidence(log, "arm.none"))
    yield verify(Request(path=folder / "b.zip", trust=log.trust()))
    (export / bundle_path(0, width=len(log.entries))).unlink()
    yield verify(Request(path=export, trust=log.trust(), jobs=1, rules=True))


@pytest.mark.parametrize("entries", [1, 2, 3])
def test_nothing_is_said_of_one_as_of_many(entries: int, tmp_path: Path) -> None:
    for report in reports(founded(entries), tmp_path):
        text = render(report)
        assert WRONG.search(text) is None, text


def test_every_check_of_the_specification_has_a_line_in_both_reports(tmp_path: Path) -> None:
    log = small_log(1)
    arm = next(name for name in log.heads if name.startswith("arm."))
    write_bundle(tmp_path / "b.zip", evidence(log, arm))
    common = {
        *("trust", "checkpoint", "consistency", "fraud", "files", "registry", "envelope"),
        *("signature", "mandate", "chain", "requests", "heads", "disputes", "rules"),
        *("disclosures", "approvals", "witnesses", "time", "lateness"),
    }
    export = log.export(tmp_path / "export")
    for path, more in ((export, {"root", "tiles", "others"}), (tmp_path / "b.zip", {"inclusion"})):
        report = verify(Request(path=path, trust=log.trust(), jobs=1))
        names = [each.name for each in report.checks]
        assert len(names) == len(set(names))
        assert set(names) - {"completeness"} == common | more
