# SPDX-License-Identifier: Apache-2.0
"""``muniment retention``: which clocks run, when they end, and what holds them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import typer

from api.asking import day_asked, open_snapshot
from api.bootstrap import open_office
from api.cli.asking.duties import POLICY_HELP
from api.cli.asking.listing import AsKnownOn, Csv, Json, On, form_of, give
from api.cli.speech import errors_told, say
from api.policies.loading import USUAL, retention_rules
from projections.asking.retention import RetentionState, retentions

COLUMNS: Final = ("record", "state", "rule", "began_on", "years", "due_on", "days_left", "holds")
CSV_COLUMNS: Final = (
    *("record", "state", "rule", "starts", "began_on", "years", "due_on", "days_left"),
    *("access_until", "holds", "erasure", "policy", "version", "sentence", "source"),
)


def retention(  # noqa: PLR0913 - each option is one part of the question
    context: typer.Context,
    *,
    policy: Annotated[str, typer.Option(help=POLICY_HELP)] = USUAL,
    due_by: Annotated[
        str | None, typer.Option(help="Only what has run out by a day, YYYY-MM-DD.")
    ] = None,
    state: Annotated[
        RetentionState | None, typer.Option(help="Only those that stand so on the day.")
    ] = None,
    on: On = None,
    as_known_on: AsKnownOn = None,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """List the retentions that run for persons in records, the first to end before the others.

    Example: muniment retention --policy example-state --due-by 2046-12-31

    Each has the rule and the policy behind it. A clock that has run out erases nothing: two persons
    decide, and a hold stops it. A record of which nothing has ended yet has no clock.
    """
    tally = Counter[str]()

    def chosen(records: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for each in records:
            due = each["due_on"] is not None and each["due_on"] <= limit
            if (due or due_by is None) and state in (None, each["state"]):
                tally[each["state"]] += 1
                yield each

    with errors_told():
        form = form_of(json=json, csv=csv)
        now = datetime.now(UTC)
        day, limit = day_asked(on, now), day_asked(due_by, now).text
        rules = retention_rules(policy)
        with (
            open_office(context.obj) as office,
            open_snapshot(office.database, as_known_on) as known,
        ):
            registry = office.ledger.catch_up()
            found = chosen(retentions(known, rules, registry=registry, on=day))
            number = give(found, CSV_COLUMNS if csv else COLUMNS, form=form)
    named = f"Policy {rules.id}, version {rules.version}"
    said = ", ".join(f"{count:,} {name}" for name, count in sorted(tally.items()))
    say(
        f"{named}. On {day}, of the first {known.size:,} entries: {number:,} listed. {said}".strip()
    )
