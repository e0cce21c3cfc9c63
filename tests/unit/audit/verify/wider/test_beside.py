# SPDX-License-Identifier: Apache-2.0
"""What lies beside a log: other checkpoints, witnesses, clocks; and what each is worth."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.proof.note import with_lines
from audit.proof.policy.file import parse_policy
from audit.proof.timestamps.files import StampName
from audit.proof.verify.beside.history import last_name
from audit.proof.verify.book import Request
from audit.proof.verify.bundle import verify_bundle
from audit.proof.verify.command import main, render, verify
from audit.proof.verify.evidence import write_bundle
from audit.proof.verify.findings import Finding
from audit.proof.verify.report import Check, ExitCode, Report, Tally
from audit.proof.verify.trust import LogKey
from domain.errors import UsageError
from tests.unit.audit.timestamps.conftest import alpha, authorities, beta
from tests.unit.audit.timestamps.local_authority import NOW as TODAY
from tests.unit.audit.timestamps.local_authority import (
    LocalAuthority,
    needs_openssl,
    revocation_list,
)
from tests.unit.audit.verify.log_builder import NOW, small_log
from tests.unit.audit.verify.test_verify_bundle import EVIDENCE
from tests.unit.audit.verify.test_verify_bundle import LOG as SHOWN
from tests.unit.audit.verify.wider.others import consistency, cosigned, policy, policy_file

__all__ = ["alpha", "authorities", "beta"]
"""Fixtures."""

LOG = small_log(4)
SIZE = len(LOG.entries)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return LOG.export(tmp_path / "export")


def beside(export: Path, notes: Mapping[int, bytes]) -> None:
    """Put checkpoints beside a log."""
    (export / "checkpoints").mkdir(exist_ok=True)
    for size, note in notes.items():
        (export / f"checkpoints/{size}.note").write_bytes(note)


def verified(path: Path, **options: Any) -> Report:
    given = {"trust": LOG.trust(), "jobs": 1, "now": int(TODAY.timestamp())}
    return verify(Request(path=path, **{**given, **options}))


def check(report: Report, name: str) -> Check:
    return next(each for each in report.checks if each.name == name)


def test_every_checkpoint_beside_a_log_is_compared_with_it(export: Path) -> None:
    beside(export, {size: LOG.note(size) for size in range(SIZE + 1)})
    report = verified(export, saved=LOG.note(5))
    assert report.exit_code is ExitCode.OK
    assert f"All {SIZE + 1} checkpoints" in check(report, "consistency").sentence


def test_a_checkpoint_of_another_history_beside_a_log_is_found(export: Path) -> None:
    other = replace(small_log(4), log_key=LOG.log_key)
    beside(export, {7: other.note(7), 9: LOG.note(9)})
    report = verified(export)
    assert report.exit_code is ExitCode.VIOLATED
    assert [(each.check, each.code) for each in report.findings] == [
        ("consistency", "not_a_prefix")
    ]


def test_a_checkpoint_under_another_name_or_of_a_stranger_is_found(export: Path) -> None:
    beside(export, {7: LOG.note(8), 9: small_log(4).note(9)})
    report = verified(export)
    assert {each.code for each in report.findings} == {"checkpoint_size", "note_unsigned"}
    assert {each.check for each in report.findings} == {"checkpoint"}


def test_a_log_that_lacks_what_a_checkpoint_beside_it_covers_is_incomplete(
    tmp_path: Path,
) -> None:
    export = LOG.export(tmp_path / "export")
    longer = replace(LOG, entries=[*LOG.entries, LOG.entries[-1]])
    beside(export, {SIZE + 1: longer.note()})
    assert verified(export).exit_code is ExitCode.INCOMPLETE


def test_a_quorum_of_witnesses_is_told_with_what_it_is_worth(export: Path) -> None:
    (export / "checkpoint").write_bytes(cosigned(LOG.note(), ("court", "press")))
    report = verified(export, policy=policy(LOG))
    assert report.exit_code is ExitCode.OK
    told = check(report, "witnesses")
    assert (told.state, "court, press" in told.sentence) == ("ok", True)
    assert "unless a witness cosigned both" in told.sentence
    weak = check(verified(export, policy=policy(LOG, 1)), "witnesses")
    assert "could both have such a quorum" in weak.sentence


def test_without_a_policy_witnesses_are_never_called_checked(export: Path) -> None:
    (export / "checkpoint").write_bytes(cosigned(LOG.note()))
    report = verified(export)
    assert check(report, "witnesses").state == check(report, "time").state == "not checked"
    none = parse_policy(f"log {LOG.trust().log_keys[0].vkey}\nquorum none\n".encode())
    report = verified(export, policy=none)
    assert check(report, "witnesses").state == "not checked"
    assert report.exit_code is ExitCode.OK


def test_signature_lines_of_nobody_known_are_counted_and_told(export: Path) -> None:
    (export / "checkpoint").write_bytes(cosigned(LOG.note()))
    two = parse_policy(
        policy_file(LOG).replace(b"witness press", b"# press").replace(b" press", b"")
    )
    report = verified(export, policy=two)
    assert report.exit_code is ExitCode.OK
    assert [(each.code, each.severity) for each in report.findings] == [("lines_ignored", "notice")]
    assert "1 signature line was ignored" in report.findings[0].sentence


def test_too_few_cosignatures_are_a_gap(export: Path) -> None:
    (export / "checkpoint").write_bytes(cosigned(LOG.note(), ("court",)))
    beside(export, {SIZE - 1: cosigned(LOG.note(SIZE - 1))})
    report = verified(export, policy=policy(LOG))
    assert report.exit_code is ExitCode.INCOMPLETE
    assert check(report, "witnesses").state == "failed"
    assert report.first is not None
    assert report.first.code == "quorum_missing"


def test_a_bad_cosignature_of_a_known_witness_is_a_contradiction(export: Path) -> None:
    good = cosigned(LOG.note())
    borrowed = signed_lines(cosigned(LOG.note(SIZE - 1)))
    (export / "checkpoint").write_bytes(with_lines(good, borrowed))
    report = verified(export, policy=policy(LOG))
    assert report.exit_code is ExitCode.VIOLATED
    assert {each.code for each in report.findings} >= {"note_signature"}


def test_a_bad_cosignature_of_an_older_checkpoint_fails_the_check_of_witnesses(
    export: Path,
) -> None:
    (export / "checkpoint").write_bytes(cosigned(LOG.note()))
    beside(export, {5: cosigned(LOG.note(5))})
    borrowed = signed_lines(cosigned(LOG.note(4)))
    (export / last_name(5)).write_bytes(with_lines(LOG.note(5), borrowed))
    report = verified(export, policy=policy(LOG))
    assert report.exit_code is ExitCode.VIOLATED
    assert check(report, "witnesses").state == "failed"


def test_an_older_key_of_the_log_that_a_policy_does_not_know_breaks_nothing(tmp_path: Path) -> None:
    newer = replace(LOG, log_key=Ed25519PrivateKey.generate())
    export = newer.export(tmp_path / "export")
    (export / "checkpoint").write_bytes(cosigned(newer.note()))
    beside(export, {5: cosigned(LOG.note(5))})
    (export / last_name(5)).write_bytes(cosigned(LOG.note(5), at=NOW + 60))
    old, new = (each.trust().log_keys[0].vkey for each in (LOG, newer))
    keys = (LogKey(vkey=old, from_size=0, to_size=5), LogKey(vkey=new, from_size=5))
    report = verified(export, trust=LOG.trust(log_keys=keys), policy=policy(newer))
    assert report.exit_code is ExitCode.OK
    assert {(each.code, each.severity) for each in report.findings} == {("note_unsigned", "notice")}


def signed_lines(note: bytes) -> list[str]:
    lines = note.decode().split("\n\n")[1].splitlines(keepends=True)
    return [line for line in lines if ".example " in line]


def test_a_policy_that_does_not_know_the_logs_key_accepts_nothing(export: Path) -> None:
    report = verified(export, policy=policy(small_log(0)))
    assert check(report, "witnesses").state == "failed"
    assert report.exit_code is ExitCode.VIOLATED


def test_cosignatures_of_two_witnesses_bound_when_entries_were_recorded(export: Path) -> None:
    beside(export, {5: cosigned(LOG.note(5), at=NOW)})
    (export / "checkpoint").write_bytes(cosigned(LOG.note(), at=NOW + 60))
    report = verified(export, policy=policy(LOG), brackets=True)
    assert check(report, "time").state == "ok"
    assert "6 cosignatures of court, office, press" in check(report, "time").sentence
    assert report.brackets is not None
    spans = [
        (each["first"], each["last"], at(each["not_before"]), at(each["not_after"]))
        for each in report.brackets
    ]
    assert spans == [(0, 4, None, NOW), (5, SIZE - 1, NOW, NOW + 60)]
    assert "brackets" not in verified(export, policy=policy(LOG)).to_json()


def test_a_bracket_of_one_entry_is_told_as_one(export: Path) -> None:
    beside(export, {1: cosigned(LOG.note(1), at=NOW)})
    (export / "checkpoint").write_bytes(cosigned(LOG.note(), at=NOW + 60))
    told = render(verified(export, policy=policy(LOG), brackets=True))
    assert "\nEntry 0: recorded" in told
    assert f"\nEntries 1 to {SIZE - 1}: recorded" in told


def at(bound: Any) -> Any:
    return bound and bound["at"]


@needs_openssl
def test_time_stamps_are_judged_by_the_auditors_roots(
    export: Path, alpha: LocalAuthority, beta: LocalAuthority
) -> None:
    note = LOG.note()
    beside(export, {SIZE: note})
    stamp(export, note, SIZE, alpha, beta)
    report = verified(export, authorities=(alpha.trust, beta.trust), brackets=True)
    assert report.exit_code is ExitCode.OK
    assert check(report, "time").sentence.startswith("2 time-stamps stand")
    assert check(report, "revocation").state == "not checked"
    assert "2 of 2 time-stamps" in check(report, "revocation").sentence
    assert report.brackets is not None
    assert report.brackets[0]["not_after"] is not None
    report = verified(export, authorities=(alpha.trust,))
    assert report.exit_code is ExitCode.OK
    assert [each.severity for each in report.findings] == ["notice"]
    assert check(report, "time").state == "ok"


@needs_openssl
def test_revocation_is_checked_where_a_list_of_each_issuer_lies_beside(
    export: Path, alpha: LocalAuthority
) -> None:
    stamp(export, LOG.note(), SIZE, alpha)
    crl = revocation_list(alpha.root, [], when=TODAY, reason=None)
    (export / StampName(SIZE, "alpha").path("crl")).write_bytes(crl)
    report = verified(export, authorities=(alpha.trust,))
    assert check(report, "revocation").state == "ok"
    assert check(report, "time").sentence.startswith("1 time-stamp stands, 1 of alpha;")
    assert "revocation" not in {each.name for each in verified(export).checks}


@needs_openssl
def test_a_time_stamp_over_something_else_is_a_contradiction(
    export: Path, alpha: LocalAuthority
) -> None:
    stamp(export, b"another note", SIZE, alpha)
    report = verified(export, authorities=(alpha.trust,))
    assert report.exit_code is ExitCode.VIOLATED
    assert [(each.check, each.code) for each in report.findings] == [("time", "stamp_other")]


@needs_openssl
def test_time_stamps_that_nobody_trusts_prove_no_time_and_break_nothing(
    export: Path, alpha: LocalAuthority, beta: LocalAuthority
) -> None:
    stamp(export, LOG.note(), SIZE, alpha)
    report = verified(export, authorities=(beta.trust,))
    assert report.exit_code is ExitCode.OK
    assert check(report, "time").state == "not checked"
    assert "No time-stamp stands" in check(report, "time").sentence


def stamp(folder: Path, note: bytes, size: int, *by: LocalAuthority) -> None:
    (folder / "tsa").mkdir(exist_ok=True)
    for each in by:
        papers, name = each.stamp(note), StampName(size, each.name)
        (folder / name.path("tsr")).write_bytes(papers.answer)
        (folder / name.path("pem")).write_bytes(papers.chain)


def test_no_time_stamps_is_not_checked(export: Path) -> None:
    report = verified(export, authorities=())
    assert check(report, "time").state == "not checked"


def test_a_link_beside_a_log_is_refused_and_a_pipe_is_no_file(export: Path) -> None:
    (export / "checkpoints").mkdir()
    (export / "checkpoints/3.note").symlink_to("/etc/hostname")
    with pytest.raises(UsageError, match="is a link"):
        verified(export)
    (export / "checkpoints/3.note").unlink()
    (export / "checkpoint").unlink()
    os.mkfifo(export / "checkpoint")
    assert verified(export).exit_code is ExitCode.INCOMPLETE


def bundled(path: Path, sizes: Mapping[int, bytes], **changes: Any) -> Path:
    """Write evidence with older checkpoints and the proofs between them."""
    steps = sorted({*sizes, EVIDENCE.size})
    proofs = {(old, new): consistency(SHOWN, old, new) for old, new in pairwise(steps) if old}
    made = {"others": sizes, "consistency": proofs, **changes}
    write_bundle(path, replace(EVIDENCE, **made))
    return path


def judged(path: Path, **options: Any) -> Report:
    return verify_bundle(Request(path=path, **{"trust": SHOWN.trust(), **options}))


def test_adjacent_checkpoints_of_a_bundle_are_proved_to_be_of_one_history(tmp_path: Path) -> None:
    path = bundled(tmp_path / "b.zip", {size: SHOWN.note(size) for size in (0, 3, 7, 8)})
    report = judged(path, saved=SHOWN.note(7))
    assert report.exit_code is ExitCode.OK
    told = check(report, "consistency")
    assert (told.state, "All 5 checkpoints" in told.sentence) == ("ok", True)


def test_a_missing_proof_between_checkpoints_is_a_gap_and_a_wrong_one_a_contradiction(
    tmp_path: Path,
) -> None:
    notes = {3: SHOWN.note(3), 7: SHOWN.note(7)}
    report = judged(bundled(tmp_path / "gap.zip", notes, consistency={}))
    assert report.exit_code is ExitCode.INCOMPLETE
    wrong = {(3, 7): consistency(SHOWN, 3, 8), (7, EVIDENCE.size): ()}
    report = judged(bundled(tmp_path / "wrong.zip", notes, consistency=wrong))
    assert report.exit_code is ExitCode.VIOLATED
    assert check(report, "consistency").state == "failed"


def test_a_saved_checkpoint_is_compared_through_a_proof_of_the_bundle(tmp_path: Path) -> None:
    proofs = {(5, EVIDENCE.size): consistency(SHOWN, 5, EVIDENCE.size)}
    path = bundled(tmp_path / "b.zip", {}, consistency=proofs)
    assert check(judged(path, saved=SHOWN.note(5)), "consistency").state == "ok"
    assert check(judged(path, saved=SHOWN.note(4)), "consistency").state == "not checked"
    other = replace(small_log(4), log_key=SHOWN.log_key)
    assert judged(path, saved=other.note(5)).exit_code is ExitCode.VIOLATED


def test_an_older_checkpoint_over_all_that_is_shown_may_have_the_quorum(tmp_path: Path) -> None:
    last = max(EVIDENCE.entries) + 1
    assert last < EVIDENCE.size
    covering = bundled(tmp_path / "b.zip", {last: cosigned(SHOWN.note(last))})
    assert judged(covering, policy=policy(SHOWN)).exit_code is ExitCode.OK
    short = bundled(tmp_path / "c.zip", {last - 1: cosigned(SHOWN.note(last - 1))})
    assert judged(short, policy=policy(SHOWN)).exit_code is ExitCode.INCOMPLETE


@needs_openssl
def test_time_stamps_in_a_bundle_are_judged(tmp_path: Path, alpha: LocalAuthority) -> None:
    papers = alpha.stamp(EVIDENCE.checkpoint)
    stamps = {StampName(EVIDENCE.size, "alpha").path("tsr"): papers.answer}
    path = bundled(tmp_path / "b.zip", {}, stamps=stamps)
    report = judged(path, authorities=(alpha.trust,), now=int(TODAY.timestamp()))
    assert report.exit_code is ExitCode.OK
    assert check(report, "time").state == "ok"


def test_the_command_takes_a_policy_and_shows_brackets(
    export: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (export / "checkpoint").write_bytes(cosigned(LOG.note()))
    (tmp_path / "policy").write_bytes(policy_file(LOG))
    given = [str(export), "--assume-trust", "--policy", str(tmp_path / "policy"), "--brackets"]
    assert main([*given, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["brackets"][0]["not_after"]["kind"] == "cosigned"
    assert main(given) == 0
    assert f"Entries 0 to {SIZE - 1}: recorded before" in capsys.readouterr().out
    (tmp_path / "policy").write_bytes(b"quorum")
    assert main(given) == 2
    assert main([str(export), "--tsa-roots", str(tmp_path / "nowhere")]) == 2


def test_a_notice_weighs_against_no_check() -> None:
    tally = Tally()
    tally.add(Finding(check="time", code="a", sentence="Told.", notice=True))
    assert (tally.violated, tally.incomplete, tally.count("time")) == (False, False, 0)
    assert tally.first("time") is None
    assert len(tally.kept) == 1
