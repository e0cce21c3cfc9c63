# SPDX-License-Identifier: Apache-2.0
"""Whoever was given personal data that is erased is named, so that they can be told to forget it.

GDPR, article 19; envelope specification, section 6.
"""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest

from api.erasing.recipients import known_erasure, recipients_of
from api.gate.asking import UNRECORDED
from audit.access.log import AccessLog
from audit.access.reading import open_access_log
from audit.proof.access.record import Access
from audit.proof.envelope.opening import Reading, open_stored
from audit.proof.keys import public_key
from domain.catalogue import CATALOGUE
from domain.errors import UsageError
from domain.identifiers import StreamId, parse_stream_id
from tests.integration.append.desk import AUTHORITY, identifier
from tests.integration.erasing.conftest import Stage
from tests.integration.erasing.test_every_record import holder, holding, request, said

DAY = 1_780_000_000
HOUR = 3_600
NAME = {"holder_name"}


def looked(stage: Stage, *looks: dict[str, Any]) -> None:
    """Write looks into the access log, as the service does."""
    with closing(AccessLog(stage.office.database.conninfo("ledger_access"))) as log:
        for each in looks:
            record = {"at": DAY, "means": "machine", "authority": "auth.xa.police", "count": 1,
                      "action": "person.reveal", "decision": "allowed", "request": "B" * 43,
                      "claims": sorted(NAME), **each}  # fmt: skip
            log.record(Access.model_validate(record))


def test_those_who_were_shown_it_or_asked_for_it_are_told_and_nobody_else(stage: Stage) -> None:
    first, second = request(stage)
    erasure = stage.proposed(first)
    shown = {"events": [first.eid]}
    looked(
        stage,
        shown,
        {**shown, "at": DAY + 86_400, "claims": ["holder_doc_no"]},
        {**shown, "recipient": "XB", "purpose": "court", "basis": "act_7"},
        {"authority": "auth.xa.files", "action": "person.file", "events": [], "count": 70},
        {**shown, "authority": "auth.xa.refused", "decision": "purpose_denied"},
        {**shown, "authority": "auth.xa.history", "claims": []},
        {"authority": "auth.xa.other", "events": [second.eid]},
    )
    found = recipients_of(stage.office, known_erasure(stage.office, erasure))
    told = [(each["authority"], each["recipient"], each["source"], each["certain"],
             each["claims"], each["times"], each["last_on"]) for each in found]  # fmt: skip
    assert told == [
        (AUTHORITY, None, "trace", True, [], 2, f"{datetime.now(UTC):%F}"),
        ("auth.xa.files", None, "access", False, ["holder_name"], 1, "2026-05-28"),
        ("auth.xa.police", None, "access", True, ["holder_doc_no", "holder_name"], 2, "2026-05-29"),
        ("auth.xa.police", "XB", "access", True, ["holder_name"], 1, "2026-05-28"),
    ]
    assert [(each["purpose"], each["legal_basis"]) for each in found[-2:]] == [
        (None, None),
        ("court", "act_7"),
    ]
    answer = stage.run("erasure", "recipients", str(erasure))
    assert answer.exit_code == 0, answer.output
    assert "XB" in answer.output
    assert "4 recipients" in answer.output


def traced(stage: Stage, arm: StreamId, **answer: Any) -> StreamId:
    """Record a request of another State about a firearm, and its answer."""
    sub = parse_stream_id(identifier("trc."))
    stage.did("trace.requested", sub, "2020-01-01", requesting_state="XB", firearm=str(arm))
    stage.did("trace.acknowledged", sub, "2020-01-02", due_on="2020-02-01")
    if answer:
        stage.did("trace.responded", sub, "2020-01-20", **answer)
    return sub


def test_who_was_answered_about_a_holding_or_a_firearm_is_told_once_it_is_erased(
    stage: Stage,
) -> None:
    arm, hld = parse_stream_id(identifier("arm.")), holding()
    serial = {"known": "S-4711"}
    held = said(
        stage, "firearm.registered", arm, "2015", holder("AB-1"), hld=hld, holder="civilian",
        serial=serial,
    )  # fmt: skip
    traced(stage, arm)
    named = traced(stage, arm, hld=hld)
    stage.did("trace.onward-disclosed", named, "2020-03-01", to_country="XC")
    traced(stage, arm, last_status="dealer_stock")
    erasure = stage.proposed(held)
    found = recipients_of(stage.office, known_erasure(stage.office, erasure))
    told = [(each["authority"], each["recipient"], each["source"], each["certain"], each["times"])
            for each in found]  # fmt: skip
    assert sorted(told) == [
        (AUTHORITY, "XB", "trace", False, 1),
        (AUTHORITY, "XB", "trace", True, 1),
        (AUTHORITY, "XC", "trace", True, 1),
    ], "and not the request that nobody answered"
    assert {each["last_on"] for each in found} == {f"{datetime.now(UTC):%F}"}


def test_an_answer_to_a_tracing_request_is_its_own_record_of_access(stage: Stage) -> None:
    """Who, when, to whom, what for, on what basis, in which case, and what: signed, in the log.

    So the append leaves no second record in the access log, which would end after 18 months.
    """
    arm, case = stage.registered("AB-1"), identifier("case.")
    sub = traced(stage, arm)
    why = {"legal_basis": "act_9", "case": case}
    given = said(stage, "trace.responded", sub, "2020-01-20", holder("AB-1"), **why)
    office = stage.office
    (raw,) = [each.state for each in office.ledger.store.referring(given.holding, "trace.")]
    reading = Reading(
        lambda kid: public_key(office.registry.keys[kid].jwk), CATALOGUE, office.audience,
        founding=False,
    )  # fmt: skip
    answer = open_stored(raw, reading).event
    assert (answer.eid, answer.kid) == (given.eid, stage.keys["clerk"].kid)
    assert abs(answer.iat - datetime.now(UTC).timestamp()) < HOUR
    told = answer.dat.model_dump()
    assert (told["legal_basis"], told["case"]) == ("act_9", case)
    assert (told["last_status"], told["hld"]) == ("lawful_holder", given.holding)
    shown = {each.name for each in office.personal.of_events([given.eid])}
    assert shown == given.person.keys()
    asked = office.ledger.state(sub).entries[0].event.dat
    assert (asked.requesting_state, asked.uses) == ("XB", ("criminal_investigation",))
    with open_access_log(office.database.conninfo("ledger_auditor")) as log:
        assert list(log.records()) == []
    assert "event.append" in UNRECORDED


def test_of_an_erasure_that_nobody_knows_nobody_is_named(stage: Stage) -> None:
    with pytest.raises(UsageError) as refused:
        known_erasure(stage.office, parse_stream_id(identifier("ers.")))
    assert refused.value.slug == "erasure_unknown"
