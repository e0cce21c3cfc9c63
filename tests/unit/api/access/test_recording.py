# SPDX-License-Identifier: Apache-2.0
"""Every decision has its record, and no record holds what was searched for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from api.access.caller import STRANGER, Caller, Reason
from api.access.message import HttpRequest
from api.access.policy import Code, Decision
from api.access.recording import NOTHING, Question, Shown, access_of
from audit.access.selectors import KEY_OCTETS, SelectorKey
from audit.proof.access.record import Access, read_record, write_record
from domain.errors import UnreachableError, UnsafeError

KEY = SelectorKey(bytes(range(32)))
EID = "E" * 43
ASKED = Question(
    caller=Caller(
        means="session",
        authority="police.xa",
        officer="off.01a2076b-4018-7111-8222-444444444444",
        roles=frozenset({"POL"}),
    ),
    action="marking.search",
    reason=Reason(purpose="tracing", legal_basis="iti_16", case="XA-17"),
    request=HttpRequest(method="GET", url="https://l.example/v1/markings?serial=TW9-4711"),
    at=1_800_000_000,
    selectors={"serial": "TW9-4711"},
)


def test_what_was_shown_is_told_and_what_was_searched_for_is_not() -> None:
    shown = Shown(events=(EID, EID), claims=frozenset({"permit_no", "holder_name"}))
    found = access_of(ASKED, Decision(), shown, key=KEY)
    assert found == Access(
        at=1_800_000_000,
        means="session",
        authority="police.xa",
        officer="off.01a2076b-4018-7111-8222-444444444444",
        action="marking.search",
        purpose="tracing",
        basis="iti_16",
        case="XA-17",
        selectors=(KEY.blind("serial", "TW9-4711"),),
        decision="allowed",
        count=2,
        events=(EID, EID),
        claims=("holder_name", "permit_no"),
        request=found.request,
    )
    assert b"4711" not in write_record(found)
    assert read_record(write_record(found)) == found


@pytest.mark.parametrize("code", [*get_args(Code), "quota_exceeded"])
def test_a_refusal_is_recorded_with_its_code(code: str) -> None:
    decision = Decision(code=code) if code in get_args(Code) else code  # type: ignore[arg-type]
    found = access_of(replace(ASKED, caller=STRANGER, reason=None), decision, key=KEY)
    assert (found.decision, found.allowed, found.count) == (code, False, 0)
    assert (found.means, found.officer, found.purpose) == ("stranger", "", "")


def test_of_many_events_only_the_number_is_told() -> None:
    many = access_of(ASKED, Decision(), Shown(events=(EID,) * 65), key=KEY)
    assert (many.count, many.events) == (65, ())
    assert ASKED.reason
    passed_on = replace(ASKED, reason=replace(ASKED.reason, recipient="court.xb"))
    counted = access_of(passed_on, Decision(), Shown(count=7), key=KEY)
    assert (counted.count, counted.recipient) == (7, "court.xb")


def test_equal_questions_are_recognised_and_others_are_not() -> None:
    blind = KEY.blind("serial", "TW9-4711")
    assert blind == KEY.blind("serial", "TW9-4711")
    others = {
        KEY.blind("serial", "TW9-4712"),
        KEY.blind("name", "TW9-4711"),
        SelectorKey(bytes(32)).blind("serial", "TW9-4711"),
    }
    assert blind not in others
    one = access_of(ASKED, Decision(), NOTHING, key=KEY).request
    longer = replace(ASKED, request=replace(ASKED.request, body=b"x"))
    assert one != access_of(longer, Decision(), NOTHING, key=KEY).request


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "selector.key"
    made = SelectorKey.load(path, randomness=lambda count: bytes(range(count)))
    assert made.blind("serial", "1") == SelectorKey.load(path).blind("serial", "1")
    assert (len(path.read_bytes()), path.stat().st_mode & 0o777) == (KEY_OCTETS, 0o600)
    path.write_bytes(b"half")
    with pytest.raises(UnsafeError) as damaged:
        SelectorKey.load(path)
    assert damaged.value.slug == "selector_key_damaged"
    with pytest.raises(UnreachableError):
        SelectorKey.load(path.parent)
