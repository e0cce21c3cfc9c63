# SPDX-License-Identifier: Apache-2.0
"""``muniment requests``: tracing requests asked of us and by us, with their clocks and answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import typer

from api.asking import day_asked, desk_of, open_snapshot
from api.bootstrap import open_office
from api.cli.asking.listing import AsKnownOn, Csv, Json, On, form_of, give
from api.cli.speech import errors_told, say
from api.gate.listing import columns
from projections.asking.requests import Box
from projections.asking.requests import requests as all_requests

COLUMNS: Final = (
    *("request", "boxes", "state", "urgency", "trail", "asked_on", "due_on", "days_left"),
    *("answer.last_status", "answer.last_country", "outcome"),
)


def requests(  # noqa: PLR0913 - each option is one part of the question
    context: typer.Context,
    box: Annotated[
        Box | None, typer.Argument(help="inbox: asked of us. outbox: asked by us.")
    ] = None,
    *,
    authority: Annotated[
        str | None, typer.Option(help="Whose boxes; of all authorities by default.")
    ] = None,
    open_: Annotated[bool, typer.Option("--open", help="Only those that are not closed.")] = False,
    on: On = None,
    as_known_on: AsKnownOn = None,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """List tracing requests, open ones first, with days left, answers and where they went on.

    Example: muniment requests inbox --open

    A request is asked of the States of its trail, and is in the inbox of those whose authorities
    keep this ledger; one that first goes to another State is in the outbox of who asked.
    """
    late = 0

    def chosen(records: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        nonlocal late
        for record in records:
            if (box is None or box in record["boxes"]) and (record["open"] or not open_):
                late += (record["days_left"] or 0) < 0
                yield record

    with errors_told():
        form = form_of(json=json, csv=csv)
        day = day_asked(on, datetime.now(UTC))
        with open_office(context.obj) as office:
            desk = desk_of(office, authority)
            with open_snapshot(office.database, as_known_on) as known:
                found = chosen(all_requests(known, desk, on=day))
                number = give(found, columns.REQUESTS if csv else COLUMNS, form=form)
    said = f"{number:,} listed, {late:,} past the day that was given for an answer"
    say(f"On {day}, of the first {known.size:,} entries: {said}.")
