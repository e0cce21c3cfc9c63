# SPDX-License-Identifier: Apache-2.0
"""A trust file from before the log's key was changed: a gap with a hint, no accusation."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.client.attest import stand_for_trust
from audit.proof.inclusion import TlogProof
from audit.proof.note import verifier_key
from audit.proof.verify.book import Request
from audit.proof.verify.command import verify
from audit.proof.verify.evidence import write_bundle
from audit.proof.verify.receipts.level import Held, judge_receipt
from audit.proof.verify.receipts.source import open_log, own_trust
from audit.proof.verify.receipts.upgrading import upgrade
from audit.proof.verify.report import ExitCode, Report
from audit.proof.verify.trust import LogKey, Trust
from tests.unit.audit.verify.log_builder import ORIGIN, LogBuilder, small_log
from tests.unit.audit.verify.test_verify_bundle import evidence
from tests.unit.audit.verify.wider.others import inclusion

OLD = small_log(2)
LOG = replace(OLD, log_key=Ed25519PrivateKey.generate())
"""The same log after the overlap: only its new key signs."""

ENDED = 4


def key(log: LogBuilder) -> str:
    return str(verifier_key(ORIGIN, log.log_key.public_key()))


NEWER = OLD.trust(
    log_keys=(
        LogKey(vkey=key(OLD), from_size=0, to_size=ENDED),
        LogKey(vkey=key(LOG), from_size=ENDED),
    )
)


def exported(folder: Path, trust: Trust) -> Path:
    LOG.export(folder)
    (folder / "trust.json").write_bytes(trust.encode())
    return folder


def judged(path: Path, trust: Trust = OLD.trust(), saved: bytes | None = None) -> Report:  # noqa: B008
    return verify(Request(path=path, trust=trust, saved=saved, jobs=1))


def test_an_old_trust_file_is_a_gap_and_the_newer_one_is_named(tmp_path: Path) -> None:
    report = judged(exported(tmp_path / "export", NEWER))
    assert report.exit_code is ExitCode.INCOMPLETE
    assert report.first is not None
    assert (report.first.check, report.first.code) == ("checkpoint", "trust_older")
    assert "0 of its 2 root keys" in report.first.sentence
    assert "by another way" in report.first.next_step
    assert judged(tmp_path / "export", NEWER).exit_code is ExitCode.OK


def test_a_newer_file_that_the_trusted_roots_signed_may_be_named_as_it_lies(
    tmp_path: Path,
) -> None:
    signed = stand_for_trust(OLD.roots[0], stand_for_trust(OLD.roots[1], NEWER))
    report = judged(exported(tmp_path / "export", signed))
    assert report.exit_code is ExitCode.INCOMPLETE
    assert report.first is not None
    assert report.first.next_step == "Name that trust.json with --trust."


def test_a_bundle_says_the_same(tmp_path: Path) -> None:
    arm = next(name for name in LOG.heads if name.startswith("arm."))
    write_bundle(tmp_path / "b.zip", replace(evidence(LOG, arm), trust=NEWER))
    report = judged(tmp_path / "b.zip")
    assert report.exit_code is ExitCode.INCOMPLETE
    assert [each.code for each in report.findings] == ["trust_older"]
    assert judged(tmp_path / "b.zip", NEWER).exit_code is ExitCode.OK


def test_a_saved_checkpoint_under_a_newer_key_is_a_gap_too(tmp_path: Path) -> None:
    export = exported(tmp_path / "export", NEWER)
    (export / "checkpoint").write_bytes(OLD.note())
    report = judged(export, saved=LOG.note())
    assert report.exit_code is ExitCode.INCOMPLETE
    assert [(each.check, each.code) for each in report.findings] == [("consistency", "trust_older")]


def test_a_receipt_under_a_newer_key_is_a_gap_too_and_stays_as_it_is(tmp_path: Path) -> None:
    path = inclusion(LOG, ENDED, len(LOG.entries))
    receipt = TlogProof(index=ENDED, path=path, checkpoint_note=LOG.note())
    held = Held(receipt=receipt, entry=LOG.entries[ENDED], stamps={})
    asked = Request(path=tmp_path, trust=OLD.trust())
    with open_log(exported(tmp_path / "export", NEWER)) as log:
        best, worth = upgrade(held, log, asked)
        known = judge_receipt(held, replace(asked, trust=NEWER), partial(own_trust, log))
    assert best is held
    assert (worth.level, worth.report.exit_code) == ("none", ExitCode.INCOMPLETE)
    assert [each.code for each in worth.report.findings] == ["trust_older"]
    assert (known.level, known.report.exit_code) == ("logged", ExitCode.OK)


@pytest.mark.parametrize(
    "trust",
    [
        OLD.trust(),
        OLD.trust(log_keys=NEWER.log_keys[1:]),
        NEWER.model_copy(update={"genesis": "A" * 43}),
        NEWER.model_copy(update={"root_keys": ("A" * 43, "B" * 42 + "A")}),
    ],
    ids=["does not name it", "forgets the older key", "another founding", "other roots"],
)
def test_a_key_that_no_later_trust_file_names_stays_an_accusation(
    tmp_path: Path, trust: Trust
) -> None:
    report = judged(exported(tmp_path / "export", trust))
    assert report.exit_code is ExitCode.VIOLATED
    assert [each.code for each in report.findings] == ["note_unsigned"]


def test_an_unusable_trust_file_in_the_evidence_is_no_excuse(tmp_path: Path) -> None:
    export = exported(tmp_path / "export", NEWER)
    (export / "trust.json").write_bytes(b"{}")
    assert judged(export).exit_code is ExitCode.VIOLATED
