# SPDX-License-Identifier: Apache-2.0
"""A reversal is judged against what every other record says of the firearm, at one head."""

from __future__ import annotations

import pytest

from api.client.signer import Draft
from audit.appending.admission import AdmittedEvent
from domain.application import Ledger
from tests.unit.domain.least.component import COMPONENT
from tests.unit.domain.signed_ledger import Pen, admitted, founded_ledger, place


@pytest.fixture
def pen() -> Pen:
    return Pen()


def undone(pen: Pen, target: AdmittedEvent) -> AdmittedEvent:
    event = target.event
    dat = {"target": event.eid, "reason": "wrong_firearm"}
    sub = str(event.sub)
    return admitted(pen.draft("firearm.reversed", sub, dat, seq=event.seq + 1, prev=event.eid))


def part(pen: Pen) -> Draft:
    dat = {**COMPONENT["component.manufactured"], "part": "barrel"}
    return pen.draft("component.manufactured", pen.identifier("cmp."), dat)


def fitted(pen: Pen, made: AdmittedEvent, arm: AdmittedEvent) -> AdmittedEvent:
    event = made.event
    dat = {**COMPONENT["component.installed"], "firearm": str(arm.event.sub)}
    draft = pen.draft("component.installed", str(event.sub), dat, seq=2, prev=event.eid)
    return admitted(draft)


def recorded(ledger: Ledger, *batches: list[AdmittedEvent]) -> list[int | str]:
    return [place(outcome) for batch in batches for outcome in ledger.record(batch)]


def test_a_mistaken_mark_is_reversed_while_nobody_else_named_the_firearm(pen: Pen) -> None:
    ledger, made = founded_ledger(pen), admitted(part(pen))
    born = admitted(pen.born("F1"))
    mark = admitted(pen.marked(born))
    fit = fitted(pen, made, born)
    assert recorded(ledger, [born, made, fit], [mark], [undone(pen, mark)]) == [3, 4, 5, 6, 7]


@pytest.mark.parametrize("together", [True, False])
def test_a_part_that_was_fitted_since_stands_against_the_reversal(
    pen: Pen, *, together: bool
) -> None:
    ledger, made = founded_ledger(pen), admitted(part(pen))
    born = admitted(pen.born("F1"))
    mark = admitted(pen.marked(born))
    batch = [fitted(pen, made, born), undone(pen, mark)]
    last = [batch] if together else [[each] for each in batch]
    assert recorded(ledger, [born, made, mark], *last) == [3, 4, 5, 6, "reversal_depended_on"]


def test_the_judgement_is_the_same_for_whoever_opens_the_ledger_later(pen: Pen) -> None:
    ledger, made = founded_ledger(pen), admitted(part(pen))
    born = admitted(pen.born("F1"))
    mark = admitted(pen.marked(born))
    recorded(ledger, [born, made, mark, fitted(pen, made, born)])
    refusal = ledger.foresee(undone(pen, mark).event).refusal
    assert refusal is not None
    assert (refusal.rule, refusal.found) == ("reversal_depended_on", "entry 6")
