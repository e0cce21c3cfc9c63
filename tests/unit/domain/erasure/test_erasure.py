# SPDX-License-Identifier: Apache-2.0
"""Personal data is erased once its retention ended, nothing holds it, and two persons agree."""

from __future__ import annotations

from typing import Any

import pytest

from domain.access.retention import LAST_SECOND, destroyed_at, years_after
from domain.aggregate.naming import references
from domain.catalogue import AGGREGATES, CATALOGUE
from domain.errors import EnvelopeError
from domain.licence.state import Licence
from tests.unit.domain.erasure.erasing import (
    ARM,
    CLOCK,
    FIREARM,
    GONE,
    LIC,
    PROPOSED,
    SOLD,
    approved,
    at,
    erasure,
    judged,
    state_after,
    under_hold,
)
from tests.unit.domain.identity.scenes import OTHER, SECOND_KEY_OF_SIGNER
from tests.unit.domain.licence.licences import decided
from tests.unit.domain.lives import HOLDING, NOW, OTHER_HOLDING, happened, life, reversal

EXECUTED = erasure("executed")
DAY = 86_400


def test_an_erasure_is_proposed_approved_by_another_person_and_executed() -> None:
    assert judged(PROPOSED) is None
    assert judged(approved(), PROPOSED) is None
    assert judged(EXECUTED, PROPOSED, approved()) is None
    assert [state_after(*(PROPOSED, approved(), EXECUTED)[:n]).status for n in (1, 2, 3)] == [
        "proposed",
        "approved",
        "executed",
    ]


def test_every_step_has_its_place_in_the_sequence() -> None:
    assert judged(approved()) == judged(EXECUTED) == "origin_missing"
    assert judged(PROPOSED, PROPOSED) == "origin_repeated"
    assert judged(EXECUTED, PROPOSED) == "erasure_status"
    for before in ((PROPOSED, approved()), (PROPOSED, approved(), EXECUTED)):
        assert judged(approved(), *before) == "erasure_status"
    assert judged(EXECUTED, PROPOSED, approved(), EXECUTED) == "erasure_status"


@pytest.mark.parametrize("by", [None, SECOND_KEY_OF_SIGNER])
def test_nobody_approves_an_own_proposal_under_whichever_key(by: str | None) -> None:
    mine = erasure("approved", by=by) if by else erasure("approved")
    assert judged(mine, PROPOSED) == "approver_same_person"
    assert judged(erasure("approved", by="x" * 43), PROPOSED) == "approver_same_person"


def test_an_approval_comes_within_14_days_and_names_the_proposal() -> None:
    assert judged(approved(iat=NOW + 14 * DAY), PROPOSED) is None
    assert judged(approved(iat=NOW + 14 * DAY + 1), PROPOSED) == "approval_late"
    assert judged(approved(target="B" * 43), PROPOSED) == "erasure_target"


@pytest.mark.parametrize(
    "other", [{"events": [GONE.eid]}, {"holdings": [OTHER_HOLDING]}, {"record": LIC}], ids=str
)
def test_what_is_executed_is_what_was_approved(other: dict[str, Any]) -> None:
    event = erasure("executed", **other)
    assert judged(event, PROPOSED, approved()) == "erasure_differs"


def test_the_clock_has_begun_by_the_record_and_has_run_out() -> None:
    assert judged(erasure("proposed", iat=at("2020-04-30"))) == "retention_not_ended"
    assert judged(erasure("proposed", iat=at("2020-05-03"))) is None
    for began, rule in (("1989", "retention_not_begun"), ("unknown", "retention_not_ended"),
                        ("9999", "retention_not_ended"), ("1991", None)):  # fmt: skip
        assert judged(erasure("proposed", clock={**CLOCK, "began_on": began})) == rule
    kept = life(happened("manufactured", "1970"), SOLD)
    undone = life(happened("manufactured", "1970"), SOLD, GONE, reversal(GONE))
    for firearm in (kept, undone):
        assert judged(PROPOSED, record=firearm) == "retention_not_begun"
    assert judged(erasure("proposed", clock={**CLOCK, "starts": "lapse"})) == "retention_not_begun"


def test_the_years_of_a_firearm_are_ten_at_least() -> None:
    """Firearms Protocol, article 7: not less than ten years."""
    assert judged(erasure("proposed", clock={**CLOCK, "years": 9})) == "retention_too_short"
    assert judged(erasure("proposed", clock={**CLOCK, "years": 10})) is None


def test_what_was_exported_counts_from_the_export() -> None:
    gone = life(happened("manufactured", "1970"), SOLD, happened("exported", "1990-05-01"))
    exported = {**CLOCK, "starts": "export"}
    assert judged(erasure("proposed", clock=exported), record=gone) is None
    assert judged(erasure("proposed", clock=exported)) == "retention_not_begun"


@pytest.mark.parametrize(
    ("dat", "rule"),
    [
        ({"clock": "absent"}, "erasure_basis"),
        ({"basis": "rectified"}, "erasure_basis"),
        ({"basis": "rectified", "clock": "absent"}, None),
        ({"basis": "ordered", "clock": "absent"}, "erasure_basis"),
        ({"basis": "ordered", "clock": "absent", "reference": "COURT 7"}, None),
        ({"events": ["B" * 43]}, "erasure_of_another_record"),
        ({"holdings": [OTHER_HOLDING]}, "erasure_of_another_record"),
    ],
    ids=str,
)
def test_the_basis_and_what_is_erased_are_those_of_the_record(
    dat: dict[str, Any], rule: str | None
) -> None:
    assert judged(erasure("proposed", **dat)) == rule


def test_a_record_that_nobody_knows_has_nobody_to_erase() -> None:
    assert judged(PROPOSED, record=None) == "reference_unknown"
    assert judged(erasure("proposed", record=LIC)) == "reference_unknown"
    assert references(PROPOSED) == (ARM,)


@pytest.mark.parametrize("step", ["proposed", "approved", "executed"])
def test_a_hold_stops_an_erasure_at_every_step(step: str) -> None:
    before = {"proposed": (), "approved": (PROPOSED,), "executed": (PROPOSED, approved())}[step]
    event = approved() if step == "approved" else erasure(step)
    assert judged(event, *before, record=under_hold("H-1", "H-2")) == "hold_active"
    assert judged(event, *before, record=FIREARM) is None


def licence(*steps: tuple[str, str, dict[str, Any]]) -> Licence:
    state: Any = None
    for index, (name, occ, dat) in enumerate(steps):
        state = AGGREGATES["lic"].evolve(state, decided(name, occ, **dat), index)
    assert isinstance(state, Licence)
    return state


APPLIED = ("applied", "1989", {"hld": HOLDING})
REFUSED = licence(APPLIED, ("refused", "1990-05-01", {}))
REVOKED = licence(
    APPLIED,
    ("issued", "1989", {"valid_from": "1989-06-01"}),
    ("revoked", "1990-05-01", {"effective_on": "1990-05-01"}),
)
BANNED = licence(
    APPLIED,
    ("ban-imposed", "1990-01-01", {"effective_on": "1990-01-01"}),
    ("ban-lifted", "1990-05-01", {"effective_on": "1990-05-01"}),
)


@pytest.mark.parametrize(
    ("record", "starts", "rule"),
    [
        (REFUSED, "refusal", None),
        (REVOKED, "lapse", None),
        (BANNED, "ban_end", None),
        (REFUSED, "lapse", "retention_not_begun"),
        (REVOKED, "refusal", "retention_not_begun"),
        (REVOKED, "destruction", "retention_not_begun"),
    ],
)
def test_the_clock_of_a_licence_begins_with_its_end(
    record: Licence, starts: str, rule: str | None
) -> None:
    eid = record.entries[0].event.eid
    clock = {**CLOCK, "starts": starts, "years": 1}
    event = erasure("proposed", record=LIC, events=[eid], clock=clock)
    assert judged(event, record=record) == rule


def test_a_licence_under_a_hold_keeps_its_holder() -> None:
    held = licence(APPLIED, ("refused", "1990-05-01", {}), ("hold-placed", "1991", {}))
    clock = {**CLOCK, "starts": "refusal"}
    event = erasure("proposed", record=LIC, events=[held.entries[0].event.eid], clock=clock)
    assert judged(event, record=held) == "hold_active"
    released = licence(
        APPLIED, ("refused", "1990-05-01", {}), ("hold-placed", "1991", {}),
        ("hold-released", "1992", {}),
    )  # fmt: skip
    assert judged(event, record=released) is None


def test_no_single_digest_is_named_and_nothing_of_a_person() -> None:
    for name in ("proposed", "executed"):
        kind = CATALOGUE.find(f"erasure.{name}", 1)
        assert not kind.claims
        with pytest.raises(EnvelopeError, match=r"dat\.scope"):
            erasure(name, scope="some")
    assert CATALOGUE.find("erasure.proposed", 1).roles == {"STW"}
    assert "STW" in CATALOGUE.find("erasure.executed", 1).roles
    assert OTHER != SECOND_KEY_OF_SIGNER


def test_a_firearm_that_an_older_record_calls_destroyed_has_no_known_clock() -> None:
    known = life(happened("registered", "2016", technical="destroyed"))
    assert destroyed_at(known) is None
    assert judged(PROPOSED, record=known) == "erasure_of_another_record"


def test_years_that_reach_beyond_the_calendar_end_with_it() -> None:
    assert years_after(at("9990-01-01"), 30) == LAST_SECOND
