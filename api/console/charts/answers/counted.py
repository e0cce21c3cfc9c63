# SPDX-License-Identifier: Apache-2.0
"""Pictures of statistics: what a picture shows is what ``muniment stats`` prints."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Final

from api.console.charts.answers.words import PLACES, TIMES, names_for, period_name
from api.console.charts.bars import Bar, Ranking
from api.console.charts.columns import Series, Stack
from api.console.charts.drawing.figure import Heading
from api.console.charts.drawing.reader import Reader
from api.console.charts.flows import Flows, Period
from api.console.charts.histogram import Band, Histogram
from api.console.charts.indicator import Apprehension, Indicator, Level
from api.console.charts.sankey import Flow
from domain.occurrence import UNKNOWN
from projections.statistics.answer import Answer

BANDS: Final[tuple[tuple[str, int, int | None], ...]] = (
    ("under 3 months", 0, 90),
    ("3 to 7 months", 90, 210),
    ("7 to 12 months", 210, 365),
    ("1 to 2 years", 365, 730),
    ("2 to 3 years", 730, 1095),
    ("3 years and more", 1095, None),
)
"""The bands of the statistic ``time-to-crime``: name, first day, first day after it."""

TIMES_MAX: Final = 240
"""Columns of a picture between which empty ones are put: twenty years of months."""

MONTHS: Final = 12
QUARTERS: Final = 4


def ranking_of(answer: Answer, reader: Reader, name: str) -> Ranking:
    """Give a statistic by one dimension as ranked bars.

    Args:
        answer: The statistic.
        reader: Whom it is for.
        name: The figure's name on the page.

    Raises:
        ValueError: It is not by one dimension.
    """
    _, names, unit = reader.translate, names_for(reader), answer.statistic.unit
    (dimension,) = _by(answer, 1)
    bars = []
    for each in answer.rows:
        value = each.value(unit)
        if value is not None:
            bars.append(Bar(names(dimension, each.group[0]), value, _told(value, unit, reader)))
    total = answer.total.value(unit)
    summary = _("Nothing is on record for this.")
    if bars and total is not None:
        summary = _("Together: %(value)s") % {"value": _told(total, unit, reader)}
    measures = {"number": _("Number"), "percent": _("Percent"), "days": _("Median, in days")}
    heading = _heading(answer, reader, name=name, summary=summary)
    of = _(dimension.replace("_", " "))
    return Ranking(heading=heading, of=of, measure=measures[unit], bars=bars)


def stack_of(answer: Answer, reader: Reader, name: str) -> Stack:
    """Give a number by a time and a second dimension as columns, with empty times between.

    Raises:
        ValueError: It is not by a time and one more dimension.
    """
    time, kind = _by(answer, 2)
    if time not in TIMES:
        raise _other_dimensions(answer)
    names = names_for(reader)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for each in answer.rows:
        counts[each.group[1]][each.group[0]] += each.numerator
    times = _times({each.group[0] for each in answer.rows})
    series = [
        Series(names(kind, code), tuple([count[each] for each in times]))
        for code, count in counts.items()
    ]
    labels = tuple([names(time, each) for each in times])
    heading = _heading(answer, reader, name=name, summary=_total(answer.total.numerator, reader))
    return Stack(heading=heading, times=labels, series=series)


def histogram_of(answer: Answer, reader: Reader, name: str) -> Histogram:
    """Give the time to crime by band as a histogram with its median.

    Raises:
        ValueError: It is not by one dimension.
    """
    _, names = reader.translate, names_for(reader)
    (dimension,) = _by(answer, 1)
    counts = {each.group[0]: each.denominator for each in answer.rows}
    bands = [
        Band(names(dimension, label), first, end, counts.get(label, 0))
        for label, first, end in BANDS
    ]
    days = answer.total.days
    summary = _("No firearm was seized with a sale on record before.")
    if days is not None:
        summary = _("Half of %(number)s firearms were seized within %(days)s days of a sale.") % {
            "number": reader.number(answer.total.denominator),
            "days": reader.number(days, 1),
        }
    heading = _heading(answer, reader, name=name, summary=summary)
    return Histogram(heading=heading, of=_("Days after the sale"), bands=bands, median=days)


def flows_of(answer: Answer, reader: Reader, name: str) -> Flows:
    """Give the flows between places, by source and recovery, or by a time before these two.

    Raises:
        ValueError: It is by fewer dimensions or more.
    """
    _, names = reader.translate, names_for(reader)
    timed = len(answer.by) > len(("source", "recovery"))
    time, source, target = _by(answer, 3) if timed else ("", *_by(answer, 2))
    if not {source, target} <= PLACES or (timed and time not in TIMES):
        raise _other_dimensions(answer)
    flows: dict[str, list[Flow]] = defaultdict(list)
    for each in answer.rows:
        *period, start, end = each.group
        flow = Flow(names(source, start), names(target, end), each.denominator)
        flows[names(time, period[0]) if timed else ""].append(flow)
    return Flows(
        heading=_heading(
            answer, reader, name=name, summary=_total(answer.total.denominator, reader)
        ),
        source=_("Last lawful place"),
        target=_("Where they came to hand"),
        periods=[Period(label, ways) for label, ways in flows.items()],
    )


def indicator_of(answer: Answer, reader: Reader, name: str) -> Indicator:
    """Give SDG indicator 16.4.2, by apprehension and level.

    Raises:
        ValueError: It is by other dimensions.
    """
    if answer.by != ("apprehension", "level"):
        raise _other_dimensions(answer)
    hands: dict[str, Apprehension] = {
        "seized": "seized",
        "found": "found",
        "surrendered": "surrendered",
    }
    levels: dict[str, Level] = {"traced": "traced", "established": "established"}
    counts = Counter[tuple[Apprehension, Level]]()
    for each in answer.rows:
        hand, level = each.group
        counts[hands[hand], levels.get(level, "not_traced")] += each.denominator
    return Indicator(name, period_name(answer.period, reader), counts)


def _by(answer: Answer, number: int) -> tuple[str, ...]:
    if len(answer.by) != number:
        raise _other_dimensions(answer)
    return answer.by


def _other_dimensions(answer: Answer) -> ValueError:
    return ValueError(f"{answer.statistic.name} by {answer.by} is no picture of this kind.")


def _heading(answer: Answer, reader: Reader, *, name: str, summary: str) -> Heading:
    _ = reader.translate
    values = {
        "statistic": _(answer.statistic.title),
        "period": period_name(answer.period, reader),
    }
    title = _("%(statistic)s, %(period)s") % values
    return Heading(name=name, title=title, summary=summary)


def _total(number: int, reader: Reader) -> str:
    _ = reader.translate
    if not number:
        return _("Nothing is on record for this.")
    return _("Together: %(value)s") % {"value": reader.number(number)}


def _told(value: float, unit: str, reader: Reader) -> str:
    if unit == "percent":
        return reader.percent(value)
    return reader.number(value, 1 if unit == "days" else 0)


def _times(codes: set[str]) -> list[str]:
    """Give times in order, with those between; what has no date is the last."""
    known = sorted(codes - {UNKNOWN.text})
    between = list(_between(known[0], known[-1])) if known else []
    times = between if len(between) <= TIMES_MAX else known
    return [*times, *(codes & {UNKNOWN.text})]


def _between(first: str, last: str) -> Iterator[str]:
    """Give every year, quarter or month from one to another."""
    year, _, part = first.partition("-")
    form, many = ("{}-Q{}", QUARTERS) if part.startswith("Q") else ("{}-{:02}", MONTHS)
    form, many = (form, many) if part else ("{}", 1)
    at = int(year) * many + int(part.lstrip("Q") or 1) - 1
    while (code := form.format(f"{at // many:04}", at % many + 1)) <= last:
        yield code
        at += 1
