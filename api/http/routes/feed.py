# SPDX-License-Identifier: Apache-2.0
"""What other systems follow: the events of the log, and what changes in a projection.

The contract with other systems (webhooks only say that there is something): a cursor names the
last thing that was given, and whoever asks on with it misses nothing and gets nothing twice.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.gate.asking import Asked, asks
from api.gate.reach import issuers_by, rows_within
from api.gate.status import UnknownError
from api.http.answering.answers import answered
from api.http.models import FeedAnswer
from audit.link import Link
from projections.catalogue import PROJECTIONS
from projections.feed.changes import changes
from projections.feed.cursor import CURSOR_CHARS_MAX, Cursor, Feed, read_cursor
from projections.feed.events import Item, events
from projections.feed.following import Page
from projections.projection import Projection
from projections.runner import catch_up

EVENTS: Final = "events"
ITEMS_MAX: Final = 500
WAIT_SECONDS_MAX: Final = 30

Following = Annotated[Asked, Depends(asks("feed.read"))]

router = APIRouter(prefix="/feed", tags=["feed"])


@router.get("/{name}", summary="Follow events or a projection", response_model=FeedAnswer)
async def follow(
    asked: Following,
    name: Annotated[str, Path(max_length=64, pattern=r"^[a-z_]+$", examples=[EVENTS])],
    *,
    after: Annotated[str | None, Query(max_length=CURSOR_CHARS_MAX)] = None,
    limit: Annotated[int, Query(ge=1, le=ITEMS_MAX)] = ITEMS_MAX,
    wait: Annotated[
        int,
        Query(ge=0, le=WAIT_SECONDS_MAX, description="Seconds to wait where nothing follows yet."),
    ] = 0,
) -> Response:
    """Give what follows a cursor, in the order of the log; the next cursor is `after`."""
    projection = _projection(name)
    version = projection.version if projection else 0
    feed = Feed(origin=asked.service.office.name.origin, name=name, version=version)
    place = read_cursor(after, feed) if after is not None else None
    if wait:
        await run_in_threadpool(asked.check_caller)
        known = place.index + 1 if place else 0
        await asked.service.arrivals.beyond(known, seconds=wait)
    return await run_in_threadpool(_answer, asked, projection, feed=feed, place=place, limit=limit)


def _answer(
    asked: Asked, projection: Projection | None, *, feed: Feed, place: Cursor | None, limit: int
) -> Response:
    with asked.admitted(feed=feed.name) as note, asked.service.link() as link:
        found = _page(asked, link, projection)(place, limit)
        items = rows_within(
            ({"cursor": cursor.text(feed), **told} for cursor, told in found),
            note.decision,
            index_of=lambda row: row["index"],
            issuers=issuers_by(link),
            registry=asked.service.office.registry,
        )
        seen = list(items)
        note.told(answers=len(seen))
    # The cursor goes past what the caller may not see, so that nobody is held up by it.
    last = found[-1][0] if found else place
    return answered({"items": seen, "after": last.text(feed) if last else None})


def _page(asked: Asked, link: Link, projection: Projection | None) -> Page:
    if projection is None:
        return partial(events, link)
    conninfo = asked.service.office.database.conninfo("ledger_projector")

    def page(after: Cursor | None, limit: int) -> list[Item]:
        catch_up(conninfo, [projection])
        return changes(link, projection, after, limit=limit)

    return page


def _projection(name: str) -> Projection | None:
    found = {each.name: each for each in PROJECTIONS}
    if name != EVENTS and name not in found:
        raise UnknownError(
            "There is no such feed.",
            slug="feed_unknown",
            next_step=f"Choose one of: {', '.join((EVENTS, *found))}.",
        )
    return found.get(name)
