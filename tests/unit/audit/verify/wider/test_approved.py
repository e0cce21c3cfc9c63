# SPDX-License-Identifier: Apache-2.0
"""Approvals by passkey beside a log: who approved what, and every approval that is none."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from audit.proof.approvals.assertion import Approval, approval_challenge
from audit.proof.approvals.record import (
    APPROVAL_OCTETS_MAX,
    approval_record,
    encode_approval,
    parse_approval,
)
from audit.proof.encoding import decode
from audit.proof.verify.book import Request
from audit.proof.verify.command import verify
from audit.proof.verify.evidence import pack_log
from audit.proof.verify.report import ExitCode, Report
from domain.errors import ProofError
from tests.unit.api.people.authenticator import PRESENT, Authenticator, Says, octets, text
from tests.unit.audit.verify.log_builder import LogBuilder, small_log
from tests.unit.audit.verify.test_verify_directory import check

ORIGIN = "https://muniment.example"
HOST = "muniment.example"
FOUNDED, PROPOSED, APPROVED = 0, 1, 2
"""Indexes of a small log; the first two are by its first root key, the third by the second."""


@pytest.fixture(scope="module")
def log() -> LogBuilder:
    return small_log(3)


def _said(entry: bytes) -> Any:
    return json.loads(decode(entry.split(b".")[1]))


def _root(log: LogBuilder, number: int) -> str:
    """Give the officer of a root key."""
    officer: str = _said(log.entries[FOUNDED])["dat"]["roots"][number]["officer"]
    return officer


def _approval(entry: bytes, passkey: Authenticator, says: Says | None = None) -> Approval:
    challenge = text(approval_challenge(entry.rpartition(b".")[0]))
    given = passkey.get({"challenge": challenge, "rpId": HOST}, says)["response"]
    return Approval(
        public_key=passkey.spki(),
        authenticator_data=octets(given["authenticatorData"]),
        client_data=octets(given["clientDataJSON"]),
        signature=octets(given["signature"]),
    )


def _judged(
    log: LogBuilder, folder: Path, files: dict[int, bytes], *, packed: bool = False
) -> Report:
    path = log.export(folder / "export")
    (path / "approvals").mkdir()
    for index, file in files.items():
        (path / f"approvals/{index}.json").write_bytes(file)
    if packed:
        pack_log(folder / "log.zip", path)
    return verify(Request(path=folder / "log.zip" if packed else path, trust=log.trust(), jobs=1))


@pytest.mark.parametrize("packed", [False, True])
def test_it_is_told_who_approved_how_many_events_and_where(
    log: LogBuilder, tmp_path: Path, *, packed: bool
) -> None:
    first, second = Authenticator(ORIGIN), Authenticator(ORIGIN)
    by = {FOUNDED: (0, first), PROPOSED: (0, first), APPROVED: (1, second)}
    files = {
        at: encode_approval(_root(log, number), _approval(log.entries[at], passkey))
        for at, (number, passkey) in by.items()
    }
    report = _judged(log, tmp_path, files, packed=packed)
    told = check(report, "approvals")
    assert (report.exit_code, told.state) == (ExitCode.OK, "ok")
    assert told.sentence.startswith("3 events approved by passkey by the officers who signed them:")
    assert f"{_root(log, 0)} 2" in told.sentence
    assert f"{_root(log, 1)} 1" in told.sentence
    assert f"; at {ORIGIN}." in told.sentence
    assert "approvals" not in check(report, "others").sentence


def test_where_none_came_along_none_is_called_ok(log: LogBuilder, tmp_path: Path) -> None:
    assert check(_judged(log, tmp_path, {}), "approvals").state == "not checked"


def _other_event(log: LogBuilder, passkey: Authenticator) -> bytes:
    return encode_approval(_root(log, 0), _approval(log.entries[FOUNDED], passkey))


def _other_officer(log: LogBuilder, passkey: Authenticator) -> bytes:
    return encode_approval(_root(log, 1), _approval(log.entries[PROPOSED], passkey))


def _unverified(log: LogBuilder, passkey: Authenticator) -> bytes:
    approval = _approval(log.entries[PROPOSED], passkey, Says(flags=PRESENT))
    return encode_approval(_root(log, 0), approval)


def _other_party(log: LogBuilder, passkey: Authenticator) -> bytes:
    approval = _approval(log.entries[PROPOSED], passkey, Says(rp_id="evil.example"))
    return encode_approval(_root(log, 0), approval)


def _other_key(log: LogBuilder, passkey: Authenticator) -> bytes:
    approval = _approval(log.entries[PROPOSED], passkey)
    forged = replace(approval, public_key=Authenticator(ORIGIN).spki())
    return encode_approval(_root(log, 0), forged)


def _no_origin(log: LogBuilder, passkey: Authenticator) -> bytes:
    approval = _approval(log.entries[PROPOSED], passkey)
    return encode_approval(_root(log, 0), replace(approval, client_data=b"{}"))


WRONG: dict[str, Callable[[LogBuilder, Authenticator], bytes]] = {
    "it is about something else than this event": _other_event,
    "it is by somebody else than the officer who signed the event": _other_officer,
    "the person was not verified": _unverified,
    "it was made for another relying party": _other_party,
    "the signature does not verify under the passkey's key": _other_key,
    "has not the form that Muniment writes": _no_origin,
}


@pytest.mark.parametrize("reason", WRONG)
def test_an_approval_that_is_none_is_found(log: LogBuilder, tmp_path: Path, reason: str) -> None:
    report = _judged(log, tmp_path, {PROPOSED: WRONG[reason](log, Authenticator(ORIGIN))})
    assert report.exit_code is ExitCode.VIOLATED
    (found,) = (each for each in report.findings if not each.notice)
    assert (found.check, found.index) == ("approvals", PROPOSED)
    assert reason in found.sentence


def test_one_passkey_of_two_officers_is_found(log: LogBuilder, tmp_path: Path) -> None:
    passkey = Authenticator(ORIGIN)
    files = {
        at: encode_approval(_root(log, number), _approval(log.entries[at], passkey))
        for at, number in ((PROPOSED, 0), (APPROVED, 1))
    }
    report = _judged(log, tmp_path, files)
    assert report.exit_code is ExitCode.VIOLATED
    assert "for another officer, too" in check(report, "approvals").sentence


def test_an_approval_of_no_entry_is_found(log: LogBuilder, tmp_path: Path) -> None:
    file = encode_approval(_root(log, 0), _approval(log.entries[0], Authenticator(ORIGIN)))
    report = _judged(log, tmp_path, {len(log.entries): file})
    assert report.exit_code is ExitCode.VIOLATED
    assert "there is no entry of its index" in check(report, "approvals").sentence


def test_beside_a_log_with_a_gap_approvals_are_not_checked(log: LogBuilder, tmp_path: Path) -> None:
    path = log.export(tmp_path, entries=log.entries[:-1])
    (path / "approvals").mkdir()
    (path / "approvals/0.json").write_bytes(b"{}")
    report = verify(Request(path=path, trust=log.trust(), jobs=1))
    assert report.exit_code is ExitCode.INCOMPLETE
    assert check(report, "approvals").state == "not checked"


def test_the_file_of_an_approval_has_one_spelling(log: LogBuilder) -> None:
    approval = _approval(log.entries[PROPOSED], Authenticator(ORIGIN))
    file = encode_approval("off.x", approval)
    assert parse_approval(file) == ("off.x", approval)
    record = approval_record("off.x", approval)
    spelled = json.dumps(record).encode()
    wrong = [b"", b"{}", b"[]", b"\xff", spelled, file + b" ", file[:-1], b" " * 20_000]
    wrong += [
        json.dumps({**record, **bent}, indent=2).encode() + b"\n"
        for bent in ({"more": ""}, {"officer": 7}, {"signature": 7}, {"signature": "a="})
    ]
    for each in wrong:
        with pytest.raises(ProofError) as caught:
            parse_approval(each)
        assert caught.value.slug == "approval_malformed"


def test_the_largest_evidence_fits_its_file() -> None:
    largest = Approval(
        public_key=bytes(91),
        authenticator_data=bytes(1_024),
        client_data=bytes(4_096),
        signature=bytes(72),
    )
    assert len(encode_approval("off." + "0" * 36, largest)) <= APPROVAL_OCTETS_MAX
