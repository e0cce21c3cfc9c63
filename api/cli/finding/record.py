# SPDX-License-Identifier: Apache-2.0
"""Findings of the record itself, alone or among those of its proofs, in one form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from api.asking import open_snapshot
from api.cli.asking.listing import Form, Record, give
from api.cli.speech import say
from api.settings import Settings
from audit.database.connection import open_database
from audit.findings.collecting import ORDER
from audit.proof.verify.findings import Finding, counted
from domain.occurrence import Occurrence
from projections.asking.findings import ordered, record_findings
from projections.asking.snapshot import Snapshot
from projections.findings.store import FINDINGS

RECORD: Final = "record"
"""The source of these findings."""

LISTED_MAX: Final = 20
"""How many of one sort are listed among findings of other sources; the rest is counted."""

COLUMNS: Final = (
    *("severity", "source", "check", "code", "index", "sentence", "evidence", "next_step"),
)


def list_record(
    settings: Settings, day: Occurrence, as_known_on: str | None, *, form: Form
) -> None:
    """List every finding of the record."""
    tally = Counter[str]()

    def told(found: Iterable[Mapping[str, Any]]) -> Iterator[Record]:
        for each in found:
            tally[each["severity"]] += 1
            yield {"source": RECORD, **each}

    with _opened(settings, as_known_on) as known:
        give_findings(told(ordered(record_findings(known, on=day))), form=form)
    counts = ", ".join(counted(tally[each], each) for each in ORDER)
    say(f"On {day}, of the first {known.size:,} entries: {counts}.")


def first_of_record(settings: Settings, day: Occurrence) -> Iterator[Finding]:
    """Give the first findings of each sort, and how many more of it there are.

    Late entries are left out: beside it the log is told by the terms of adopted policies.
    """
    listed = Counter[str]()
    with _opened(settings, None) as known:
        for each in record_findings(known, on=day):
            if each.code == "signed_late":
                continue
            listed[each.code] += 1
            if listed[each.code] <= LISTED_MAX:
                yield each
    for code, number in listed.items():
        if number > LISTED_MAX:
            yield Finding(
                check=RECORD,
                code=code,
                sentence=f"{counted(number - LISTED_MAX, 'more such finding')}.",
                notice=True,
                next_step="List all of them with `muniment findings --record`.",
            )


def give_findings(records: Iterable[Record], *, form: Form) -> None:
    """Give findings, whoever found them."""
    give(records, COLUMNS, form=form, lines=_lines)


@contextmanager
def _opened(settings: Settings, as_known_on: str | None) -> Iterator[Snapshot]:
    """Read the record without starting the ledger, so that a broken one can be looked at."""
    with (
        open_database(settings.home, settings.database_url) as database,
        open_snapshot(database, as_known_on, also=[FINDINGS]) as known,
    ):
        yield known


def _lines(record: Record) -> Iterator[str]:
    place = "" if record["index"] is None else f"Index {record['index']}: "
    head = f"{record['severity']}: {record['source']}: {record['check']} ({record['code']})"
    yield f"{head}: {place}{record['sentence']}"
    if record["evidence"]:
        yield f"  evidence: {record['evidence']}"
    if record["next_step"]:
        yield f"  next: {record['next_step']}"
