# SPDX-License-Identifier: Apache-2.0
"""Signed draws in the ledger: two shipments never get the same piece, in one batch or in two."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from audit.appending.admission import AdmittedEvent
from domain.application import Ledger
from tests.unit.domain.authorization.movements import LEAST
from tests.unit.domain.signed_ledger import (
    AUTHORITY,
    NOW,
    ROOTS,
    YEAR_SECONDS,
    Pen,
    admitted,
    founded_ledger,
    key_of,
    place,
)

OFFICER = key_of(4)


@dataclass(slots=True)
class Port:
    """A ledger in memory with an officer who licenses, ships and clears; streams have heads."""

    pen: Pen = field(default_factory=Pen)
    heads: dict[str, tuple[int, str]] = field(default_factory=dict)
    ledger: Ledger = field(init=False)

    def __post_init__(self) -> None:
        self.ledger = founded_ledger(self.pen)
        enrolment = {
            **self.pen.material(OFFICER), "authority": AUTHORITY, "class": "event",
            "officer": self.pen.identifier("off."), "roles": ["LIC", "IMX", "CUS"],
            "jurisdictions": ["XA"], "not_before": NOW - YEAR_SECONDS,
            "not_after": NOW + YEAR_SECONDS, "offline": False,
        }  # fmt: skip
        stream = self.pen.identifier("key.")
        proposed = admitted(self.pen.draft("key.enrol-proposed", stream, enrolment), ROOTS[0])
        eid = proposed.event.eid
        approval = self.pen.draft("key.enrol-approved", stream, {"target": eid}, seq=2, prev=eid)
        assert self.record(proposed, admitted(approval, ROOTS[1])) == [3, 4]

    def signed(self, evt: str, sub: str, *, next_one: bool = True, **dat: Any) -> AdmittedEvent:
        """Sign the next event of a stream; the head moves on unless told otherwise."""
        seq, prev = self.heads.get(sub, (0, "A" * 43))
        data = {key: each for key, each in {**LEAST[evt], **dat}.items() if each != "absent"}
        draft = replace(self.pen.draft(evt, sub, data), seq=seq + 1, prev=prev)
        event = admitted(draft, OFFICER)
        if next_one:
            self.heads[sub] = (event.event.seq, event.event.eid)
        return event

    def record(self, *events: AdmittedEvent) -> list[int | str]:
        """Record one batch; give places and slugs."""
        return [place(each) for each in self.ledger.record(events)]

    def authorized(self) -> str:
        """Record an export authorization for ten firearms; give its identifier."""
        sub = self.pen.identifier("aut.")
        steps = ("applied", "import-licence-recorded", "transit-no-objection-recorded", "issued")
        events = [self.signed(f"authorization.{step}", sub) for step in steps]
        assert self.record(*events) == [5, 6, 7, 8]
        return sub

    def draw(self, sub: str, quantity: int, *, next_one: bool = True) -> AdmittedEvent:
        """Sign a draw of a new shipment."""
        portions = [{"line": 1, "quantity": quantity}]
        shipment = self.pen.identifier("shp.")
        return self.signed(
            "authorization.drawn", sub, next_one=next_one, shipment=shipment, portions=portions
        )


def test_two_draws_signed_at_one_head_are_never_both_recorded() -> None:
    port = Port()
    sub = port.authorized()
    rivals = [port.draw(sub, 6, next_one=False) for _ in range(2)]
    assert port.record(rivals[0]) == [9]
    assert port.record(rivals[1]) == ["seq_conflict"]


def test_a_draw_in_the_same_batch_counts_against_the_next() -> None:
    port = Port()
    sub = port.authorized()
    batch = [port.draw(sub, 6), port.draw(sub, 4)]
    too_much = port.draw(sub, 1, next_one=False)
    assert port.record(*batch, too_much) == [9, 10, "quantity_exceeded"]


def test_a_shipment_is_drawn_declared_and_left_with_in_one_batch() -> None:
    port = Port()
    authorization, shipment = port.authorized(), port.pen.identifier("shp.")
    firearm = port.pen.born("S1", occ="2015")
    made = admitted(firearm)
    assert port.record(made) == [9]
    port.heads[firearm.sub] = (1, made.event.eid)
    on_its_way: dict[str, Any] = {"authorization": authorization, "shipment": shipment}
    batch = [
        port.signed("authorization.drawn", authorization, shipment=shipment),
        port.signed(
            "shipment.declared", shipment, authorization=authorization, firearms=[firearm.sub]
        ),
        port.signed("firearm.exported", firearm.sub, **on_its_way),
    ]
    assert port.record(*batch) == [10, 11, 12]


def test_a_shipment_declared_before_its_draw_is_refused_and_so_is_what_leans_on_it() -> None:
    port = Port()
    authorization, shipment = port.authorized(), port.pen.identifier("shp.")
    declared = port.signed("shipment.declared", shipment, authorization=authorization)
    drawn = port.signed("authorization.drawn", authorization, shipment=shipment)
    assert port.record(declared, drawn) == ["shipment_not_drawn", 9]
    assert port.record(declared) == [10]
