# SPDX-License-Identifier: Apache-2.0
"""A firearm, its parts and its successor in one batch, signed and judged at one head."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from api.client.signer import Draft
from audit.appending.admission import AdmittedEvent
from domain.identifiers import FIRST_PREV
from tests.unit.domain.signed_ledger import Pen, admitted, founded_ledger, place

PART = {"part": "frame", "make": {"known": "TESTWERK"}}


@dataclass(slots=True)
class Bench:
    """A maker at work; it knows the head of every stream it has written to."""

    pen: Pen = field(default_factory=Pen)
    heads: dict[str, tuple[int, str]] = field(default_factory=dict)

    def did(self, evt: str, sub: str, **dat: Any) -> AdmittedEvent:
        seq, prev = self.heads.get(sub, (0, FIRST_PREV))
        event = admitted(self.pen.draft(evt, sub, dat, seq=seq + 1, prev=prev))
        self.heads[sub] = (event.event.seq, event.event.eid)
        return event

    def made(self, sub: str, serial: str, **dat: Any) -> AdmittedEvent:
        born: Draft = self.pen.born(serial)
        return self.did("firearm.manufactured", sub, **{**born.dat, **dat})

    def part(self, sub: str, serial: str) -> AdmittedEvent:
        return self.did("component.manufactured", sub, **PART, serial={"known": serial})

    def swapped(self, sub: str, **dat: Any) -> AdmittedEvent:
        name = "firearm.leading-component-replaced"
        return self.did(name, sub, part="frame", reason="worn", **dat)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def recorded(bench: Bench, *events: AdmittedEvent) -> list[int | str]:
    """Record one batch on a founded ledger; give places counted from its first event."""
    outcomes = founded_ledger(bench.pen).record(list(events))
    return [at - 3 if isinstance(at := place(each), int) else at for each in outcomes]


def test_a_new_leading_part_links_two_records_that_know_each_other(bench: Bench) -> None:
    old, new, frame, fresh = (
        bench.pen.identifier(kind) for kind in ("arm.", "arm.", "cmp.", "cmp.")
    )
    events = [
        bench.part(frame, "F-1"),
        bench.made(old, "S1", leading_part="frame", leading_component=frame),
        bench.did("component.installed", frame, firearm=old),
        bench.part(fresh, "F-2"),
        bench.swapped(
            old,
            part_history="never_installed",
            component_out=frame,
            component_in=fresh,
            successor=new,
        ),
        bench.made(new, "S2", leading_component=fresh, predecessor=old),
        bench.did("component.removed", frame, firearm=old, reason="replaced"),
        bench.did("component.installed", fresh, firearm=new),
    ]
    assert recorded(bench, *events) == list(range(8))


def test_a_successor_that_comes_before_the_end_of_the_old_record_is_refused(bench: Bench) -> None:
    old, new = bench.pen.identifier("arm."), bench.pen.identifier("arm.")
    born = bench.made(old, "S1")
    end = bench.swapped(old, part_history="never_installed", successor=new)
    successor = bench.made(new, "S2", predecessor=old)
    assert recorded(bench, born, successor, end) == [0, "predecessor_differs", 1]


def test_a_component_that_was_destroyed_or_never_made_is_named_in_vain(bench: Bench) -> None:
    arm, frame = bench.pen.identifier("arm."), bench.pen.identifier("cmp.")
    born = bench.made(arm, "S1", leading_component=frame)
    assert recorded(bench, born) == ["component_unknown"]


def test_a_serial_reserved_by_a_plan_is_claimed_from_then_on(bench: Bench) -> None:
    planned, rival = bench.pen.identifier("arm."), bench.pen.identifier("arm.")
    dat: dict[str, Any] = {
        "make": {"known": "TESTWERK"}, "model": {"known": "TW-9"}, "kind": "pistol",
        "serial": {"known": "S1"},
    }  # fmt: skip
    events = [
        bench.did("firearm.production-planned", planned, **dat),
        bench.made(rival, "S-1"),
        bench.made(planned, "S1"),
    ]
    assert recorded(bench, *events) == [0, "marking_claimed", 1]
