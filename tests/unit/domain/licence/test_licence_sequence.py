# SPDX-License-Identifier: Apache-2.0
"""The legal sequence of a licence: every event in every state, and what each must state."""

from __future__ import annotations

from typing import Any

import pytest

from domain.event import Event
from domain.licence.rules import SEQUENCE
from domain.licence.table import LICENCE as AGGREGATE
from domain.licence.table import ORIGINS
from tests.unit.domain.licence.licences import HOLDING, decided, licence, verdict

APPLIED = decided("applied", kind="dealer", firearms=2, application_no="17", hld=HOLDING)
ISSUED = decided("issued", valid_to="2024-12-31")
HISTORIES: dict[str, tuple[Event, ...]] = {
    "none": (decided("registered", status="none"),),
    "applied": (APPLIED,),
    "refused": (APPLIED, decided("refused")),
    "valid": (APPLIED, ISSUED),
    "suspended": (APPLIED, ISSUED, decided("suspended")),
    "revoked": (APPLIED, ISSUED, decided("revoked")),
    "expired": (APPLIED, ISSUED, decided("expired")),
    "ceased": (APPLIED, ISSUED, decided("business-ceased", authority="auth.xa")),
}
FULL: dict[str, dict[str, Any]] = {
    "varied": {"firearms": 2},
    "business-ceased": {"authority": "auth.xa"},
}


@pytest.mark.parametrize("status", HISTORIES)
@pytest.mark.parametrize("evt", SEQUENCE)
def test_an_event_is_legal_exactly_where_the_sequence_has_a_place_for_it(
    status: str, evt: str
) -> None:
    name = evt.removeprefix("licence.")
    history = HISTORIES[status]
    refusal = verdict(history, decided(name, **FULL.get(name, {})))
    assert licence(*history).status == status
    if evt == "licence.business-ceased" and status == "none":
        assert refusal
        assert refusal.rule == "licence_kind"
    elif status in SEQUENCE[evt]:
        assert refusal is None
    else:
        assert refusal
        assert (refusal.rule, refusal.axis, refusal.found) == ("licence_status", "status", status)
        assert evt not in refusal.legal


@pytest.mark.parametrize(
    ("status", "legal"),
    [
        ("none", ("licence.ban-imposed",)),
        ("applied", ("licence.issued", "licence.refused", "licence.ban-imposed")),
        ("refused", ("licence.issued on the ground appeal_allowed", "licence.ban-imposed")),
        ("ceased", ("licence.ban-imposed",)),
    ],
)
def test_a_refusal_names_the_next_legal_steps(status: str, legal: tuple[str, ...]) -> None:
    refusal = verdict(HISTORIES[status], decided("suspended"))
    assert refusal
    assert refusal.legal == legal


@pytest.mark.parametrize("evt", ["applied", "registered"])
def test_a_licence_begins_once_with_an_application_or_an_older_record(evt: str) -> None:
    assert AGGREGATE.judge(None, decided(evt)) is None
    refusal = verdict((APPLIED,), decided(evt))
    assert refusal
    assert refusal.rule == "origin_repeated"


def test_nothing_happens_to_a_licence_that_nobody_applied_for() -> None:
    refusal = AGGREGATE.judge(None, decided("issued"))
    assert refusal
    assert (refusal.rule, refusal.legal) == ("origin_missing", tuple(sorted(ORIGINS)))


@pytest.mark.parametrize(
    ("status", "evt"), [("refused", "issued"), ("revoked", "reinstated")], ids=str
)
def test_a_decision_is_undone_only_by_a_successful_appeal(status: str, evt: str) -> None:
    history = HISTORIES[status]
    assert verdict(history, decided(evt, ground="other"))
    undone = decided(evt, ground="appeal_allowed")
    assert verdict(history, undone) is None
    assert licence(*history, undone).status == "valid"


def test_a_ban_is_imposed_once_and_lifted_once_whatever_the_licence() -> None:
    ban, lift = decided("ban-imposed", place_by="2020-07-01"), decided("ban-lifted")
    for history in HISTORIES.values():
        assert verdict(history, ban) is None
        for before, event, found in ((ban, ban, "banned"), (lift, lift, "not banned")):
            refusal = verdict((*history, before), event)
            assert refusal
            assert (refusal.rule, refusal.axis, refusal.found) == ("ban_state", "ban", found)
        assert verdict((*history, ban), lift) is None
        assert verdict((*history, ban, lift), ban) is None
    assert licence(APPLIED, ban).place_by == "2020-07-01"


@pytest.mark.parametrize(
    ("status", "evt"), [("applied", "issued"), ("valid", "renewed"), ("suspended", "reinstated")]
)
def test_nobody_under_a_ban_gets_a_licence(status: str, evt: str) -> None:
    refusal = verdict((*HISTORIES[status], decided("ban-imposed")), decided(evt))
    assert refusal
    assert refusal.rule == "ban_state"
    assert "licence.ban-lifted" in refusal.legal


@pytest.mark.parametrize(
    ("status", "event"),
    [
        ("applied", decided("issued", valid_from="2020-06-01", valid_to="2020-05-31")),
        ("valid", decided("renewed", valid_from="2025", valid_to="2024")),
        ("suspended", decided("reinstated", effective_on="2020-05-31")),
    ],
    ids=["issued", "renewed", "reinstated"],
)
def test_what_would_end_before_it_begins_is_refused(status: str, event: Event) -> None:
    refusal = verdict(HISTORIES[status], event)
    assert refusal
    assert refusal.rule == "licence_dates"


def test_a_ban_does_not_end_before_it_began() -> None:
    refusal = verdict((APPLIED, decided("ban-imposed")), decided("ban-lifted", effective_on="2019"))
    assert refusal
    assert refusal.rule == "licence_dates"


def test_the_number_of_a_persons_licence_is_not_published() -> None:
    number = decided("issued", number="1-23-456")
    refusal = verdict((decided("applied"),), number)
    assert refusal
    assert (refusal.rule, refusal.found) == ("licence_number_personal", "acquisition")
    assert verdict((APPLIED,), number) is None
    assert licence(APPLIED, number).number == "1-23-456"


def test_a_variation_varies_something() -> None:
    refusal = verdict(HISTORIES["valid"], decided("varied"))
    assert refusal
    assert refusal.rule == "variation_empty"


@pytest.mark.parametrize(
    ("dat", "found"),
    [({}, "none"), ({"authority": "auth.xa", "successor": f"lic{HOLDING[3:]}"}, "two")],
)
def test_the_register_of_a_business_goes_to_one_receiver(dat: Any, found: str) -> None:
    refusal = verdict(HISTORIES["valid"], decided("business-ceased", **dat))
    assert refusal
    assert (refusal.rule, refusal.found) == ("register_receiver", found)


def test_only_a_business_ceases() -> None:
    person = (decided("applied"), ISSUED)
    refusal = verdict(person, decided("business-ceased", authority="auth.xa"))
    assert refusal
    assert (refusal.rule, refusal.found) == ("licence_kind", "acquisition")
    ended = verdict(person, decided("refused"))
    assert ended
    assert "licence.business-ceased" not in ended.legal
