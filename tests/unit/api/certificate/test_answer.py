# SPDX-License-Identifier: Apache-2.0
"""What a certificate answers, and what it leaves unsaid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from api.certificate.answer import answer, verdict
from api.certificate.checking import carried, checking
from api.certificate.circuit import circuit
from api.certificate.details import Teller
from api.certificate.languages import language
from api.certificate.timeline import timeline
from api.tracing.inquiry import Trace
from domain.event import Event
from domain.firearm.history import Moment, replay
from domain.firearm.state import Entry
from domain.occurrence import parse_occurrence
from tests.unit.api.certificate.traces import HOLDER, Life, stolen
from tests.unit.domain.lives import happened

TELLER = Teller(language("en"))
NAME = "Ada Example"


def read(pieces: Any) -> str:
    """Read a phrase, or everything below a part of a document, as text."""
    if isinstance(pieces, Mapping):
        return "".join(
            read(each) if not isinstance(each, str) else each
            for key, each in pieces.items()
            if key != "dir"
        )
    return "".join(map(read, pieces)) if isinstance(pieces, list) else ""


def moments_of(*events: Event) -> tuple[Moment, ...]:
    return replay([Entry(index, event) for index, event in enumerate(events)])


def row(trace: Trace, label: str, teller: Teller = TELLER) -> str:
    """Give what the first page says behind a label."""
    assert trace.anchor
    rows = [each for part in answer(trace, trace.anchor, teller) for each in part["rows"]]
    return "\n".join(
        read(value) for each in rows if read(each["label"]) == label for value in each["values"]
    )


def test_a_stolen_and_seized_firearm_has_its_answer_on_the_first_page() -> None:
    trace = stolen().trace()
    assert row(trace, "Serial number") == "TW9-000042"
    assert "Make: TESTWERK · Model: TW-9 · Kind: pistol" in row(trace, "Firearm")
    assert row(trace, "Holder") == f"civilian · {HOLDER}"
    assert row(trace, "Since").startswith("Transferred, 20 May 2019 (2019-05-20), entry ")
    assert row(trace, "Point of diversion") == "None was established in this record."
    assert row(trace, "First sign of it").startswith("Reported stolen, 5 August 2023")
    assert row(trace, "In official hands since").startswith("Seized, 20 November 2026")


def test_a_holder_stands_under_a_reference_unless_the_name_was_revealed() -> None:
    trace = stolen().trace()
    assert NAME not in row(trace, "Holder")
    assert "opaque references" in row(trace, "")
    revealed = Teller(language("en"), {HOLDER: NAME})
    assert row(trace, "Holder", revealed) == f"civilian · {NAME} · {HOLDER}"
    assert row(trace, "", revealed) == ""


def test_the_headline_is_the_weakest_state_and_names_the_entry() -> None:
    trace = stolen().trace()
    assert verdict(trace, TELLER)["state"] == "checkpointed"
    assert row(trace, "Weakest link") == "All entries are proved equally far."
    weak = _weakened(trace, state="chained")
    assert read(verdict(weak, TELLER)["title"]) == "Proof: chained"
    assert row(weak, "Weakest link") == "Number in the timeline: 2"
    assert row(weak, "Entries by proof state") == "chained: 1 · checkpointed: 3"


def test_a_failed_check_is_told_on_the_first_page_and_at_its_entry() -> None:
    trace = _weakened(stolen().trace(), state="failed", reason="Check chain: one is missing.")
    assert "Do not rely on this history" in read(verdict(trace, TELLER)["text"])
    assert "Check chain: one is missing." in row(trace, "Weakest link")
    assert "Check chain: one is missing." in read(timeline(trace, TELLER)["steps"][1]["remarks"])


def _weakened(trace: Trace, **proven: Any) -> Trace:
    weak = replace(trace.steps[1], proven=replace(trace.steps[1].proven, **proven))
    return replace(trace, steps=(trace.steps[0], weak, *trace.steps[2:]))


def test_the_limits_of_what_is_told_are_stated() -> None:
    life = stolen()
    trace = life.trace(as_at=parse_occurrence("2020-01-01"))
    told = row(trace, "Told")
    assert "The world as at 1 January 2020 (2020-01-01)." in told
    assert "Left out by these limits: 2." in told
    assert row(trace, "First sign of it").startswith("No loss, theft")
    early = life.trace(known=life.trace().steps[0].proven.line.index)
    assert f"As known once entry {early.known_index} was recorded." in row(early, "Told")
    assert "As known before anything was recorded." in row(life.trace(known=-1), "Told")


def test_nothing_on_record_is_said_as_that() -> None:
    trace = stolen().trace(known=-1)
    assert read(verdict(trace, TELLER)["text"]) == "Nothing is on record within these limits."
    assert row(trace, "Holder") == "No lawful holder is on record."
    assert timeline(trace, TELLER)["steps"] == []


def test_gaps_and_contradictions_stand_where_they_are() -> None:
    life = Life().register("2010").transfer("2019-05-20").steal("2020-01-02").transfer("2021-05-20")
    steps = timeline(life.trace(), TELLER)["steps"]
    assert read(steps[0]["gap"]).startswith("Nothing before this is on record here")
    assert read(steps[1]["gap"]) == "Nothing is on record for 8 years."
    assert "Contradiction with the record: rule alert_open" in read(steps[3]["remarks"])
    assert "Contradictions: 1" in row(life.trace(), "To be noted")


def test_a_late_entry_is_told_as_late() -> None:
    steps = timeline(Life().register().transfer("2019-05-20").trace(), TELLER)["steps"]
    assert "Recorded late" in read(steps[1]["remarks"])


def test_everything_that_was_signed_is_told_and_who_signed_it() -> None:
    life = stolen()
    told = read(timeline(life.trace(), TELLER)["steps"][3])
    assert "Authority of XA · auth.xa.0410 · " in told
    assert life.log.officer.kid in told
    assert "Ground: illicit_possession · Proceeding: criminal" in told


def test_a_point_of_diversion_that_was_established_comes_first() -> None:
    life = (
        Life()
        .register("2010")
        .transfer("2012")
        .transfer("2016-01-01", "hld." + "5" * 8 + HOLDER[12:])
    )
    dat = {"country": "XA", "on": "2015", "circumstance": "theft", "evidence": "A" * 43}
    trace = life.add("point-of-diversion-established", "2020-01-01", dat).trace()
    assert row(trace, "Point of diversion") == "theft · XA"
    assert row(trace, "When") == "2015"
    assert row(trace, "Holder") == f"civilian · {HOLDER}"


def test_an_unlawful_conversion_is_the_first_sign_where_nothing_was_reported() -> None:
    told = moments_of(
        happened("registered", "2010"), happened("converted-illicitly", "2015", name="x")
    )
    found = circuit(told)
    assert found.left is told[1]
    assert found.holder == told[0].state_after


def test_a_theft_that_was_cleared_is_no_departure() -> None:
    told = moments_of(
        happened("registered", "2010"),
        happened("stolen-reported", "2015", name="x"),
        happened("alert-cleared", "2016", name="y", flag="stolen"),
    )
    assert circuit(told).left is None


def test_a_correction_says_what_was_first_recorded() -> None:
    life = Life().register()
    target = life.log.heads[life.stream][1]
    change = {"field": "year", "old": 2015, "new": 2014}
    dat = {"target": target, "reason": "clerical_error", "changes": [change]}
    trace = life.add("corrected", "2026-11-23", dat).trace()
    remarks = read(timeline(trace, TELLER)["steps"][0]["remarks"])
    assert "Year of manufacture: first recorded as 2015, counts as 2014." in remarks


def test_a_reader_is_told_how_to_check_it() -> None:
    life = stolen()
    trace = life.trace()
    assert trace.anchor
    evidence = carried(trace, trace.anchor, life.bundle())
    told = checking(evidence, "https://registry.example", TELLER)
    assert told["address"] == "https://registry.example/verify"
    assert f"muniment-verify {evidence.name} --trust trust.json" in read(told["ways"])
    assert evidence.digest in read(told["rows"])
    assert "\n".join(map(read, told["note"])) == life.log.note().decode().rstrip("\n")
    assert told["qr"].startswith("<svg")


def test_personal_data_in_the_evidence_is_announced() -> None:
    life = stolen()
    trace = life.trace()
    assert trace.anchor
    evidence = carried(trace, trace.anchor, life.bundle())
    origin = "https://registry.example"
    assert "personal data" not in read(checking(evidence, origin, TELLER)["intro"])
    personal = replace(evidence, personal=True)
    assert "The evidence holds personal data." in read(checking(personal, origin, TELLER)["intro"])


def test_a_signature_that_fills_a_page_is_told_by_its_beginning() -> None:
    life = stolen()
    trace = life.trace()
    assert trace.anchor
    evidence = replace(
        carried(trace, trace.anchor, life.bundle()), note=f"log\n1\nx\n\n{'A' * 900}\n"
    )
    lines = [read(each) for each in checking(evidence, "https://r.example", TELLER)["note"]]
    assert lines[-1] == f"{'A' * 200}..."
