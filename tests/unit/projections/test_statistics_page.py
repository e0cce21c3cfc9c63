# SPDX-License-Identifier: Apache-2.0
"""The page of statistics defines every one of them as the program counts it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from projections.statistics.catalogue import STATISTICS
from projections.statistics.definition import DIMENSIONS, REASONS

PAGE = Path("docs/statistics.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"^### (\S+)\n(.*?)(?=^#)", PAGE, re.MULTILINE | re.DOTALL))


def test_the_page_has_the_statistics_of_this_version_in_their_order() -> None:
    assert list(SECTIONS) == list(STATISTICS)


@pytest.mark.parametrize("name", STATISTICS)
def test_a_definition_on_the_page_is_that_of_the_program(name: str) -> None:
    statistic = STATISTICS[name]
    by = ", ".join(f"`{each}`" for each in statistic.dimensions)
    assert SECTIONS[name].strip().split("\n") == [
        f"{statistic.title} ({statistic.unit}). {statistic.definition}",
        "",
        f"- numerator: {statistic.numerator}",
        f"- denominator: {statistic.denominator}",
        f"- by: {by}",
        f"- source: {statistic.source}",
    ]


def test_every_dimension_and_reason_stands_on_the_page() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", PAGE, re.MULTILINE))
    assert rows == {**DIMENSIONS, **REASONS}


def test_no_dimension_is_explained_that_no_statistic_has() -> None:
    assert set(DIMENSIONS) == {d for each in STATISTICS.values() for d in each.dimensions}


@pytest.mark.parametrize("reason", REASONS)
def test_a_reason_to_leave_out_is_one_of_a_statistic(reason: str) -> None:
    assert any(f"'{reason}'" in each.cases for each in STATISTICS.values())
