# SPDX-License-Identifier: Apache-2.0
"""After its destruction a firearm takes part in nothing; where it is seen, that is a conflict.

Domain facts, section 5, below the state diagram: a later sighting of the "destroyed" serial
opens a conflict case, it is not rejected.
"""

from __future__ import annotations

from domain.firearm.table import ORIGINS, TABLE
from domain.schema import EventType
from tests.unit.domain.lives import MARK, contradicted, happened, life, verdict
from tests.unit.every import for_every

GONE = happened("registered", "2016", technical="destroyed")
SEEN_AGAIN = {
    f"firearm.{name}"
    for name in (
        "converted-illicitly", "discrepancy-found", "forensically-examined", "found", "imported",
        "obliteration-discovered", "reactivated-illicitly", "returned-from-abroad", "seized",
        "stock-counted", "surrendered", "temporarily-imported", "transit-crossed",
    )
}  # fmt: skip
ABOUT_THE_RECORD = {
    "firearm.conflict-settled",
    "firearm.hold-placed",
    "firearm.identity-merged",
    "firearm.point-of-diversion-established",
}
ON_GROUNDS_OF_THEIR_OWN = {
    "firearm.hold-released": "hold_unknown",
    "firearm.alert-withdrawn": "alert_not_published",
    "firearm.corrected": "correction_target",
    "firearm.custody-moved": "custody_state",
    "firearm.identity-split": "not_merged",
    "firearm.mark-restored": "mark_not_obliterated",
    "firearm.reversed": "reversal_target",
}
"""Refused here because nothing precedes them, and not because of the destruction."""

KINDS = [line.type for line in TABLE if line.ver == 1]


@for_every(KINDS)
def test_every_event_after_destruction_is_refused_or_opens_a_conflict(kind: EventType) -> None:
    event = happened(kind.evt.removeprefix("firearm."), "2021")
    refusal = verdict((GONE,), event)
    if kind.evt in SEEN_AGAIN | ABOUT_THE_RECORD:
        assert refusal is None
        conflict = "destroyed" in [rule for _, rule in contradicted(life(GONE, event))]
        assert conflict is (kind.evt in SEEN_AGAIN)
        return
    assert refusal
    usual = "origin_repeated" if kind.evt in ORIGINS else "destroyed"
    assert refusal.rule == ON_GROUNDS_OF_THEIR_OWN.get(kind.evt, usual)


def test_a_sighting_from_before_the_destruction_that_is_reported_late_is_no_conflict() -> None:
    late = happened("found", "2018")
    made, gone = happened("manufactured", "2010"), happened("destroyed", "2020")
    assert verdict((made, gone), late) is None
    assert "destroyed" not in [rule for _, rule in contradicted(life(made, gone, late))]


def test_what_is_seen_again_is_examined_and_moved_as_evidence_while_it_counts_as_destroyed() -> (
    None
):
    seized = happened("seized", "2021", station="STATION 7")
    filed = happened("obliteration-discovered", "2021-02", mark={**MARK, "text": "unknown",
                     "condition": "obliterated"})  # fmt: skip
    moved = happened("custody-moved", "2021-03", from_custodian={"known": "STATION 7"})
    history = (GONE, seized, filed, moved, happened("mark-restored", "2021-04"))
    for number in range(1, len(history)):
        assert verdict(history[:number], history[number]) is None
    firearm = life(*history)
    assert (firearm.state.technical, firearm.state.custody) == ("destroyed", "evidence")
    assert {index for index, rule in contradicted(firearm) if rule == "destroyed"} >= {1, 2}
