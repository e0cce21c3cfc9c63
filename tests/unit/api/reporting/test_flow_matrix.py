# SPDX-License-Identifier: Apache-2.0
"""Flows as a matrix add up, and show where the published ones of nine years do not."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from api.reporting.matrix import Matrix
from tests.unit.api.importing.builders import dicts

ATF = Path("../shared/data/open/atf_trace_source_recovery_2010_2018.csv.gz")
TOTAL = "TOTAL"
MISPRINTED = {
    *("CALIFORNIA", "GEORGIA", "MICHIGAN", "NORTH CAROLINA", "OREGON", "PENNSYLVANIA"),
}
"""States whose published totals of 2012 are less than their cells, by eight in all."""


def test_a_matrix_has_totals_of_rows_columns_and_all() -> None:
    found = Matrix({("XA", "XA"): 3, ("XA", "XB"): 1, ("XC", "XB"): 2})
    assert found.lines("source/recovery") == [
        ("source/recovery", "XA", "XB", "total"),
        ("XA", "3", "1", "4"),
        ("XC", "0", "2", "2"),
        ("total", "3", "3", "6"),
    ]
    assert (found.within, found.total) == (3, 6)


def named(place: str) -> str:
    """Give a place as every year spells it."""
    return " ".join(place.upper().split()).replace("TOTALS", TOTAL)


@pytest.mark.skipif(not ATF.exists(), reason="the ATF matrices are not on this machine")
def test_nine_published_matrices_add_up_but_for_six_totals_of_one_year() -> None:
    cells: dict[str, dict[tuple[str, str], int]] = defaultdict(dict)
    for row in dicts(ATF):
        pair = (named(row["source_state"]), named(row["recovery_state"]))
        cells[row["year"]][pair] = int(row["firearms_traced"])
    assert len(cells) == 9
    grand = []
    for year, published in cells.items():
        found = Matrix({pair: n for pair, n in published.items() if TOTAL not in pair})
        sources = {row: n for (row, column), n in published.items() if column == TOTAL}
        recoveries = {column: n for (row, column), n in published.items() if row == TOTAL}
        assert (sources.pop(TOTAL), recoveries.pop(TOTAL)) == (found.total, found.total)
        wrong = {name for name, n in sources.items() if found.row_totals[name] != n}
        assert wrong == (MISPRINTED if year == "2012" else set())
        assert +found.column_totals == {name: n for name, n in recoveries.items() if n}
        assert 0.70 <= found.within / found.total < 0.73
        grand.append(found.total)
    assert (grand[0], grand[-1]) == (145_604, 254_700)
