# SPDX-License-Identifier: Apache-2.0
"""Projections see every entry exactly once, and can be built anew with the same result."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.tracing.inquiry import open_queries
from domain.errors import UnsafeError
from projections import runner
from projections.marking_search.question import Question
from projections.marking_search.store import MARKING_SEARCH
from projections.runner import catch_up, projector, rebuild
from projections.timeline.store import TIMELINE
from tests.integration.projections.conftest import Desk
from tests.integration.projections.tables import conninfo, content, run


def test_catching_up_twice_adds_nothing(desk: Desk) -> None:
    desk.life("369J257")
    assert catch_up(conninfo(desk)) == desk.office.ledger.size
    first = content(desk)
    assert catch_up(conninfo(desk)) == desk.office.ledger.size
    assert content(desk) == first
    assert len(first["timeline"]) == 6


def test_a_firearm_recorded_later_joins_what_was_there(desk: Desk) -> None:
    desk.manufacture("A-1")
    catch_up(conninfo(desk))
    desk.manufacture("B-2")
    catch_up(conninfo(desk))
    assert [row[5] for row in content(desk)["marking"]] == ["A-1", "B-2"]


def test_two_runners_at_once_fold_every_entry_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "BATCH_ENTRIES", 3)
    catch_up(conninfo(desk))
    for number in range(4):
        desk.life(f"369J25{number}")
    with ThreadPoolExecutor(4) as pool:
        sizes = list(pool.map(lambda _: catch_up(conninfo(desk)), range(4)))
    incremental = content(desk)
    assert sizes == [desk.office.ledger.size] * 4
    rebuild(conninfo(desk))
    assert content(desk) == incremental


@pytest.mark.parametrize("name", ["timeline", "marking_search", "lives", "records", None])
def test_a_rebuilt_projection_has_the_same_rows(desk: Desk, name: str | None) -> None:
    desk.life("369J257")
    catch_up(conninfo(desk))
    incremental = content(desk)
    done = rebuild(conninfo(desk), name)
    assert done.entries == desk.office.ledger.size
    assert {each.rows for found in done.differing.values() for each in found or ()} == {0}
    assert content(desk) == incremental


def test_a_dropped_projection_comes_back_the_same(desk: Desk) -> None:
    desk.life("369J257")
    catch_up(conninfo(desk))
    before = content(desk)
    run(desk, "drop table projection.timeline, projection.particulars")
    catch_up(conninfo(desk))
    assert content(desk) == before


def test_a_forgotten_position_leads_to_a_rebuild_and_not_to_doubled_rows(desk: Desk) -> None:
    desk.life("369J257")
    catch_up(conninfo(desk))
    before = content(desk)
    run(desk, "delete from projection.position")
    catch_up(conninfo(desk))
    assert content(desk) == before


def test_what_a_killed_rebuild_left_behind_does_not_matter(desk: Desk) -> None:
    desk.life("369J257")
    catch_up(conninfo(desk))
    before = content(desk)
    run(desk, "create table projection.timeline_shadow (rest int)")
    rebuild(conninfo(desk), "timeline")
    assert content(desk) == before


def test_rebuilding_at_once_with_catching_up_loses_nothing(desk: Desk) -> None:
    for number in range(3):
        desk.life(f"369J25{number}")
    with ThreadPoolExecutor(4) as pool:
        work: list[Future[Any]] = [pool.submit(rebuild, conninfo(desk)) for _ in range(2)]
        work += [pool.submit(catch_up, conninfo(desk)) for _ in range(2)]
        sizes = {done if isinstance(done := each.result(), int) else done.entries for each in work}
    assert sizes == {desk.office.ledger.size}
    before = content(desk)
    rebuild(conninfo(desk))
    assert content(desk) == before


def test_a_newer_version_of_a_projection_is_rebuilt(desk: Desk) -> None:
    desk.manufacture("A-1")
    catch_up(conninfo(desk))
    newer = replace(TIMELINE, version=2, fold=lambda facts: TIMELINE.fold(facts[:0]))
    catch_up(conninfo(desk), (newer, MARKING_SEARCH))
    assert content(desk)["timeline"] == []


def test_an_older_program_leaves_a_newer_projection_alone(desk: Desk) -> None:
    catch_up(conninfo(desk), (replace(TIMELINE, version=2),))
    with pytest.raises(UnsafeError, match="written by a newer version"):
        catch_up(conninfo(desk))


def test_a_reader_survives_the_loss_of_every_projection(desk: Desk) -> None:
    arm = desk.life("369J257")
    catch_up(conninfo(desk))
    with open_queries(desk.office) as queries:
        before = queries.timeline.history(arm.uuid)
        assert queries.markings.search(Question(text="369J257")).found
        run(desk, "drop table projection.timeline, projection.particulars, projection.marking")
        assert queries.timeline.history(arm.uuid) == before
        found = queries.markings.search(Question(text="369J257")).found
        assert [each.subject for each in found] == [arm]


def test_a_projection_that_does_not_exist_is_named(desk: Desk) -> None:
    with pytest.raises(UnsafeError, match="There is no projection holdings"):
        rebuild(conninfo(desk), "holdings")


def test_a_refused_statement_becomes_one_of_our_errors(desk: Desk) -> None:
    with (
        pytest.raises(UnsafeError, match="UndefinedTable"),
        projector(conninfo(desk)) as connection,
    ):
        connection.execute("select from projection.nothing")


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(plan=st.lists(st.sampled_from(["arm", "life", "catch up"]), max_size=6))
def test_any_pace_of_catching_up_gives_the_rows_of_a_rebuild(desk: Desk, plan: list[str]) -> None:
    for deed in plan:
        if deed == "catch up":
            catch_up(conninfo(desk))
        elif deed == "arm":
            desk.manufacture(f"A-{desk.arms}")
        else:
            desk.life(f"L-{desk.arms}")
    catch_up(conninfo(desk))
    incremental = content(desk)
    rebuild(conninfo(desk))
    assert content(desk) == incremental
