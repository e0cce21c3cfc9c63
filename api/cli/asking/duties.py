# SPDX-License-Identifier: Apache-2.0
"""``muniment duties`` and ``muniment policies``: what is due by when, and under which policy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import typer

from api.bootstrap import open_office
from api.cli.describing.explaining import stream_of
from api.cli.speech import data, errors_told, say, table
from api.policies.asking import stream_duties
from api.policies.loading import NAMES, Loaded, load_policy
from domain.identifiers import StreamId
from domain.licence.events import BusinessCeased
from domain.occurrence import parse_occurrence
from domain.policy.duties import Duty
from domain.policy.matching import Cause
from domain.policy.model import ANY_EVENT, DutyRule

DEFAULT: Final = "firearms-protocol-minimum"
COLUMNS: Final = ("policy", "version", "jurisdiction", "duties", "title")
RULE_COLUMNS: Final = ("duty", "days", "counts from", "who", "opened by")

POLICY_HELP: Final = "A shipped policy by its name, or the path of a policy file."


def duties(
    context: typer.Context,
    arm: Annotated[str, typer.Argument(help="arm.<uuid>, its short form, or another stream.")],
    *,
    policy: Annotated[str, typer.Option(help=POLICY_HELP)] = DEFAULT,
    on: Annotated[str | None, typer.Option(help="On a date, YYYY-MM-DD [default: today].")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """List the duties of a firearm under a policy, overdue ones first, with the events behind.

    Example: muniment duties 48HK-6CSK-6CSK-R --policy example-state

    Lots, shipments, licences, stocktakes and tracing requests have duties too: name them by
    <kind>.<uuid>. A licence tells the firearms that are to be placed, and a stocktake those that
    are to be reported lost.
    """
    with errors_told():
        loaded = load_policy(policy)
        date = parse_occurrence(on or f"{datetime.now(UTC):%Y-%m-%d}")
        with open_office(context.obj) as office:
            stream = stream_of(office, arm)
            found = stream_duties(office.ledger, stream, loaded.policy, on=date)
    for each in found:
        if json:
            data(_record(each))
        else:
            typer.echo("\n".join(_lines(each, asked=stream)))
    overdue = sum(each.state == "overdue" for each in found)
    number = "1 duty" if len(found) == 1 else f"{len(found)} duties"
    say(f"{_named(loaded)}. On {date}: {number} of {stream}, {overdue} overdue.")


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


def _lines(duty: Duty, *, asked: StreamId | None = None) -> Iterator[str]:
    rule = duty.rule
    state = duty.state.replace("_", " ").upper()
    due = duty.due_on or "on no known day"
    yield f"{state}, due {due}: {rule.code} ({rule.who}, {rule.severity})"
    yield f"  {rule.sentence}"
    yield f"  rule    {rule.source}"
    if asked not in (None, duty.about):
        yield f"  about   {duty.about}"
    yield f"  opened  {_told(duty.opened_by)}"
    if successor := _successor(duty):
        yield f"  to      {successor}, the successor, or elsewhere"
    if duty.closed_by:
        itself = duty.closed_by == duty.opened_by
        event = "by the same event" if itself else _told(duty.closed_by)
        yield f"  ended   {event}; counts as done {duty.closed_at}"


def _successor(duty: Duty) -> str | None:
    """Give the licence of the business that goes on, where one that ceased opened the duty."""
    dat = duty.opened_by.event.dat
    return dat.successor if isinstance(dat, BusinessCeased) else None


def _told(cause: Cause) -> str:
    event = cause.event
    return f"{event.evt}, entry {cause.index} of the log, happened {event.occ}"


def _record(duty: Duty) -> dict[str, Any]:
    rule = duty.rule
    return {
        "duty": rule.code,
        "state": duty.state,
        "due_on": duty.due_on,
        "who": rule.who,
        "severity": rule.severity,
        "sentence": rule.sentence,
        "source": rule.source,
        "about": str(duty.about),
        "successor": _successor(duty),
        "opened_by": _event(duty.opened_by),
        "closed_by": _event(duty.closed_by) if duty.closed_by else None,
        "closed_at": str(duty.closed_at) if duty.closed_at else None,
    }


def _event(cause: Cause) -> dict[str, Any]:
    event = cause.event
    return {
        "index": cause.index,
        "evt": event.evt,
        "eid": event.eid,
        "occ": str(event.occ),
        "iat": event.iat,
        "sub": str(event.sub),
    }
