# SPDX-License-Identifier: Apache-2.0
"""What a reader asks of a statistic, and the same question in other places.

An answer is a function of the question and of the position of the log, so that every way to it,
a link, a file or a command line, names both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from shlex import join
from typing import Self
from urllib.parse import quote, urlencode

from api.console.charts.answers.words import TIMES
from api.console.pages.statistics.words import KIND, OUTLINES, PLACES
from projections.statistics.answer import Position
from projections.statistics.definition import Statistic
from projections.statistics.period import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question, as its form sends it; what is empty asks for nothing.

    Attributes:
        statistic: What is asked for.
        start: Beginning of the period.
        end: First time after it.
        over: Dimension of time to break it down by.
        by: Dimension to break it down by.
        place: Country alone of which is counted.
        kind: Type of firearm alone of which is counted.
        as_known_on: Index, date or ``REGISTER@DATE`` up to which entries count.
    """

    statistic: Statistic
    start: str = ""
    end: str = ""
    over: str = ""
    by: str = ""
    place: str = ""
    kind: str = ""
    as_known_on: str = ""

    @property
    def period(self) -> Period:
        """The period.

        Raises:
            MunimentError: A time has another form, or it ends before it begins.
        """
        return Period.between(self.start or None, self.end or None)

    @property
    def place_dimension(self) -> str:
        """The dimension that a country narrows; empty where the statistic has none."""
        return next((each for each in PLACES if each in self.statistic.dimensions), "")

    @property
    def only(self) -> dict[str, str]:
        """The values that it is narrowed to, by dimension."""
        chosen = {self.place_dimension: self.place, KIND: self.kind}
        return {name: value for name, value in chosen.items() if name and value}

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The dimensions of its picture and table."""
        usual = OUTLINES[self.statistic.name].by
        if not self.over:
            return (self.by,) if self.by else usual
        others = (self.by,) if self.by else tuple(each for each in usual if each not in TIMES)
        return (self.over, *others)

    def pinned(self, position: Position) -> Self:
        """Give the same question as it was known at a position, whatever is recorded later."""
        return replace(self, as_known_on=str(position.size - 1)) if position.size else self

    def address(self, **more: str) -> str:
        """Give the address of its page."""
        given = {**self._given(), **more}
        query = urlencode({name: value for name, value in given.items() if value})
        path = f"/statistics/{quote(self.statistic.name)}"
        return f"{path}?{query}" if query else path

    def api_address(self) -> str:
        """Give the address at which the HTTP API counts the same."""
        pairs = [("from", self.start), ("to", self.end), ("as_known_on", self.as_known_on)]
        stated = [(name, value) for name, value in pairs if value]
        query = urlencode([*stated, *(("by", each) for each in self._counted_by())])
        return f"/v1/statistics/{quote(self.statistic.name)}?{query}"

    def command(self) -> str:
        """Give the command line that counts the same."""
        pairs = [("--from", self.start), ("--to", self.end)]
        pairs += [("--by", each) for each in self._counted_by()]
        pairs += [("--as-known-on", self.as_known_on)]
        stated = [word for pair in pairs if pair[1] for word in pair]
        return join(["muniment", "stats", self.statistic.name, *stated])

    def _counted_by(self) -> tuple[str, ...]:
        """Give what a program breaks it down by: where it is narrowed, its row is the whole."""
        return tuple(self.only) or self.dimensions

    def _given(self) -> Mapping[str, str]:
        return {
            "from": self.start,
            "to": self.end,
            "over": self.over,
            "by": self.by,
            "place": self.place,
            "type": self.kind,
            "as_known_on": self.as_known_on,
        }
