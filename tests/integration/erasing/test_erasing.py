# SPDX-License-Identifier: Apache-2.0
"""Erasing: by two persons and the service, whole or not at all, and never undone."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from api.bootstrap import Office
from api.client.keyfile import FileKey
from api.erasing import worker
from api.registrar import perform
from audit.appending.sequencer import Receipt
from audit.vault.erasing import Eraser
from audit.vault.filestore import DATA_KEYS_FILE
from domain.erasure.state import COMPLETE_SECONDS
from domain.errors import ConflictError, RefusedError, UnreachableError, UnsafeError
from domain.identifiers import StreamId, parse_stream_id
from tests.integration.append.desk import identifier
from tests.integration.erasing.conftest import DOCUMENT, Application, Stage, reopened


class Killed(BaseException):
    """The worker dies here."""


def test_what_two_persons_decided_is_erased_and_everything_else_stays(stage: Stage) -> None:
    gone, kept = stage.refused_licence(), stage.refused_licence()
    assert stage.office.personal.holdings_of("ab 1234567") == tuple(sorted((gone.hld, kept.hld)))
    before = [row for row in stage.rows() if row.hld == gone.hld]
    stage.approved(gone)
    (done,) = stage.executed()
    assert (done.outcome, done.record) == ("executed", str(gone.stream))
    assert {row.hld for row in stage.rows()} & {gone.hld, kept.hld} == {kept.hld}
    assert stage.office.vault.open_all(before) == [None] * len(before)
    personal = stage.office.personal
    assert personal.holdings_of(DOCUMENT) == (kept.hld,)
    assert {each.name: each.value for each in personal.reveal(kept.eid)} == kept.person
    with pytest.raises(RefusedError, match=f"Entry {done.index} proves it") as refused:
        personal.reveal(gone.eid)
    assert refused.value.slug == "erased"
    (proof,) = personal.erased_events([gone.eid, kept.eid]).values()
    assert (proof.status, proof.index) == ("erasing", done.index)
    assert personal.erased_holdings([gone.hld, kept.hld]) == {gone.hld: proof}
    assert stage.executed() == []


def test_an_erasure_is_complete_once_the_last_backup_of_the_keys_is_gone(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = stage.refused_licence()
    stage.approved(gone)
    stage.executed()
    personal = stage.office.personal
    at = personal.erased_events([gone.eid])[gone.eid].executed_at or 0
    monkeypatch.setattr(personal, "_clock", lambda: at + COMPLETE_SECONDS - 1)
    assert personal.erased_events([gone.eid])[gone.eid].status == "erasing"
    monkeypatch.setattr(personal, "_clock", lambda: at + COMPLETE_SECONDS)
    assert personal.erased_events([gone.eid])[gone.eid].status == "erased"


def test_what_is_not_approved_is_not_erased(stage: Stage) -> None:
    stage.proposed(stage.refused_licence())
    before = stage.rows()
    assert stage.executed() == []
    assert stage.rows() == before


def test_a_hold_stops_it_while_everything_is_there_and_its_release_lets_it_go_on(
    stage: Stage,
) -> None:
    held = stage.refused_licence()
    stage.approved(held)
    stage.did("licence.hold-placed", held.stream, "2026-11-01")
    (done,) = stage.executed()
    assert (done.outcome, done.rule) == ("stopped", "hold_active")
    assert {each.name: each.value for each in stage.office.personal.reveal(held.eid)} == held.person
    stage.did("licence.hold-released", held.stream, "2026-11-02")
    (done,) = stage.executed()
    assert done.outcome == "executed"


def test_a_hold_that_comes_after_the_keys_are_gone_keeps_only_the_statement_back(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = stage.refused_licence()
    stage.approved(late)
    carry_out = Eraser.carry_out

    def then_held(self: Eraser, order: Any) -> None:
        carry_out(self, order)
        stage.did("licence.hold-placed", late.stream, "2026-11-01")

    with monkeypatch.context() as patched:
        patched.setattr(Eraser, "carry_out", then_held)
        (done,) = stage.executed()
    assert (done.outcome, done.rule) == ("destroyed", "hold_active")
    with pytest.raises(RefusedError, match="It is being carried out"):
        stage.office.personal.reveal(late.eid)
    stage.did("licence.hold-released", late.stream, "2026-11-02")
    (done,) = stage.executed()
    assert done.outcome == "executed"


def test_a_key_that_may_not_sign_destroys_nothing(stage: Stage) -> None:
    stage.approved(stage.refused_licence())
    before = stage.rows()
    (done,) = worker.execute(stage.office, stage.keys["clerk"])
    assert (done.outcome, done.rule) == ("stopped", "role_denied")
    (done,) = worker.execute(stage.office, FileKey.create("Ed25519"))
    assert (done.outcome, done.rule) == ("stopped", "kid_unknown")
    assert stage.rows() == before
    assert None not in stage.office.vault.open_all(before)


@pytest.mark.parametrize("step", ["destroy", "erase", "say", "said"])
def test_killed_at_any_step_the_worker_goes_on_from_the_events(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    gone = stage.refused_licence()
    stage.approved(gone)
    with monkeypatch.context() as patched:
        _kill_at(patched, stage.office, step)
        with pytest.raises(Killed):
            stage.executed()
    with reopened(stage) as office:
        outcomes = stage.executed(office)
        assert [each.outcome for each in outcomes] == ([] if step == "said" else ["executed"])
        assert office.personal.holdings_of(DOCUMENT) == ()
        assert office.personal.erased_events([gone.eid])[gone.eid].index is not None
    assert gone.hld not in {row.hld for row in stage.rows()}
    kinds = _kinds(stage)
    assert kinds.count("erasure.executed/1") == 1


def _kill_at(patched: pytest.MonkeyPatch, office: Office, step: str) -> None:
    def die(*_: object, **__: object) -> None:
        raise Killed

    def said(*given: Any, **named: Any) -> None:
        perform(*given, **named)
        raise Killed

    if step == "destroy":
        patched.setattr(office.eraser._keys, "destroy", die)
    elif step == "erase":
        patched.setattr(office.eraser._link, "read", _dying_at("vault.erase", office.eraser._link))
    else:
        patched.setattr(worker, "perform", said if step == "said" else die)


def _dying_at(word: str, link: Any) -> Any:
    read = link.read

    def reading(query: str, *given: Any) -> Any:
        if word in query:
            raise Killed
        return read(query, *given)

    return reading


def _kinds(stage: Stage) -> list[str]:
    with psycopg.connect(stage.office.database.admin) as connection:
        rows = connection.execute("select kind from ledger.event order by idx").fetchall()
    return [kind for (kind,) in rows]


def test_without_the_key_store_nothing_is_said(stage: Stage) -> None:
    gone = stage.refused_licence()
    stage.approved(gone)
    before, kinds = stage.rows(), _kinds(stage)
    with sqlite3.connect(stage.settings.vault_folder / DATA_KEYS_FILE) as keys:
        keys.execute("alter table data_key rename to away")
    with pytest.raises(UnreachableError) as away:
        stage.executed()
    assert away.value.slug == "keystore_unavailable"
    assert (stage.rows(), _kinds(stage)) == (before, kinds)
    with sqlite3.connect(stage.settings.vault_folder / DATA_KEYS_FILE) as keys:
        keys.execute("alter table away rename to data_key")
    assert [each.outcome for each in stage.executed()] == ["executed"]


def test_nothing_more_is_taken_in_for_an_erased_holding(stage: Stage) -> None:
    gone = stage.refused_licence()
    stage.approved(gone)
    with reopened(stage) as other:
        stage.executed()
        late = replace(stage, office=other)
        stream = StreamId("lic", gone.hld)
        with pytest.raises(ConflictError) as refused:
            late.did("licence.applied", stream, "2012", person=gone.person, hld=gone.holding)
    assert refused.value.slug == "already_erased"
    assert gone.hld not in {row.hld for row in stage.rows()}


def test_an_append_under_way_is_forgotten_at_once(stage: Stage) -> None:
    """It was sealed before the erasure, and recorded after it."""
    gone = stage.refused_licence()
    stage.approved(gone)
    seal_all = stage.office.vault.seal_all

    def sealed_before(batch: Any) -> Any:
        sealed = seal_all(batch)
        if any(each.disclosures for each in batch):
            with reopened(stage) as other:
                stage.executed(other)
        return sealed

    object.__setattr__(stage.office.admission, "_vault", _Vault(stage.office, sealed_before))
    stream = StreamId("lic", gone.hld)
    stage.did("licence.applied", stream, "2012", person=gone.person, hld=gone.holding)
    assert gone.hld not in {row.hld for row in stage.rows()}
    assert stage.office.personal.holdings_of(DOCUMENT) == ()


class _Vault:
    def __init__(self, office: Office, seal_all: Any) -> None:
        self.audience, self.seal_all = office.audience, seal_all


def test_an_event_that_was_recorded_gives_its_receipt_after_its_erasure(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = stage.refused_licence()
    stage.approved(gone)
    kept: list[bytes] = []
    append = stage.office.sequencer.append

    def keep(submission: bytes) -> Receipt:
        kept.append(submission)
        return append(submission)

    with monkeypatch.context() as patched:
        patched.setattr(stage.office.sequencer, "append", keep)
        again = stage.refused_licence(document="CD-7654321")
    stage.approved(again)
    stage.executed()
    receipt = stage.office.append(kept[0])
    assert (receipt.eid, receipt.repeated) == (again.eid, True)
    assert stage.office.personal.of_events([again.eid]) == []


def test_whoever_can_only_write_rows_destroys_no_key(stage: Stage) -> None:
    """An approval whose signature does not hold is believed by nobody."""
    gone = stage.refused_licence()
    stage.approved(gone)
    with psycopg.connect(stage.office.database.admin) as connection:
        connection.execute("alter table ledger.event disable trigger all")
        connection.execute(
            "update ledger.event set raw = overlay(raw placing 'AAAA'::bytea from length(raw) - 20)"
            " where kind = 'erasure.approved/1'"
        )
    with pytest.raises(UnsafeError) as refused:
        stage.executed()
    assert refused.value.slug == "erasure_unfit"
    assert None not in stage.office.vault.open_all(stage.rows())


def test_the_eraser_deletes_what_is_approved_and_nothing_else(stage: Stage) -> None:
    stream = stage.proposed(stage.refused_licence())
    with (
        psycopg.connect(stage.office.database.conninfo("ledger_eraser")) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="no approved erasure"),
    ):
        connection.execute("select vault.erase(%s)", (stream.uuid,))
    for role in ("ledger_api", "ledger_reader", "ledger_projector"):
        with (
            psycopg.connect(stage.office.database.conninfo(role)) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute("select vault.erase(%s)", (stream.uuid,))


def test_what_was_disclosed_under_no_holding_is_erased_by_its_event_alone(stage: Stage) -> None:
    """Each such event has a key of its own, so that the others of its record stay readable."""
    stream = parse_stream_id(identifier("lic."))
    first = {"holder_name": "Ada", "holder_doc_no": DOCUMENT}
    one = stage.did("licence.applied", stream, "2010", person=first, hld="absent")
    then = {"holder_name": "Ada Exemplar", "holder_doc_no": DOCUMENT}
    two = stage.did("licence.issued", stream, "2011-01-01", person=then, hld="absent")
    stage.approved(Application(stream, "", one.eid, first), holdings=[])
    assert [each.outcome for each in stage.executed()] == ["executed"]
    personal = stage.office.personal
    with pytest.raises(RefusedError, match="proves it"):
        personal.reveal(one.eid)
    assert {each.name: each.value for each in personal.reveal(two.eid)} == then


def test_after_an_erasure_the_ledger_checks_out_and_the_vault_is_written_anew(
    stage: Stage,
) -> None:
    gone = stage.refused_licence()
    sealed = [row for row in stage.rows() if row.hld == gone.hld]
    stage.approved(gone)
    stage.executed()
    answer = stage.run("erasure", "compact")
    assert answer.exit_code == 0, answer.output
    assert [path for row in sealed for path in _heap_with(stage, row.ciphertext)] == []
    answer = stage.run("fsck")
    assert answer.exit_code == 0, answer.output


def _heap_with(stage: Stage, needle: bytes) -> list[str]:
    """Give the files of the table that hold some octets."""
    with psycopg.connect(stage.office.database.admin, autocommit=True) as connection:
        connection.execute("checkpoint")
        row = connection.execute(
            "select current_setting('data_directory'), pg_relation_filepath('vault.disclosure')"
        ).fetchone()
    assert row is not None
    path = Path(row[0]) / row[1]
    return [str(path)] if needle in path.read_bytes() else []


def test_rectifying_is_a_new_event_and_the_erasure_of_the_old(stage: Stage) -> None:
    stream, old, new = parse_stream_id(identifier("lic.")), f"hld.{uuid4()}", f"hld.{uuid4()}"
    wrong = {"holder_name": "Ida Exempler", "holder_doc_no": "AB-7654321"}
    right = {"holder_name": "Ada Exemplar", "holder_doc_no": DOCUMENT}
    applied = stage.did("licence.applied", stream, "2010", person=wrong, hld=old)
    issued = stage.did("licence.issued", stream, "2011-01-01", person=right, hld=new)
    application = Application(stream, old, applied.eid, wrong)
    with pytest.raises(RefusedError, match="do not fit together"):
        stage.proposed(application, basis="ordered", reference="absent")
    stage.approved(application, basis="rectified", reference="absent")
    assert [each.outcome for each in stage.executed()] == ["executed"]
    personal = stage.office.personal
    with pytest.raises(RefusedError, match="proves it"):
        personal.reveal(applied.eid)
    assert {each.name: each.value for each in personal.reveal(issued.eid)} == right
    assert personal.holdings_of("AB-7654321") == ()
    assert personal.holdings_of(DOCUMENT) == (UUID(new.partition(".")[2]),)
