# SPDX-License-Identifier: Apache-2.0
"""What a bundle shows besides entries: that it shows the newest, and what it discloses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from api.client.signer import Submission, sign
from audit.proof.verify.book import Request
from audit.proof.verify.bundle import verify_bundle
from audit.proof.verify.evidence import Evidence, write_bundle
from audit.proof.verify.log.directory import verify_directory
from audit.proof.verify.report import Check, ExitCode, Report
from domain.catalogue import CATALOGUE
from tests.unit.audit.heads.chronicle import proof_of, state_epoch
from tests.unit.audit.verify.log_builder import LogBuilder, new_id, small_log
from tests.unit.audit.verify.test_verify_bundle import evidence


def stated(folder: Path) -> tuple[LogBuilder, str]:
    """Give a log that states an epoch, and one of its firearms."""
    log = small_log(3)
    state_epoch(log, folder / "map")
    return log, next(name for name in log.heads if name.startswith("arm."))


def check(report: Report, name: str) -> Check:
    return next(each for each in report.checks if each.name == name)


def judged(log: LogBuilder, folder: Path, shown: Evidence) -> Report:
    write_bundle(folder / "b.zip", shown)
    return verify_bundle(Request(path=folder / "b.zip", trust=log.trust()))


def test_an_epoch_proves_that_the_newest_event_is_shown(tmp_path: Path) -> None:
    log, arm = stated(tmp_path)
    proof = proof_of(log, arm, tmp_path / "proof").encode()
    report = judged(log, tmp_path, replace(evidence(log, arm), heads={1: proof}))
    assert report.exit_code is ExitCode.OK
    assert check(report, "heads").state == "ok"
    assert "event 2 " in check(report, "heads").sentence
    bare = judged(log, tmp_path, evidence(log, arm))
    assert check(bare, "heads").state == "not checked"


def test_a_tail_that_was_dropped_is_found_by_the_epoch(tmp_path: Path) -> None:
    log, arm = stated(tmp_path)
    shown = evidence(log, arm)
    proof = proof_of(log, arm, tmp_path / "proof").encode()
    last = max(at for at in shown.entries if at < len(log.entries) - 1)
    entries = {at: jws for at, jws in shown.entries.items() if at != last}
    proofs = {at: each for at, each in shown.proofs.items() if at != last}
    stale = replace(shown, entries=entries, proofs=proofs, heads={1: proof})
    report = judged(log, tmp_path, stale)
    assert report.exit_code is ExitCode.VIOLATED
    assert [(each.check, each.code) for each in report.findings] == [("heads", "head_stale")]


def test_a_head_proof_of_another_checkpoint_or_none_at_all_is_found(tmp_path: Path) -> None:
    log, arm = stated(tmp_path)
    shown = evidence(log, arm)
    log.register()
    elsewhere = proof_of(log, arm, tmp_path / "proof").encode()
    for octets, code in ((elsewhere, "head_elsewhere"), (b"{}", "head_proof_malformed")):
        report = judged(log, tmp_path, replace(shown, heads={1: octets}))
        assert report.exit_code is ExitCode.VIOLATED
        assert [each.code for each in report.findings] == [code]


def test_a_false_epoch_is_found_by_whoever_has_the_whole_log(tmp_path: Path) -> None:
    log = small_log(2)
    state_epoch(log, tmp_path / "map", root="A" * 43)
    report = verify_directory(
        Request(path=log.export(tmp_path / "export"), trust=log.trust(), jobs=1)
    )
    assert report.exit_code is ExitCode.VIOLATED
    assert [(each.check, each.code) for each in report.findings] == [("heads", "heads_differ")]


@pytest.fixture
def disclosed() -> tuple[LogBuilder, str, Submission]:
    """Give a log in which something was recorded with personal data, which is not in it."""
    log = small_log(1)
    arm = new_id("arm")
    log.register(arm)
    dat = {"acq": "purchase", "hld": new_id("hld"), "permit_class": "sport"}
    draft = log.draft("firearm.transferred", arm, dat)
    made = sign(draft, {"holder_name": "A. Person"}, log.officer, catalogue=CATALOGUE)
    log.entries.append(made.jws)
    return log, arm, made


def test_what_is_disclosed_is_what_was_signed(
    disclosed: tuple[LogBuilder, str, Submission], tmp_path: Path
) -> None:
    log, arm, made = disclosed
    shown, index = evidence(log, arm), len(log.entries) - 1
    report = judged(log, tmp_path, replace(shown, disclosures={index: made.to_bytes()}))
    assert report.exit_code is ExitCode.OK
    assert check(report, "disclosures").state == "ok"
    assert "A. Person" not in str(report)
    assert check(judged(log, tmp_path, shown), "disclosures").state == "not checked"


def test_what_is_disclosed_of_another_entry_or_changed_is_found(
    disclosed: tuple[LogBuilder, str, Submission], tmp_path: Path
) -> None:
    log, arm, made = disclosed
    shown, index = evidence(log, arm), len(log.entries) - 1
    changed = made.jws + b"~" + made.disclosures[0][:-1] + b"A~"
    for at, octets in ((index, changed), (index - 1, made.to_bytes()), (99, made.to_bytes())):
        report = judged(log, tmp_path, replace(shown, disclosures={at: octets}))
        assert report.exit_code is ExitCode.VIOLATED
        assert {each.check for each in report.findings} == {"disclosures"}
