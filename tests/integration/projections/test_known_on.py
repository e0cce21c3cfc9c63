# SPDX-License-Identifier: Apache-2.0
"""Lists, statistics and histories are told as of one moment, and agree on the end of a day."""

from __future__ import annotations

import psycopg
import pytest

from api.asking import open_snapshot
from api.tracing.inquiry import open_queries
from api.tracing.kin import Limits
from projections.runner import catch_up
from tests.integration.projections.conftest import Desk
from tests.integration.projections.tables import conninfo

DAY = "2026-01-01"


@pytest.mark.parametrize(
    ("time", "counts"), [("2026-01-01 23:59:59.7+00", True), ("2026-01-02 00:00:00+00", False)]
)
def test_the_last_second_of_a_day_belongs_to_it(desk: Desk, time: str, counts: bool) -> None:
    arm = desk.life("369J257").uuid
    newest = desk.office.ledger.size - 1
    desk.falsify("update ledger.event set at = '2025-12-31 12:00+00'")
    newest_at = "update ledger.event set at = %(at)s where idx = %(idx)s"
    desk.falsify(newest_at, {"at": time, "idx": newest})
    with open_snapshot(desk.office.database, DAY) as snapshot:
        assert snapshot.size == newest + counts
    with open_queries(desk.office) as queries:
        with queries.statistics.opened(DAY) as counter:
            assert counter.position.size == newest + counts
        recorded = {line.index: line.at for line in queries.timeline.history(arm).lines}
        assert Limits(as_known_on=DAY).known_index(recorded) == newest - 1 + counts


def test_statistics_of_one_opening_mix_no_two_positions_whatever_is_appended(desk: Desk) -> None:
    desk.life("369J257")
    with open_queries(desk.office) as queries:
        with queries.statistics.opened() as counter:
            size, before = counter.position.size, counter.count("stock", by=["type"])
            desk.life("369J258")
            catch_up(conninfo(desk))
            assert counter.count("stock", by=["type"]) == before
            assert counter.count("marking").position.log_size == size < desk.office.ledger.size
        with queries.statistics.opened() as counter:
            assert counter.count("stock").total.denominator == before.total.denominator + 1


def test_no_rebuild_takes_the_tables_away_while_statistics_are_open(desk: Desk) -> None:
    with (
        open_queries(desk.office) as queries,
        queries.statistics.opened() as counter,
        psycopg.connect(conninfo(desk)) as rebuilding,
    ):
        rebuilding.execute("set lock_timeout = '50ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            rebuilding.execute("lock table projection.life in access exclusive mode")
        assert counter.count("stock").total.denominator == 0
