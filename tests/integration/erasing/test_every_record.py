# SPDX-License-Identifier: Apache-2.0
"""Persons are erased from every kind of record that discloses them, by the same two persons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from api.client.keyfile import FileKey
from api.erasing.person import person_file
from api.erasing.schedule import Round, work_off
from api.registrar import Enrolment, enrol
from domain.errors import RefusedError
from domain.identifiers import StreamId, parse_stream_id
from tests.integration.append.desk import AUTHORITY, identifier
from tests.integration.erasing.conftest import Application, Stage
from tests.integration.erasing.test_schedule import approve_all, scheduled, standings

WRONG, RIGHT = "AB-7654321", "CD-7654321"
PARTY = {"exporter_name": "Ada Exemplar", "exporter_address": "1 Test Street"}
BROKER = {"broker_name": "Bo Exemplar", "broker_address": "2 Test Street"}

Pair = tuple[Application, Application]
"""A record that says of two persons who they are, each under a holding."""


def holding() -> str:
    return f"hld.{uuid4()}"


def holder(document: str) -> dict[str, Any]:
    return {"holder_name": "Ada Exemplar", "holder_doc_no": document}


def said(
    stage: Stage, evt: str, sub: StreamId, occ: str, person: dict[str, Any], **dat: Any
) -> Application:
    """Record an event that discloses a person."""
    hld = dat.pop("hld", None) or holding()
    return Application(sub, hld, stage.did(evt, sub, occ, person, hld=hld, **dat).eid, person)


def component(stage: Stage) -> Pair:
    """Record a barrel that somebody had, that another found, and that was melted long ago."""
    sub = parse_stream_id(identifier("cmp."))
    finder = {"person_name": "Bo Exemplar", "person_doc_no": RIGHT}
    first = said(stage, "component.registered", sub, "1988", holder(WRONG))
    second = said(stage, "component.found", sub, "1989", finder)
    stage.did("component.destroyed", sub, "1990-05-01")
    return first, second


def authorization(stage: Stage) -> Pair:
    """Record an export that somebody brokered, and that was refused long ago."""
    sub = parse_stream_id(identifier("aut."))
    first = said(stage, "authorization.applied", sub, "1988", PARTY)
    second = said(stage, "authorization.brokering-recorded", sub, "1989", BROKER)
    stage.did("authorization.refused", sub, "1990-05-01", on="1990-05-01")
    return first, second


def lot(stage: Stage, hld: str | None = None) -> Pair:
    """Record ammunition that was handed out to the last cartridge."""
    sub, evt = parse_stream_id(identifier("lot.")), "lot.ammunition-issued"
    stage.did("lot.ammunition-registered", sub, "1988", quantity=100)
    first = said(stage, evt, sub, "1989", holder(WRONG), quantity=50, hld=hld)
    return first, said(stage, evt, sub, "1990", holder(RIGHT), quantity=50)


def request(stage: Stage, hld: str | None = None) -> Pair:
    """Record a trace that was answered twice, each time with another person, and closed."""
    sub, evt = parse_stream_id(identifier("trc.")), "trace.responded"
    stage.did("trace.requested", sub, "1990-01-01")
    stage.did("trace.acknowledged", sub, "1990-01-02", due_on="1990-02-01")
    first = said(stage, evt, sub, "1990-01-20", holder(WRONG), hld=hld)
    stage.did("trace.closed", sub, "1990-02-01")
    stage.did("trace.reopened", sub, "1990-02-02")
    second = said(stage, evt, sub, "1990-02-20", holder(RIGHT))
    stage.did("trace.closed", sub, "1990-03-01")
    return first, second


RECORDS: tuple[Callable[[Stage], Pair], ...] = (component, authorization, lot, request)


def opens(stage: Stage, record: Application) -> bool:
    """Tell whether the vault still gives the person; if not, make sure that it says and proves so.

    The rows of the erased are gone, so that nothing is found before it is refused.
    """
    personal = stage.office.personal
    if personal.of_events([record.eid]):
        assert {each.name: each.value for each in personal.reveal(record.eid)} == record.person
        return True
    with pytest.raises(RefusedError, match="proves it") as refused:
        personal.reveal(record.eid)
    assert refused.value.slug == "erased"
    return False


def test_each_is_put_right_and_then_erased_when_its_retention_has_ended(stage: Stage) -> None:
    """A new event states what is right, and the old value is erased; the rest stays due."""
    found = [record(stage) for record in RECORDS]
    for wrong, _ in found:
        stage.approved(wrong, basis="rectified", reference="absent")
    assert [each.outcome for each in stage.executed()] == ["executed"] * len(found)
    assert [(opens(stage, wrong), opens(stage, right)) for wrong, right in found] == [
        (False, True)
    ] * len(found)
    assert person_file(stage.office, WRONG)["holdings"] == []
    told = person_file(stage.office, RIGHT)["holdings"]
    shown = {event["eid"] for each in told for event in each["events"] if event["disclosed"]}
    assert shown == {right.eid for _, right in found if right.person is not BROKER}

    schedule = scheduled(stage)
    assert work_off(schedule) == Round(proposed=len(found))
    approve_all(stage)
    assert work_off(schedule) == Round(executed=len(found))
    assert not any(opens(stage, each) for pair in found for each in pair)
    assert stage.rows() == []
    assert {status for _, status in standings(stage)} == {"erasing"}
    assert work_off(schedule) == Round()


def test_a_holding_that_another_record_keeps_is_destroyed_with_the_last_of_them(
    stage: Stage,
) -> None:
    hld = holding()
    (gone, _), (kept, _) = request(stage, hld), lot(stage, hld)
    stage.did("lot.hold-placed", kept.stream, "2026-11-01")
    schedule = scheduled(stage)
    assert work_off(schedule) == Round(proposed=1)
    approve_all(stage)
    assert work_off(schedule) == Round(executed=1)
    assert (opens(stage, gone), opens(stage, kept)) == (False, True)
    with pytest.raises(RefusedError, match="this one or another, is held"):
        stage.proposed(gone)  # by hand, with the data key
    stage.did("lot.hold-released", kept.stream, "2026-11-02")
    assert work_off(schedule) == Round(proposed=1)
    approve_all(stage)
    assert work_off(schedule) == Round(executed=1)
    assert not opens(stage, kept)
    assert stage.office.vault.destroyed([kept.hld]) == {kept.hld}


def test_the_name_of_an_officer_is_erased_by_order(stage: Stage) -> None:
    key, name = FileKey.create("Ed25519"), "Ada Exemplar"
    wanted = Enrolment(authority=AUTHORITY, roles=["LIC"], jurisdictions=["XA"], officer_name=name)
    enrol(stage.office, wanted, key, proposer=stage.roots[0], approver=stage.roots[1])
    known = stage.office.registry.keys[key.kid]
    officer = Application(
        parse_stream_id(known.officer), known.officer, known.proposal, {"officer_name": name}
    )
    assert opens(stage, officer)
    stage.approved(officer)
    assert [each.outcome for each in stage.executed()] == ["executed"]
    assert not opens(stage, officer)
    assert stage.office.vault.destroyed([officer.hld]) == {officer.hld}
