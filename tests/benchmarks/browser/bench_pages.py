# SPDX-License-Identifier: Apache-2.0
"""Server time of a page over that of the API call behind it, and the size of a long timeline.

The goals (console issue): search and timeline within 1.5 times; 500 events in one page of 300 kB.

Run with ``python -m tests.benchmarks.browser.bench_pages [ROUNDS]``.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final

import httpx
from psycopg.conninfo import make_conninfo

from api.people.cookies import SESSION_COOKIE
from api.people.desk import Desk as PeopleDesk
from api.service.settings import ServiceSettings
from api.settings import Settings
from audit.database import open_database
from migrations.runner import migrate
from tests.integration.conftest import TEMPLATE, _administer
from tests.integration.console.conftest import Console, Person
from tests.integration.http.conftest import REASON, SECONDS, founded, fresh_database, running
from tests.integration.projections.conftest import Desk

ROUNDS: Final = 25
"""More would go over the quota of searches, which counts pages and calls alike."""
USUAL: Final = 25
EVENTS: Final = 500
GUNS: Final = 200


def main() -> None:
    """Measure each pair in turn, and print the ratios."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with _served() as console:
        person = console.person("TRC").says()
        short, usual = console.desk.life("LIFE-1"), _long_life(console.desk, USUAL)
        long = _long_life(console.desk, EVENTS)
        for number in range(GUNS):
            console.desk.manufacture(f"BENCH-{number:05d}")
        pairs = {
            "search": ("/search?text=BENCH-0001?", "/v1/search?text=BENCH-0001?"),
            "timeline of 6": (f"/firearms/{short}", f"/v1/firearms/{short}/timeline"),
            f"timeline of {USUAL}": (f"/firearms/{usual}", f"/v1/firearms/{usual}/timeline"),
            f"timeline of {EVENTS}": (f"/firearms/{long}", f"/v1/firearms/{long}/timeline"),
        }
        for name, (page, call) in pairs.items():
            _tell(name, *_times(person, (page, call), rounds))
        size = len(person.get(f"/firearms/{long}").content)
        print(json.dumps({"page of 500 events, octets": size, "goal": 300_000}))  # noqa: T201


def _tell(name: str, page: float, call: float) -> None:
    figures = {"page_ms": round(page, 2), "call_ms": round(call, 2), "goal": 1.5}
    print(json.dumps({"what": name, **figures, "page / call": round(page / call, 2)}))  # noqa: T201


def _times(person: Person, paths: tuple[str, str], rounds: int) -> tuple[float, float]:
    """Give the median milliseconds of a page and of the call behind it, asked in turn."""
    times: list[list[float]] = [[], []]
    for path in paths:
        assert person.client.get(path, headers=_headers(person, path)).status_code == 200
    for _ in range(rounds):
        for path, kept in zip(paths, times, strict=True):
            headers = _headers(person, path)
            begun = perf_counter()
            person.client.get(path, headers=headers)
            kept.append((perf_counter() - begun) * 1000)
    return median(times[0]), median(times[1])


def _headers(person: Person, path: str) -> dict[str, str]:
    if not path.startswith("/v1"):
        return dict(person._headers())
    return {"Cookie": f"{SESSION_COOKIE}={person.secret}", **REASON}


def _long_life(desk: Desk, events: int) -> object:
    arm = desk.manufacture(f"LONG-{events}", occ="2015-03-02")
    seizure = {"ground": "illicit_possession", "proceeding": "criminal", "station": "STORE 0"}
    desk.record("seized", arm, "2019", **seizure)
    for number in range(1, events - 1):
        giver, taker = f"STORE {number - 1}", f"STORE {number}"
        desk.record(
            "custody-moved",
            arm,
            "2020",
            from_custodian={"known": giver},
            to_custodian={"known": taker},
        )
    return arm


@contextmanager
def _served() -> Iterator[Console]:
    """Serve a ledger of its own."""
    home = Path(tempfile.mkdtemp(prefix="muniment-bench-"))
    home.chmod(0o711)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        server = stack.enter_context(open_database(home, None))
        _administer(server, f"create database {TEMPLATE}")
        migrate(make_conninfo(server.admin, dbname=TEMPLATE))
        database = stack.enter_context(fresh_database(server))
        settings = Settings(home=home / "served", database_url=database.admin)
        made = stack.enter_context(founded(settings))
        origin = stack.enter_context(running(settings))
        ledger = made["office"].ledger
        service = ServiceSettings(origin=origin)
        people = PeopleDesk.opened(settings, service, database=database, ledger=ledger)
        yield Console(
            office=made["office"],
            origin=origin,
            roots=made["roots"],
            desk=Desk(made["office"], made["key"], made["second"]),
            people=stack.enter_context(people),
            client=stack.enter_context(httpx.Client(base_url=origin, timeout=SECONDS)),
        )


if __name__ == "__main__":
    main()
