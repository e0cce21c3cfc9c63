# SPDX-License-Identifier: Apache-2.0
"""What is left to be erased of an officer."""

from __future__ import annotations

from domain.erasure.officers import Officer
from domain.identifiers import parse_stream_id
from projections.asking.folded import Folded
from projections.asking.retention import NO_ERASURE, Erasures
from tests.unit.domain.erasure.test_officers import GONE, LEFT, OFFICER

RECORD = Folded(parse_stream_id(OFFICER), Officer(keys=(GONE,)))


def test_everything_is_left_of_an_officer_of_whom_nothing_was_erased() -> None:
    assert NO_ERASURE.left(RECORD) == [GONE.proposal]


def test_what_was_erased_after_the_service_is_not_erased_again() -> None:
    assert Erasures("executed", {GONE.proposal: LEFT}).left(RECORD) == []


def test_whoever_was_erased_by_order_and_stayed_is_erased_again_after_the_service() -> None:
    """The officer went on under another log-in, which nobody would erase otherwise."""
    assert Erasures("executed", {GONE.proposal: LEFT - 1}).left(RECORD) == [GONE.proposal]
