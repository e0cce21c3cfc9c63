# SPDX-License-Identifier: Apache-2.0
"""Entries by a compromised key: the verifier is not silent about those that await a word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from api.client.attest import endorse
from audit.proof.heads.head import read_head
from audit.proof.verify.book import Request
from audit.proof.verify.command import main, verify
from audit.proof.verify.evidence import write_bundle
from audit.proof.verify.report import Check, ExitCode, Report
from tests.unit.audit.verify.log_builder import LogBuilder
from tests.unit.audit.verify.test_verify_bundle import evidence

FIRST = 4
"""Index of the second firearm's registration, the first entry in the thief's hands."""


@pytest.fixture
def log() -> LogBuilder:
    """Give a log whose officer's key is revoked as compromised since the second firearm."""
    made = LogBuilder.founded()
    made.register()
    made.transfer(made.register())
    dat = {"kid": made.officer.kid, "reason": "compromised", "compromised_since": FIRST}
    made.append("key.revoked", made.key_stream, dat, key=made.roots[0])
    return made


def second(log: LogBuilder) -> str:
    head = read_head(log.entries[FIRST])
    assert head
    return head.sub


def settle(log: LogBuilder, *entries: Mapping[str, Any]) -> None:
    dat = {"kid": log.officer.kid, "entries": list(entries)}
    draft = log.draft("key.dispute-settled", log.key_stream, dat)
    endorsed = {**dat, "endorsements": [endorse(log.roots[1], draft)]}
    log.append("key.dispute-settled", log.key_stream, endorsed, key=log.roots[0])


def eid(log: LogBuilder, index: int) -> str:
    head = read_head(log.entries[index])
    assert head
    return head.eid


def exported(log: LogBuilder, folder: Path) -> Report:
    path = log.export(folder / f"export-{len(log.entries)}")
    return verify(Request(path=path, trust=log.trust(), jobs=1))


def bundled(log: LogBuilder, folder: Path, sub: str) -> Report:
    write_bundle(folder / "b.zip", evidence(log, sub))
    return verify(Request(path=folder / "b.zip", trust=log.trust()))


def check(report: Report) -> Check:
    return next(each for each in report.checks if each.name == "disputes")


def test_open_disputes_are_notices_and_their_check_is_not_ok(
    log: LogBuilder, tmp_path: Path
) -> None:
    for report in (exported(log, tmp_path), bundled(log, tmp_path, second(log))):
        assert report.exit_code is ExitCode.OK
        assert check(report).state == "not checked"
        assert "Of 2 entries by compromised keys 2 await a word" in check(report).sentence
        assert [(each.code, each.index, each.severity) for each in report.findings] == [
            ("entry_disputed", FIRST, "notice"),
            ("entry_disputed", FIRST + 1, "notice"),
        ]


def test_evidence_about_another_firearm_has_nothing_in_dispute(
    log: LogBuilder, tmp_path: Path
) -> None:
    head = read_head(log.entries[FIRST - 1])
    assert head
    assert check(bundled(log, tmp_path, head.sub)).state == "ok"


def test_once_all_are_settled_the_check_is_ok(log: LogBuilder, tmp_path: Path) -> None:
    settle(log, {"index": FIRST, "eid": eid(log, FIRST)})
    assert "1 awaits a word" in check(exported(log, tmp_path)).sentence
    settle(log, {"index": FIRST + 1, "eid": eid(log, FIRST + 1)})
    for report in (exported(log, tmp_path), bundled(log, tmp_path, second(log))):
        assert report.exit_code is ExitCode.OK
        assert (check(report).state, report.findings) == ("ok", ())


def test_a_settlement_of_another_entry_is_a_violation_in_both(
    log: LogBuilder, tmp_path: Path
) -> None:
    settle(log, {"index": FIRST, "eid": eid(log, FIRST + 1)})
    for report in (exported(log, tmp_path), bundled(log, tmp_path, second(log))):
        assert report.exit_code is ExitCode.VIOLATED
        assert report.first is not None
        assert (report.first.check, report.first.code) == ("disputes", "settlement_entry")


def test_what_supersedes_an_entry_may_be_missing_in_a_bundle_but_not_in_the_log(
    log: LogBuilder, tmp_path: Path
) -> None:
    settle(log, {"index": FIRST, "eid": eid(log, FIRST), "by": "A" * 43})
    assert exported(log, tmp_path).exit_code is ExitCode.VIOLATED
    report = bundled(log, tmp_path, second(log))
    assert report.exit_code is ExitCode.INCOMPLETE
    assert report.first is not None
    assert report.first.code == "settlement_successor"


def test_a_bundle_does_not_judge_settlements_of_entries_that_it_leaves_out(
    log: LogBuilder, tmp_path: Path
) -> None:
    settle(log, {"index": FIRST, "eid": eid(log, FIRST + 1)})
    head = read_head(log.entries[FIRST - 1])
    assert head
    assert bundled(log, tmp_path, head.sub).exit_code is ExitCode.OK


def test_missing_entries_leave_disputes_unchecked(log: LogBuilder, tmp_path: Path) -> None:
    path = log.export(tmp_path / "export", entries=log.entries[:-1])
    report = verify(Request(path=path, trust=log.trust(), jobs=1))
    assert (report.exit_code, check(report).state) == (ExitCode.INCOMPLETE, "not checked")
    shown = evidence(log, second(log))
    entries = {at: jws for at, jws in shown.entries.items() if at}
    proofs = {at: each for at, each in shown.proofs.items() if at}
    write_bundle(tmp_path / "b.zip", replace(shown, entries=entries, proofs=proofs))
    report = verify(Request(path=tmp_path / "b.zip", trust=log.trust()))
    assert check(report).state == "not checked"


def test_the_command_shows_notices_and_its_last_line_tells_of_them(
    log: LogBuilder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(log.export(tmp_path)), "--assume-trust"]) == 0
    out = capsys.readouterr().out
    assert f"disputes      Index {FIRST}: firearm.registered of" in out
    assert "see the notices and what was not checked" in out.splitlines()[-1]
