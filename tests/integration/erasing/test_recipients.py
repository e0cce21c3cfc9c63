# SPDX-License-Identifier: Apache-2.0
"""Whoever was given personal data that is erased is named, so that they can be told to forget it.

GDPR, article 19; envelope specification, section 6.
"""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest

from api.erasing.recipients import known_erasure, recipients_of
from audit.access.log import AccessLog
from audit.proof.access.record import Access
from domain.errors import UsageError
from domain.identifiers import parse_stream_id
from tests.integration.append.desk import AUTHORITY, identifier
from tests.integration.erasing.conftest import Stage
from tests.integration.erasing.test_every_record import request

DAY = 1_780_000_000
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
        (AUTHORITY, None, "trace", True, [], 1, None),
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


def test_of_an_erasure_that_nobody_knows_nobody_is_named(stage: Stage) -> None:
    with pytest.raises(UsageError) as refused:
        known_erasure(stage.office, parse_stream_id(identifier("ers.")))
    assert refused.value.slug == "erasure_unknown"
