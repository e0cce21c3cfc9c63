# SPDX-License-Identifier: Apache-2.0
"""``muniment timestamp``: have checkpoints dated, see what is due, tell when something happened."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from api.asking import reader
from api.beside import STAMP_FOLDER, WITNESS_FOLDER, times_of
from api.bootstrap import Office, open_office
from api.cli.speech import data, errors_told, say, table
from api.settings import Settings
from audit.export.said import newest_witnessed
from audit.proof.timestamps.bracket import AGREEING, Timeline, bracket_record, told
from audit.proof.timestamps.series import Verdict
from audit.signer.keys.known import known_log_keys, open_own_checkpoint
from audit.timestamps.asking import Asker
from audit.timestamps.settings import SETTINGS_FILE, read_settings
from audit.timestamps.shelf import Shelf
from audit.timestamps.stamping import EVERY_SECONDS, Outcome, SignedCheckpoint, Stamper

COLUMNS: Final = ("time-stamp", "state", "by", "not later than", "revocation", "what is wrong")

Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
SettingsFile = Annotated[
    Path | None,
    typer.Option("--settings", help=f"Authorities to ask [default: {SETTINGS_FILE} at home]."),
]

timestamp = typer.Typer(
    help="Have checkpoints time-stamped; tell when events were recorded.\n\n"
    "\b\nExample:\n  muniment timestamp now",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)


@timestamp.command()
def now(
    context: typer.Context,
    *,
    settings: SettingsFile = None,
    at_once: Annotated[bool, typer.Option(help="Though the last one is not an hour old.")] = False,
    json: Json = False,
) -> None:
    """Have the newest checkpoint dated, and old stamps renewed.

    Example: muniment timestamp now

    Where witnesses have cosigned one, it is the newest of those, so that a receipt can show both.
    """
    with errors_told():
        stamper = _stamper(context.obj, settings)
        with open_office(context.obj) as office:
            newest = office.notary.checkpoint()
            witnessed = _witnessed(office, newest[0].size)
        outcomes = stamper.stamp(
            int(time.time()),
            newest,
            witnessed=witnessed,
            every=0 if at_once else EVERY_SECONDS,
        )
        for each in outcomes:
            _tell(each, json=json)
        if not outcomes:
            say("Nothing is due.")
        for error in filter(None, (each.error for each in outcomes)):
            raise error


@timestamp.command()
def show(context: typer.Context, *, settings: SettingsFile = None, json: Json = False) -> None:
    """Verify every time-stamp that is kept, and tell how it stands.

    Example: muniment timestamp show
    """
    with errors_told():
        verdicts = _stamper(context.obj, settings).verdicts(int(time.time()))
    for each in verdicts if json else ():
        data(_verdict(each))
    if not json:
        table(COLUMNS, [_row(each) for each in verdicts])


@timestamp.command()
def bracket(
    context: typer.Context,
    index: Annotated[list[int], typer.Argument(min=0, help="Indexes in the log.")],
    *,
    agreeing: Annotated[int, typer.Option(min=1, help="Sources that have to agree.")] = AGREEING,
    json: Json = False,
) -> None:
    """Tell between which times events were recorded.

    Example: muniment timestamp bracket 1042

    By the cosignatures of the ledger's witnesses, under the policy by which they were collected,
    and by its time-stamps.
    """
    with errors_told(), open_office(context.obj) as office, reader(office) as link:
        times = times_of(office, link, office.notary.checkpoint()[0], around=index)
    line = Timeline(times.line.facts, agreeing=agreeing)
    for each in index:
        found = line.bracket(each)
        if json:
            data({"index": each, **bracket_record(found)})
        else:
            typer.echo(f"Index {each}: {found}.")
    for finding in times.findings:
        say(f"{finding.code}: {finding}")


def _stamper(home: Settings, settings: Path | None) -> Stamper:
    authorities = read_settings(settings or home.home / SETTINGS_FILE)
    return Stamper(Shelf(home.home / STAMP_FOLDER), authorities, Asker())


def _witnessed(office: Office, size: int) -> SignedCheckpoint | None:
    """Give the newest witnessed checkpoint of the log, if there is one."""
    note = newest_witnessed(office.settings.home / WITNESS_FOLDER, size)
    if note is None:
        return None
    keys = known_log_keys(office.settings.signer_folder)
    return open_own_checkpoint(note, keys), note


def _tell(outcome: Outcome, *, json: bool) -> None:
    name, error = outcome.due.name, outcome.error
    if json:
        data(
            {
                "timestamp": str(name),
                "size": name.size,
                "authority": outcome.authority,
                "reason": outcome.due.reason,
                "made": error is None,
                "problem": error.slug if error else None,
            }
        )
    elif error is None:
        say(f"{outcome.authority} dated the checkpoint of size {name.size:,}: {name}.")
    else:
        say(f"{outcome.authority} did not date {name}: {error.sentence}")


def _row(verdict: Verdict) -> tuple[str, ...]:
    stamp = verdict.stamp
    by, at = (stamp.authority, told(stamp.latest)) if stamp else ("", "")
    return str(verdict.name), verdict.state, by, at, _revocation(verdict), verdict.sentence


def _revocation(verdict: Verdict) -> str:
    """Say whether a revocation list was looked at, which only a token that verifies is."""
    if verdict.stamp is None:
        return ""
    return "not revoked" if verdict.stamp.listed else "not checked"


def _verdict(verdict: Verdict) -> dict[str, Any]:
    stamp = verdict.stamp
    return {
        "timestamp": str(verdict.name),
        "size": verdict.name.size,
        "state": verdict.state,
        "problem": verdict.slug or None,
        "authority": stamp.authority if stamp else None,
        "earliest": stamp.earliest if stamp else None,
        "latest": stamp.latest if stamp else None,
        "expires": stamp.expires if stamp else None,
        "revocation": _revocation(verdict) or None,
    }
