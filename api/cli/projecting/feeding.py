# SPDX-License-Identifier: Apache-2.0
"""``muniment feed``: events, or what changes in a projection, as lines for other systems."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Annotated, Final

import typer

from api.asking import reader
from api.bootstrap import Office, open_office
from api.cli.speech import data, errors_told, tell_error
from audit.link import Link
from domain.errors import UsageError
from projections.catalogue import PROJECTIONS
from projections.feed.changes import changes
from projections.feed.cursor import Cursor, Feed, read_cursor
from projections.feed.events import Item, events
from projections.feed.following import Page, followed, listening
from projections.projection import Projection
from projections.runner import catch_up
from projections.standing import read_standings

EVENTS: Final = "events"


def feed(
    context: typer.Context,
    what: Annotated[str, typer.Argument(metavar="FEED", help="events, or a projection.")] = EVENTS,
    *,
    after: Annotated[
        str | None, typer.Option(metavar="CURSOR", help="Go on after this one; else all.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many lines.")] = None,
    follow: Annotated[bool, typer.Option(help="Wait for more when all are given.")] = False,
) -> None:
    """Give events, or what changes in a projection, one JSON object a line with its cursor.

    Example: muniment feed events --after CURSOR --follow

    Keep the cursor of the last line that you have dealt with: --after goes on right behind it,
    without a gap and without giving anything twice, whoever appends meanwhile.
    """
    with errors_told(), open_office(context.obj) as office, reader(office) as link:
        projection = _projection(what)
        followed_feed = Feed(
            origin=office.name.origin, name=what, version=projection.version if projection else 0
        )
        place = read_cursor(after, followed_feed) if after is not None else None
        page = _changes(office, link, projection) if projection else partial(events, link)
        with _waiting(office, follow=follow) as wait:
            for cursor, told in followed(page, place, limit=limit, wait=wait):
                data({"cursor": cursor.text(followed_feed), **told})
        if projection:
            _tell_stopped(link, projection)


def _projection(what: str) -> Projection | None:
    """Give the projection of a name; none for events."""
    found = {each.name: each for each in PROJECTIONS}
    if what != EVENTS and what not in found:
        raise UsageError(
            f"There is no feed {what}.",
            slug="feed_unknown",
            next_step=f"Choose one of: {', '.join((EVENTS, *found))}.",
        )
    return found.get(what)


def _changes(office: Office, link: Link, projection: Projection) -> Page:
    """Give the changes of a projection, brought up to the log before every page."""
    conninfo = office.database.conninfo("ledger_projector")

    def page(after: Cursor | None, limit: int) -> list[Item]:
        catch_up(conninfo, [projection])
        return changes(link, projection, after, limit=limit)

    return page


@contextmanager
def _waiting(office: Office, *, follow: bool) -> Iterator[Callable[[], None] | None]:
    if not follow:
        yield None
        return
    with listening(office.database.conninfo("ledger_reader")) as wait:
        yield wait


def _tell_stopped(link: Link, projection: Projection) -> None:
    """Warn where the feed ends before the log does."""
    for each in read_standings(link, [projection]):
        if each.problem:
            tell_error(each.problem)
