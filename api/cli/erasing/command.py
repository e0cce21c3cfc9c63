# SPDX-License-Identifier: Apache-2.0
"""``muniment erasure``: what is due, who proposes and approves, and carrying it out."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from api.asking import day_asked, open_snapshot
from api.bootstrap import Office, open_office
from api.cli.asking.duties import POLICY_HELP
from api.cli.asking.listing import Csv, Json, On, form_of, give
from api.cli.asking.retention import COLUMNS as DUE_COLUMNS
from api.cli.asking.retention import CSV_COLUMNS as DUE_CSV_COLUMNS
from api.cli.exit_codes import ExitCode
from api.cli.passphrases import load_key
from api.cli.speech import data, errors_told, say
from api.client.signer import sign
from api.erasing.compacting import compact
from api.erasing.proposing import approval, due, legal, proposals
from api.erasing.recipients import known_erasure, recipients_of
from api.erasing.standing import erasures, under_way
from api.erasing.worker import execute as carry_out
from api.policies.loading import USUAL, retention_rules
from api.registrar import Act, draft_of, key_record
from audit.proof.verify.findings import counted
from domain.catalogue import CATALOGUE
from domain.identifiers import parse_stream_id
from domain.refusal import Refusal

COLUMNS: Final = (
    *("erasure", "status", "record", "basis", "proposed_on", "executed_on", "complete_on"),
    "index",
)

RECIPIENTS: Final = (
    *("authority", "recipient", "purpose", "legal_basis", "source", "certain", "claims", "times"),
    "last_on",
)

erasure = typer.Typer(
    help="Erase personal data: what is due, propose, approve, execute.\n\n\b\nExample:\n"
    "  muniment erasure due --policy example-state",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)

RulesOf = Annotated[str, typer.Option("--policy", help=POLICY_HELP)]
Key = Annotated[
    Path | None, typer.Option(help="Key file that signs; without it the event is given unsigned.")
]


@erasure.command(name="due")
def list_due(
    context: typer.Context,
    *,
    policy: RulesOf = USUAL,
    on: On = None,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """List the records whose persons are to be erased: retention has ended, and nothing holds it.

    Example: muniment erasure due --policy example-state
    """
    with errors_told():
        form = form_of(json=json, csv=csv)
        day, rules = (
            day_asked(on, datetime.fromtimestamp(time.time(), UTC)),
            retention_rules(policy),
        )
        with open_office(context.obj) as office, open_snapshot(office.database) as known:
            found = due(known, rules, registry=office.ledger.catch_up(), on=day)
        number = give(found, DUE_CSV_COLUMNS if csv else DUE_COLUMNS, form=form)
    say(f"On {day}: {counted(number, 'record')}. Propose them with `muniment erasure propose`.")


@erasure.command()
def propose(context: typer.Context, *, policy: RulesOf = USUAL, key: Key = None) -> None:
    """Give the proposals for everything that is due, for a data steward to sign or signed.

    Example: muniment erasure propose --policy example-state --key steward.pem | muniment append -

    Without --key each line is an event for `muniment sign`. What is under way is left out.
    """
    with errors_told():
        now, rules = datetime.fromtimestamp(time.time(), UTC), retention_rules(policy)
        with open_office(context.obj) as office, open_snapshot(office.database) as known:
            registry, left_out = office.ledger.catch_up(), under_way(office, now.timestamp())
            ended = due(known, rules, registry=registry, on=day_asked(None, now))
            acts = proposals(known, ended, registry=registry, leave_out=left_out)
            number = _hand_out(office, legal(office, acts, tell=_left_out), key)
    say(f"{counted(number, 'proposal')}. Another person approves each within 14 days.")


@erasure.command()
def approve(
    context: typer.Context,
    identifiers: Annotated[
        list[str], typer.Argument(metavar="ERASURE", help="ers.<uuid>; repeat.")
    ],
    *,
    key: Key = None,
) -> None:
    """Give the approvals of proposals, for another person than the proposer to sign or signed.

    Example: muniment erasure approve ers.01a2... --key licensing.pem | muniment append -
    """
    with errors_told():
        streams = [parse_stream_id(each) for each in identifiers]
        with open_office(context.obj) as office:
            _hand_out(office, (approval(office, each) for each in streams), key)


@erasure.command()
def execute(
    context: typer.Context,
    *,
    key: Annotated[
        Path | None,
        typer.Option(help="Key file of the service [default: $MUNIMENT_SERVICE_KEY]."),
    ] = None,
) -> None:
    """Carry out everything that is approved: destroy keys, delete rows, and say so in the log.

    Example: muniment erasure execute --key service.pem

    Killed at any step, run it again. A hold stops it while nothing is destroyed. Exit code 3 where
    an erasure could not be carried out or stated, each with the rule that stands in its way.
    """
    stopped = 0
    with errors_told():
        signing = load_key(key or context.obj.service_key)
        with open_office(context.obj) as office:
            for each in carry_out(office, signing):
                stopped += each.outcome != "executed"
                data(asdict(each))
    if stopped:
        say(f"{counted(stopped, 'erasure')} not carried out, with the reason above.")
        raise typer.Exit(ExitCode.REFUSED)


@erasure.command()
def status(context: typer.Context, *, json: Json = False, csv: Csv = False) -> None:
    """Tell where every erasure stands.

    Example: muniment erasure status

    An executed one is complete after 30 days, when no older backup of the keys is left.
    """
    with errors_told():
        form = form_of(json=json, csv=csv)
        with open_office(context.obj) as office:
            number = give(erasures(office, time.time()), COLUMNS, form=form)
    say(f"{counted(number, 'erasure')}.")


@erasure.command()
def recipients(
    context: typer.Context,
    identifier: Annotated[str, typer.Argument(metavar="ERASURE", help="ers.<uuid>.")],
    *,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """List who was given what an erasure is about, so that they can be told to forget it too.

    Example: muniment erasure recipients ers.01a2...

    As the access log has it, which goes back eighteen months.
    """
    with errors_told():
        form = form_of(json=json, csv=csv)
        stream = parse_stream_id(identifier)
        with open_office(context.obj) as office:
            found = recipients_of(office, known_erasure(office, stream))
            number = give(found, RECIPIENTS, form=form)
    say(f"{counted(number, 'recipient')}.")


@erasure.command(name="compact")
def compact_vault(context: typer.Context) -> None:
    """Write vault and key store anew, so that no deleted row is left in their files.

    Example: muniment erasure compact

    The vault's table is locked meanwhile. Deleted rows stay in the database's write-ahead log and
    in backups until these are thrown away; they are sealed, and their keys are destroyed.
    """
    with errors_told(), open_office(context.obj) as office:
        compact(office)
    say("Written anew: the vault and the key store.")


def _left_out(act: Act, refusal: Refusal) -> None:
    say(f"{act.dat['record']} is left out ({refusal.rule}): {refusal.sentence}")


def _hand_out(office: Office, acts: Iterable[Act], key: Path | None) -> int:
    """Give acts as events to be signed, or signed; tell how many there were."""
    signing = load_key(key) if key else None
    number = 0
    for number, act in enumerate(acts, start=1):  # noqa: B007 - counted for the caller
        if signing is None:
            data(_unsigned(act))
            continue
        draft = draft_of(office, act, key_record(office, signing.kid).authority)
        typer.echo(sign(draft, {}, signing, catalogue=CATALOGUE).to_bytes().decode())
    return number


def _unsigned(act: Act) -> dict[str, Any]:
    return {"evt": act.evt, **({"sub": str(act.sub)} if act.sub else {}), "dat": dict(act.dat)}
