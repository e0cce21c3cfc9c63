# SPDX-License-Identifier: Apache-2.0
"""Cursors fit the log, the feed and the form that they were given for, and nothing else."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.proof.encoding import encode
from domain.errors import UsageError
from projections.feed.cursor import Cursor, Feed, read_cursor

FEED = Feed(origin="log.example/xa", name="lives", version=3)
CURSOR = Cursor(index=7, eid="A" * 43, key=("life", "began", "x"))


@given(st.integers(0, 2**53), st.lists(st.text(), max_size=5))
def test_a_cursor_is_read_as_it_was_written(index: int, key: list[str]) -> None:
    cursor = Cursor(index=index, eid="A" * 43, key=tuple(key))
    assert read_cursor(cursor.text(FEED), FEED) == cursor


@pytest.mark.parametrize(
    ("feed", "slug"),
    [
        (Feed(origin="log.example/xb", name="lives", version=3), "cursor_foreign"),
        (Feed(origin="log.example/xa", name="events"), "cursor_feed"),
        (Feed(origin="log.example/xa", name="lives", version=4), "cursor_outdated"),
    ],
)
def test_a_cursor_of_something_else_is_refused(feed: Feed, slug: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_cursor(CURSOR.text(FEED), feed)
    assert refused.value.slug == slug


@given(st.one_of(st.text(), st.binary().map(lambda octets: octets.decode("latin-1"))))
def test_no_other_text_is_a_cursor(text: str) -> None:
    with pytest.raises(UsageError, match="no cursor"):
        read_cursor(text, FEED)


@pytest.mark.parametrize(
    ("place", "value"),
    [(0, None), (0, 1), (1, ["x"]), (2, "3"), (2, True), (3, -1), (3, 1.5), (4, 7), (5, 7)],
)
def test_a_cursor_with_a_part_of_another_kind_is_refused(place: int, value: object) -> None:
    parts: list[object] = ["log.example/xa", "lives", 3, 7, "A" * 43, "life"]
    parts[place] = value
    with pytest.raises(UsageError, match="no cursor"):
        read_cursor(encode(orjson.dumps(parts)).decode(), FEED)
