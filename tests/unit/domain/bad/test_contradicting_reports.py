# SPDX-License-Identifier: Apache-2.0
"""Reports that contradict each other are recorded side by side, and the contradiction is told."""

from __future__ import annotations

from tests.unit.domain.lives import contradicted, happened, life

KNOWN = happened("registered", "2016")
FIRST = happened("point-of-diversion-established", "2021")


def test_a_second_point_of_diversion_that_differs_is_told() -> None:
    other = happened("point-of-diversion-established", "2022", country="XB")
    assert contradicted(life(KNOWN, FIRST, other)) == [(2, "diversion_differs")]


def test_the_same_point_of_diversion_from_another_source_contradicts_nothing() -> None:
    again = happened("point-of-diversion-established", "2022", evidence="C" * 43)
    assert contradicted(life(KNOWN, FIRST, again)) == []
