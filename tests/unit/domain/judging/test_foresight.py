# SPDX-License-Identifier: Apache-2.0
"""What the ledger foresees of an event is what becomes of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from api.client.signer import Draft
from api.describing.examples import begins_stream, example_of
from audit.appending.admission import AdmittedEvent
from domain.application import Ledger
from domain.catalogue import CATALOGUE
from domain.errors import ConflictError
from domain.identifiers import REGISTRY_KINDS
from domain.judgement import Accepted, Foresight
from domain.schema import EventType
from tests.unit.domain.signed_ledger import (
    ROOTS,
    Pen,
    admitted,
    founded_ledger,
    place,
    stored_eids,
)


@pytest.fixture
def pen() -> Pen:
    return Pen()


def follows(before: AdmittedEvent, evt: str, pen: Pen, dat: dict[str, object]) -> Draft:
    """Draft an event after another one of its stream."""
    event = before.event
    return pen.draft(evt, str(event.sub), dat, seq=event.seq + 1, prev=event.eid)


def agreed(ledger: Ledger, event: AdmittedEvent) -> Foresight:
    """Foresee an event, check that nothing was recorded, and that recording agrees."""
    before = stored_eids(ledger)
    foresight = ledger.foresee(event.event)
    assert stored_eids(ledger) == before
    outcome = ledger.record([event])[0]
    if foresight.refusal is None:
        assert isinstance(outcome, Accepted)
    else:
        assert place(outcome) == foresight.refusal.rule
    return foresight


def test_a_legal_origin_is_foreseen_and_recorded(pen: Pen) -> None:
    assert agreed(founded_ledger(pen), admitted(pen.born("F1"))) == Foresight()


def test_an_event_on_an_unknown_stream_lacks_its_origin(pen: Pen) -> None:
    ledger = founded_ledger(pen)
    born = admitted(pen.born("F1"))
    mark = admitted(replace(pen.marked(born), seq=1, prev="A" * 43))
    refusal = agreed(ledger, mark).refusal
    assert refusal is not None
    assert refusal.rule == "origin_missing"


def test_the_present_state_decides_and_names_axis_found_and_legal(pen: Pen) -> None:
    ledger = founded_ledger(pen)
    born = admitted(pen.born("F1"))
    ledger.record([born])
    bare = {"kind": "manufacture", "text": {"known": "F1"}, "condition": "legible"}
    refusal = agreed(ledger, admitted(follows(born, "firearm.marked", pen, {"mark": bare}))).refusal
    assert refusal is not None
    assert (refusal.rule, refusal.axis, refusal.found) == ("mark_incomplete", "M", "incomplete")
    assert refusal.legal


def test_a_claimed_marking_is_foreseen(pen: Pen) -> None:
    ledger = founded_ledger(pen)
    ledger.record([admitted(pen.born("F1"))])
    refusal = agreed(ledger, admitted(pen.born("F1"))).refusal
    assert refusal is not None
    assert refusal.rule == "marking_claimed"


def test_what_would_only_be_noted_is_told_and_does_not_refuse(pen: Pen) -> None:
    ledger = founded_ledger(pen)
    mark = {
        "kind": "manufacture", "text": {"known": "OTHER9"}, "condition": "legible",
        "maker": "TESTWERK", "country": "XA",
    }  # fmt: skip
    draft = pen.born("F1")
    odd = admitted(replace(draft, dat={**draft.dat, "markings": [mark]}))
    foresight = agreed(ledger, odd)
    assert [note.rule for note in foresight.notes] == ["serial_differs"]
    assert agreed(ledger, admitted(pen.marked(odd))).notes == ()


def test_an_identifier_of_another_kind_is_a_conflict(pen: Pen) -> None:
    ledger = founded_ledger(pen)
    stream = next(key.stream for key in ledger.registry.keys.values() if key.stream)
    born = admitted(replace(pen.born("F1"), sub=f"arm.{stream}"))
    with pytest.raises(ConflictError, match="stream of kind key"):
        ledger.foresee(born.event)


def test_a_registry_event_is_judged_by_the_registry(pen: Pen) -> None:
    ledger = founded_ledger(pen)
    record = next(key for key in ledger.registry.keys.values() if key.stream)
    seq, prev = ledger.heads([record.stream])[record.stream] if record.stream else (0, "")
    draft = pen.draft("key.suspended", f"key.{record.stream}", {"kid": record.kid})
    suspended = admitted(replace(draft, seq=seq + 1, prev=prev), ROOTS[0])
    assert agreed(ledger, suspended) == Foresight()
    again = replace(draft, jti=pen.identifier(), seq=seq + 2, prev=suspended.event.eid)
    refusal = agreed(ledger, admitted(again, ROOTS[0])).refusal
    assert refusal is not None
    assert "suspended" in refusal.sentence


def test_what_another_writer_appended_is_seen(pen: Pen) -> None:
    ledger = founded_ledger(pen)
    born = admitted(pen.born("F1"))
    ledger.record([born])
    ledger._streams.clear()
    assert ledger.foresee(admitted(pen.marked(born)).event) == Foresight()


def record_origins() -> list[EventType]:
    """Give one type with which a stream of each kind but the firearm's begins."""
    begin = [
        kind
        for kind in CATALOGUE
        if kind.subject not in REGISTRY_KINDS | {"arm"} and begins_stream(kind, example_of(kind))
    ]
    return list({kind.subject: kind for kind in begin if not kind.links}.values())


@pytest.mark.parametrize("kind", record_origins(), ids=lambda kind: kind.evt)
def test_streams_of_every_kind_are_foreseen(pen: Pen, kind: EventType) -> None:
    ledger = founded_ledger(pen)
    draft = pen.draft(kind.evt, pen.identifier(f"{kind.subject}."), example_of(kind))
    assert ledger.foresee(admitted(draft).event).notes == ()
