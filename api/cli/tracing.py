# SPDX-License-Identifier: Apache-2.0
"""``muniment trace``: the history of one firearm, or the firearms to choose from."""

from __future__ import annotations

import json as jsonlib
import os
import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final, NamedTuple
from uuid import UUID

import typer

from api.access.caller import Reason
from api.access.reasons import read_reason
from api.bootstrap import Office, open_office
from api.cli.accessing.host import Case, LegalBasis, Purpose, read_by_host
from api.cli.asking.opening import opened_queries
from api.cli.exit_codes import ExitCode
from api.cli.speech import errors_told, say
from api.tracing.evidence import disclosed_of, gather_evidence
from api.tracing.inquiry import Choice, Inquiry, Trace
from api.tracing.inquiry import trace as answer
from api.tracing.page import WIDTH_MAX, WIDTH_MIN, Page, choice_page, history_page
from api.tracing.record import choice_record, trace_record
from audit.proof.verify.evidence import Evidence, write_bundle
from audit.proof.verify.findings import counted
from domain.errors import UsageError
from domain.firearm.history import View
from domain.identifiers import StreamId, parse_stream_id
from domain.occurrence import parse_occurrence

Text = str | None
PLAIN_COLUMNS: Final = 96

Identifier = Annotated[Text, typer.Option("--id", help="arm.<uuid>, or its short form.")]
Serial = Annotated[
    Text,
    typer.Option(
        help="A serial, marking or number as read; ? for one unknown character, * for several."
    ),
]
Make = Annotated[Text, typer.Option(help="The make as read, beside --serial.")]
AsAt = Annotated[Text, typer.Option(help="The world on a date: YYYY-MM-DD.")]
AsKnownOn = Annotated[
    Text, typer.Option(help="The record on a date (YYYY-MM-DD), or at a log index.")
]
Viewed = Annotated[
    View, typer.Option(help="What was put right: corrected, original, or both in turn.")
]

Bundle = Annotated[
    Path | None, typer.Option(help="Write the evidence to this file, to verify offline.")
]
Recipient = Annotated[
    Text, typer.Option(help="With --disclose: who is given it, a State or an authority.")
]
Disclosed = Annotated[
    list[str] | None,
    typer.Option(metavar="HLD", help="Put this holding's personal data into it; repeat."),
]


def trace(  # noqa: PLR0913 - each option is one part of the question
    context: typer.Context,
    *,
    id_: Identifier = None,
    serial: Serial = None,
    make: Make = None,
    as_at: AsAt = None,
    as_known_on: AsKnownOn = None,
    view: Viewed = "corrected",
    first: Annotated[bool, typer.Option(help="Take the most alike of several.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object with all proofs.")] = False,
    bundle: Bundle = None,
    disclose: Disclosed = None,
    purpose: Purpose = None,
    legal_basis: LegalBasis = None,
    case: Case = None,
    recipient: Recipient = None,
) -> None:
    """Tell the whole history of a firearm, oldest first, with the proof of every entry.

    Example: muniment trace --serial "TW9-0000?2" --make TESTWERK

    What --disclose adds takes --purpose, --legal-basis and --recipient, and stands in the access
    log.
    """
    inquiry = Inquiry(
        identifier=id_,
        serial=serial,
        make=make,
        as_at=as_at,
        as_known_on=as_known_on,
        first=first,
        view=view,
        today=parse_occurrence(f"{datetime.now(UTC):%Y-%m-%d}"),
    )
    with errors_told(), open_office(context.obj) as office, opened_queries(office) as queries:
        holdings = _holdings(disclose or [], bundle)
        reason = read_reason(purpose, legal_basis, case, recipient=recipient)
        disclosing = _Disclosing(holdings, reason)
        found = answer(queries, inquiry)
        if isinstance(found, Trace):
            _show(found, json=json)
            if bundle is not None:
                evidence = _evidence(office, found.firearm, disclosing)
                write_bundle(bundle, evidence)
                _tell_bundle(bundle, evidence)
        else:
            offer(found, json=json)
    _stop_if_failed(found)


def _stop_if_failed(found: Trace | Choice) -> None:
    if isinstance(found, Trace) and found.headline == "failed":
        say("A check failed. Keep an export of the ledger as it is, and tell its auditors.")
        raise typer.Exit(ExitCode.NOT_VERIFIED)


class _Disclosing(NamedTuple):
    """Whose personal data goes into a bundle, and why."""

    holdings: Sequence[UUID]
    reason: Reason | None


def _evidence(office: Office, firearm: StreamId, disclosing: _Disclosing) -> Evidence:
    """Gather the evidence; what is disclosed in it is written down before it is handed out."""
    holdings, reason = disclosing
    if not holdings:
        return gather_evidence(office, firearm.uuid)
    asked = {f"holding{n}": f"hld.{each}" for n, each in enumerate(holdings)}
    with read_by_host(office, "person.reveal", reason, **asked) as access:
        if reason is not None and not reason.recipient:
            raise UsageError(
                "What a bundle discloses is given to somebody.",
                slug="recipient_missing",
                next_step="Say to whom: --recipient XB, or the identifier of an authority.",
            )
        evidence = gather_evidence(office, firearm.uuid, disclose=holdings)
        access.told(disclosed_of(evidence))
    return evidence


def _holdings(named: Sequence[str], bundle: Path | None) -> list[UUID]:
    """Read whose personal data is to go into the bundle."""
    found = [parse_stream_id(each) for each in named]
    if any(each.kind != "hld" for each in found) or (found and bundle is None):
        raise UsageError(
            "--disclose takes a holding, hld.<uuid>, whose data goes into a --bundle.",
            slug="disclose_what",
            next_step="`muniment trace --json` shows which holdings the events name.",
        )
    return [each.uuid for each in found]


def _tell_bundle(bundle: Path, evidence: Evidence) -> None:
    say(
        f"The evidence is in {bundle}. Verify it with "
        f"`muniment-verify {bundle} --trust TRUST_FILE`."
    )
    if not evidence.heads:
        say("It cannot show that it has the newest event: the log states no epoch yet (see heads).")
    values = sum(each.count(b"~") - 1 for each in evidence.disclosures.values())
    if values:
        say(
            f"IT HOLDS PERSONAL DATA: {counted(values, 'value', 'values')} of "
            f"{counted(len(evidence.disclosures))}, of the holdings you named. "
            "Give it to nobody who may not see them."
        )


def _show(found: Trace, *, json: bool) -> None:
    if json:
        typer.echo(jsonlib.dumps(trace_record(found), ensure_ascii=False))
    else:
        typer.echo(history_page(found, _page()))


def offer(choice: Choice, *, json: bool) -> None:
    """List the firearms to choose from, and say how; where there is none, what to try next."""
    if json:
        typer.echo(jsonlib.dumps(choice_record(choice), ensure_ascii=False))
    elif choice.possible:
        typer.echo(choice_page(choice, _page()))
    if choice.possible:
        say(f"{len(choice.possible)} possible firearms. Choose one with --id, or add --first.")
        return
    say(
        "No firearm on record bears a text like this. Next: put ? for characters you are not sure\n"
        "of, leave --make away or add it, try another number on the gun (importer, proof, stock),\n"
        "see what else bears it with `muniment search`, or send a tracing request to the country\n"
        "whose mark it bears."
    )


def _page() -> Page:
    """Lay out for the terminal, or for a file of a width that prints well."""
    if not sys.stdout.isatty():
        return Page(PLAIN_COLUMNS)
    columns = shutil.get_terminal_size().columns
    width = max(WIDTH_MIN, min(WIDTH_MAX, columns))
    return Page(width) if os.environ.get("NO_COLOR") else Page(width, _bold)


def _bold(text: str) -> str:
    return typer.style(text, bold=True)
