# SPDX-License-Identifier: Apache-2.0
"""A long list is put in order in parts, with the same outcome as in one piece."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from projections.asking.sorting import Placed, in_order

ROWS = st.lists(st.tuples(st.integers(0, 9), st.text(max_size=3)), max_size=40)


@given(ROWS, st.integers(1, 12))
def test_whatever_the_parts_the_order_is_that_of_the_whole(
    rows: list[tuple[int, str]], at_once: int
) -> None:
    placed = [Placed([*key], {"key": [*key], "at": at}) for at, key in enumerate(rows)]
    found = list(in_order(iter(placed), at_once=at_once))
    assert found == [each.row for each in sorted(placed, key=lambda each: each.key)]
