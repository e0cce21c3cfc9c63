# SPDX-License-Identifier: Apache-2.0
"""`muniment projections` and `feed`: where each stands, and what others follow."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from api.bootstrap import open_office
from api.settings import Settings
from projections.catalogue import PROJECTIONS
from projections.fact import Fact
from projections.projection import Rows
from projections.records.store import RECORDS
from projections.runner import catch_up, rebuild
from projections.timeline.store import TIMELINE
from tests.integration.cli.conftest import Ground, Run

NAMES = [each.name for each in PROJECTIONS]


def _lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def refuse(facts: Sequence[Fact]) -> Rows:
    raise ValueError(f"it is too heavy: {len(facts)}")


@pytest.fixture
def stopped(ground: Ground) -> Iterator[None]:
    """Stop a projection at the first entry of the log, and mend it in the end."""
    poisoned = replace(TIMELINE, subjects=("ledger",), fold=refuse)
    with open_office(Settings(home=ground.home)) as office:
        conninfo = office.database.conninfo("ledger_projector")
        catch_up(conninfo)
        _move(conninfo, 0)
        catch_up(conninfo, [poisoned])
        yield
        rebuild(conninfo, "timeline")


def _move(conninfo: str, size: int) -> None:
    """Let a projection have read so many entries."""
    with psycopg.connect(conninfo) as connection:
        query = "update projection.position set size = %s where name = 'timeline'"
        connection.execute(query, (size,))


def test_projections_are_listed_with_where_they_stand(run: Run) -> None:
    run("projections", "rebuild")
    answer = run("projections", "--json")
    assert answer.code == 0
    found = _lines(answer.data)
    assert [each["name"] for each in found] == NAMES
    assert {(each["state"], each["behind"]) for each in found} == {("current", 0)}
    assert [line.split()[0] for line in run("projections").data.splitlines()] == ["name", *NAMES]


def test_a_projection_is_rebuilt_under_either_name(run: Run) -> None:
    run("rebuild", "lives")
    told = _lines(run("projections", "rebuild", "lives").data)
    assert told == _lines(run("rebuild", "lives").data)
    assert [(each["projection"], each["differing"]) for each in told] == [("lives", 0)]
    assert run("projections", "rebuild", "nonsense").code == 2


def test_lag_is_told_and_has_an_end(ground: Ground, run: Run) -> None:
    run("rebuild")
    assert run("projections", "lag").code == 0
    with open_office(Settings(home=ground.home)) as office:
        _move(office.database.conninfo("ledger_projector"), 0)
    assert _lines(run("projections", "lag", "--json").data)[0]["behind"] == 1
    late = run("projections", "lag")
    assert (late.code, late.words) == (1, "timeline is 1 entry behind.\n")
    assert run("projections", "lag", "--max", "1").code == 0
    run("rebuild", "timeline")


@pytest.mark.usefixtures("stopped")
def test_a_stopped_projection_is_told_by_every_command_that_shows_or_asks_it(run: Run) -> None:
    listed = run("projections", "--json")
    (found,) = (each for each in _lines(listed.data) if each["state"] == "stopped")
    (event,) = _lines(run("feed", "--limit", "1").data)
    assert found["stopped"] == {
        "index": 0,
        "eid": event["eid"],
        "reason": "ValueError: it is too heavy: 1.",
    }
    sentence = f"The projection timeline cannot take entry 0 of the log ({event['eid']})"
    assert listed.code == 1
    assert sentence in listed.words
    for words in (("projections",), ("status",)):
        assert (run(*words).code, sentence in run(*words).words) == (1, True)
    assert sentence in run("feed", "timeline").words
    status = json.loads(run("status", "--json").data)
    assert [each["error"] for each in status["problems"]] == ["projection_stopped"]
    asked = run("trace", "--id", "arm.01a2076b-4018-7111-8222-333333333333")
    assert asked.code == 2
    assert sentence in asked.words


def test_a_feed_goes_on_after_its_cursor(run: Run) -> None:
    every = _lines(run("feed").data)
    first = _lines(run("feed", "events", "--limit", "2").data)
    rest = _lines(run("feed", "--after", first[-1]["cursor"]).data)
    assert [*first, *rest] == every
    assert [each["index"] for each in every] == list(range(len(every)))
    changes = run("feed", RECORDS.name)
    assert changes.code == 0


@pytest.mark.parametrize(
    ("words", "slug"),
    [
        (("feed", "nonsense"), "feed_unknown"),
        (("feed", "--after", "nonsense"), "cursor_invalid"),
    ],
)
def test_a_feed_that_is_not_there_is_a_usage_error(
    run: Run, words: Sequence[str], slug: str
) -> None:
    answer = run(*words)
    assert (answer.code, answer.words.partition(":")[0]) == (2, slug)


def test_a_cursor_of_one_feed_is_refused_by_another(run: Run) -> None:
    (event,) = _lines(run("feed", "--limit", "1").data)
    answer = run("feed", "lives", "--after", event["cursor"])
    assert (answer.code, answer.words.partition(":")[0]) == (2, "cursor_feed")


def test_an_export_for_analysts_goes_into_a_folder(run: Run, tmp_path: Path) -> None:
    answer = run("export", "--parquet", str(tmp_path / "tables"), "--json")
    assert answer.code == 0
    found = {Path(each["file"]).name: each["rows"] for each in _lines(answer.data)}
    size = json.loads(run("status", "--json").data)["size"]
    assert found == {"events.parquet": size, "lives.parquet": 0, "records.parquet": 0}
    assert run("export", "x", "--parquet", "y").code == 2
