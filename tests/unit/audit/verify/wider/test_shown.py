# SPDX-License-Identifier: Apache-2.0
"""What a bundle shows besides entries: that it shows the newest, and what it discloses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from api.client.signer import Submission, sign
from audit.proof.encoding import canonical, decode, encode
from audit.proof.verify.book import Request
from audit.proof.verify.bundle import verify_bundle
from audit.proof.verify.command import verify
from audit.proof.verify.evidence import Evidence, pack_log, write_bundle
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


def test_the_head_of_another_stream_says_nothing_of_what_the_bundle_is_about(
    tmp_path: Path,
) -> None:
    log, arm = stated(tmp_path)
    proof = proof_of(log, log.key_stream, tmp_path / "proof").encode()
    report = judged(log, tmp_path, replace(evidence(log, arm), heads={1: proof}))
    assert report.exit_code is ExitCode.OK
    assert check(report, "heads").state == "not checked"
    assert "newer events may have been left out" in check(report, "heads").sentence


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


def test_a_disclosure_beside_an_entry_of_a_wrong_form_is_a_verdict_and_no_traceback(
    disclosed: tuple[LogBuilder, str, Submission], tmp_path: Path
) -> None:
    log, arm, made = disclosed
    header, body, mark = made.jws.split(b".")
    payload = json.loads(decode(body))
    forged = b".".join((header, encode(canonical({**payload, "_sd": [{}]})), mark))
    log.entries[-1] = forged
    presented = b"~".join((forged, *made.disclosures, b""))
    shown = replace(evidence(log, arm), disclosures={len(log.entries) - 1: presented})
    report = judged(log, tmp_path, shown)
    assert report.exit_code is ExitCode.VIOLATED
    assert "disclosures" in {each.check for each in report.findings}


def whole(log: LogBuilder, folder: Path, files: Mapping[str, bytes], *, packed: bool) -> Report:
    """Verify a whole log beside which files lie, as a folder or in one file."""
    path = log.export(folder / "export")
    for name, octets in files.items():
        (path / name).parent.mkdir(exist_ok=True)
        (path / name).write_bytes(octets)
    if packed:
        pack_log(folder / "log.zip", path)
    return verify(Request(path=folder / "log.zip" if packed else path, trust=log.trust(), jobs=1))


@pytest.mark.parametrize("packed", [False, True])
def test_what_is_disclosed_beside_a_whole_log_is_what_was_signed(
    disclosed: tuple[LogBuilder, str, Submission], tmp_path: Path, *, packed: bool
) -> None:
    log, _, made = disclosed
    name = f"disclosures/{len(log.entries) - 1}.sd-jwt"
    report = whole(log, tmp_path, {name: made.to_bytes()}, packed=packed)
    assert report.exit_code is ExitCode.OK
    assert check(report, "disclosures").state == "ok"
    assert "about 1 event," in check(report, "disclosures").sentence


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("index", [4, 99])
def test_garbage_among_the_disclosures_of_a_whole_log_is_found(
    disclosed: tuple[LogBuilder, str, Submission], tmp_path: Path, *, packed: bool, index: int
) -> None:
    log, _, _ = disclosed
    files = {f"disclosures/{index}.sd-jwt": b"garbage"}
    report = whole(log, tmp_path, files, packed=packed)
    assert report.exit_code is ExitCode.VIOLATED
    assert [(each.check, each.index) for each in report.findings] == [("disclosures", index)]


def test_disclosures_beside_a_log_with_a_gap_are_not_checked(
    disclosed: tuple[LogBuilder, str, Submission], tmp_path: Path
) -> None:
    log, _, made = disclosed
    path = log.export(tmp_path, entries=log.entries[:-1])
    (path / "disclosures").mkdir()
    (path / f"disclosures/{len(log.entries) - 1}.sd-jwt").write_bytes(made.to_bytes())
    report = verify(Request(path=path, trust=log.trust(), jobs=1))
    assert report.exit_code is ExitCode.INCOMPLETE
    assert check(report, "disclosures").state == "not checked"


@pytest.mark.parametrize("name", ["heads/1.head-proof", "consistency/3-7.proof"])
def test_what_only_evidence_about_one_firearm_carries_is_foreign_in_a_whole_log(
    tmp_path: Path, name: str
) -> None:
    report = whole(small_log(3), tmp_path, {name: b"garbage"}, packed=True)
    assert report.exit_code is ExitCode.VIOLATED
    assert [(each.check, each.code) for each in report.findings] == [("files", "file_foreign")]


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
