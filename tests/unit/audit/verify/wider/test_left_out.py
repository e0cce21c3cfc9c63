# SPDX-License-Identifier: Apache-2.0
"""Signatures that an auditor leaves out: never ok, and nothing else is looked at less closely."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from audit.proof.verify.book import Request
from audit.proof.verify.command import main, verify
from audit.proof.verify.evidence import write_bundle
from audit.proof.verify.report import Check, ExitCode, Report
from tests.unit.audit.verify.log_builder import LogBuilder, small_log
from tests.unit.audit.verify.test_verify_bundle import evidence

LOG = small_log(2)
LAST = len(LOG.entries) - 1


def with_false_signature(index: int) -> LogBuilder:
    """Give a log that holds an entry which nobody signed, in a tree that fits."""
    entry = LOG.entries[index]
    false = entry[:-30] + (b"B" if entry[-30:-29] == b"A" else b"A") + entry[-29:]
    entries = [*LOG.entries[:index], false, *LOG.entries[index + 1 :]]
    return replace(LOG, entries=entries)


def judged(log: LogBuilder, folder: Path, *, signatures: bool) -> Report:
    path = log.export(folder)
    return verify(Request(path=path, trust=LOG.trust(), jobs=1, signatures=signatures))


def check(report: Report, name: str) -> Check:
    return next(each for each in report.checks if each.name == name)


def test_a_run_without_signatures_is_incomplete_at_best(tmp_path: Path) -> None:
    report = judged(LOG, tmp_path, signatures=False)
    assert report.exit_code is ExitCode.INCOMPLETE
    assert check(report, "signature").state == "not checked"
    assert [each.code for each in report.findings] == ["signatures_left_out"]


def test_what_was_left_out_is_not_found_and_not_called_ok(tmp_path: Path) -> None:
    forged = with_false_signature(LAST)
    report = judged(forged, tmp_path / "without", signatures=False)
    assert report.exit_code is ExitCode.INCOMPLETE
    assert check(report, "signature").state == "not checked"
    report = judged(forged, tmp_path / "with", signatures=True)
    assert report.exit_code is ExitCode.VIOLATED
    assert check(report, "signature").failures == 1


def test_signatures_that_say_who_may_sign_are_verified_all_the_same(tmp_path: Path) -> None:
    report = judged(with_false_signature(1), tmp_path, signatures=False)
    assert report.exit_code is ExitCode.VIOLATED
    assert check(report, "signature").failures == 1


def test_evidence_about_one_firearm_can_be_judged_so_too(tmp_path: Path) -> None:
    arm = next(name for name in LOG.heads if name.startswith("arm."))
    write_bundle(tmp_path / "b.zip", evidence(LOG, arm))
    given = Request(path=tmp_path / "b.zip", trust=LOG.trust(), signatures=False)
    report = verify(given)
    assert report.exit_code is ExitCode.INCOMPLETE
    assert check(report, "signature").state == "not checked"


def test_the_command_says_what_was_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(LOG.export(tmp_path))
    assert main([path, "--assume-trust", "--without", "signatures"]) == 3
    out = capsys.readouterr().out
    assert "  not checked  signature     Left out by --without signatures" in out
    assert out.splitlines()[-1].startswith("INCOMPLETE: signature: Left out")
    with pytest.raises(SystemExit, match="2"):
        main([path, "--without", "root"])
