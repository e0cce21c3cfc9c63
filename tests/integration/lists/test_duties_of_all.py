# SPDX-License-Identifier: Apache-2.0
"""Duties of a whole ledger are those of each stream, on any date and position of the log."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from api.asking import open_snapshot
from api.policies.asking import stream_duties
from api.policies.loading import NAMES, load_policy
from domain.catalogue import AGGREGATES
from domain.identifiers import parse_stream_id
from domain.occurrence import parse_occurrence
from domain.policy.duties import ORDER, Duty, DutyState, duties
from projections.asking.folded import Folded, fold_streams
from projections.asking.snapshot import Snapshot
from projections.duties.queries import Question, all_duties, duties_of
from tests.integration.lists.nation import Nation
from tests.unit.domain.lives import NOW

DATES = ("2019-06-01", "2020-07-15", "2023-02-01", "2024-06-15", "2029-01-01")
EVERY = """
    select distinct stream from (select stream from life union all select stream from record) as s
"""

Said = tuple[str, str, str, int, str | None, int | None]


def _said(duty: Duty) -> Said:
    closed = duty.closed_by.index if duty.closed_by else None
    about, code = str(duty.about), duty.rule.code
    return about, code, duty.state, duty.opened_by.index, duty.due_on, closed


def question_of(policy: str, on: str, *states: DutyState) -> Question:
    return Question(
        policy=load_policy(policy).policy,
        on=parse_occurrence(on),
        now=NOW,
        states=frozenset(states or ORDER),
    )


def _everything(known: Snapshot) -> list[Folded]:
    return list(fold_streams(known, [stream for (stream,) in known.rows(EVERY)]).values())


def _each(streams: list[Folded], question: Question) -> Iterator[Duty]:
    """Judge every stream beside the whole ledger, with no candidates and no batches."""
    others = [entry for each in streams if each.stream.kind != "arm" for entry in each.entries]
    for each in streams:
        beside = others if each.stream.kind == "arm" else ()
        yield from duties(
            each.entries, question.policy, on=question.on, others=beside, notes=each.notes
        )


def test_the_duties_of_all_are_those_that_each_stream_has_alone(nation: Nation) -> None:
    with open_snapshot(nation.desk.office.database) as known:
        streams = [each.stream for each in _everything(known)]
        for policy in NAMES:
            question = question_of(policy, "2024-06-15")
            alone = {
                _said(duty)
                for stream in streams
                for duty in stream_duties(
                    nation.desk.office.ledger, stream, question.policy, on=question.on
                )
            }
            assert {_said(each) for each in all_duties(known, question)} == alone
            assert alone


@pytest.mark.parametrize("on", DATES)
@pytest.mark.parametrize("policy", NAMES)
def test_on_any_date_no_duty_is_left_out_and_none_told_twice(
    nation: Nation, policy: str, on: str
) -> None:
    with open_snapshot(nation.desk.office.database) as known:
        streams = _everything(known)
        for states in (ORDER, ("overdue",), ("overdue", "open"), ("met_late",)):
            question = question_of(policy, on, *states)
            expected = filter(question.wants, _each(streams, question))
            found = [_said(each) for each in all_duties(known, question)]
            assert sorted(found, key=str) == sorted(map(_said, expected), key=str)


@pytest.mark.parametrize("part", [0, 1, 2, 3])
def test_as_known_on_any_entry_the_duties_are_those_of_the_entries_up_to_it(
    nation: Nation, part: int
) -> None:
    size = nation.desk.office.ledger.size
    for index in range(part + 5, size, 4 * 3):
        with open_snapshot(nation.desk.office.database, str(index)) as known:
            assert known.size == index + 1
            question = question_of("example-state", "2029-01-01")
            found = sorted((_said(each) for each in all_duties(known, question)), key=str)
            assert found == sorted(map(_said, _each(_everything(known), question)), key=str)


def test_a_role_sees_what_is_its_own(nation: Nation) -> None:
    question = question_of("example-state", "2024-06-15")
    with open_snapshot(nation.desk.office.database) as known:
        every = list(all_duties(known, question))
        for who in ("LIC", "HLD", "TRC", "DLR"):
            own = Question(policy=question.policy, on=question.on, now=NOW, who=who)
            expected = {_said(each) for each in every if each.rule.who == who}
            assert {_said(each) for each in all_duties(known, own)} == expected


def test_a_licence_as_known_on_an_entry_tells_what_it_opened_by_then(nation: Nation) -> None:
    licence = parse_stream_id(nation["LICENCE"])
    question = question_of("example-state", "2029-01-01")
    with open_snapshot(nation.desk.office.database) as known:
        abouts = {str(each.about) for each in duties_of(known, licence, question)}
        assert abouts == {nation["UNDER"], nation["BESIDE"]}
        alone = stream_duties(nation.desk.office.ledger, licence, question.policy, on=question.on)
        assert {_said(each) for each in duties_of(known, licence, question)} == set(
            map(_said, alone)
        )
        (revoked,) = {each.opened_by.index for each in duties_of(known, licence, question)}
    with open_snapshot(nation.desk.office.database, str(revoked - 1)) as before:
        assert list(duties_of(before, licence, question)) == []


def test_every_kind_of_record_is_in_the_story(nation: Nation) -> None:
    with open_snapshot(nation.desk.office.database) as known:
        kinds = {each.stream.kind for each in _everything(known)}
    assert kinds >= {"arm", "lic", "aut", "shp", "trc", "lot", "stk"}
    assert kinds <= set(AGGREGATES)
