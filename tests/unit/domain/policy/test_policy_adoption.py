# SPDX-License-Identifier: Apache-2.0
"""A jurisdiction adopts policies and withdraws them, by two persons, each version one text."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.client.attest import endorse
from domain.aggregate.naming import POLICIES, references
from domain.aggregate.scene import Scene
from domain.catalogue import CATALOGUE
from domain.errors import EnvelopeError
from domain.event import Event, read_data
from domain.policy.state import AdoptedPolicy
from domain.policy.table import POLICY, TABLE
from domain.registry.state import Registry
from tests.unit.domain.disposing.desk import key
from tests.unit.domain.identity.scenes import AUTHORITIES
from tests.unit.domain.identity.test_two_signatures import SECOND, THIRD, Office
from tests.unit.domain.policy.policies import DATA, recorded

SUB = "pol.01a2076b-4018-7111-8222-333333333333"
SIGNER, SAME_PERSON, OTHER, STRANGER = (letter * 43 for letter in "kspx")
REGISTRY = Registry(
    authorities=AUTHORITIES,
    keys={
        SIGNER: key(SIGNER, "off.one", "LIC"),
        SAME_PERSON: key(SAME_PERSON, "off.one", "LIC"),
        OTHER: key(OTHER, "off.two", "LIC"),
        STRANGER: key(STRANGER, "off.three", "POL"),
    },
)


def adopted(**dat: Any) -> Event:
    return recorded("policy.adopted", {**DATA["policy.adopted"], **dat}, sub=SUB)


def withdrawn(**dat: Any) -> Event:
    return recorded("policy.withdrawn", {**DATA["policy.withdrawn"], **dat}, sub=SUB)


FIRST = adopted()
NEXT = adopted(version="1.1", digest="E" * 43, effective_on="2028-01-01")


def folded(*events: Event) -> AdoptedPolicy | None:
    state: AdoptedPolicy | None = None
    for index, event in enumerate(events):
        state = POLICY.evolve(state, event, index)
    return state


def rule(event: Event, *before: Event, by: tuple[str, ...] = (OTHER,)) -> str | None:
    event = replace(event, attested=frozenset(by))
    scene = Scene(event=event, index=9, state=folded(*before), others={}, registry=REGISTRY)
    refusal = POLICY.decide(scene)
    return refusal.rule if refusal else None


def test_the_table_and_the_least_data_name_the_same_events() -> None:
    assert {line.evt for line in TABLE} == set(DATA)


def test_a_stream_begins_with_an_adoption_and_takes_newer_versions() -> None:
    assert rule(FIRST) is None
    assert rule(withdrawn()) == "origin_missing"
    assert rule(NEXT, FIRST) is None
    assert rule(withdrawn(), FIRST, NEXT) is None
    assert rule(NEXT, FIRST, withdrawn()) is None


@pytest.mark.parametrize(
    ("event", "before", "expected"),
    [
        (adopted(policy="another", version="2"), (FIRST,), "policy_of_other_stream"),
        (adopted(jur="XB", version="2"), (FIRST,), "policy_of_other_stream"),
        (withdrawn(jur="XB"), (FIRST,), "policy_of_other_stream"),
        (adopted(digest="E" * 43), (FIRST,), "policy_version_reused"),
        (adopted(digest="E" * 43), (FIRST, withdrawn()), "policy_version_reused"),
        (adopted(effective_on="2027-06-01"), (FIRST,), None),
        (withdrawn(), (FIRST, withdrawn()), "policy_not_adopted"),
    ],
)
def test_what_does_not_fit_the_stream_is_refused(
    event: Event, before: tuple[Event, ...], expected: str | None
) -> None:
    assert rule(event, *before) == expected


@pytest.mark.parametrize("event", [FIRST, withdrawn()])
@pytest.mark.parametrize("by", [(), (SIGNER,), (SAME_PERSON,), (STRANGER,), ("u" * 43,)])
def test_one_person_alone_changes_no_policy(event: Event, by: tuple[str, ...]) -> None:
    before = () if event is FIRST else (FIRST,)
    assert rule(event, *before, by=by) == "second_person_missing"


def test_two_officers_really_sign_an_adoption() -> None:
    office = Office()
    dat = DATA["policy.adopted"]
    draft = office.draft("policy.adopted", office.pen.identifier("pol."), dat)
    assert office.record(draft) == "second_person_missing"
    for by, expected in ((THIRD, "second_person_missing"), (SECOND, office.ledger.size)):
        endorsed = {**dat, "endorsements": [endorse(by, draft)]}
        fresh = replace(draft, dat=endorsed, jti=office.pen.identifier())
        assert office.record(fresh) == expected


def test_an_adoption_may_say_after_how_many_days_recording_is_late() -> None:
    state = folded(FIRST, adopted(version="1.1", digest="E" * 43, late_after_days=14))
    assert state is not None
    assert [each.late_after_days for each in state.decisions] == [None, 14]
    for value in (0, 36_526, "14", 1.5):
        with pytest.raises(EnvelopeError, match="late_after_days"):
            adopted(late_after_days=value)


@pytest.mark.parametrize("event", [FIRST, withdrawn()])
def test_every_decision_on_a_policy_is_found_by_one_reference(event: Event) -> None:
    assert references(event) == (POLICIES,)


@pytest.mark.parametrize("role", ["DLR", "POL", "AUD"])
def test_only_the_licensing_authority_decides(role: str) -> None:
    assert all(role not in line.roles.split() for line in TABLE)


@pytest.mark.parametrize("evt", sorted(DATA))
def test_every_member_but_the_endorsements_has_to_be_given(evt: str) -> None:
    for lacking in DATA[evt]:
        data = {name: value for name, value in DATA[evt].items() if name != lacking}
        with pytest.raises(EnvelopeError, match=lacking):
            read_data(CATALOGUE.latest(evt), data)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("jur", "Atlantis"),
        ("policy", "Example State"),
        ("version", "1 0"),
        ("digest", "short"),
        ("effective_on", "2026"),
        ("effective_on", "2026-02-30"),
    ],
)
def test_a_value_outside_its_form_is_refused(member: str, value: str) -> None:
    with pytest.raises(EnvelopeError, match=member):
        read_data(CATALOGUE.latest("policy.adopted"), {**DATA["policy.adopted"], member: value})


@pytest.mark.parametrize(
    ("day", "as_of", "version"),
    [
        ("2026-11-30", None, None),
        ("2026-12-01", None, "1.0"),
        ("2027-12-31", None, "1.0"),
        ("2028-01-01", None, "1.1"),
        ("2028-01-01", 0, "1.0"),
        ("2030-01-01", None, None),
        ("2030-01-01", 1, "1.1"),
        ("2031-01-01", None, "2"),
        ("2031-01-01", 2, None),
    ],
)
def test_which_version_counts_depends_on_the_day_and_on_what_was_known(
    day: str, as_of: int | None, version: str | None
) -> None:
    state = folded(
        FIRST,
        NEXT,
        withdrawn(effective_on="2029-01-01"),
        adopted(version="2", digest="F" * 43, effective_on="2031-01-01"),
    )
    assert state
    assert (state.policy, state.jurisdiction, state.standing) == ("example-state", "XA", True)
    found = state.in_force(day, as_of=as_of)
    assert (found.version if found else None) == version


def test_a_decision_keeps_who_took_it_and_where_it_stands() -> None:
    state = folded(FIRST, NEXT)
    assert state
    assert [(each.index, each.decided_by) for each in state.decisions] == [
        (0, "auth.xa.lic"),
        (1, "auth.xa.lic"),
    ]
    assert state.in_force("2027-01-01") == state.decisions[0]
    again = folded(FIRST, adopted(version="1.0.1", digest="G" * 43))
    assert again
    assert again.in_force("2027-01-01") == again.decisions[1]
    assert not AdoptedPolicy().standing


EVENTS = [FIRST, NEXT, withdrawn(), adopted(policy="another"), adopted(digest="E" * 43)]


@given(st.lists(st.sampled_from(EVENTS), max_size=6))
def test_any_record_folds_and_every_next_event_is_accepted_or_refused(events: list[Event]) -> None:
    state = folded(*events)
    for event in EVENTS:
        refusal = POLICY.judge(state, event)
        assert refusal is None or refusal.sentence
    if state:
        assert len(state.decisions) == len(events)
