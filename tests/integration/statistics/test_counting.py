# SPDX-License-Identifier: Apache-2.0
"""Each statistic counts what its definition says, and tells what it leaves out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain.errors import UsageError
from domain.event import Event
from domain.occurrence import parse_occurrence
from projections.statistics.catalogue import STATISTICS
from projections.statistics.definition import DIMENSIONS, REASONS
from projections.statistics.period import Period
from projections.statistics.queries import first_later
from projections.tables import Connection
from tests.integration.statistics.counting import about, arm, kept, named, trc
from tests.unit.domain.lives import MARK, correction, happened, reversal
from tests.unit.domain.tracing.asking import asked

YEAR = Period.year(2018)


def gun(number: int, *events: Event, **described: Any) -> list[Event]:
    """Give a firearm that was registered and what happened to it."""
    events = (happened("registered", "2012", **described), *events)
    return about(arm(number), [named(each, f"{number} {at}") for at, each in enumerate(events)])


def request(number: int, *events: Event, occ: str = "2018-03-01", **dat: Any) -> list[Event]:
    """Give a tracing request and what became of it."""
    first = at(asked("requested", **dat), occ)
    events = (first, *events)
    return about(trc(number), [named(each, f"t{number} {n}") for n, each in enumerate(events)])


def at(event: Event, occ: str) -> Event:
    """Give an event at another time."""
    return replace(event, occ=parse_occurrence(occ))


@pytest.mark.parametrize("name", STATISTICS)
def test_a_statistic_of_nothing_is_nothing_by_any_dimension(empty: Connection, name: str) -> None:
    with kept(empty) as books:
        for each in STATISTICS[name].dimensions:
            answer = books.count(name, each, period=YEAR)
            assert (answer.total.numerator, answer.total.denominator, answer.rows) == (0, 0, ())
            assert answer.total.value("percent") is None


@pytest.mark.parametrize("name", STATISTICS)
def test_every_dimension_and_reason_is_explained(name: str) -> None:
    statistic = STATISTICS[name]
    assert set(statistic.dimensions) <= set(DIMENSIONS)
    written = [word for word in REASONS if f"'{word}'" in statistic.cases]
    assert "undated" in written or name == "significant-seizures"


def test_a_firearm_that_comes_to_hand_twice_counts_twice(empty: Connection) -> None:
    seized = [happened("seized", when) for when in ("2018-01-02", "2018-06", "2019")]
    with kept(empty, *gun(0, *seized), *gun(1, happened("found", "2018"))) as books:
        found = books.parts("apprehensions", "apprehension", period=YEAR)
        assert found == {"seized": (2, 2), "found": (1, 1)}
        months = books.parts("apprehensions", "month", period=YEAR)
        assert months == {"2018-01": (1, 1), "2018-06": (1, 1), "unknown": (1, 1)}
        assert books.parts("apprehensions", "quarter", period=YEAR)["2018-Q2"] == (1, 1)


def test_what_may_be_of_another_year_is_left_out_and_told(empty: Connection) -> None:
    events = [*gun(0, happened("seized")), *gun(1, happened("seized", "2018-02-01"))]
    with kept(empty, *events) as books:
        answer = books.count("apprehensions", period=YEAR)
        assert (answer.total.denominator, dict(answer.left_out)) == (1, {"undated": 1})
        assert books.count("apprehensions").total.denominator == 2


def test_type_place_ground_condition_and_origin_are_told(empty: Connection) -> None:
    seized = happened(
        "seized",
        "2018-02-01",
        place={"region": "XA-07", "kind": "vehicle"},
        condition="modified",
        crimes=["robbery", "homicide"],
        ground="border_control",
    )
    with kept(empty, *gun(0, seized, action="revolver", country="XB")) as books:
        dimensions = ("type", "place", "ground", "condition", "made_in", "region", "crimes")
        (row,) = books.count("apprehensions", *dimensions, period=YEAR).rows
        assert row.group == (
            *("revolver", "vehicle", "border_control", "modified", "XB", "XA-07"),
            "homicide + robbery",
        )


def test_a_corrected_or_reversed_seizure_counts_as_it_was_known(empty: Connection) -> None:
    first, late = happened("seized", "2018-02-01"), happened("seized", "2018-03-01")
    events = gun(0, first, late)
    change = {"field": "occ", "old": "2018-02-01", "new": "2017-02-01"}
    after = about(arm(0), [correction(events[1], change), reversal(events[2])])
    with kept(empty, *events, *after) as books:
        counted = [
            books.count("apprehensions", period=YEAR, size=size).total.denominator
            for size in range(6)
        ]
        assert counted == [0, 0, 1, 2, 1, 0]


@pytest.mark.parametrize(
    ("condition", "marked"), [("obliterated", (1, 1)), ("partial", (1, 1)), ("none", (1, 1))]
)
def test_marks_that_are_missing_or_obliterated_are_counted(
    empty: Connection, condition: str, marked: tuple[int, int]
) -> None:
    text: Any = "none" if condition == "none" else "unknown"
    mark = {**MARK, "text": text, "condition": condition}
    log = [
        *gun(0, happened("seized", "2018-02-01", markings=[mark])),
        *gun(1, happened("seized", "2018-02-01")),
        *gun(2, happened("seized", "2018-02-01"), serial="unknown"),
    ]
    with kept(empty, *log) as books:
        answer = books.count("marks-missing", period=YEAR)
        assert (answer.total.numerator, answer.total.denominator) == (marked[0], marked[1] + 1)
        assert dict(answer.left_out) == {"marks_unknown": 1}


def test_time_to_crime_runs_from_the_first_sale_to_the_first_seizure(empty: Connection) -> None:
    def sold_and_seized(number: int, sold: str, seized: str) -> list[Event]:
        again = happened("transferred", "2018-01-01")
        return gun(number, happened("transferred", sold), again, happened("seized", seized))

    log = [
        *sold_and_seized(0, "2016-05-01", "2018-05-01"),  # 730 days, two years and not less
        *sold_and_seized(1, "2017-12-01", "2018-02-01"),  # 62 days
        *sold_and_seized(2, "2016", "2018-11-30"),  # more than one year, or more than two
        *sold_and_seized(3, "2010", "2018-11-30"),  # certainly more than three
        *gun(4, happened("seized", "2018-02-01")),
    ]
    with kept(empty, *log) as books:
        answer = books.count("time-to-crime", "band", period=YEAR)
        bands = {each.group[0]: each.denominator for each in answer.rows}
        assert bands == {"under 3 months": 1, "2 to 3 years": 1, "3 years and more": 1}
        assert (answer.total.numerator, answer.total.denominator) == (2, 3)
        assert answer.total.value("days") == 730
        assert dict(answer.left_out) == {"imprecise": 1, "no_sale_on_record": 1}


def test_flows_run_from_the_last_lawful_hand_over_to_where_it_came_to_hand(
    empty: Connection,
) -> None:
    def moved(number: int, source: str | None, recovery: str) -> list[Event]:
        sold = [happened("transferred", "2016", jur=source)] if source else []
        return gun(number, *sold, happened("seized", "2018-02-01", jur=recovery))

    log = [
        *moved(0, "XA-01", "XA-02"),
        *moved(1, "XA-01", "XB"),
        *moved(2, "XA-01", "XA-01"),
        *moved(3, "XA", "XA-02"),
        *moved(4, None, "XA-02"),
    ]
    with kept(empty, *log) as books:
        found = books.parts("flows", "source", "recovery", period=YEAR)
        assert found == {
            "XA-01 XA-01": (0, 1),
            "XA-01 XA-02": (1, 1),
            "XA-01 XB": (1, 1),
            "XA XA-02": (0, 1),
        }
        assert dict(books.count("flows", period=YEAR).left_out) == {"place_unknown": 1}


def test_tracing_requests_are_told_by_what_they_led_to(empty: Connection) -> None:
    log = [
        *request(0, asked("point-of-diversion-established", method="traced")),
        *request(1, asked("closed", outcome="not_identified", reason="no_record")),
        *request(2, asked("closed", outcome="pending"), asked("reopened")),
        *request(3, occ="2017"),
        *request(4, occ="unknown"),
    ]
    with kept(empty, *log) as books:
        answer = books.count("trace-outcomes", "outcome", period=YEAR)
        assert {each.group[0]: each.denominator for each in answer.rows} == {
            "open": 2,
            "not_identified": 1,
        }
        assert (answer.total.numerator, dict(answer.left_out)) == (1, {"undated": 1})
        reasons = books.parts("trace-outcomes", "reason", period=YEAR)
        assert reasons["no_record"] == (0, 1)


def test_requests_made_stand_against_those_received_by_the_other_state(empty: Connection) -> None:
    def received(number: int, *events: Event, **dat: Any) -> list[Event]:
        return request(number, *events, recipient="XA", **dat)

    log = [
        *request(0, asked("restricted"), asked("responded")),
        *request(1, asked("forwarded", to_country="XA")),
        *received(2, asked("refused"), requesting_state="XC"),
        *received(3, asked("closed", outcome="identified"), requesting_state="XB"),
        *received(4),
        *received(5, requesting_state="XA"),
        *request(6, occ="unknown"),
        *request(7, occ="2017"),
    ]
    with kept(empty, *log) as books:
        answer = books.count("trace-requests", "direction", "counterpart", "answer", period=YEAR)
        assert {each.group: (each.numerator, each.denominator) for each in answer.rows} == {
            ("made", "XB", "responded"): (1, 1),
            ("made", "XB", "not_answered"): (1, 1),
            ("received", "XB", "not_answered"): (0, 1),
            ("received", "XC", "refused"): (0, 1),
            ("received", "unknown", "not_answered"): (0, 1),
        }
        assert dict(answer.left_out) == {"domestic": 1, "undated": 1}
        assert answer.total.value("percent") == 40
        outcomes = books.parts("trace-requests", "direction", "outcome", period=YEAR)
        assert outcomes == {"made open": (2, 2), "received open": (0, 2),
                            "received identified": (0, 1)}  # fmt: skip
        before = books.parts("trace-requests", "outcome", period=YEAR, size=7)
        assert before == {"open": (2, 3)}


def test_the_time_to_answer_ends_with_the_first_answer(empty: Connection) -> None:
    log = [
        *request(0, at(asked("restricted"), "2018-03-11"), at(asked("responded"), "2018-05-01")),
        *request(1, at(asked("responded"), "2018-03-31")),
        *request(2, at(asked("refused"), "2018-09-01")),
        *request(3, at(asked("acknowledged"), "2018-03-02")),
    ]
    with kept(empty, *log) as books:
        answer = books.count("trace-times", "answer", period=YEAR)
        assert {each.group[0]: each.days for each in answer.rows} == {
            "refused": 184,
            "responded": 30,
            "restricted": 10,
        }
        assert (answer.total.days, answer.total.numerator) == (30, 1)
        assert dict(answer.left_out) == {"not_answered": 1}


def test_a_point_of_diversion_counts_once_a_firearm(empty: Connection) -> None:
    def established(occ: str, **dat: Any) -> Event:
        return at(asked("point-of-diversion-established", **dat), occ)

    log = [
        *gun(0, happened("point-of-diversion-established", "2018-02", circumstance="loss")),
        *request(0, established("2018-03", method="traced"), firearm=str(arm(0))),
        *request(1, established("2018-03", method="other", circumstance="unknown")),
        *gun(1, happened("point-of-diversion-established", "2018-02")),
    ]
    with kept(empty, *log) as books:
        found = books.parts("diversions", "method", "circumstance", period=YEAR)
        assert found == {
            "traced theft": (1, 1),
            "other unknown": (0, 1),
            "other theft": (1, 1),
        }


def test_stock_is_told_for_any_date_and_as_known(empty: Connection) -> None:
    log = [
        *gun(0, happened("transferred", "2016"), happened("stolen-reported", "2018-05")),
        *gun(1, happened("destroyed", "2019")),
        *about(arm(2), [happened("registered")]),
    ]
    before, after = (Period.between(None, end) for end in ("2018", "2020"))
    with kept(empty, *log) as books:
        assert books.parts("stock", "alert", period=before) == {"none": (2, 2)}
        assert books.parts("stock", "technical", "alert", period=after) == {
            "complete stolen": (1, 1),
            "destroyed none": (0, 1),
        }
        assert dict(books.count("stock", period=after).left_out) == {"undated": 1}
        assert books.parts("stock", "alert", period=after, size=2) == {"none": (1, 1)}
        assert books.count("stock").total.denominator == 3


def test_losses_marks_and_destruction_are_told_by_their_kinds(empty: Connection) -> None:
    log = [
        *gun(0, happened("lost-reported", "2018-02"), happened("marked", "2018-03")),
        *gun(1, happened("stolen-reported", "2018-05"), happened("destroyed", "2018-12")),
    ]
    with kept(empty, *log) as books:
        assert books.parts("losses", "report", "quarter", period=YEAR) == {
            "lost 2018-Q1": (1, 1),
            "stolen 2018-Q2": (1, 1),
        }
        assert books.parts("marking", "mark", period=YEAR) == {"manufacture": (1, 1)}
        destroyed = happened("destroyed").dat.method  # type: ignore[attr-defined]
        assert books.parts("destruction", "method", period=YEAR) == {destroyed: (1, 1)}


def test_a_case_with_ten_firearms_is_a_significant_seizure(empty: Connection) -> None:
    seized = [
        each
        for number in range(19)
        for each in gun(
            number, happened("seized", "2018-02-01", case_no="C" if number < 10 else "D")
        )
    ]
    with kept(empty, *seized) as books:
        assert books.parts("significant-seizures", "size", period=YEAR) == {"10 to 24": (1, 1)}


def test_a_number_cannot_be_broken_down_by_what_it_does_not_know(empty: Connection) -> None:
    with kept(empty) as books, pytest.raises(UsageError, match="Choose one of circumstance"):
        books.count("diversions", "type")


def test_a_period_ends_after_it_begins() -> None:
    with pytest.raises(UsageError, match="--from 2018 --to 2019"):
        Period.between("2019", "2018")
    assert Period.between("2018", "2019") == Period(
        YEAR.start, YEAR.end, "from 2018 and before 2019"
    )


@pytest.mark.parametrize(
    ("states", "asked", "position"),
    [
        (("2016-04", "2016-10-03", "2017"), "2016-10-31", 2),
        (("2016-04", "2016-10-03", "2017"), "2016-04-30", 1),
        (("2016-04", "2017", "2016-10-03"), "2016-10-31", None),
        (("2016-04", "2017", "2016-10-03"), "2016-04-30", 1),
        (("2017",), "2016-10-31", None),
    ],
)
def test_a_state_of_a_register_is_a_position_where_its_states_came_in_order(
    empty: Connection, states: tuple[str, ...], asked: str, position: int | None
) -> None:
    sources = [{"register_code": "leso_1033", "as_of": each} for each in states]
    log = [each for number, source in enumerate(sources) for each in gun(number, source=source)]
    with kept(empty, *log) as books:
        date = parse_occurrence(asked)
        if position is None:
            with pytest.raises(UsageError):
                first_later(books.connection, "leso_1033", date)
        else:
            assert first_later(books.connection, "leso_1033", date) == position
