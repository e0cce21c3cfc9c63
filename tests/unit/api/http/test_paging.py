# SPDX-License-Identifier: Apache-2.0
"""Pages join into the whole list, each thing once, and a cursor fits one list alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.gate.listing.paging import Cursor, asked_digest, page, read_cursor
from domain.errors import UsageError

ASKED = asked_digest("/v1/holdings", {"country": "XA"})


@given(st.lists(st.integers(), max_size=60), st.integers(1, 20))
def test_pages_give_the_whole_list_once_and_in_its_order(items: list[int], limit: int) -> None:
    given_: list[int] = []
    begins: Cursor | None = Cursor(asked=ASKED, size=7, on="2026-11-28", after=0)
    while begins is not None:
        told = page(iter(items), begins, limit=limit)
        given_ += told["items"]
        assert len(told["items"]) <= limit
        begins = read_cursor(told["next"], ASKED)
    assert given_ == items


def test_a_cursor_pins_the_position_of_the_log_and_the_day() -> None:
    told = page(range(5), Cursor(asked=ASKED, size=41, on="2026-11-28", after=0), limit=2)
    again = read_cursor(told["next"], ASKED)
    assert again is not None
    assert (again.size, again.on, again.after) == (41, "2026-11-28", 2)


@pytest.mark.parametrize("text", ["", "x", "W10", "W1tdXQ", "A" * 300, "bnVsbA", "µ"])
def test_what_no_page_has_given_is_no_cursor(text: str) -> None:
    with pytest.raises(UsageError, match="no cursor"):
        read_cursor(text, ASKED)


def test_a_cursor_of_another_question_is_refused() -> None:
    cursor = Cursor(asked=ASKED, size=7, on="2026-11-28", after=0).text()
    other = asked_digest("/v1/holdings", {"country": "XB"})
    with pytest.raises(UsageError, match="no cursor"):
        read_cursor(cursor, other)
    assert read_cursor(None, other) is None
