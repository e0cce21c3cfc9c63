# SPDX-License-Identifier: Apache-2.0
"""``muniment hits``: what happened to the firearms and components that an authority listed."""

from __future__ import annotations

from contextlib import closing
from typing import Annotated

import typer

from api.bootstrap import open_office
from api.cli.speech import data, errors_told, say, table
from audit.link import Link
from audit.references import Referring, referring
from domain.errors import UsageError
from domain.firearm.hits import hits_of

COLUMNS = ("index", "when", "event", "recorded in", "recorded by", "listed")


def hits(
    context: typer.Context,
    authority: Annotated[str, typer.Argument(help="Who listed them, for example auth.xa.police.")],
    *,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """List the events that touched firearms or components while the authority listed them.

    Example: muniment hits auth.xa.police

    An event touches what its own record is about, what it names, and a firearm that its number
    belongs to; one that touches several is told once for each.
    """
    with errors_told(), open_office(context.obj) as office:
        if authority not in office.registry.authorities:
            raise UsageError(
                f"This ledger knows no authority {authority}.",
                slug="authority_unknown",
                next_step="List the keys and their authorities with `muniment authority list`.",
            )
        with closing(Link(office.database.conninfo("ledger_reader"))) as link:
            found = referring(link, hits_of(authority))
    for each in found if json else ():
        data({"index": each.index, **_members(each)})
    if found and not json:
        table(COLUMNS, [(str(each.index), *_members(each).values()) for each in found])
    if not found:
        say(f"Nobody touched anything that {authority} listed.")


def _members(each: Referring) -> dict[str, str]:
    event = each.event
    return {
        "occ": str(event.occ),
        "evt": event.evt,
        "sub": str(event.sub),
        "iss": event.iss,
        "record": each.what,
    }
