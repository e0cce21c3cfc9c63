# SPDX-License-Identifier: Apache-2.0
"""Rebuilds on every core, killed, side by side and while others append, end in the same rows."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import pytest

from audit.proof.verify.log import crew
from projections import reading, runner
from projections.lives.store import LIVES
from projections.marking_search.store import MARKING_SEARCH
from projections.rebuilding import shadows
from projections.records.store import RECORDS
from projections.runner import catch_up, rebuild
from projections.timeline.store import TIMELINE
from tests.integration.projections.conftest import Desk
from tests.integration.projections.tables import conninfo, content

LIMIT_SECONDS = 60

_KILLED_REBUILD = """
from audit.proof.verify.log import crew
from projections.rebuilding import shadows
from projections.runner import rebuild
import sys
crew.SMALL_LOG_ENTRIES, shadows.ALONE_SECONDS_MAX = 1, {alone}
shadows.PART_ENTRIES = 4
def told(done, total):
    print(done, flush=True)
    sys.stdin.readline()
rebuild({conninfo!r}, progress=told)
"""
_KILLED_CATCH_UP = """
from projections import runner
import sys
def noted(*args, **position):
    set_position(*args, **position)
    print(position, flush=True)
    sys.stdin.readline()
set_position, runner.set_position, runner.BATCH_ENTRIES = runner.set_position, noted, 4
runner.catch_up({conninfo!r})
"""


@contextmanager
def _program(text: str) -> Iterator[subprocess.Popen[str]]:
    """Run a program of our own that waits for a line after each of its steps."""
    program = subprocess.Popen(
        [sys.executable, "-c", text], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with program:
        try:
            yield program
        finally:
            program.kill()


def _step(program: subprocess.Popen[str]) -> str:
    """Let it take a step; give what it says then."""
    assert program.stdin
    assert program.stdout
    told = program.stdout.readline()
    assert told, "it has ended"
    program.stdin.write("\n")
    program.stdin.flush()
    return told


def _lives(desk: Desk, number: int) -> None:
    for _ in range(number):
        desk.life(f"L-{desk.arms}")


@pytest.fixture
def crowded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Share the work of even the smallest rebuild, in parts and batches of a few entries."""
    monkeypatch.setattr(shadows, "ALONE_SECONDS_MAX", 0)
    monkeypatch.setattr(crew, "SMALL_LOG_ENTRIES", 1)
    monkeypatch.setattr(crew, "_cores", lambda: 2)
    monkeypatch.setattr(shadows, "PART_ENTRIES", 5)


@pytest.mark.usefixtures("crowded")
def test_a_rebuild_by_several_processes_gives_the_rows_of_catching_up(desk: Desk) -> None:
    catch_up(conninfo(desk))
    _lives(desk, 3)
    catch_up(conninfo(desk))
    before = content(desk)
    done = rebuild(conninfo(desk))
    assert {each.rows for found in done.differing.values() for each in found or ()} == {0}
    assert content(desk) == before


def test_streams_are_read_whole_in_batches_of_any_size(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    _lives(desk, 3)
    catch_up(conninfo(desk))
    before = content(desk)
    for size in (1, 2, 7):
        monkeypatch.setattr(reading, "BATCH_ENTRIES", size)
        rebuild(conninfo(desk))
        assert content(desk) == before


@pytest.mark.slow
@pytest.mark.parametrize("alone", [0, 1_000])
def test_a_rebuild_that_was_killed_half_way_leaves_the_old_tables_and_the_way_free(
    desk: Desk, alone: int
) -> None:
    _lives(desk, 3)
    catch_up(conninfo(desk))
    before = content(desk)
    with _program(_KILLED_REBUILD.format(conninfo=conninfo(desk), alone=alone)) as program:
        assert int(_step(program)) < desk.office.ledger.size
        program.kill()
    assert content(desk) == before
    _lives(desk, 1)
    catch_up(conninfo(desk))
    after = content(desk)
    assert len(after["timeline"]) == len(before["timeline"]) + 6
    rebuild(conninfo(desk))
    assert content(desk) == after
    assert _left_over(desk) == []


@pytest.mark.slow
def test_catching_up_goes_on_after_a_kill_where_it_was(desk: Desk) -> None:
    catch_up(conninfo(desk))
    _lives(desk, 3)
    with _program(_KILLED_CATCH_UP.format(conninfo=conninfo(desk))) as program:
        for _ in range(7):
            _step(program)
        program.kill()
    assert 0 < len(content(desk)["timeline"]) < 18
    catch_up(conninfo(desk))
    incremental = content(desk)
    assert len(incremental["timeline"]) == 18
    rebuild(conninfo(desk))
    assert content(desk) == incremental


@pytest.mark.usefixtures("crowded")
def test_a_rebuild_while_others_append_loses_nothing(desk: Desk) -> None:
    _lives(desk, 2)
    catch_up(conninfo(desk))
    with ThreadPoolExecutor(2) as pool:
        appending = pool.submit(_lives, desk, 3)
        while not appending.done():
            rebuild(conninfo(desk))
        appending.result(LIMIT_SECONDS)
    catch_up(conninfo(desk))
    incremental = content(desk)
    assert len(incremental["timeline"]) == 30
    rebuild(conninfo(desk))
    assert content(desk) == incremental


def test_two_rebuilds_at_once_take_turns(desk: Desk) -> None:
    _lives(desk, 2)
    catch_up(conninfo(desk))
    before = content(desk)
    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(lambda name: rebuild(conninfo(desk), name), ("lives", None, "lives")))
    assert {each.entries for each in done} == {desk.office.ledger.size}
    assert content(desk) == before


def test_projections_at_different_places_read_only_what_each_has_not_seen(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "BATCH_ENTRIES", 4)
    catch_up(conninfo(desk))
    for projections in ([TIMELINE], [LIVES, RECORDS], [MARKING_SEARCH, TIMELINE]):
        _lives(desk, 1)
        catch_up(conninfo(desk), projections)
    assert catch_up(conninfo(desk)) == desk.office.ledger.size
    incremental = content(desk)
    rebuild(conninfo(desk))
    assert content(desk) == incremental


def _left_over(desk: Desk) -> list[str]:
    query = (
        "select tablename from pg_tables where schemaname = 'projection' and tablename ~ '_shadow'"
    )
    with psycopg.connect(conninfo(desk)) as connection:
        return [name for (name,) in connection.execute(query.encode()).fetchall()]
