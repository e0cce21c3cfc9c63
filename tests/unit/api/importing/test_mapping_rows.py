# SPDX-License-Identifier: Apache-2.0
"""What a mapping makes of one row: planned events, or one refusal with a name."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.importing.refusals import REASONS, Refusal
from api.importing.source.rows import Row
from api.importing.transform.rows import PlannedRow
from api.importing.transform.words import clean, fold
from domain.catalogue import CATALOGUE
from domain.event import read_data
from tests.unit.api.importing.builders import (
    COLUMNS,
    PISTOLS,
    mapper_of,
    mapping_of,
    plan,
    row_of,
)


def planned(**changes: str) -> PlannedRow:
    result = plan(**changes)
    assert isinstance(result, PlannedRow), result
    return result


def refusal(**changes: str) -> Refusal:
    result = plan(**changes)
    assert isinstance(result, Refusal), result
    return result


def made(text: str, **changes: str) -> dict[str, Any]:
    result = mapper_of(mapping_of(text)).plan(row_of(**changes))
    assert isinstance(result, PlannedRow), result
    return result.events[-1].dat


def test_a_row_becomes_its_events_in_the_order_of_the_mapping() -> None:
    registered, found = planned().events
    assert (registered.evt, registered.occ) == ("firearm.registered", "unknown")
    assert registered.dat["make"] == {"known": "STEYR"}
    assert registered.dat["kind"] == "pistol"
    assert registered.dat["source"] == {"register_code": "pistols", "as_of": "2020-01-31"}
    assert (found.evt, found.occ, found.dat["station"]) == ("firearm.found", "2019-12-24", "Graz")
    assert registered.stream == found.stream
    assert registered.jti != found.jti


def test_what_is_planned_fits_the_schema_of_its_event() -> None:
    for event in planned().events:
        read_data(CATALOGUE.latest(event.evt), event.dat)


def test_an_event_whose_condition_fails_is_left_out() -> None:
    assert [event.evt for event in planned(Found="").events] == ["firearm.registered"]


def test_a_row_to_which_no_event_applies_is_refused() -> None:
    text = PISTOLS.replace("first_only = true", 'when = [{ column = "Found", filled = true }]')
    result = mapper_of(mapping_of(text)).plan(row_of(Found=""))
    assert isinstance(result, Refusal)
    assert result.slug == "event_missing"


@pytest.mark.parametrize("text", ["UNLESBAR", "unlesbar ", "Ausgeschliffen", "AUSGESCHLAGEN"])
def test_words_for_an_unreadable_serial_make_it_unknown(text: str) -> None:
    assert planned(Number=text).events[0].dat["serial"] == "unknown"


def test_none_unknown_and_known_serials_are_kept_apart() -> None:
    serials = [planned(Number=text).events[0].dat["serial"] for text in ("ohne", "", "0012")]
    assert serials == ["none", "unknown", {"known": "0012"}]


def test_a_value_table_ignores_case_accents_and_spaces() -> None:
    assert planned(Kind=" BUCHSE ").events[0].dat["kind"] == "rifle"


@pytest.mark.parametrize(
    ("changes", "slug"),
    [
        ({"Kind": "Haubitze"}, "value_not_in_table"),
        ({"Kind": ""}, "value_missing"),
        ({"Found": "2019-12-24"}, "date_unreadable"),
        ({"Found": "31.02.2019"}, "date_unreadable"),
        ({"Found": "01.01.0099"}, "date_unreadable"),
        ({"Station": "x" * 65}, "text_too_long"),
        ({"Station": "a\x07b"}, "cell_unprintable"),
        ({"Count": "0"}, "quantity_invalid"),
        ({"Count": "51"}, "quantity_invalid"),
        ({"Count": "many"}, "quantity_invalid"),
        ({"Count": "٣"}, "quantity_invalid"),
    ],
)
def test_a_cell_that_does_not_fit_refuses_its_row_by_name(
    changes: dict[str, str], slug: str
) -> None:
    result = refusal(**changes)
    assert (result.line, result.slug) == (2, slug)
    assert all(cell not in result.sentence for cell in changes.values() if len(cell) > 3)


@pytest.mark.parametrize(
    ("policy", "expected"),
    [('missing = "unknown"', "unknown"), ('missing = "other"', "other")],
)
def test_a_gap_in_a_value_table_follows_the_policy_of_the_table(policy: str, expected: str) -> None:
    text = PISTOLS.replace("[tables.kind]\n", f"[tables.kind]\n{policy}\n")
    assert made(text, Kind="Haubitze", Found="")["kind"] == expected


def test_a_gap_may_leave_the_member_out() -> None:
    text = PISTOLS.replace("[tables.kind]\n", '[tables.kind]\nmissing = "omit"\n')
    assert "kind" not in made(text, Kind="Haubitze", Found="")


def test_rows_of_another_kind_are_refused_under_the_name_that_the_mapping_gives() -> None:
    text = (
        PISTOLS
        + """
[[rows.refuse]]
slug = "not_a_firearm"
sentence = "A holster is no firearm."
when = [{ column = "Kind", in = ["HOLSTER"] }, { column = "Count", filled = true }]
"""
    )
    mapper = mapper_of(mapping_of(text))
    assert mapper.plan(row_of(Kind="Holster")) == Refusal(
        2, "not_a_firearm", "A holster is no firearm."
    )
    assert isinstance(mapper.plan(row_of()), PlannedRow)


def test_a_quantity_of_three_is_three_firearms_that_only_the_row_names() -> None:
    events = planned(Count="3").events
    assert len({event.stream for event in events}) == 3
    assert len({event.jti for event in events}) == len(events) == 6


def test_identical_rows_on_two_lines_without_a_legible_serial_are_two_firearms() -> None:
    mapper = mapper_of()
    first, second = (mapper.plan(row_of(line, Number="ohne")) for line in (2, 3))
    assert isinstance(first, PlannedRow)
    assert isinstance(second, PlannedRow)
    assert first.events[0].stream != second.events[0].stream


def test_one_serial_and_make_is_one_firearm_on_whichever_line_and_however_written() -> None:
    mapper = mapper_of()
    rows = [mapper.plan(row_of(2)), mapper.plan(row_of(9, Number="ab1234", Make="Steyr"))]
    assert len({row.events[0].stream for row in rows if isinstance(row, PlannedRow)}) == 1
    assert len({row.events[0].jti for row in rows if isinstance(row, PlannedRow)}) == 2


def test_a_list_of_items_gets_an_entry_for_each_condition_that_holds() -> None:
    items = """
[[events.items]]
at = "markings"
when = [{ column = "Number", spelling = "serial", means = ["obliterated"] }]
[events.items.fields]
"kind" = { const = "manufacture" }
"text" = { const = "unknown" }
"condition" = { column = "Number", spelling = "serial", give = "meaning" }
"""
    marking = {"kind": "manufacture", "text": "unknown", "condition": "obliterated"}
    assert made(PISTOLS + items, Number="unlesbar")["markings"] == [marking]
    assert "markings" not in made(PISTOLS + items)


@pytest.mark.parametrize(
    ("value", "cell", "expected"),
    [
        ('column = "Station"', " Graz  Ost ", "Graz Ost"),
        ('column = "Station"', "Cafe\u0301", "Caf\u00e9"),
        ('column = "Station", prefix = "PI "', "Graz", "PI Graz"),
        ('column = "Station", pattern = "^[^/]+"', "Graz/17", "Graz"),
        ('column = "Station", pattern = "/(.+)$"', "Graz/17", "17"),
        ('column = "Station", omit = ["Graz"]', "Graz", None),
        ('column = "Station", empty = "unknown"', "", "unknown"),
    ],
)
def test_a_text_is_cleaned_cut_and_prefixed(value: str, cell: str, expected: str | None) -> None:
    text = PISTOLS.replace('"station" = { column = "Station" }', f'"station" = {{ {value} }}')
    assert made(text, Station=cell).get("station") == expected


def test_an_instant_is_turned_into_coordinated_time() -> None:
    text = PISTOLS.replace(
        'formats = ["%d.%m.%Y"], precision = "day"',
        'formats = ["%Y-%m-%d %H:%M %z"], precision = "instant"',
    )
    row = mapper_of(mapping_of(text)).plan(row_of(Found="2019-12-24 00:30 +0100"))
    assert isinstance(row, PlannedRow)
    assert row.events[-1].occ == "2019-12-23T23:30:00Z"


@pytest.mark.parametrize(("precision", "occ"), [("month", "2019-12"), ("year", "2019")])
def test_a_date_keeps_only_the_precision_that_the_source_has(precision: str, occ: str) -> None:
    text = PISTOLS.replace('precision = "day"', f'precision = "{precision}"')
    row = mapper_of(mapping_of(text)).plan(row_of())
    assert isinstance(row, PlannedRow)
    assert row.events[-1].occ == occ


@given(st.lists(st.text(max_size=12), min_size=6, max_size=6), st.integers(2, 99))
def test_any_row_is_events_that_fit_their_schema_or_exactly_one_named_refusal(
    cells: list[str], line: int
) -> None:
    result = mapper_of().plan(Row(line, cells))
    assert result.line == line
    if isinstance(result, Refusal):
        assert result.slug in REASONS
        return
    assert result.events
    for event in result.events:
        serial = event.dat.get("serial")
        assert serial in ("unknown", "none", None) or serial["known"]


@given(st.text())
def test_folding_and_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    if text.isprintable():
        assert clean(clean(text)) == clean(text)


def test_the_columns_of_the_register_are_the_ones_the_mapping_names() -> None:
    assert mapper_of(header=(*COLUMNS, "More")).plan(Row(2, [*row_of().cells, "x"])).line == 2
