# SPDX-License-Identifier: Apache-2.0
"""``muniment authorizations``: what was authorized, what was used of it, and what is open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import typer

from api.asking import day_asked, open_snapshot
from api.bootstrap import open_office
from api.cli.asking.listing import AsKnownOn, Csv, Json, On, form_of, give
from api.cli.speech import errors_told, say
from api.gate.listing import columns
from domain.authorization.totals import UseState
from projections.asking.authorizations import authorizations as all_authorizations

COLUMNS: Final = (
    *("authorization", "kind", "number", "state", "issued_on", "expires_on", "days_left"),
    *("used", "shipments", "without_receipt", "without_export"),
)


def authorizations(  # noqa: PLR0913 - each option is one part of the question
    context: typer.Context,
    *,
    state: Annotated[
        UseState | None, typer.Option(help="Only those that are so on the day.")
    ] = None,
    unmatched: Annotated[
        bool,
        typer.Option(
            "--unmatched", help="Only with an export without receipt or an import without export."
        ),
    ] = False,
    on: On = None,
    as_known_on: AsKnownOn = None,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """List authorizations with quantity and dates used, what is open, and what has expired.

    Example: muniment authorizations --state used_part --on 2026-06-30

    Firearms, components and rounds are never added up together. An export without receipt is a
    shipment that left and that nobody has confirmed; an import without export came under no
    authorization to export that is on record here. Either may be lawful.
    """
    tally = Counter[str]()

    def wanted(record: Mapping[str, Any]) -> bool:
        open_end = bool(record["without_receipt"] or record["without_export"])
        return state in (None, record["state"]) and (open_end or not unmatched)

    def chosen(records: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for record in filter(wanted, records):
            tally[record["state"]] += 1
            yield record if form == "json" else {**record, **_shortly(record)}

    with errors_told():
        form = form_of(json=json, csv=csv)
        day = day_asked(on, datetime.now(UTC))
        with (
            open_office(context.obj) as office,
            open_snapshot(office.database, as_known_on) as known,
        ):
            found = chosen(all_authorizations(known, on=day))
            number = give(found, columns.AUTHORIZATIONS if csv else COLUMNS, form=form)
    states = ", ".join(f"{count:,} {name}" for name, count in sorted(tally.items()))
    say(f"On {day}, of the first {known.size:,} entries: {number:,} listed. {states}".strip())


def _shortly(record: Mapping[str, Any]) -> dict[str, Any]:
    """Say in one cell each how much was drawn of how much, and which shipments stand out."""
    used = (
        f"{each['drawn']}/{each['authorized']} {goods}"
        for goods, each in record["quantities"].items()
    )
    ends = ("without_receipt", "without_export")
    return {
        "used": ", ".join(used),
        **{name: [each["shipment"] for each in record[name]] for name in ends},
    }
