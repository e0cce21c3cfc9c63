# SPDX-License-Identifier: Apache-2.0
"""A picture of a statistic shows what the statistic counts, under the names of the reader."""

from __future__ import annotations

import pytest

from api.console.charts.answers.counted import (
    BANDS,
    TIMES_MAX,
    flows_of,
    histogram_of,
    indicator_of,
    ranking_of,
    stack_of,
)
from api.console.charts.answers.words import names_for, period_name
from api.console.charts.drawing.reader import Datum, Reader
from api.console.charts.sankey import Flow
from projections.statistics.answer import Answer, Count, Position
from projections.statistics.catalogue import STATISTICS
from projections.statistics.period import ALL_TIME, Period
from tests.unit.api.console.charts.looking import ENGLISH, untranslated

FRENCH = Reader("fr", untranslated)


def counted(numerator: int, denominator: int, *group: str, days: float | None = None) -> Count:
    return Count(
        group=group,
        numerator=numerator,
        denominator=denominator,
        government=0,
        owner_unknown=0,
        days=days,
    )


def answer(name: str, by: tuple[str, ...], *rows: Count, days: float | None = None) -> Answer:
    above, below = sum(each.numerator for each in rows), sum(each.denominator for each in rows)
    return Answer(
        statistic=STATISTICS[name],
        period=Period.year(2018),
        position=Position(size=9, log_size=9, cut_off=""),
        by=by,
        total=counted(above, below, days=days),
        rows=rows,
        left_out={},
    )


def test_a_number_is_ranked_by_what_counts_above_the_line() -> None:
    rows = counted(5, 9, "pistol"), counted(12_000, 12_000, "submachine_gun")
    ranking = ranking_of(answer("apprehensions", ("type",), *rows), ENGLISH, "by-type")
    assert [(each.label, each.value, each.told) for each in ranking.bars] == [
        ("pistol", 5, "5"),
        ("submachine gun", 12_000, "12,000"),
    ]
    assert ranking.heading.title == "Firearms seized, found and surrendered, 2018"
    assert ranking.heading.summary == "Together: 12,005"


def test_a_part_of_nothing_has_no_bar_and_a_median_is_in_days() -> None:
    rows = counted(1, 4, "yes"), counted(0, 0, "no")
    ranking = ranking_of(answer("sdg-16.4.2", ("marked",), *rows), ENGLISH, "marks")
    assert [(each.label, each.told) for each in ranking.bars] == [("yes", "25.0%")]
    timed = counted(1, 4, "pistol", days=412.25)
    ranking = ranking_of(answer("time-to-crime", ("type",), timed, days=412.25), FRENCH, "types")
    assert [each.told for each in ranking.bars] == ["412,2"]
    assert ranking.measure == "Median, in days"


def test_columns_have_the_empty_months_between_and_the_undated_last() -> None:
    rows = (
        counted(3, 3, "2017-11", "pistol"),
        counted(1, 1, "2018-02", "rifle"),
        counted(2, 2, "unknown", "rifle"),
    )
    stack = stack_of(answer("apprehensions", ("month", "type"), *rows), ENGLISH, "months")
    assert stack.times == ("Nov 2017", "Dec 2017", "Jan 2018", "Feb 2018", "Date not known")
    assert [(each.label, each.counts) for each in stack.series] == [
        ("pistol", (3, 0, 0, 0, 0)),
        ("rifle", (0, 0, 0, 1, 2)),
    ]


@pytest.mark.parametrize(
    ("by", "first", "last", "number"),
    [
        ("year", "2016", "2019", 4),
        ("quarter", "2017-Q3", "2018-Q2", 4),
        ("month", "2017-12", "2018-01", 2),
        ("month", "0203-01", "2018-01", 2),
    ],
)
def test_times_between_are_filled_unless_there_are_too_many(
    by: str, first: str, last: str, number: int
) -> None:
    rows = counted(1, 1, first, "pistol"), counted(1, 1, last, "pistol")
    stack = stack_of(answer("apprehensions", (by, "type"), *rows), ENGLISH, "times")
    assert len(stack.times) == number <= TIMES_MAX
    assert [sum(each.counts) for each in stack.series] == [2]


def test_a_histogram_has_the_bands_of_the_statistic_and_its_median() -> None:
    rows = counted(7, 7, "1 to 2 years"), counted(0, 2, "3 years and more")
    times = histogram_of(answer("time-to-crime", ("band",), *rows, days=500.0), ENGLISH, "ttc")
    assert [each.count for each in times.bands] == [0, 0, 0, 7, 0, 2]
    assert times.median == 500
    assert "9 firearms" in times.heading.summary
    nothing = histogram_of(answer("time-to-crime", ("band",)), ENGLISH, "ttc")
    assert nothing.heading.summary == "No firearm was seized with a sale on record before."


def test_the_bands_are_those_that_the_statistic_counts_by() -> None:
    cases = STATISTICS["time-to-crime"].cases
    days = [str(end) for _, _, end in BANDS if end is not None]
    assert f"array[{', '.join(days)}]::bigint[]" in cases
    assert all(f"'{label}'" in cases for label, _, _ in BANDS)


def test_flows_are_by_place_and_by_period_where_one_is_asked_for() -> None:
    rows = counted(3, 3, "BR", "BR-RJ"), counted(0, 2, "XA", "BR")
    (period,) = flows_of(answer("flows", ("source", "recovery"), *rows), FRENCH, "flows").periods
    assert period.label == ""
    assert period.flows == [Flow("Br\u00e9sil", "Br\u00e9sil, RJ", 3), Flow("XA", "Br\u00e9sil", 2)]
    timed = answer("flows", ("quarter", "source", "recovery"), counted(1, 1, "2018-Q1", "BR", "AR"))
    assert [each.label for each in flows_of(timed, ENGLISH, "flows").periods] == ["Q1 2018"]


def test_the_indicator_takes_what_was_not_identified_together() -> None:
    rows = (
        counted(3, 3, "seized", "traced"),
        counted(1, 1, "found", "established"),
        counted(0, 4, "seized", "pending"),
        counted(0, 2, "seized", "not_attempted"),
        counted(0, 1, "surrendered", "not_identified"),
    )
    whole = answer("sdg-16.4.2", ("apprehension", "level"), *rows)
    indicator = indicator_of(whole, ENGLISH, "sdg")
    assert indicator.total == whole.total.denominator
    assert indicator.of("traced") + indicator.of("established") == whole.total.numerator
    assert indicator.counts["seized", "not_traced"] == 6


def test_a_picture_of_other_dimensions_is_refused() -> None:
    other = answer("sdg-16.4.2", ("level", "apprehension", "type"))
    for draw in (ranking_of, stack_of, histogram_of, indicator_of):
        with pytest.raises(ValueError, match="no picture of this kind"):
            draw(other, ENGLISH, "picture")


def test_columns_are_of_times_and_flows_are_of_places() -> None:
    swapped = answer("apprehensions", ("type", "year"))
    untimed = answer("flows", ("type", "source", "recovery"))
    with pytest.raises(ValueError, match="no picture of this kind"):
        stack_of(swapped, ENGLISH, "picture")
    for each in (swapped, untimed):
        with pytest.raises(ValueError, match="no picture of this kind"):
            flows_of(each, ENGLISH, "picture")


def test_codes_are_named_by_their_words_and_places_by_the_language() -> None:
    names = names_for(FRENCH)
    assert names("country", "BE") == "Belgique"
    assert names("region", "US-CA") == "\u00c9tats-Unis, CA"
    assert isinstance(names("country", "not a country"), Datum)
    assert names("country", "unknown") == "not known"
    assert names("month", "2018-07") == "juil. 2018"
    assert names("year", "unknown") == "Date not known"
    assert names("technical", "illicitly_reactivated") == "illicitly reactivated"


@pytest.mark.parametrize(
    ("period", "told"),
    [
        (Period.year(2018), "2018"),
        (ALL_TIME, "all time"),
        (Period.between("2018-02", None), "since Feb 1, 2018"),
        (Period.between(None, "2019"), "up to Dec 31, 2018"),
        (Period.between("2018-02", "2018-04"), "Feb 1, 2018 to Mar 31, 2018"),
    ],
)
def test_a_period_is_told_from_its_first_day_to_its_last(period: Period, told: str) -> None:
    assert period_name(period, ENGLISH) == told
