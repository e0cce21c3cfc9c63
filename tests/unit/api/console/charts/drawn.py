# SPDX-License-Identifier: Apache-2.0
"""Pictures of anything: what hypothesis draws them from, hostile words included."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from hypothesis import strategies as st
from markupsafe import Markup

from api.console.charts.bars import Bar, Ranking, ranked_bars
from api.console.charts.columns import Series, Stack, stacked_columns
from api.console.charts.custody import Custody, Hold, custody_timeline
from api.console.charts.drawing.figure import Heading
from api.console.charts.drawing.reader import Datum, Reader
from api.console.charts.flows import Flows, Period, flow_diagram
from api.console.charts.histogram import Band, Histogram, histogram
from api.console.charts.indicator import APPREHENSIONS, LEVELS, Indicator, indicator_diagram
from api.console.charts.life import Life, life_timeline
from api.console.charts.placing import LifeEvent
from api.console.charts.sankey import Flow
from domain.occurrence import Occurrence, parse_occurrence
from projections.timeline.proving import STATES

Draw: TypeAlias = Callable[[Reader], Markup]

HOSTILE = (
    "</svg><script>alert(1)</script>",
    '" onload="alert(1)" style="x:y',
    "' onmouseover='alert(1)",
    "\N{RIGHT-TO-LEFT OVERRIDE}gnp.exe\N{POP DIRECTIONAL FORMATTING}",
    "\N{RIGHT-TO-LEFT ISOLATE}never closed",
    "&lt;b&gt; %(number)s %s {0} url(#x-p1)",
    "null \x00 and escape \x1b and \x85\ufffe",
    "W" * 500,
    "\u0301" * 40,
    "\u67aa" * 90,
    "\u0645\u0633\u062f\u0633 9\u00d719 mm",
    "\n\t ",
    "",
)
WORDS = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=40), st.text("abc \u0434\u4e2d\u0639"))
DATA = st.builds(Datum, WORDS)
COUNTS = st.integers(0, 10**7)
HEADING = st.builds(Heading, name=st.just("picture"), title=WORDS, summary=WORDS)


def _occurrence(year: int, month: int, form: str) -> Occurrence:
    forms = {
        "year": f"{year:04}",
        "month": f"{year:04}-{month:02}",
        "day": f"{year:04}-{month:02}-{month:02}",
        "instant": f"{year:04}-{month:02}-11T10:11:12Z",
        "unknown": "unknown",
    }
    return parse_occurrence(forms[form])


OCCURRENCES = st.builds(
    _occurrence,
    st.one_of(st.integers(1990, 2026), st.integers(1, 9999)),
    st.integers(1, 12),
    st.sampled_from(("year", "month", "day", "instant", "unknown")),
)

BARS = st.builds(
    Ranking,
    heading=HEADING,
    of=WORDS,
    measure=WORDS,
    bars=st.lists(st.builds(Bar, WORDS, COUNTS, st.sampled_from(("7", "1,430"))), max_size=25),
)


@st.composite
def stacks(draw: st.DrawFn) -> Stack:
    """Give columns of any number, with up to nine series."""
    times = draw(st.lists(WORDS, max_size=15))
    counts = st.tuples(*[COUNTS] * len(times))
    series = draw(st.lists(st.builds(Series, WORDS, counts), max_size=9))
    return Stack(heading=draw(HEADING), times=tuple(times), series=series)


@st.composite
def histograms(draw: st.DrawFn) -> Histogram:
    """Give bands of any counts, with a median or none."""
    edges = (0, 90, 210, 365, 730, 1095)
    ends = (*edges[1:], None)
    bands = [
        Band(draw(WORDS), first, end, draw(COUNTS)) for first, end in zip(edges, ends, strict=True)
    ]
    median = draw(st.none() | st.floats(0, 1e6))
    return Histogram(heading=draw(HEADING), of=draw(WORDS), bands=bands, median=median)


FLOWS = st.builds(
    Flows,
    heading=HEADING,
    source=WORDS,
    target=WORDS,
    periods=st.lists(
        st.builds(Period, WORDS, st.lists(st.builds(Flow, WORDS, WORDS, COUNTS), max_size=12)),
        max_size=3,
    ),
)
INDICATORS = st.builds(
    Indicator,
    name=st.just("picture"),
    period=WORDS,
    counts=st.dictionaries(
        st.tuples(st.sampled_from(APPREHENSIONS), st.sampled_from(LEVELS)), COUNTS
    ),
)


@st.composite
def lives(draw: st.DrawFn, most: int = 12) -> Life:
    """Give a life of any events, numbered as they are told."""
    kinds = draw(st.lists(WORDS, min_size=1, max_size=4, unique=True))
    event = st.builds(
        LifeEvent,
        number=st.just(0),
        circumstance=st.sampled_from(kinds),
        name=WORDS,
        when=OCCURRENCES,
        proof=st.sampled_from(STATES),
        contradictions=st.lists(WORDS, max_size=2).map(tuple),
        gap=st.one_of(st.just(""), WORDS),
        remarks=st.lists(WORDS, max_size=1).map(tuple),
    )
    events = draw(st.lists(event, max_size=most))
    return Life(heading=draw(HEADING), circumstances=kinds, events=events)


@st.composite
def chains(draw: st.DrawFn) -> Custody:
    """Give a chain of custody of any links."""
    hold = st.builds(
        Hold,
        number=st.integers(1, 500),
        custodian=WORDS,
        event=WORDS,
        since=OCCURRENCES,
        seals=st.lists(WORDS, max_size=3).map(tuple),
        deposit_no=WORDS,
        signatures=st.integers(1, 3),
        breaks=st.lists(WORDS, max_size=2).map(tuple),
    )
    holds = draw(st.lists(hold, max_size=8))
    return Custody(heading=draw(HEADING), holds=holds, until=draw(OCCURRENCES))


DRAWN: st.SearchStrategy[Draw] = st.one_of(
    BARS.map(lambda each: lambda reader: ranked_bars(each, reader)),
    stacks().map(lambda each: lambda reader: stacked_columns(each, reader)),
    histograms().map(lambda each: lambda reader: histogram(each, reader)),
    FLOWS.map(lambda each: lambda reader: flow_diagram(each, reader)),
    INDICATORS.map(lambda each: lambda reader: indicator_diagram(each, reader)),
    lives().map(lambda each: lambda reader: life_timeline(each, reader)),
    chains().map(lambda each: lambda reader: custody_timeline(each, reader)),
)
"""Whatever can be drawn, for any reader."""
