# SPDX-License-Identifier: Apache-2.0
"""What fsck cannot see from the inside, and a stranger with an export can (log.md 2.10)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from api.client.keyfile import FileKey
from audit.database import Database
from audit.export.founding import trust_of
from audit.export.log import export_log
from audit.link import Link
from audit.proof.verify.book import Request
from audit.proof.verify.log.directory import verify_directory
from audit.proof.verify.report import Report
from domain.judgement import Accepted
from domain.ports import Commitment
from tests.integration.append.desk import (
    AUDIENCE,
    Desk,
    born,
    following,
    identifier,
    opened_desk,
    settings_of,
    signed,
)
from tests.integration.fsck.conftest import SIZE, Ledger, finding, found, state


def inserted(ledger: Ledger, raw: bytes) -> None:
    """Insert an entry behind the ledger's back and make everything stored fit it."""
    ledger.falsify(
        "insert into ledger.event (idx, stream, seq, kind, iss, jti, eid, raw, leaf)"
        " values (%s, %s, 1, 'firearm.manufactured/1', 'auth.xa', %s, %s, %s, %s)",
        SIZE,
        identifier(),
        identifier(),
        b"e" * 32,
        raw,
        b"l" * 32,
    )
    ledger.recompute()


def test_an_inserted_event_that_no_enrolled_key_signed_is_found_by_the_verifier(
    ledger: Ledger,
) -> None:
    forged = signed(born(), FileKey.create("Ed25519"))
    inserted(ledger, forged.jws)
    assert finding(ledger.fsck(), "signer", "unsigned").severity == "notice"
    note = ledger.sign()  # the signer proves order, not who may write
    reader = ledger.database.conninfo("ledger_reader")
    export_log(reader, ledger.published, note=note, trust=ledger.sound.trust)
    report = verify_directory(Request(path=ledger.published, trust=ledger.sound.trust, jobs=1))
    assert found(report) == {("mandate", "kid_unknown", SIZE)}


def test_the_receive_time_is_under_no_hash_and_fsck_does_not_claim_it(ledger: Ledger) -> None:
    ledger.falsify("update ledger.event set at = '2001-01-01' where idx = 40")
    assert found(ledger.fsck()) == {("projections", "timeline_differs", 40)}, "a copy remembers it"
    ledger.falsify("update projection.timeline set at = '2001-01-01' where idx = 40")
    assert found(ledger.fsck()) == set()


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Iterator[Desk]:
    with opened_desk(settings_of(tmp_path / "ledger", database.admin)) as opened:
        yield opened


def exported(desk: Desk, folder: Path) -> Report:
    """Export the log and verify it with the rules, as a stranger."""
    reader = desk.office.database.conninfo("ledger_reader")
    with closing(Link(reader)) as link:
        trust = trust_of(link, audience=AUDIENCE, origin=AUDIENCE, vkey=str(desk.vkey))
    _, note = desk.office.notary.checkpoint()
    export_log(reader, folder, note=note, trust=trust)
    return verify_directory(Request(path=folder, trust=trust, jobs=1, rules=True))


def test_what_a_real_ledger_recorded_is_legal_when_judged_again(desk: Desk, tmp_path: Path) -> None:
    for _ in range(3):
        draft = born()
        desk.append(following(draft, desk.append(draft).eid))
    report = exported(desk, tmp_path / "out")
    assert (report.exit_code, state(report, "rules")) == (0, "ok")


def test_an_operator_who_goes_round_the_rules_is_found_by_judging_again(
    desk: Desk, tmp_path: Path
) -> None:
    desk.append(born())
    unborn = replace(following(born(), "A" * 43), seq=1, jti=identifier(), iat=int(time.time()))
    admitted = desk.office.open(signed(unborn, desk.key).to_bytes())
    index = desk.office.ledger.size
    stored = desk.office.ledger.mapper.to_stored_event(admitted)  # type: ignore[arg-type]
    desk.office.ledger.store.insert_events(
        [stored], commitment=Commitment(expected_size=index, admitted=[admitted])
    )
    report = exported(desk, tmp_path / "out")
    assert found(report) == {("rules", "origin_missing", index)}
    (told,) = desk.office.record([desk.office.open(signed(born(), desk.key).to_bytes())])
    assert isinstance(told, Accepted)
