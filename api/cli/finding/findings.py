# SPDX-License-Identifier: Apache-2.0
"""``muniment findings``: everything that was found about a ledger, in one list.

Looks at the ledger itself as ``muniment fsck`` does, without starting it, and at what witnesses,
time-stamps, epochs of newest events and settled disputes say, and which events were recorded
late, and the record itself; reports of ``muniment-verify`` are given as files. What was not looked
at is said.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer

from api.asking import day_asked
from api.beside import (
    WITNESS_FOLDER,
    Closed,
    Place,
    collected_policy,
    stamper_of,
    times_of,
    witness_lag,
)
from api.cli.asking.listing import AsKnownOn, Csv, Form, Json, On, form_of
from api.cli.checking.fsck import check_ledger
from api.cli.exit_codes import ExitCode
from api.cli.finding.record import RECORD, first_of_record, give_findings, list_record
from api.cli.speech import errors_told, say
from api.settings import LedgerName, Settings
from audit.database.connection import open_database
from audit.export.times import NOTHING_KNOWN, Times
from audit.findings.collecting import ORDER, Findings
from audit.findings.reports import ReportedCheck, read_report, reported
from audit.findings.witnesses import answer_findings, lag_findings, witness_findings
from audit.heads.entries import read_entries
from audit.link import Link
from audit.proof.disputes.listing import check_settlements, list_disputes, open_disputes
from audit.proof.heads.epochs import check_epochs
from audit.proof.timestamps.findings import TIME, stamp_findings, unlisted
from audit.proof.timestamps.terms import adopted_terms
from audit.proof.verify.beside.lateness import LateWatch, late_findings
from audit.proof.verify.findings import Finding, counted
from audit.proof.verify.registry import REGISTRY
from audit.proof.verify.report import Check
from audit.references import entries_referring
from audit.signer.keys.known import known_log_keys, open_own_checkpoint
from audit.timestamps.settings import SETTINGS_FILE
from audit.tree import read_size
from audit.witness.collecting import POLICY_FILE
from domain.aggregate.naming import POLICIES
from domain.errors import UnreachableError, UsageError
from domain.occurrence import Occurrence
from projections.timeline.registry import SignerBook, read_on

NO_REPORT: Final = (
    "no report of muniment-verify was given; write one with `muniment-verify EXPORT --trust FILE "
    "--json`, and name it with --report"
)
NO_WITNESS: Final = (
    "no checkpoint was ever taken to a witness; do so with `muniment witness collect --policy FILE`"
)

_NEWEST_NOTE: Final = "select note from ledger.checkpoint order by size desc limit 1"


def findings(  # noqa: PLR0913 - each option is one more place to look at
    context: typer.Context,
    *,
    report: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="JSON of muniment-verify; repeat.")
    ] = None,
    fsck: Annotated[
        Path | None, typer.Option(metavar="FILE", help="JSON of muniment fsck, instead of a run.")
    ] = None,
    witness: Annotated[
        list[Path] | None, typer.Option(metavar="DIR", help="Folder of a witness; repeat.")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Do not read the whole log.")] = False,
    record: Annotated[bool, typer.Option("--record", help="All of the record, no other.")] = False,
    on: On = None,
    as_known_on: AsKnownOn = None,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """List everything that was found, the weightiest first, with what to do about it.

    Example: muniment findings --report verified.json

    Of the record itself, the first of each sort are listed among the others; --record lists all of
    them, as known on any entry. Exit code 1 where a proof is contradicted, and 0 otherwise, even if
    something is missing: a record that contradicts itself breaks no proof.
    """
    settings: Settings = context.obj
    found = Findings()
    with errors_told():
        form = form_of(json=json, csv=csv)
        day = day_asked(on, datetime.now(UTC))
        name = LedgerName.read(settings.home)
        if record:
            list_record(settings, day, as_known_on, form=form)
            return
        if as_known_on is not None:
            raise _proofs_are_of_now()
        _take_reports(found, report or (), fsck)
    if not quick and fsck is None:
        found.take("fsck", lambda: _of_fsck(settings, found))
    _take_ledger(found, settings, name, day=None if quick else day)
    _take_witnesses(found, settings, witness or ())
    _take_stamps(found, settings)
    _tell(found, form)


def _proofs_are_of_now() -> UsageError:
    return UsageError(
        "Proofs are checked as they are now; only the record can be told as known on an entry.",
        slug="as_known_on_what",
        next_step="Add --record.",
    )


def _take_reports(found: Findings, paths: Sequence[Path], fsck: Path | None) -> None:
    for path in (*paths, *([fsck] if fsck else ())):
        _take_report(found, path)
    if not paths:
        found.leave_out("verification", NO_REPORT)


def _take_ledger(
    found: Findings, settings: Settings, name: LedgerName, *, day: Occurrence | None
) -> None:
    """Look at the log and at its record as of a day, unless none is given."""
    if day is None:
        for source in ("log", RECORD):
            found.leave_out(source, "left out by --quick")
        return
    found.take("log", lambda: _of_the_log(settings, name))
    found.take(RECORD, lambda: first_of_record(settings, day))


def _take_witnesses(found: Findings, settings: Settings, own: Sequence[Path]) -> None:
    for folder in own:
        found.take("witness", partial(witness_findings, folder))
    found.take("witnesses", partial(answer_findings, settings.home / WITNESS_FOLDER))
    if not (settings.home / WITNESS_FOLDER / POLICY_FILE).exists():
        found.leave_out("witnesses", NO_WITNESS)


def _of_fsck(settings: Settings, found: Findings) -> tuple[Finding, ...]:
    report = check_ledger(settings, None)
    _leave_out(found, "fsck", report.checks)
    return report.findings


def _take_report(found: Findings, path: Path) -> None:
    told = read_report(path)
    found.take(f"report {path.name}", lambda: reported(told))
    _leave_out(found, f"report {path.name}", told.checks)


def _leave_out(found: Findings, source: str, checks: Iterable[Check | ReportedCheck]) -> None:
    for check in checks:
        if check.state == "not checked":
            found.leave_out(f"{source}: {check.name}", check.sentence)


def _of_the_log(settings: Settings, name: LedgerName) -> list[Finding]:
    """Fold the registry anew, then look at every epoch, disputed entry and time."""
    with open_database(settings.home, settings.database_url) as database:
        reader = database.conninfo("ledger_reader")
        with closing(Link(reader)) as link:
            size = read_size(link)
            book = read_on(link, SignerBook(), audience=name.audience, size=size)
            place = Closed(name, settings)
            times = _times(place, link)
            terms = adopted_terms(
                entries_referring(link, POLICIES), registry=book.registry, audience=name.audience
            )
        registry = book.registry
        found = [*_doubt(book), *_lag(place, size)]
        found += [each for each in times.findings if each.check != TIME]
        watch = LateWatch(times.line, terms, registry)
        found += late_findings(watch, read_entries(reader, size))
        if registry.epochs:
            found += _epochs(reader, book, size)
        if any(key.compromised_since is not None for key in registry.keys.values()):
            found += open_disputes(list_disputes(read_entries(reader, size), registry))
            found += check_settlements(read_entries(reader, size), registry)
    return found


def _epochs(reader: str, book: SignerBook, size: int) -> list[Finding]:
    entries = (raw for _, raw in read_entries(reader, size))
    try:
        return list(check_epochs(entries, book.registry.epochs))
    except OSError as error:
        raise UnreachableError(
            f"The map of newest events cannot be kept: {error.strerror}.",
            slug="heads_unwritable",
            next_step="Free space in the temporary folder ($TMPDIR) and run it again.",
        ) from error


def _doubt(book: SignerBook) -> Iterator[Finding]:
    if book.doubt:
        yield Finding(
            check=REGISTRY,
            code="registry_doubtful",
            sentence=f"Who may sign is in doubt: {book.doubt}",
            next_step="Run `muniment-verify` on an export; it names every such entry.",
        )


def _times(place: Place, link: Link) -> Times:
    """Judge everything that witnesses and clocks said of the newest checkpoint's history."""
    keys = known_log_keys(place.settings.signer_folder)
    for (note,) in link.read(_NEWEST_NOTE):
        return times_of(place, link, open_own_checkpoint(bytes(note), keys))
    return NOTHING_KNOWN


def _lag(place: Place, size: int) -> Iterator[Finding]:
    policy = collected_policy(place.settings)
    if policy is not None:
        yield from lag_findings(*witness_lag(place, policy, size=size, now=time.time()))


def _take_stamps(found: Findings, settings: Settings) -> None:
    def look() -> Iterator[Finding]:
        stamper = stamper_of(settings)
        if stamper is None:
            found.leave_out("time", f"there is no {SETTINGS_FILE} that names authorities")
            return iter(())
        verdicts = stamper.verdicts(int(time.time()))
        if unchecked := unlisted(verdicts):
            found.leave_out("revocation", unchecked)
        return stamp_findings(verdicts)

    found.take("time", look)


def _tell(found: Findings, form: Form) -> None:
    listed = found.in_order()
    give_findings((each.to_json() for each in listed), form=form)
    for source, reason in found.left_out.items():
        say(f"not looked at: {source}: {reason}")
    counts = [each.finding.severity for each in listed]
    say(", ".join(counted(counts.count(each), each) for each in ORDER) + ".")
    if found.violated:
        raise typer.Exit(ExitCode.NOT_VERIFIED)
