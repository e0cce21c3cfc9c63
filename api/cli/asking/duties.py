# SPDX-License-Identifier: Apache-2.0
"""``muniment duties`` and ``muniment policies``: what is due by when, and under which policy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any, Final

import typer

from api.asking import open_snapshot
from api.bootstrap import Office, open_office
from api.cli.asking.listing import AsKnownOn, Csv, Json, On, Record, form_of, give
from api.cli.describing.explaining import stream_of
from api.cli.speech import data, errors_told, say, table
from api.gate.listing import columns
from api.policies.asking import UNDONE, stream_duties
from api.policies.loading import NAMES, USUAL, Loaded, load_policy
from api.policies.record import duties_in_order
from domain.errors import UsageError
from domain.identifiers import StreamId
from domain.occurrence import parse_occurrence
from domain.policy.checks import HOLDER
from domain.policy.duties import ORDER, Duty, DutyState
from domain.policy.model import ANY_EVENT, DutyRule
from domain.registry.members import ROLES
from projections.duties.queries import Question, all_duties, duties_of

COLUMNS: Final = ("policy", "version", "jurisdiction", "duties", "title")
RULE_COLUMNS: Final = ("duty", "days", "counts from", "who", "opened by")

POLICY_HELP: Final = "A shipped policy by its name, or the path of a policy file."


def duties(  # noqa: PLR0913 - each option is one part of the question
    context: typer.Context,
    arm: Annotated[
        str | None, typer.Argument(help="arm.<uuid>, its short form, or another stream.")
    ] = None,
    *,
    policy: Annotated[str, typer.Option(help=POLICY_HELP)] = USUAL,
    state: Annotated[DutyState | None, typer.Option(help="Only those that stand so.")] = None,
    who: Annotated[str | None, typer.Option(help="Only those of a role, such as LIC.")] = None,
    on: On = None,
    as_known_on: AsKnownOn = None,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """List the duties of a firearm, or of everything, overdue ones first, with the events behind.

    Example: muniment duties 48HK-6CSK-6CSK-R --policy example-state

    Without a firearm, what is overdue or open in the whole ledger is listed. Lots, shipments,
    licences, stocktakes and tracing requests have duties too: name them by <kind>.<uuid>. A licence
    tells the firearms that are to be placed, and a stocktake those that are to be reported lost.
    """
    now = datetime.now(UTC)
    with errors_told():
        form = form_of(json=json, csv=csv)
        loaded = load_policy(policy)
        question = Question(
            policy=loaded.policy,
            on=parse_occurrence(on or f"{now:%Y-%m-%d}"),
            now=int(now.timestamp()),
            states=frozenset((state,) if state else ORDER if arm else UNDONE),
            who=_role(who),
        )
        with open_office(context.obj) as office:
            stream = stream_of(office, arm) if arm else None
            with _found(office, stream, question, as_known_on=as_known_on) as (found, about):
                tally = Counter[str]()
                records = _counted(duties_in_order(found), tally)
                give(records, columns.DUTIES, form=form, lines=partial(_lines, asked=stream))
    number = "1 duty" if tally.total() == 1 else f"{tally.total():,} duties"
    say(f"{_named(loaded)}. On {question.on}: {number} of {about}, {tally['overdue']:,} overdue.")


@contextmanager
def _found(
    office: Office, stream: StreamId | None, question: Question, *, as_known_on: str | None
) -> Iterator[tuple[Iterable[Duty], str]]:
    """Find the duties that are asked for, and say what they are of."""
    if stream is not None and as_known_on is None:
        policy = question.narrowed
        found = stream_duties(office.ledger, stream, policy, on=question.on)
        yield filter(question.wants, found), str(stream)
        return
    with open_snapshot(office.database, as_known_on) as known:
        entries = f"the first {known.size:,} entries"
        if stream is None:
            yield all_duties(known, question), entries
        else:
            yield duties_of(known, stream, question), f"{stream} by {entries}"


def _counted(records: Iterable[dict[str, Any]], tally: Counter[str]) -> Iterator[dict[str, Any]]:
    for record in records:
        tally[record["state"]] += 1
        yield record


def _role(text: str | None) -> str | None:
    if text is None or text in {*ROLES, HOLDER}:
        return text
    raise UsageError(
        f"There is no role {text}.",
        slug="role_unknown",
        next_step=f"Choose one of {', '.join(sorted({*ROLES, HOLDER}))}.",
    )


def policies(
    name: Annotated[str | None, typer.Argument(help=POLICY_HELP)] = None,
    *,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """List the policies that come with the software, or the duties of one; checks it too.

    Example: muniment policies example-state
    """
    with errors_told():
        loaded = [load_policy(each) for each in ([name] if name else NAMES)]
    if name is None:
        _show(COLUMNS, [_row(each) for each in loaded], json=json)
        return
    (one,) = loaded
    _show(RULE_COLUMNS, [_rule(each) for each in one.policy.duty], json=json)
    say(f"{_named(one)}. {one.policy.title}. Source: {one.policy.source}.")


def _show(columns: tuple[str, ...], rows: list[tuple[str, ...]], *, json: bool) -> None:
    for row in rows if json else ():
        data(dict(zip((each.replace(" ", "_") for each in columns), row, strict=True)))
    if not json:
        table(columns, rows)


def _row(loaded: Loaded) -> tuple[str, ...]:
    policy = loaded.policy
    first, *more = policy.jurisdiction
    place = f"{first} and {len(more)} more" if more else first
    return policy.id, policy.version, place, str(len(policy.duty)), policy.title


def _rule(rule: DutyRule) -> tuple[str, ...]:
    counted = f"{rule.due}, else {rule.counts_from}" if rule.due else rule.counts_from
    opened = rule.opens.event
    if rule.opens.noted:
        noted = " or ".join(rule.opens.noted)
        opened = f"any event noted as {noted}" if opened == ANY_EVENT else f"{opened}, {noted}"
    return rule.code, str(rule.days), counted, rule.who, opened


def _named(loaded: Loaded) -> str:
    policy = loaded.policy
    return f"Policy {policy.id}, version {policy.version}, digest {loaded.digest}"


def _lines(record: Record, *, asked: StreamId | None = None) -> Iterator[str]:
    state = record["state"].replace("_", " ").upper()
    due = record["due_on"] or "on no known day"
    yield f"{state}, due {due}: {record['duty']} ({record['who']}, {record['severity']})"
    yield f"  {record['sentence']}"
    yield f"  rule    {record['source']}"
    if record["about"] != str(asked):
        yield f"  about   {record['about']}"
    yield f"  opened  {_told(record['opened_by'])}"
    if record["successor"]:
        yield f"  to      {record['successor']}, the successor, or elsewhere"
    if record["closed_by"]:
        itself = record["closed_by"] == record["opened_by"]
        event = "by the same event" if itself else _told(record["closed_by"])
        yield f"  ended   {event}; counts as done {record['closed_at']}"


def _told(event: Record) -> str:
    return f"{event['evt']}, entry {event['index']} of the log, happened {event['occ']}"
