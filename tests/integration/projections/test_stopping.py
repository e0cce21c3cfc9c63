# SPDX-License-Identifier: Apache-2.0
"""An entry that one projection cannot take stops that one alone, just before the entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from api.tracing.inquiry import open_queries
from domain.catalogue import CATALOGUE
from domain.errors import UnreachableError, UnsafeError
from domain.schema import Catalogue
from projections import fact as facts_module
from projections import runner
from projections.catalogue import PROJECTIONS
from projections.fact import Fact
from projections.lives.store import LIVES
from projections.marking_search.question import Question
from projections.position import read_position
from projections.projection import Projection, Rows
from projections.runner import catch_up, projector, rebuild
from projections.timeline.store import TIMELINE
from tests.integration.projections.conftest import Desk
from tests.integration.projections.tables import conninfo, content, run

POISON = "firearm.seized"


def _fold_poisoned(projection: Projection, facts: Sequence[Fact]) -> Rows:
    if any(fact.kind.startswith(POISON) for fact in facts if not fact.seen):
        raise ValueError("it cannot be weighed\nand more")
    return projection.fold(facts)


def fold_timeline(facts: Sequence[Fact]) -> Rows:
    return _fold_poisoned(TIMELINE, facts)


def fold_lives(facts: Sequence[Fact]) -> Rows:
    return _fold_poisoned(LIVES, facts)


def fold_refused(facts: Sequence[Fact]) -> Rows:
    """Give rows as the timeline does, one of which the database refuses."""
    rows = [
        (*row[:3], None if row[3].startswith(POISON) else row[3], *row[4:])
        for row in TIMELINE.fold(facts)["timeline"]
    ]
    return {"timeline": rows}


POISONED = [
    replace(TIMELINE, fold=fold_timeline),
    replace(LIVES, fold=fold_lives),
    replace(TIMELINE, fold=fold_refused),
]


def _with(poisoned: Projection) -> list[Projection]:
    return [poisoned, *(each for each in PROJECTIONS if each.name != poisoned.name)]


def _position(desk: Desk, projection: Projection) -> tuple[int, str | None]:
    with projector(conninfo(desk)) as connection:
        position = read_position(connection, projection.name)
    assert position is not None
    return position.size, position.stopped


def _poison_index(desk: Desk) -> int:
    """Give the index of the first entry that is poison."""
    with projector(conninfo(desk)) as connection:
        query = "select min(idx) from ledger.event where kind like %s"
        row = connection.execute(query, (f"{POISON}%",)).fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize("poisoned", POISONED)
@pytest.mark.parametrize("batch", [1, 4, 2_000])
def test_poison_stops_its_projection_just_before_the_entry_and_no_other(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, poisoned: Projection, batch: int
) -> None:
    monkeypatch.setattr(runner, "BATCH_ENTRIES", batch)
    catch_up(conninfo(desk), _with(poisoned))
    for number in range(2):
        desk.life(f"369J25{number}")
    index, size = _poison_index(desk), desk.office.ledger.size
    assert catch_up(conninfo(desk), _with(poisoned)) == index
    stopped = _position(desk, poisoned)
    assert stopped[0] == index
    assert stopped[1]
    others = [each for each in PROJECTIONS if each.name != poisoned.name]
    assert {_position(desk, each) for each in others} == {(size, None)}
    kept = content(desk, [poisoned], size=index)
    rebuild(conninfo(desk))
    assert content(desk, [poisoned], size=index) == kept


@pytest.mark.parametrize("poisoned", POISONED)
def test_poison_stops_a_rebuild_at_the_same_entry(desk: Desk, poisoned: Projection) -> None:
    for number in range(2):
        desk.life(f"369J25{number}")
    catch_up(conninfo(desk), [poisoned])
    anew, (index, _) = content(desk, [poisoned]), _position(desk, poisoned)
    assert index == _poison_index(desk)
    run(desk, f"truncate projection.{', projection.'.join(anew)}")
    run(desk, "update projection.position set size = 0, stopped = null")
    catch_up(conninfo(desk), [poisoned])
    assert content(desk, [poisoned]) == anew
    assert _position(desk, poisoned)[0] == index


def test_the_reason_is_one_line_that_names_what_went_wrong(desk: Desk) -> None:
    desk.life("369J257")
    catch_up(conninfo(desk), [POISONED[0]])
    assert _position(desk, TIMELINE)[1] == "ValueError: it cannot be weighed"
    run(desk, "delete from projection.position")
    catch_up(conninfo(desk), [POISONED[2]])
    reason = _position(desk, TIMELINE)[1] or ""
    assert reason.startswith('NotNullViolation: null value in column "kind"')


def test_a_stopped_projection_stays_where_it_is_while_others_go_on(desk: Desk) -> None:
    desk.life("369J257")
    catch_up(conninfo(desk), _with(POISONED[0]))
    stopped = _position(desk, TIMELINE)
    desk.life("369J258")
    catch_up(conninfo(desk))
    assert _position(desk, TIMELINE) == stopped
    assert _position(desk, LIVES) == (desk.office.ledger.size, None)


def test_answers_of_a_stopped_projection_say_up_to_where_they_know(desk: Desk) -> None:
    arm = desk.life("369J257")
    catch_up(conninfo(desk), _with(POISONED[0]))
    index = _poison_index(desk)
    with open_queries(desk.office) as queries:
        assert queries.markings.search(Question(text="369J257")).size == desk.office.ledger.size
        assert queries.stopped == {}
        history = queries.timeline.history(arm.uuid)
        assert (history.size, [line.index for line in history.lines][-1]) == (index, index - 1)
        assert queries.stopped == {"timeline": index}
        rebuild(conninfo(desk), "timeline")
        assert queries.timeline.history(arm.uuid).size == desk.office.ledger.size
        assert len(queries.timeline.history(arm.uuid).lines) == 6
        assert queries.timeline.spoken(0) == ()
        assert queries.stopped == {}


def test_a_rebuild_after_mending_goes_on_to_the_end(desk: Desk) -> None:
    desk.life("369J257")
    catch_up(conninfo(desk), _with(POISONED[1]))
    assert _position(desk, LIVES)[1]
    done = rebuild(conninfo(desk), "lives")
    assert done.entries == desk.office.ledger.size
    assert {each.rows for each in done.differing["lives"] or ()} == {0}
    assert _position(desk, LIVES) == (desk.office.ledger.size, None)


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("alter table projection.timeline drop column occ", UnsafeError),
        ("revoke insert on projection.timeline from ledger_projector", UnsafeError),
    ],
)
def test_a_database_in_another_form_stops_nothing_for_good(
    desk: Desk, statement: str, error: type[Exception]
) -> None:
    catch_up(conninfo(desk))
    before = _position(desk, TIMELINE)
    desk.life("369J257")
    run(desk, statement)
    with pytest.raises(error, match="refused a statement"):
        catch_up(conninfo(desk))
    assert _position(desk, TIMELINE) == before


def test_a_connection_that_breaks_stops_nothing_for_good(desk: Desk) -> None:
    catch_up(conninfo(desk))
    before = _position(desk, TIMELINE)
    desk.life("369J257")

    def broken(facts: Sequence[Fact]) -> Rows:
        desk.falsify(
            "select pg_terminate_backend(pid) from pg_locks "
            "where relation = 'projection.position'::regclass"
        )
        return TIMELINE.fold(facts)

    with pytest.raises(UnreachableError):
        catch_up(conninfo(desk), [replace(TIMELINE, fold=broken)])
    assert _position(desk, TIMELINE) == before
    assert catch_up(conninfo(desk)) == desk.office.ledger.size


def test_an_event_type_that_this_version_does_not_know_is_kept_as_what_it_is(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.life("369J257")
    known = Catalogue(each for each in CATALOGUE if each.evt != POISON)
    monkeypatch.setattr(facts_module, "CATALOGUE", known)
    assert catch_up(conninfo(desk)) == desk.office.ledger.size
    found, index = content(desk), _poison_index(desk)
    assert [row[1:4] for row in found["misfit"] if row[3] == "unreadable"] == [
        (index, 0, "unreadable")
    ]
    assert index not in [row[1] for row in found["life"]]
    (row,) = (row for row in found["timeline"] if row[2] == index)
    assert row[3] == f"{POISON}/1"
    assert row[8] == "2020-07-09"
    monkeypatch.undo()
    rebuild(conninfo(desk))
    assert index in [row[1] for row in content(desk)["life"]]
