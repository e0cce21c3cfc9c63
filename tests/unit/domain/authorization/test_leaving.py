# SPDX-License-Identifier: Apache-2.0
"""What leaves is as its shipment declares it, and leaves while the shipment lasts."""

from __future__ import annotations

import pytest

from tests.unit.domain.authorization.movements import stated
from tests.unit.domain.authorization.test_moving import EXPORTED, LEFT, importing


def test_what_was_converted_into_another_kind_does_not_leave_as_declared() -> None:
    ledger = importing()
    ledger.done("firearm.converted", "2026-05-01", after={"kind": "machine_gun"})
    refusal = ledger.verdict(stated(EXPORTED, LEFT))
    assert refusal
    assert (refusal.rule, refusal.found, refusal.legal) == (
        "shipment_kind", "machine_gun", ("pistol",),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("outcome", "left", "rule"),
    [
        ("not_received", "2026-06-30", None),
        ("not_received", "2026-07-01", "shipment_closed"),
        ("not_received", "2026-07-02", "shipment_closed"),
        ("not_received", "2026", "shipment_closed"),
        ("discrepant", "2026-06-30", None),
        ("discrepant", "2026-07-01", None),
        ("discrepant", "2026-07-02", "shipment_closed"),
    ],
)
def test_nothing_leaves_in_a_shipment_that_has_ended(
    outcome: str, left: str, rule: str | None
) -> None:
    """What left before is recorded late; after "not received" only what certainly did."""
    ledger = importing()
    if outcome == "discrepant":
        ledger.done("shipment.received", "2026-07-01", counts=[{"line": 1, "quantity": 9}])
    ledger.done("shipment.closed", "2026-07-01", outcome=outcome)
    assert ledger.record(EXPORTED, left) == rule
