# SPDX-License-Identifier: Apache-2.0
"""What projections keep of an event, and that they keep nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from audit.proof.encoding import decode
from domain.catalogue import CATALOGUE
from domain.event import Event, read_data
from domain.firearm.events.common import Observation
from domain.firearm.table import TABLE
from domain.identifiers import parse_short_form, parse_stream_id, short_form
from domain.markings import KnownSerial, Marking
from projections.catalogue import PROJECTIONS
from projections.fact import Envelope, Fact
from projections.marking_search.describing import Particulars, particulars_of
from projections.marking_search.fold import Text, fold, texts_of
from projections.marking_search.store import MARKING_SEARCH
from projections.timeline.fold import fold as fold_timeline
from tests.unit.domain.least.component import COMPONENT
from tests.unit.domain.lives import DESCRIPTION, MARK, correction, happened

AT = datetime(2026, 11, 23, tzinfo=UTC)


def _fact(event: Event | None, index: int = 7, seq: int = 1) -> Fact:
    stream = happened("found").sub.uuid
    fact = Fact(index=index, at=AT, stream=stream, seq=seq, kind="firearm.x/1", raw=b"")
    envelope = event and Envelope(event.iss, event.kid, decode(event.eid.encode()), str(event.occ))
    vars(fact).update(event=event, envelope=envelope)  # as if the bytes had said so
    return fact


def _texts(event: Event) -> list[tuple[str, str, str]]:
    return [(each.role, each.kind, each.text) for each in texts_of(event)]


def _makers(event: Event) -> list[str]:
    return [each.make for each in particulars_of(event) if each.make]


def test_serial_numbers_and_markings_are_told_apart() -> None:
    event = happened(
        "manufactured",
        numbers=[{"scheme": "inventory", "value": {"known": "INV-7"}}],
        markings=[MARK, {**MARK, "kind": "proof", "text": {"known": "NP"}}],
    )
    assert _texts(event) == [
        ("serial", "frame", "TW9-000042"),
        ("number", "inventory", "INV-7"),
        ("marking", "manufacture", "TW9-000042"),
        ("marking", "proof", "NP"),
    ]


@pytest.mark.parametrize("serial", ["unknown", "none"])
def test_what_is_unknown_or_none_is_never_searchable(serial: str) -> None:
    assert _texts(happened("manufactured", serial=serial)) == []


def test_a_description_at_a_seizure_is_searchable() -> None:
    event = happened("seized", described={"serial": {"known": "TW9-OO42"}, "make": {"known": "FN"}})
    assert _texts(event) == [("serial", "as described", "TW9-OO42")]
    assert _makers(event) == ["FN"]


def test_marks_seen_later_are_searchable_and_name_their_maker() -> None:
    seen = {**MARK, "kind": "import", "text": {"known": "XB 19"}, "maker": "IMPORTER"}
    assert _texts(happened("found", markings=[seen])) == [("marking", "import", "XB 19")]
    assert _makers(happened("found", markings=[seen])) == ["IMPORTER"]
    assert _texts(happened("marked", mark=seen)) == [("marking", "import", "XB 19")]
    assert _makers(happened("marked", mark=seen)) == ["IMPORTER"]


def test_seals_and_deposit_numbers_are_numbers() -> None:
    event = happened("custody-moved", seals=["S-1", "S-2"], deposit_no="D 9")
    assert [text for _, _, text in _texts(event)] == ["S-1", "S-2", "D 9"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"field": "serial", "old": {"known": "A"}, "new": {"known": "B1"}}, ["B1"]),
        ({"field": "serial.known", "old": "A", "new": "unknown"}, ["unknown"]),
        ({"field": "serial", "old": {"known": "A"}, "new": "unknown"}, []),
        ({"field": "markings.0.text.known", "old": "A", "new": "M-2"}, ["M-2"]),
        ({"field": "seals.1", "old": "A", "new": "S-9"}, ["S-9"]),
        ({"field": "struck.text", "old": {"known": "A"}, "new": {"known": "M-3"}}, ["M-3"]),
        ({"field": "described.serial.known", "old": "A", "new": "D-1"}, ["D-1"]),
        ({"field": "model", "old": {"known": "A"}, "new": {"known": "B"}}, []),
    ],
)
def test_a_corrected_reading_is_searchable_too(change: dict[str, Any], expected: list[str]) -> None:
    event = correction(happened("manufactured"), change)
    assert [text for _, _, text in _texts(event)] == expected


def test_a_corrected_make_is_on_record() -> None:
    change = {"field": "make", "old": {"known": "TESTWERK"}, "new": {"known": "FN"}}
    assert _makers(correction(happened("manufactured"), change)) == ["FN"]


def test_a_row_has_every_key_by_which_a_text_is_found() -> None:
    event = happened("manufactured", serial={"known": "369-j-257"})
    row = fold([_fact(event)])["marking"][0]
    assert row[0] == 7
    assert row[3:] == ("serial", "frame", "369-j-257", "369J257", None, "369257", "369J257")


def test_a_text_of_another_script_has_a_key_in_latin_letters() -> None:
    row = fold([_fact(happened("manufactured", serial={"known": "\u0418\u0416-27"}))])["marking"][0]
    assert row[6:8] == ("\u0418\u041627", "IZH27")


@pytest.mark.parametrize(
    ("evt", "dat", "expected"),
    [
        ("production-planned", {}, [("serial", "frame")]),
        ("component-replaced", {"serial_out": {"known": "S1"}}, [("number", "component")]),
        ("leading-component-replaced", {"serial_in": {"known": "S2"}}, [("number", "component")]),
        ("component-replaced", {"serial_in": "unknown"}, []),
        ("released-to-civilian", {"struck": MARK}, [("marking", "manufacture")]),
        ("obliteration-discovered", {"mark": {**MARK, "condition": "partial"}},
         [("marking", "manufacture")]),
    ],
)  # fmt: skip
def test_every_number_that_an_event_names_is_searchable(
    evt: str, dat: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert [(role, kind) for role, kind, _ in _texts(happened(evt, **dat))] == expected


def test_no_schema_has_a_serial_or_a_mark_that_is_not_searched() -> None:
    """A new member for a number or a mark has to be made known to the fold."""
    searched = {"serial", "serial_in", "serial_out", "mark", "struck", "markings", "described"}
    forms = (KnownSerial, Marking, Observation)
    for kind in (line.type for line in TABLE):
        for name, field in kind.dat.model_fields.items():
            named = {each for form in forms for each in (form.__name__,) if each in repr(field)}
            assert not named or name in searched, (kind.evt, name)


DAMAGED = {
    "reading": [{"position": 1, "characters": ["A"]}, {"position": 3, "characters": ["5", "-"]}]
}


@pytest.mark.parametrize(
    ("evt", "dat"),
    [
        ("mark-restored", {"restored": DAMAGED}),
        ("obliteration-discovered",
         {"residual": DAMAGED, "mark": {**MARK, "text": "unknown", "condition": "partial"}}),
    ],
)  # fmt: skip
def test_what_is_left_of_a_number_is_searchable_as_a_pattern(evt: str, dat: dict[str, Any]) -> None:
    rows = fold([_fact(happened(evt, **dat))])
    assert [row[3:] for row in rows["restored"]] == [("manufacture", "A?[5-]..", "A_%%", "A")]
    assert rows["marking"] == []


def test_one_text_seen_twice_in_an_event_is_one_row() -> None:
    event = happened("custody-moved", seals=["S-1", "S-1"])
    assert len(fold([_fact(event)])["marking"]) == 1
    assert list(texts_of(event)) == [Text("number", "seal", "S-1")] * 2


def test_the_timeline_keeps_what_the_envelope_states() -> None:
    event = happened("manufactured", "2015-03", **DESCRIPTION)
    row = fold_timeline([_fact(event)])["timeline"][0]
    assert row[1:6] == (1, 7, "firearm.x/1", AT, event.iss)
    assert row[8] == "2015-03"
    assert row[9] == parse_short_form(short_form(event.sub.uuid))


def test_only_the_first_entry_of_a_stream_bears_the_short_form() -> None:
    assert fold_timeline([_fact(happened("found"), seq=2)])["timeline"][0][9] is None


def test_an_unreadable_entry_keeps_its_place_in_the_timeline_alone() -> None:
    fact = _fact(None)
    assert fold([fact]).keys() == {each.name for each in MARKING_SEARCH.tables}
    assert not any(fold([fact]).values())
    assert fold_timeline([fact])["timeline"][0][5:9] == (None, None, None, None)


def test_every_row_of_a_projection_names_the_entry_that_it_comes_from() -> None:
    tables = [table for each in PROJECTIONS for table in each.tables]
    assert tables
    for table in tables:
        names = [name for name, _ in table.columns]
        assert "idx" in names, table.name
        assert set(table.key.split(", ")) <= set(names), table.name


COMPONENT_ID = "cmp.01a2076b-4018-7111-8222-333333333334"
LOT_ID = "lot.01a2076b-4018-7111-8222-333333333335"
OTHER_ARM = "arm.01a2076b-4018-7111-8222-333333333336"


def _of(evt: str, sub: str, dat: dict[str, Any]) -> Event:
    kind = CATALOGUE.latest(evt)
    event = happened("found")
    return replace(event, sub=parse_stream_id(sub), type=kind, dat=read_data(kind, dat))


def test_what_is_said_of_a_firearm_is_kept_beside_its_texts() -> None:
    said = Particulars(make="TESTWERK", model="TW-9", calibre="9x19", kind="pistol", year=2015,
                       country="XA")  # fmt: skip
    assert list(particulars_of(happened("manufactured"))) == [said]
    event = happened("manufactured", make="unknown", model="none", calibre="unknown",
                     kind="unknown", year="unknown", country="unknown")  # fmt: skip
    assert list(particulars_of(event)) == []


def test_a_conversion_says_what_it_was_and_what_it_is() -> None:
    event = happened("converted", before={"kind": "rifle"}, after={"calibre": {"known": ".308"}})
    assert list(particulars_of(event)) == [Particulars(kind="rifle"), Particulars(calibre=".308")]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"field": "year", "old": 2015, "new": 2016}, [Particulars(year=2016)]),
        ({"field": "calibre.known", "old": "9x19", "new": "9x18"}, [Particulars(calibre="9x18")]),
        ({"field": "country", "old": "XA"}, []),
        ({"field": "struck.maker", "old": "FN", "new": "FAL"}, [Particulars(make="FAL")]),
        ({"field": "kind", "old": "pistol", "new": "unknown"}, []),
        ({"field": "serial", "old": {"known": "A"}, "new": {"known": "B"}}, []),
    ],
)
def test_what_was_corrected_is_on_record_too(
    change: dict[str, Any], expected: list[Particulars]
) -> None:
    assert list(particulars_of(correction(happened("manufactured"), change))) == expected


def test_the_marks_of_a_component_are_its_own_and_it_is_told_what_part_it_is() -> None:
    event = _of(
        "component.manufactured",
        COMPONENT_ID,
        {**COMPONENT["component.manufactured"], "part": "slide", "marks": [MARK]},
    )
    assert _texts(event) == [
        ("component", "slide", "F-0042"),
        ("component", "manufacture", "TW9-000042"),
    ]
    assert [each.make for each in particulars_of(event)] == ["TESTWERK"]
    marked = _of("component.marked", COMPONENT_ID, COMPONENT["component.marked"])
    assert _texts(marked) == [("component", "component", "F-0042")]


def test_a_lot_of_ammunition_is_found_by_its_mark() -> None:
    event = _of("lot.ammunition-registered", LOT_ID, {
        "maker": {"known": "CARTOUCHE"}, "lot_mark": {"known": "L 17-04"},
        "calibre": {"known": "9x19"}, "quantity": 1_000, "designation": "FMJ"})  # fmt: skip
    assert _texts(event) == [("lot", "lot mark", "L 17-04")]
    said = Particulars(make="CARTOUCHE", model="FMJ", calibre="9x19")
    assert list(particulars_of(event)) == [said]


@pytest.mark.parametrize(
    ("evt", "dat", "firearm"),
    [
        ("component.installed", {"firearm": OTHER_ARM}, OTHER_ARM),
        ("component.removed", {"firearm": OTHER_ARM}, None),
    ],
)
def test_a_component_says_which_firearm_it_is_in(
    evt: str, dat: dict[str, Any], firearm: str | None
) -> None:
    rows = fold([_fact(_of(evt, COMPONENT_ID, dat))])["fitting"]
    expected = parse_stream_id(firearm).uuid if firearm else None
    assert list(rows) == [(7, 0, parse_stream_id(COMPONENT_ID).uuid, expected)]


def test_a_firearm_says_which_component_it_takes_and_which_it_gives() -> None:
    event = happened("component-replaced", component_in=COMPONENT_ID)
    (row,) = fold([_fact(event)])["fitting"]
    assert row[2:] == (parse_stream_id(COMPONENT_ID).uuid, event.sub.uuid)


def test_a_correction_names_the_part_that_it_puts_in_the_place_of_another() -> None:
    replaced = happened("component-replaced", component_in=COMPONENT_ID.replace("4", "5"))
    change = {"field": "component_in", "old": COMPONENT_ID.replace("4", "5"), "new": COMPONENT_ID}
    (row,) = fold([_fact(correction(replaced, change))])["fitting"]
    assert row[2:] == (parse_stream_id(COMPONENT_ID).uuid, None)


def test_the_number_of_a_changed_part_is_searched_as_corrected() -> None:
    replaced = happened("component-replaced", serial_in={"known": "S-1"})
    change = {"field": "serial_in.known", "old": "S-1", "new": "S-7"}
    assert _texts(correction(replaced, change)) == [("number", "component", "S-7")]


def test_every_serial_and_mark_of_a_component_or_a_lot_is_searched() -> None:
    """A new member for a number or a mark has to be made known to the fold."""
    searched = {"serial", "mark", "marks", "markings", "described"}
    forms = (KnownSerial, Marking, Observation)
    for kind in CATALOGUE:
        if kind.subject not in ("cmp", "lot"):
            continue
        for name, field in kind.dat.model_fields.items():
            named = {each for form in forms for each in (form.__name__,) if each in repr(field)}
            assert not named or name in searched, (kind.evt, name)
