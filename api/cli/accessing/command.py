# SPDX-License-Identifier: Apache-2.0
"""``muniment access``: who was shown what, whether that record is whole, and its retention."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from api.auditing.accesses import statements_of, verified_export, verified_ledger
from api.bootstrap import Office, open_office
from api.cli.exit_codes import ExitCode
from api.cli.passphrases import load_key
from api.cli.speech import data, errors_told, say, table
from api.registrar import Act, perform
from audit.access.reading import AccessReader, open_access_log
from audit.access.retention import erase_due
from audit.access.unusual import DAY_SECONDS, WINDOW_DAYS, unusual
from audit.proof.access.files import write_access
from audit.proof.access.record import Access, read_record
from audit.proof.access.verifying import AccessVerdict
from audit.proof.encoding import encode
from domain.errors import InvalidValueError, ProofError, UsageError
from domain.identifiers import StreamId
from domain.registry.events import ACCESS

Json = Annotated[bool, typer.Option("--json", help="Give JSON, one object a line.")]

_COLUMNS: Final = ("time", "who", "action", "purpose", "case", "decision", "shown")

access = typer.Typer(
    help="Read and verify who was shown what; state, export and erase that record.\n\n"
    "\b\nExample:\n  muniment access verify",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)


@access.command()
def log(
    context: typer.Context,
    *,
    since: Annotated[
        str | None, typer.Option(metavar="DAY", help="First day, YYYY-MM-DD, UTC.")
    ] = None,
    who: Annotated[
        str | None, typer.Option(metavar="ID", help="Of one officer, key or authority.")
    ] = None,
    refused: Annotated[bool, typer.Option("--refused", help="Only what was refused.")] = False,
    json: Json = False,
) -> None:
    """List accesses, the oldest first.

    Example: muniment access log --since 2026-11-01 --refused
    """
    with errors_told(), _opened(context) as reader:
        start = _day(since) if since else 0
        found = [
            each
            for each in _accesses(reader)
            if each.at >= start
            and (who is None or who in (each.officer, each.key, each.authority))
            and not (refused and each.allowed)
        ]
    for each in found if json else ():
        data(each.model_dump(mode="json"))
    if not json:
        table(_COLUMNS, [_row(each) for each in found])


@access.command()
def verify(
    context: typer.Context,
    *,
    export: Annotated[
        Path | None, typer.Option("--from", metavar="DIR", help="An exported access log.")
    ] = None,
    trust: Annotated[Path | None, typer.Option(help="Trust file, for an export.")] = None,
    json: Json = False,
) -> None:
    """Verify that no access was changed, left out or erased before its time.

    Example: muniment access verify --from access/ --trust trust.json

    Without a folder the ledger's own records are compared with what the ledger states. With one,
    no ledger is needed. Exit code 1: it does not hold.
    """
    with errors_told():
        if export is None:
            with open_office(context.obj) as office:
                verdict = verified_ledger(office, now=int(time.time()))
        elif trust is None:
            raise UsageError("An export is verified against a trust file: name it by --trust.")
        else:
            verdict = verified_export(export, trust, now=int(time.time()))
        _tell(verdict, json=json)
    if not verdict.holds:
        raise typer.Exit(ExitCode.NOT_VERIFIED)


@access.command("export")
def export_log(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the files are written.")],
) -> None:
    """Write the access log out, for an auditor to verify elsewhere.

    Example: muniment access export access/
    """
    with errors_told(), open_office(context.obj) as office:
        statements = statements_of(office)
        with open_access_log(office.database.conninfo("ledger_auditor")) as reader:
            extent = reader.extent()
            write_access(folder, extent, records=reader.records(), statements=statements)
        data({"records": extent.count - extent.first, "statements": len(statements)})
    say("Check it with `muniment access verify --from DIR --trust FILE`.")


@access.command("unusual")
def list_unusual(
    context: typer.Context,
    *,
    days: Annotated[int, typer.Option(min=1, help="Judge so many days, today included.")] = 7,
    json: Json = False,
) -> None:
    """List who looked at persons or traces far more often than usual.

    Example: muniment access unusual --days 1
    """
    since = (int(time.time()) // DAY_SECONDS - days + 1) * DAY_SECONDS
    with errors_told(), _opened(context) as reader:
        begin = since - WINDOW_DAYS * DAY_SECONDS
        found = unusual((e for e in _accesses(reader) if e.at >= begin), since=since)
    for each in found if json else ():
        data({"day": _date(each.day), "who": each.who, "authority": each.authority,
              "count": each.count, "refused": each.refused, "median": each.median})  # fmt: skip
    if not json:
        rows = [
            (_date(each.day), each.who, each.authority, str(each.count), str(each.refused),
             f"{each.median:g}")
            for each in found
        ]  # fmt: skip
        table(("day", "who", "authority", "accesses", "refused", "usual"), rows)


@access.command()
def erase(context: typer.Context) -> None:
    """Erase the months that are past the rule, eighteen months after they ended.

    Example: muniment access erase
    """
    with errors_told(), open_office(context.obj) as office:
        erased = erase_due(office.database.conninfo("ledger_auditor"), now=int(time.time()))
    data({"erased": erased})


@access.command()
def checkpoint(
    context: typer.Context,
    *,
    key: Annotated[Path, typer.Option(help="Key file of a root, or with the role service.")],
) -> None:
    """State in the ledger how far the access log is.

    Example: muniment access checkpoint --key service.pem

    Run it at least daily: what is cut off before the next statement goes unseen.
    """
    with errors_told():
        signer = load_key(key)
        with open_office(context.obj) as office:
            with open_access_log(office.database.conninfo("ledger_auditor")) as reader:
                extent = reader.extent()
            known = office.registry.accesses
            if extent.count <= (known[-1].count if known else 0):
                say("The ledger states all of the access log already.")
                return
            dat = {"count": extent.count, "digest": encode(extent.digest).decode()}
            receipt = perform(office, Act(evt=ACCESS, dat=dat, sub=_own(office)), signer)
        data({**dat, "index": receipt.index, "eid": receipt.eid})


def _own(office: Office) -> StreamId | None:
    log_id = office.registry.log
    return StreamId("log", log_id) if log_id else None


@contextmanager
def _opened(context: typer.Context) -> Iterator[AccessReader]:
    with (
        open_office(context.obj) as office,
        open_access_log(office.database.conninfo("ledger_auditor")) as reader,
    ):
        yield reader


def _accesses(reader: AccessReader) -> Iterator[Access]:
    """Give what was asked and answered; what cannot be read is for ``verify`` to name."""
    for stored in reader.records():
        with suppress(ProofError):
            record = read_record(stored.raw)
            if isinstance(record, Access):
                yield record


def _tell(verdict: AccessVerdict, *, json: bool) -> None:
    for each in verdict.findings:
        if json:
            data(each.to_json())
        else:
            typer.echo(f"{each.severity}: {each.code}: {each}")
    say(str(verdict))


def _row(each: Access) -> tuple[str, ...]:
    moment = datetime.fromtimestamp(each.at, UTC).strftime("%Y-%m-%d %H:%M:%S")
    who = each.officer or each.key or each.means
    shown = " ".join((str(each.count), *each.claims))
    return moment, who, each.action, each.purpose, each.case, each.decision, shown


def _date(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%d")


def _day(text: str) -> int:
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise InvalidValueError(
            f"{text} is no day such as 2026-11-01.", slug="day_invalid"
        ) from None
    return int(day.timestamp())
