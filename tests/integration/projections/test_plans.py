# SPDX-License-Identifier: Apache-2.0
"""Whatever is looked up is found by an index, before the database has statistics and after.

A plan that reads a whole table, or the whole of an index, is as quick as any in a test, and
takes hours in the log of a nation. So the plans themselves are looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, LiteralString

import psycopg
import pytest
from psycopg import Cursor, ServerCursor

from audit.link import Link
from projections import reading
from projections.marking_search.queries import MarkingSearch
from projections.marking_search.statements import RIGHTINGS
from projections.reading import read_begun, read_facts, read_streams
from projections.runner import catch_up
from projections.tables import Connection, connect
from projections.timeline.queries import Timeline
from projections.view import View
from tests.benchmarks.bench_search import KINDS, filled
from tests.benchmarks.ledger import Bench
from tests.benchmarks.nation.padding import pad
from tests.benchmarks.tools.serials import invented
from tests.integration.projections.conftest import Desk
from tests.integration.projections.tables import conninfo

ENTRIES: Final = 4_000
MARKINGS: Final = 4_000
QUESTIONS: Final = 3
SMALL: Final = {"head", "position"}
"""Tables of one row, or of one a projection."""

Node = dict[str, Any]


def nodes(plan: Node) -> Iterator[Node]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def scans(plan: Node) -> list[tuple[str, str]]:
    """Give the table or index of each scan of the log or of a projection, and by what."""
    return [
        (str(node.get("Index Name") or node.get("Relation Name")), _by(node))
        for node in nodes(plan)
        if _reads_a_table(node)
    ]


def _reads_a_table(node: Node) -> bool:
    named = "Index Name" in node or "Relation Name" in node
    return (
        named
        and node["Node Type"] != "Bitmap Heap Scan"
        and (node.get("Relation Name") not in SMALL)
    )


def _by(node: Node) -> str:
    return str(node.get("Index Cond") or f"all of it: {node['Node Type']}")


def bounded(plan: Node) -> bool:
    return all(not by.startswith("all of it") for _, by in scans(plan))


PLANS: list[Node] = []


class _Explaining(Cursor[tuple[Any, ...]]):
    """Keeps the plan of whatever it runs."""

    def execute(self, query: Any, params: Any = None, **how: Any) -> Any:
        statement = query.encode() if isinstance(query, str) else query
        (plan,) = super().execute(b"explain (format json) " + statement, params).fetchone() or ()
        PLANS.append(plan[0]["Plan"])
        return super().execute(statement, params, **how)


class _ExplainingServer(ServerCursor[tuple[Any, ...]]):
    """Keeps the plan of whatever it declares."""

    def execute(self, query: Any, params: Any = None, **how: Any) -> Any:
        with _Explaining(self.connection) as cursor:
            cursor.execute(query, params)
        return super().execute(query, params, **how)


@pytest.fixture(params=[False, True], ids=["young", "analyzed"])
def folding(desk: Desk, request: pytest.FixtureRequest) -> Iterator[Connection]:
    """Give the connection of whoever folds, to a log of some thousand entries."""
    pad(Bench(desk.office, desk.key), ENTRIES)
    if request.param:
        with psycopg.connect(desk.office.database.admin, autocommit=True) as owner:
            owner.execute("analyze ledger.event")
    with connect(conninfo(desk)) as connection:
        PLANS.clear()
        connection.cursor_factory = _Explaining
        connection.server_cursor_factory = _ExplainingServer
        yield connection


def test_entries_are_read_by_their_indexes(folding: Connection) -> None:
    assert len(read_facts(folding, ["firearm"], start=3_000, stop=3_100)) == 100
    assert [name for plan in PLANS for name, _ in scans(plan)] == ["event_pkey"]
    assert all(bounded(plan) for plan in PLANS)


def test_streams_with_new_entries_are_read_whole_by_their_own_index(folding: Connection) -> None:
    facts = read_streams(folding, ["firearm"], start=3_300, stop=3_400)
    assert len(facts) > 600
    _looks_streams_up()


def test_streams_that_begin_are_read_whole_by_their_own_index(folding: Connection) -> None:
    with folding.transaction():
        found = list(read_begun(folding, ["firearm"], start=0, stop=500, size=ENTRIES))
    assert sum(map(len, found)) > reading.BATCH_ENTRIES
    _looks_streams_up()


def _looks_streams_up() -> None:
    (plan,) = PLANS
    told = dict(scans(plan))
    assert told.keys() == {"event_pkey", "event_stream_seq_key"}
    assert bounded(plan)
    assert "stream" in told["event_stream_seq_key"]
    assert "idx" in told["event_pkey"]


def test_histories_are_read_by_their_indexes(desk: Desk) -> None:
    arm = desk.life("369J257").uuid
    catch_up(conninfo(desk))
    link = Link(desk.office.database.conninfo("ledger_reader"))
    timeline = Timeline(View(link, lambda _: 0))
    assert len(timeline.history(arm).lines) == len(timeline.history(arm).lines) == 6
    timeline.histories([arm])
    timeline.named([arm])
    timeline.namers(arm)
    timeline.spoken(7)
    plans = list(_prepared(link, "projection.timeline")) + list(_prepared(link, "event_ref"))
    assert len(plans) == 5
    assert all(bounded(plan) for plan in plans), [scans(plan) for plan in plans]
    link.close()


@pytest.mark.parametrize("analyzed", [False, True], ids=["young", "analyzed"])
def test_every_tier_of_the_search_is_bounded_by_an_index(desk: Desk, analyzed: bool) -> None:
    catch_up(conninfo(desk))
    with psycopg.connect(conninfo(desk), autocommit=True) as owner:
        filled(owner, MARKINGS)
    if not analyzed:
        with psycopg.connect(desk.office.database.admin, autocommit=True) as owner:
            owner.execute(_FORGET)
    link = Link(desk.office.database.conninfo("ledger_reader"))
    search = MarkingSearch(View(link, lambda _: 0))
    for _, firearm in zip(range(QUESTIONS), invented(), strict=False):
        for asked in KINDS.values():
            search.search(asked(firearm))
    link.read(RIGHTINGS, {"streams": [], "hits": 1})
    link.read(RIGHTINGS, {"streams": [], "hits": 1})
    (put_right,) = _prepared(link, "event t on t.stream")
    plans = [put_right, *_prepared(link, "projection.marking ")]
    assert len(plans) >= len({"equal", "spelled", "front", "ends", "end", "named"})
    for plan in plans:
        assert bounded(plan), scans(plan)
    link.close()


def _prepared(link: Link, of: str) -> Iterator[Node]:
    """Give the plans that are kept for the statements of a connection which name something."""
    for name, statement, parameters in link.read(_STATEMENTS):
        if of in statement:
            given = ", ".join(["null"] * parameters)
            ((plan,),) = link.read(f"explain (format json) execute {name} ({given})")
            yield plan[0]["Plan"]


_FORGET: Final[LiteralString] = """
delete from pg_statistic using pg_class
where starelid = pg_class.oid and relnamespace = 'projection'::regnamespace
"""
_STATEMENTS: Final[LiteralString] = (
    "select name, statement, cardinality(parameter_types) from pg_prepared_statements"
)
