# SPDX-License-Identifier: Apache-2.0
"""The picture that fits an answer: what it shows are the figures of the table on the same page."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from markupsafe import Markup

from api.console.charts.answers.counted import (
    flows_of,
    histogram_of,
    indicator_of,
    ranking_of,
    stack_of,
)
from api.console.charts.answers.words import TIMES
from api.console.charts.bars import ranked_bars
from api.console.charts.columns import stacked_columns
from api.console.charts.drawing.reader import Reader
from api.console.charts.flows import flow_diagram
from api.console.charts.histogram import histogram
from api.console.charts.indicator import indicator_diagram
from api.console.pages.statistics.words import OUTLINES
from projections.statistics.answer import Answer, Count

NAME: Final = "picture"
PARTS_DRAWN: Final = 2


def picture_of(answer: Answer, reader: Reader) -> Markup:
    """Draw an answer; where nothing fits, give nothing, and the table stands alone."""
    name, by = answer.statistic.name, answer.by
    if name == "sdg-16.4.2" and by == OUTLINES[name].by:
        return indicator_diagram(indicator_of(answer, reader, NAME), reader)
    if name == "flows" and by[-PARTS_DRAWN:] == OUTLINES[name].by:
        return flow_diagram(flows_of(answer, reader, NAME), reader)
    if name == "time-to-crime" and by == OUTLINES[name].by:
        return histogram(histogram_of(answer, reader, NAME), reader)
    if len(by) == PARTS_DRAWN and by[0] in TIMES:
        return stacked_columns(stack_of(cases_of(answer), reader, NAME), reader)
    if len(by) == 1:
        drawn = cases_of(answer) if by == OUTLINES[name].by or by[0] in TIMES else answer
        return ranked_bars(ranking_of(drawn, reader, NAME), reader)
    return Markup("")


def cases_of(answer: Answer) -> Answer:
    """Give how many cases there are, where a value is no number that could be put together.

    A share of the requests that ended in one way among those that ended so would say nothing.
    """
    statistic = answer.statistic
    if statistic.unit == "number":
        return answer
    return replace(
        answer,
        statistic=replace(statistic, unit="number", title=statistic.denominator),
        total=_cases(answer.total),
        rows=tuple(map(_cases, answer.rows)),
    )


def _cases(each: Count) -> Count:
    return replace(each, numerator=each.denominator)
