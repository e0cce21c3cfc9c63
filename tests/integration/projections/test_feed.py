# SPDX-License-Identifier: Apache-2.0
"""Whoever follows a feed has everything once and in order, across restarts and appends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from itertools import islice
from queue import SimpleQueue
from typing import Any

import pytest

from audit.link import Link
from audit.proof.envelope.token import event_id, read_token
from domain.errors import UsageError
from projections.catalogue import PROJECTIONS
from projections.feed.changes import changes
from projections.feed.cursor import Cursor
from projections.feed.events import Item, events
from projections.feed.following import Page, followed, listening
from projections.lives.store import LIVES
from projections.projection import Projection
from projections.runner import catch_up, rebuild
from projections.timeline.store import TIMELINE
from tests.integration.projections.conftest import Desk
from tests.integration.projections.tables import conninfo, content

LIMIT_SECONDS = 60


@pytest.fixture
def link(desk: Desk) -> Iterator[Link]:
    """Read as whoever asks."""
    with closing(Link(desk.office.database.conninfo("ledger_reader"))) as opened:
        yield opened


def _changed(link: Link, projection: Projection) -> Page:
    return lambda after, limit: changes(link, projection, after, limit=limit)


def _restarted(page: Page, sizes: Callable[[], int]) -> list[Item]:
    """Follow in pieces, each from the cursor of the last line of the one before."""
    found: list[Item] = []
    while piece := list(followed(page, found[-1][0] if found else None, limit=sizes())):
        found += piece
    return found


def _apply(projection: Projection, items: list[Item]) -> dict[str, list[dict[str, Any]]]:
    """Keep tables as somebody does who has nothing but the changes."""
    held: dict[str, list[dict[str, Any]]] = {table.name: [] for table in projection.tables}
    for _, told in items:
        rows, row = held[told["table"]], told["row"]
        if told["change"] != "ended":
            rows.append(row)
            continue
        key = {name: value for name, value in row.items() if name != "known_to"}
        (place,) = (n for n, each in enumerate(rows) if key.items() <= each.items())
        rows[place] = {**rows[place], "known_to": row["known_to"]}
    return held


def test_events_come_in_the_order_of_the_log_with_their_signed_bytes(
    desk: Desk, link: Link
) -> None:
    desk.life("369J257")
    found = events(link, None, 1_000)
    assert [told["index"] for _, told in found] == list(range(desk.office.ledger.size))
    for cursor, told in found:
        token = read_token(told["jws"].encode())
        assert told["eid"] == cursor.eid == event_id(token.signing_input)
    assert [found[-1][1][name] for name in ("kind", "iss", "occ")] == [
        "firearm.corrected/1",
        "auth.xa",
        "2021-01-15",
    ]


@pytest.mark.parametrize("size", [1, 3, 1_000])
def test_events_in_pieces_of_any_size_are_the_same(desk: Desk, link: Link, size: int) -> None:
    desk.life("369J257")
    assert _restarted(partial(events, link), lambda: size) == events(link, None, 1_000)


@pytest.mark.parametrize("size", [1, 2, 5, 1_000])
@pytest.mark.parametrize("projection", PROJECTIONS, ids=lambda each: each.name)
def test_the_changes_of_a_projection_in_pieces_of_any_size_make_its_tables(
    desk: Desk, link: Link, projection: Projection, size: int
) -> None:
    for number in range(2):
        desk.life(f"369J25{number}")
    catch_up(conninfo(desk))
    items = _restarted(_changed(link, projection), lambda: size)
    held = _apply(projection, items)
    stored = content(desk, [projection])
    for table in projection.tables:
        names = [name for name, _ in table.columns]
        rows = [tuple(map(str, map(row.get, table.key.split(", ")))) for row in held[table.name]]
        expected = [dict(zip(names, row, strict=True)) for row in stored[table.name]]
        assert sorted(rows) == sorted(
            tuple(map(str, map(row.get, table.key.split(", ")))) for row in expected
        )
        assert sorted(str(row.get("known_to")) for row in held[table.name]) == sorted(
            str(row.get("known_to")) for row in expected
        )
    assert [told["index"] for _, told in items] == sorted(told["index"] for _, told in items)
    assert len({cursor for cursor, _ in items}) == len(items)


def test_changes_are_the_same_whether_read_at_once_or_as_they_come(desk: Desk, link: Link) -> None:
    page = _changed(link, LIVES)
    catch_up(conninfo(desk))
    found: list[Item] = []
    for number in range(3):
        desk.life(f"369J25{number}")
        catch_up(conninfo(desk))
        found += followed(page, found[-1][0] if found else None)
    rebuild(conninfo(desk), "lives")
    assert list(followed(page, None)) == found


@pytest.mark.slow
def test_who_follows_while_others_append_misses_nothing_and_sees_nothing_twice(
    desk: Desk, link: Link
) -> None:
    arms = [desk.manufacture(f"A-{number}") for number in range(4)]
    catch_up(conninfo(desk))

    def append(number: int) -> None:
        for step in range(6):
            desk.record("found", arms[number], f"20{10 + step}", station=f"S {number}")

    def live(after: Cursor | None, limit: int) -> list[Item]:
        catch_up(conninfo(desk), [LIVES])
        return changes(link, LIVES, after, limit=limit)

    heard: list[Item] = []
    changed: list[Item] = []
    with ThreadPoolExecutor(len(arms)) as pool:
        work = [pool.submit(append, number) for number in range(len(arms))]
        while not all(each.done() for each in work):
            heard += followed(partial(events, link), heard[-1][0] if heard else None, limit=3)
            changed += followed(live, changed[-1][0] if changed else None, limit=2)
        for each in work:
            each.result(LIMIT_SECONDS)
    heard += followed(partial(events, link), heard[-1][0] if heard else None)
    changed += followed(live, changed[-1][0] if changed else None)
    assert [told["index"] for _, told in heard] == list(range(desk.office.ledger.size))
    assert changed == list(followed(live, None))


def test_who_waits_is_woken_by_an_append(desk: Desk, link: Link) -> None:
    with listening(desk.office.database.conninfo("ledger_reader")) as wait:
        waited: SimpleQueue[None] = SimpleQueue()

        def tell_and_wait() -> None:
            waited.put(None)
            wait()

        page = partial(events, link)
        start = events(link, None, 1_000)[-1][0]
        with ThreadPoolExecutor(1) as pool:
            following = followed(page, start, wait=tell_and_wait)
            heard = pool.submit(lambda: list(islice(following, 2)))
            waited.get(timeout=LIMIT_SECONDS)
            desk.manufacture("A-1")
            waited.get(timeout=LIMIT_SECONDS)
            desk.manufacture("A-2")
            kinds = [told["kind"] for _, told in heard.result(LIMIT_SECONDS)]
    assert kinds == ["firearm.manufactured/1"] * 2


@pytest.mark.parametrize("index", [0, 1_000])
def test_a_cursor_that_the_log_does_not_bear_out_is_refused(
    desk: Desk, link: Link, index: int
) -> None:
    catch_up(conninfo(desk))
    with pytest.raises(UsageError, match=f"does not hold the entry {index}"):
        events(link, Cursor(index=index, eid="A" * 43), 1)
    with pytest.raises(UsageError, match=f"does not hold the entry {index}"):
        changes(link, LIVES, Cursor(index=index, eid="A" * 43, key=("life", "began")), limit=1)


@pytest.mark.parametrize(
    "key", [(), ("life",), ("life", "added", "x", "0", "0"), ("life", "began", "x")]
)
def test_a_cursor_of_no_change_of_the_projection_is_refused(
    desk: Desk, link: Link, key: tuple[str, ...]
) -> None:
    catch_up(conninfo(desk))
    eid = events(link, None, 1)[0][0].eid
    with pytest.raises(UsageError, match="no cursor"):
        changes(link, LIVES, Cursor(index=0, eid=eid, key=key), limit=1)


def test_bytes_that_are_no_text_are_left_out_of_their_line(desk: Desk, link: Link) -> None:
    desk.life("369J257")
    desk.falsify("update ledger.event set raw = '\\xff00' where idx = 6")
    _, told = events(link, None, 1_000)[6]
    assert (told["jws"], told["iss"], told["occ"]) == (None, None, None)
    catch_up(conninfo(desk))
    rows = [told["row"] for _, told in followed(_changed(link, TIMELINE), None)]
    assert [row["iss"] for row in rows if row["idx"] == 6] == [None]
