# SPDX-License-Identifier: Apache-2.0
"""Rebuilding projections and catching them up, against reading the log and the library's runner.

In every round, in turn on one ledger: the signed bytes are read from the database and parsed,
by the fastest means and as whole events; every projection is built anew; each catches up with a
tenth of the log in its usual batches; and the eventsourcing library's own ``ProjectionRunner``
keeps a table of the same columns as the timeline, one event a transaction, over the same log.

Run with ``python -m tests.benchmarks.bench_projections [ENTRIES [ROUNDS [RUNNER_ENTRIES]]]``.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from json import dumps
from typing import Any, Final

import orjson
import psycopg
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresDatastore, PostgresTrackingRecorder
from eventsourcing.projection import Projection as LibraryProjection
from eventsourcing.projection import ProjectionRunner
from psycopg.conninfo import conninfo_to_dict

from api.bootstrap import FACTORY
from audit.persistence import CONNINFO
from audit.proof.encoding import decode
from audit.proof.envelope.opening import read_stored
from domain.application import Ledger
from domain.catalogue import CATALOGUE
from domain.event import Event
from domain.identifiers import short_bits
from projections.catalogue import PROJECTIONS
from projections.position import Position, log_size, set_position
from projections.projection import Projection
from projections.reading import batches
from projections.runner import catch_up
from projections.tables import SERVING, cut
from projections.timeline.store import TIMELINE
from tests.benchmarks.harness import in_turn
from tests.benchmarks.ledger import EVENTS_EACH, Bench, fill, opened_ledger

RUNNER_WAIT_SECONDS: Final = 600.0
CATCH_UP_SHARE: Final = 10
NOW: Final = datetime(2026, 11, 23, tzinfo=UTC)
_RAW = "select raw from ledger.event where idx >= %b and idx < %b order by idx"
_PLACE = ("dbname", "host", "port", "user")
_LOG_TABLES = "ledger.event", "ledger.event_ref", "ledger.marking_claim", "ledger.tile"


def main() -> None:
    """Print rates, ratios and octets an event as one line of JSON."""
    given = [int(text) for text in sys.argv[1:]]
    entries, rounds, runner_entries = (*given, *(20_000, 3, 2_000)[len(given) :])
    with opened_ledger() as bench:
        fill(bench, entries, firearms=entries // EVENTS_EACH)
        conninfo = bench.office.database.conninfo("ledger_projector")
        catch_up(conninfo)
        rates = in_turn(_measures(bench, conninfo, runner_entries), rounds)
        found: dict[str, Any] = {"entries": bench.office.ledger.size, "events a second": rates}
        found |= _ratios(rates) | {"octets an event": _octets(conninfo)}
    sys.stdout.write(dumps(found) + "\n")


def _measures(bench: Bench, conninfo: str, runner_entries: int) -> dict[str, Callable[[], float]]:
    numbers = count()
    rebuilds = {f"rebuild {each.name}": rebuilding(conninfo, each) for each in PROJECTIONS}
    caught = {f"catch up {each.name}": catching_up(conninfo, each) for each in PROJECTIONS}
    return {
        "read and parse": lambda: _read(conninfo, _parsed),
        "read and parse whole events": lambda: _read(conninfo, _event),
        **rebuilds,
        **caught,
        "library runner": lambda: _library(bench, next(numbers), runner_entries),
    }


def _ratios(rates: dict[str, float]) -> dict[str, float]:
    rebuilt, runner = rates["rebuild timeline"], rates["library runner"]
    return {
        "timeline rebuilt / read and parsed (goal 0.4)": round(
            rebuilt / rates["read and parse"], 2
        ),
        "timeline rebuilt / library runner (goal 50)": round(rebuilt / runner, 1),
        "timeline caught up / library runner (goal 25)": round(
            rates["catch up timeline"] / runner, 1
        ),
        "lives rebuilt / read as whole events": round(
            rates["rebuild lives"] / rates["read and parse whole events"], 2
        ),
    }


def _read(conninfo: str, parse: Callable[[bytes], object]) -> float:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        started = time.perf_counter()
        size = log_size(connection)
        for span in batches(0, size):
            for (raw,) in connection.cursor(binary=True).execute(_RAW, span).fetchall():
                parse(raw)
        return size / (time.perf_counter() - started)


def _parsed(raw: bytes) -> object:
    return orjson.loads(decode(raw.split(b".")[1]))


def _event(raw: bytes) -> object:
    return read_stored(raw, CATALOGUE)


def rebuilding(conninfo: str, projection: Projection) -> Callable[[], float]:
    """Build it as for a new version of it: the position of the old one does not count."""

    def measure() -> float:
        with psycopg.connect(conninfo) as connection:
            query = "delete from projection.position where name = %s"
            connection.execute(query, (projection.name,))
        started = time.perf_counter()
        size = catch_up(conninfo, [projection])
        return size / (time.perf_counter() - started)

    return measure


def catching_up(
    conninfo: str, projection: Projection, entries: int | None = None
) -> Callable[[], float]:
    """Let it have seen all but the newest entries of the log, by default the newest tenth."""

    def measure() -> float:
        with psycopg.connect(conninfo) as connection:
            size = log_size(connection)
            seen = size - (entries or size // CATCH_UP_SHARE)
            cut(connection, projection, SERVING, size=seen)
            position = Position(version=projection.version, size=seen)
            set_position(connection, projection.name, position=position)
        started = time.perf_counter()
        assert catch_up(conninfo, [projection]) == size
        return (size - seen) / (time.perf_counter() - started)

    return measure


class LibraryView(PostgresTrackingRecorder):
    """The timeline as the library keeps a view: rows and tracking in one transaction an event."""

    def __init__(self, datastore: PostgresDatastore, **kwargs: Any) -> None:
        super().__init__(datastore, **kwargs)
        self.table = f"{datastore.schema}.{self.tracking_table_name}_rows"
        columns = ", ".join(f"{name} {form}" for name, form in TIMELINE.tables[0].columns)
        with datastore.transaction(commit=True) as cursor:
            statement = f"create table {self.table} ({columns}, primary key (stream, seq))"
            cursor.execute(statement.encode())

    def add(self, row: tuple[Any, ...], tracking: Tracking) -> None:
        """Add a row, and how far it was read."""
        statement = f"insert into {self.table} values ({', '.join(['%s'] * len(row))})"
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(statement.encode(), row, prepare=True)


class LibraryTimeline(LibraryProjection[LibraryView]):
    """Keeps of every event what our timeline keeps of it."""

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        """Fold one event."""
        event: Event = domain_event
        stream = event.sub.uuid
        row = (
            *(stream, event.seq, tracking.notification_id - 1, event.type.kind, NOW),
            *(event.iss, event.kid, decode(event.eid.encode()), event.occ.text),
            short_bits(stream) if event.seq == 1 else None,
        )
        self.view.add(row, tracking)


def _library(bench: Bench, number: int, entries: int) -> float:
    database = bench.office.database
    found = conninfo_to_dict(database.admin)
    name = f"bench{number}"  # whose tables are new, so that it begins with the first event
    env = {
        "PERSISTENCE_MODULE": FACTORY,
        CONNINFO: database.conninfo("ledger_api"),
        f"{name.upper()}_PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_SCHEMA": "public",
        "POSTGRES_PASSWORD": "",
        **{f"POSTGRES_{part.upper()}": str(found[part]) for part in _PLACE},
    }
    started = time.perf_counter()
    with ProjectionRunner(
        application_class=Ledger,
        projection_class=type(name, (LibraryTimeline,), {"name": name}),
        view_class=LibraryView,
        env=env,
    ) as runner:
        runner.wait(entries, timeout=RUNNER_WAIT_SECONDS)
        return entries / (time.perf_counter() - started)


def _octets(conninfo: str) -> dict[str, float]:
    """Give what the log and each projection take on the disk, indexes included."""
    parts: dict[str, tuple[str, ...]] = {"log": _LOG_TABLES}
    for each in PROJECTIONS:
        parts[each.name] = tuple(f"projection.{table.name}" for table in each.tables)
    query = "select sum(pg_total_relation_size(name::regclass)) from unnest(%s::text[]) as n (name)"
    with psycopg.connect(conninfo) as connection:
        size = log_size(connection)
        return {
            name: round(float(octets) / size, 1)
            for name, tables in parts.items()
            for (octets,) in connection.execute(query, (list(tables),)).fetchall()
        }


if __name__ == "__main__":
    main()
