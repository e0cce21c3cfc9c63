# SPDX-License-Identifier: Apache-2.0
"""How much of an authorization was used, and what it is on each of its days."""

from __future__ import annotations

from typing import Any

import pytest

from domain.authorization.codes import Stage
from domain.authorization.state import Authorization
from domain.authorization.table import AUTHORIZATION as AGGREGATE
from domain.authorization.totals import Total, Validity, state_on, totals, validity
from tests.unit.domain.authorization.movements import stated
from tests.unit.domain.least.authorization import ITEM, SHIPMENT_ID

ROUNDS = {"line": 2, "goods": "ammunition", "calibre": {"known": "9x19"}, "quantity": 1000}
MORE = {**ITEM, "line": 3, "kind": "rifle", "quantity": 5}
OTHER = SHIPMENT_ID[:-1] + "9"


def _authorization(*evts: tuple[str, dict[str, Any]]) -> Authorization:
    state: Authorization | None = None
    for index, (evt, dat) in enumerate((("applied", {}), *evts)):
        state = AGGREGATE.evolve(state, stated(f"authorization.{evt}", **dat), index)
    assert state is not None
    return state


def test_pieces_and_rounds_are_never_added_up_together() -> None:
    portions = [{"line": 1, "quantity": 4}, {"line": 2, "quantity": 1000}]
    drawn = _authorization(
        ("issued", {"items": [ITEM, ROUNDS, MORE]}),
        ("drawn", {"portions": portions}),
        ("drawn", {"shipment": OTHER, "portions": [{"line": 3, "quantity": 5}]}),
    )
    assert totals(drawn) == {"firearm": Total(15, 9, 6), "ammunition": Total(1000, 1000, 0)}
    assert (drawn.status, drawn.use) == ("used_part", "used_part")


def test_nothing_is_authorized_before_anything_was_named() -> None:
    assert totals(_authorization()) == {}
    assert validity(_authorization()) == Validity()


def test_what_was_used_is_known_of_one_that_was_revoked_too() -> None:
    gone = _authorization(("issued", {}), ("drawn", {}), ("revoked", {}))
    assert (gone.status, gone.use) == ("revoked", "used_up")
    assert validity(gone) == Validity(
        issued_on="2026-01-01", expires_on="2026-12-31", revoked_from="2026-07-01"
    )


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2025-12-31", "not_yet_valid"),
        ("2026-01-01", "issued"),
        ("2026-06-30", "issued"),
        ("2026-07-01", "revoked"),
        ("2027-01-01", "revoked"),
    ],
)
def test_a_revocation_counts_from_its_first_day(day: str, expected: str) -> None:
    valid = validity(_authorization(("issued", {}), ("revoked", {})))
    assert state_on(day, stage="revoked", use="issued", valid=valid) == expected


@pytest.mark.parametrize(
    ("day", "expected"), [("2026-12-31", "used_part"), ("2027-01-01", "expired")]
)
def test_it_expires_after_its_last_day_whether_or_not_that_is_recorded(
    day: str, expected: str
) -> None:
    valid = validity(_authorization(("issued", {})))
    for stage in ("issued", "expired"):
        assert state_on(day, stage=stage, use="used_part", valid=valid) == expected


@pytest.mark.parametrize("stage", ["applied", "refused"])
def test_what_was_not_issued_is_what_was_decided_last(stage: Stage) -> None:
    found = state_on("2026-07-01", stage=stage, use="issued", valid=Validity())
    assert found == stage
