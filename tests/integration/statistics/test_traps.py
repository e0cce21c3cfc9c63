# SPDX-License-Identifier: Apache-2.0
"""The traps of the peers' document, section 10, that concern totals."""

from __future__ import annotations

import pytest

from api.reporting.forms import FORMS
from api.reporting.record import answer_record, flat_rows
from api.reporting.sheets import fill_in
from api.reporting.writing import report_csv
from domain.event import Event
from projections.statistics.answer import Position
from projections.statistics.catalogue import STATISTICS
from projections.statistics.period import Period
from projections.statistics.queries import Counter
from projections.tables import Connection
from tests.integration.statistics.counting import about, arm, kept, named
from tests.unit.domain.lives import happened

YEAR = Period.year(2018)


def gun(number: int, *events: Event) -> list[Event]:
    events = (happened("registered", "2012"), *events)
    return about(arm(number), [named(each, f"{number} {at}") for at, each in enumerate(events)])


SEIZED = happened("seized", "2018-02-01")
SERVICE_ARM = happened(
    "seized", "2018-03-01", owner_status="force_owned", declared_origin="illicit"
)


@pytest.mark.parametrize("name", STATISTICS)
def test_trap_3_no_total_is_given_without_its_definition_and_its_cut_off(
    empty: Connection, name: str
) -> None:
    with kept(empty, *gun(0, SEIZED)) as books:
        answer = books.count(name, period=YEAR)
    definition = STATISTICS[name].definition
    assert len(definition) > 60
    record = answer_record(answer)
    assert (record["definition"], record["known_entries"]) == (definition, 2)
    assert {"period", "cut_off", "numerator", "denominator", "left_out"} <= set(record)
    assert all(definition in row for row in flat_rows(answer) if row[4] in {"part", "whole"})


@pytest.mark.parametrize("name", FORMS)
def test_trap_3_every_table_of_a_report_carries_its_definition(
    empty: Connection, name: str
) -> None:
    with kept(empty, *gun(0, SEIZED)) as books:
        position = Position(size=books.size, log_size=books.size, cut_off="2018-12-31T00:00:00Z")
        report = fill_in(FORMS[name], Counter(books.connection, position), YEAR)
    text = report_csv(report).decode()
    assert "2018-12-31T00:00:00Z" in text
    for sheet in report.sheets:
        assert sheet.answer.statistic.definition in sheet.notes


def test_trap_2_what_is_learned_late_changes_the_past_only_as_now_known(empty: Connection) -> None:
    late = about(arm(0), [named(happened("found", "2018-06-01"), "told years later")])
    with kept(empty, *gun(0, SEIZED), *late) as books:
        counted = [
            books.count("apprehensions", period=YEAR, size=size).total.denominator
            for size in (2, 3)
        ]
        assert counted == [1, 2]
        assert books.count("apprehensions", period=Period.year(2019)).total.denominator == 0


def test_trap_15_a_service_arm_is_no_illicit_seizure_whatever_the_form_says(
    empty: Connection,
) -> None:
    with kept(empty, *gun(0, SEIZED), *gun(1, SERVICE_ARM)) as books:
        total = books.count("apprehensions", period=YEAR).total
        assert (total.numerator, total.denominator, total.government) == (1, 2, 1)
        by_origin = books.parts("apprehensions", "declared_origin", period=YEAR)
        assert by_origin["illicit"] == (0, 1)


def test_trap_15_the_owner_travels_with_every_statistic_of_firearms(empty: Connection) -> None:
    with kept(empty, *gun(0, SEIZED), *gun(1, SERVICE_ARM)) as books:
        for name in ("apprehensions", "sdg-16.4.2", "marks-missing"):
            total = books.count(name, period=YEAR).total
            assert (total.denominator, total.government, total.owner_unknown) == (2, 1, 1)


def test_trap_15_stock_of_the_state_is_a_governments_also_where_no_form_says_so(
    empty: Connection,
) -> None:
    issued = happened("stock-issued", "2016")
    with kept(empty, *gun(0, issued, SEIZED), *gun(1, issued)) as books:
        assert books.count("apprehensions", period=YEAR).total.government == 1
        assert books.parts("stock", "owner") == {"government": (2, 2)}
        assert books.count("issues").total.numerator == 2


def test_a_firearm_that_a_later_count_does_not_see_is_issued_and_missing(empty: Connection) -> None:
    missing = happened("stock-counted", "2017", expected=True, seen=False)
    back = happened("stock-counted", "2018", expected=True, seen=True)
    events = gun(0, happened("stock-issued", "2016"), missing, back)
    with kept(empty, *events) as books:
        issues = [books.count("issues", size=size).total for size in (2, 3, 4)]
        assert [(each.numerator, each.denominator) for each in issues] == [(1, 1), (0, 1), (1, 1)]
        assert books.parts("stock", "discrepancy", size=3) == {"missing": (1, 1)}
