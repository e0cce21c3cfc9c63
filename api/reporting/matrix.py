# SPDX-License-Identifier: Apache-2.0
"""Numbers by two dimensions as a matrix, with the totals by which it can be checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from domain.errors import UsageError
from projections.statistics.answer import Answer

TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Matrix:
    """Numbers by two names, such as source and recovery.

    Attributes:
        cells: The number of each pair of names; a pair without a number is absent.
    """

    cells: Mapping[tuple[str, str], int]

    @property
    def row_totals(self) -> Counter[str]:
        """The sums over each first name."""
        return self._sums(0)

    @property
    def column_totals(self) -> Counter[str]:
        """The sums over each second name."""
        return self._sums(1)

    @property
    def total(self) -> int:
        """The sum of all."""
        return sum(self.cells.values())

    @property
    def within(self) -> int:
        """The sum of the diagonal: what stayed where it was."""
        return sum(number for (one, other), number in self.cells.items() if one == other)

    def _sums(self, place: int) -> Counter[str]:
        sums = Counter[str]()
        for names, number in self.cells.items():
            sums[names[place]] += number
        return sums

    def lines(self, corner: str) -> list[tuple[str, ...]]:
        """Give it as lines of text: the heads of the columns first, the totals last."""
        rows, columns = sorted(self.row_totals), sorted(self.column_totals)
        body = [
            (
                row,
                *(str(self.cells.get((row, column), 0)) for column in columns),
                str(self.row_totals[row]),
            )
            for row in rows
        ]
        totals = (str(self.column_totals[column]) for column in columns)
        return [(corner, *columns, TOTAL), *body, (TOTAL, *totals, str(self.total))]


def matrix_of(answer: Answer) -> Matrix:
    """Give the denominators of an answer by its two dimensions.

    Raises:
        UsageError: ``matrix_dimensions``, it is not broken down by exactly two.
    """
    if len(answer.by) != len(("rows", "columns")):
        raise UsageError(
            "A matrix has two dimensions.",
            slug="matrix_dimensions",
            next_step="Give --by twice: first for the rows, then for the columns.",
        )
    return Matrix({(each.group[0], each.group[1]): each.denominator for each in answer.rows})
