# SPDX-License-Identifier: Apache-2.0
"""The access policy decides as an independent model of it does, and tells strangers nothing."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.access.caller import STRANGER, Caller, Means, Reason
from api.access.page import page
from api.access.policy import NOWHERE, STEP_UP_SECONDS, Decision, decide, persons_open
from api.access.table import ACTIONS, CLAIMS, LINES, NAMED, Action
from domain.access.events import Purpose
from domain.access.retention import years_after
from domain.catalogue import CATALOGUE
from domain.registry.members import ANY_ROLE
from tests.unit.api.access.rights import GROUPS, HIDING, RIGHTS, rights_of
from tests.unit.every import for_every

NOW = 1_800_000_000
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
WHERE = {None: True, "XA": True, "XA-NW": True, "XB": False, "XAB": False, NOWHERE: False}
FACTORS = {None: False, NOW: True, NOW - STEP_UP_SECONDS: True, NOW - STEP_UP_SECONDS - 1: False}
ROLES = sorted(ANY_ROLE)


@for_every(ROLES, "role")
def test_every_role_may_do_exactly_what_the_model_says(role: str) -> None:
    for action, place, purpose in product(ACTIONS, WHERE, (None, *PURPOSES)):
        for asking in (_caller(role, "machine", None), *(_session(role, f) for f in FACTORS)):
            found = decide(asking, action, place=place, reason=_reason(purpose), now=NOW)
            expected = _model(asking, role, action, place, purpose)
            assert (found.code, found.hidden) == expected, (action, place, purpose, asking)


@for_every(ACTIONS, "action")
def test_a_stranger_reads_the_public_parts_and_is_told_of_nothing_else(action: Action) -> None:
    for place, purpose in product(WHERE, (None, *PURPOSES)):
        found = decide(STRANGER, action, place=place, reason=_reason(purpose), now=NOW)
        public = action in ("log.read", "registry.read")
        assert found.allowed == public
        assert found == Decision(code="unknown_caller", hidden=True) or public


def test_roles_that_somebody_unknown_brings_along_count_for_nothing() -> None:
    pretender = replace(STRANGER, roles=ANY_ROLE, jurisdictions=("XA",), authority="police.xa")
    found = decide(pretender, "firearm.read", place="XA", reason=None, now=NOW)
    assert found == Decision(code="unknown_caller", hidden=True)


@given(
    roles=st.frozensets(st.sampled_from(ROLES), max_size=4),
    action=st.sampled_from(ACTIONS),
    place=st.sampled_from(sorted(filter(None, WHERE))),
    purpose=st.sampled_from((None, *PURPOSES)),
)
def test_several_roles_may_do_what_one_of_them_may_and_no_more(
    roles: frozenset[str], action: Action, place: str, purpose: Purpose | None
) -> None:
    asking = replace(_caller("AUD", "machine", None), roles=roles)
    reason = _reason(purpose)
    alone = [
        decide(
            replace(asking, roles=frozenset({role})), action, place=place, reason=reason, now=NOW
        )
        for role in roles
    ]
    together = decide(asking, action, place=place, reason=reason, now=NOW)
    public = action in ("log.read", "registry.read")
    assert together.allowed == (public or any(each.allowed for each in alone))
    for where, firm in product(("XA", "XA-NW", "XB", None), ("police.xa", "trade.xa", None)):
        assert together.claims(where, firm) == frozenset().union(
            *(each.claims(where, firm) for each in alone)
        )


@for_every(ROLES, "role")
def test_no_claim_is_shown_beyond_the_policy_for_role_and_purpose(role: str) -> None:
    for action, purpose in product(ACTIONS, PURPOSES):
        asking = _caller(role, "machine", None)
        found = decide(asking, action, place="XA", reason=_reason(purpose), now=NOW)
        allowed = [r for r in rights_of(role) if r.action == action and purpose in r.purposes]
        assert found.claims("XA", asking.authority) == frozenset().union(
            *(right.claims for right in allowed)
        )
        for where, firm in (("XB", asking.authority), ("XA", "other.xa")):
            shown = found.claims(where, firm)
            outside = [r.claims for r in allowed if r.where == "all" or where == "XA"]
            assert shown <= frozenset().union(*outside)


def test_a_list_is_kept_to_the_mandate_and_a_dealers_to_his_own_firm() -> None:
    police = decide(_caller("POL", "machine", None), "firearm.read", place=None, reason=None, now=0)
    assert [police.admits(each, "any.xa") for each in ("XA", "XA-NW", "XB", NOWHERE, None)] == [
        *(True, True),
        *(False, False, False),
    ]
    dealer = decide(_caller("DLR", "machine", None), "firearm.read", place=None, reason=None, now=0)
    assert dealer.admits("XA", "police.xa")
    assert not dealer.admits("XA", "other.xa")
    assert not dealer.admits("XA")
    assert not dealer.admits("XB", "police.xa")


def test_a_role_counts_only_where_it_was_given() -> None:
    mixed = Caller(
        means="machine",
        authority="police.xa",
        roles=frozenset({"POL", "LIC"}),
        jurisdictions=("XA", "XB"),
        mandates=(("POL", ("XA",)), ("LIC", ("XB",))),
    )
    search = _reason("licensing")
    assert decide(mixed, "marking.search", place="XB", reason=search, now=NOW).allowed
    refused = decide(mixed, "marking.search", place="XA", reason=search, now=NOW)
    assert refused.code == "purpose_denied"
    reading = decide(mixed, "person.reveal", place=None, reason=_reason("licensing"), now=NOW)
    assert reading.claims("XB") >= GROUPS["holder"]
    assert reading.claims("XA") == frozenset()


def test_a_purpose_without_its_legal_basis_is_no_purpose() -> None:
    bare = Reason(purpose="tracing", legal_basis="")
    found = decide(_caller("TRC", "machine", None), "person.reveal", place="XA", reason=bare, now=0)
    assert found == Decision(code="purpose_missing")


@pytest.mark.parametrize(
    ("role", "years"), [("LIC", 10), ("CUS", 10), ("STW", 10), ("POL", 30), ("TRC", 30)]
)
def test_persons_are_shown_for_their_years_after_the_destruction(role: str, years: int) -> None:
    asking, end = _caller(role, "machine", None), years_after(NOW, years)
    assert persons_open(asking, None, end + 1)
    assert persons_open(asking, NOW, end)
    assert not persons_open(asking, NOW, end + 1)


def test_every_disclosure_of_the_catalogue_stands_in_one_group() -> None:
    named = [name for names in CLAIMS.values() for name in names]
    assert sorted(named) == sorted({claim for kind in CATALOGUE for claim in kind.claims})
    assert {group: set(names) for group, names in CLAIMS.items()} == GROUPS


def test_the_table_names_only_what_exists() -> None:
    known = ANY_ROLE | {"stranger"}
    for line in LINES:
        assert line.roles_named() <= known, line
        assert line.purposes_named() <= set(PURPOSES), line
        assert set(line.groups()) <= set(CLAIMS), line
        assert bool(line.claims) == (line.action in ("person.reveal", "person.file")), line
    assert {line.action for line in LINES} == set(ACTIONS)
    assert set(RIGHTS) == ANY_ROLE
    assert set(HIDING) == NAMED


def test_whoever_may_approve_an_erasure_may_also_sign_its_approval() -> None:
    signs = {evt: CATALOGUE.latest(evt).roles for evt in ("erasure.proposed", "erasure.approved")}
    rights = {action: {r for r in ROLES if _may(r, action)} for action in _ERASING}
    assert rights == dict(zip(_ERASING, map(set, signs.values()), strict=True))


def test_the_page_of_the_access_policy_is_the_one_of_this_version() -> None:
    text = Path("docs/access.md").read_text(encoding="utf-8")
    assert text == page(), "python -m api.access.page > docs/access.md"


_ERASING: tuple[Action, Action] = ("erasure.propose", "erasure.approve")


def _may(role: str, action: Action) -> bool:
    return decide(_caller(role, "machine", None), action, place="XA", reason=None, now=0).allowed


def _caller(role: str, means: Means, factor: int | None) -> Caller:
    return Caller(
        means=means,
        authority="police.xa",
        officer="off.01a2076b-4018-7111-8222-444444444444",
        roles=frozenset({role}),
        jurisdictions=("XA",),
        stepped_up_at=factor,
    )


def _session(role: str, factor: int | None) -> Caller:
    return _caller(role, "session", factor)


def _reason(purpose: Purpose | None) -> Reason | None:
    return Reason(purpose=purpose, legal_basis="waffrg_25") if purpose else None


def _model(
    asking: Caller, role: str, action: str, place: str | None, purpose: str | None
) -> tuple[str | None, bool]:
    """Say what has to come out, one right after the other and without the program's table."""
    rights = [right for right in rights_of(role) if right.action == action]
    near = [right for right in rights if right.where == "all" or WHERE[place]]
    fresh = asking.means == "machine" or FACTORS[asking.stepped_up_at]
    fitting = [r for r in near if not r.purposes or purpose in r.purposes]
    if not rights:
        return "role_denied", action in HIDING
    if not near:
        return "jurisdiction_denied", action in HIDING
    if not fitting:
        return ("purpose_denied" if purpose else "purpose_missing"), False
    if not any(fresh or not right.step_up for right in fitting):
        return "step_up_needed", False
    return None, False
