# SPDX-License-Identifier: Apache-2.0
"""An example is legal by itself: what may stand against it is what is on record, never its data."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from api.describing.examples import OCCURRED, SIGNED, _event, example_of
from api.describing.rules import line_of
from domain.aggregate.objection import Objection, rests_on
from domain.catalogue import CATALOGUE
from domain.event import Event, read_data
from domain.firearm.aggregate import decide
from domain.occurrence import parse_occurrence
from domain.schema import EventType
from tests.unit.domain.lives import MARK, happened, life
from tests.unit.every import for_every

KINDS = [kind for kind in CATALOGUE if line_of(kind)]


def objections(kind: EventType, *, full: bool) -> Iterator[Objection]:
    """Give what is against an example by its data alone, and by the day on which it happens."""
    line, dat = line_of(kind), read_data(kind, example_of(kind, full=full))
    assert line is not None
    day: Any = SimpleNamespace(event=SimpleNamespace(occ=parse_occurrence(OCCURRED), iat=SIGNED))
    for rule in line.rules:
        if rests_on(rule) == "data" and (objection := rule(None, dat)):
            yield objection
    for check in line.checks:
        try:
            objection = check(day, dat)
        except AttributeError:  # it looks at more than the event
            continue
        if objection:
            yield objection


@pytest.mark.parametrize("full", [False, True], ids=["least", "full"])
@for_every(KINDS)
def test_no_rule_about_the_data_alone_is_against_an_example(kind: EventType, full: bool) -> None:
    against = [each.refusal.rule for each in objections(kind, full=full)]
    # That a count and the record differ is what the event says, and is noted of every one.
    assert against == (["stock_discrepancy"] if kind.evt == "firearm.discrepancy-found" else [])


def example(evt: str, **dat: object) -> Event:
    """Give the least example of a type as an event; members given replace it."""
    kind = CATALOGUE.latest(f"firearm.{evt}")
    return _event(kind, {**example_of(kind), **dat})


KNOWN = happened("registered", "2010", holder="civilian", custody="holder")
LOST = (KNOWN, happened("lost-reported", "2018"), happened("found", "2019"))
TAKEN = (KNOWN, happened("seized", "2018"), example("forfeited"))
CIVIL = happened("marked", "2012", mark={**MARK, "kind": "civil_transfer", "country": "XA"})
DECIDED = (*TAKEN, example("disposal-authorised"))
STAGES: tuple[tuple[Event, ...], ...] = (
    (),
    (KNOWN,),
    (happened("registered", "2010", holder="dealer", custody="holder"),),
    (happened("registered", "2010", holder="state_stock", custody="holder"), CIVIL),
    (happened("registered", "2010", serial="none"),),
    (happened("manufactured", "2010", technical="unfinished"),),
    LOST,
    (*LOST, example("alert-published")),
    (KNOWN, happened("surrendered", "2018")),
    (KNOWN, example("custody-received")),
    (KNOWN, example("deactivation-performed")),
    (KNOWN, example("obliteration-discovered")),
    (KNOWN, example("duplicate-flagged")),
    (KNOWN, example("identity-merged")),
    (KNOWN, example("hold-placed")),
    TAKEN,
    TAKEN[:2],
    DECIDED,
    (*DECIDED, example("destruction-scheduled")),
    *((*TAKEN, example("disposal-authorised", method=method))
      for method in ("retain", "museum", "release_to_trade")),
)  # fmt: skip
"""Firearms in the situations in which events of one type or another may be recorded."""

ABOUT_AN_EVENT = {"firearm.corrected", "firearm.reversed"}


@pytest.mark.parametrize("full", [False, True], ids=["least", "full"])
@for_every(kind for kind in KINDS if kind.subject == "arm" and kind.evt not in ABOUT_AN_EVENT)
def test_there_is_a_firearm_for_which_an_example_is_legal(kind: EventType, full: bool) -> None:
    event = _event(kind, example_of(kind, full=full))
    found = [decide(life(*stage) if stage else None, event) for stage in STAGES]
    assert None in found, {refusal.rule for refusal in found if refusal}
