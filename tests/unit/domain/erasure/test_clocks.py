# SPDX-License-Identifier: Apache-2.0
"""Which retention runs for a record, since when, and when an erasure may then be proposed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from domain.erasure.clocks import Clock, clocks
from domain.erasure.records import lapsed_at
from domain.firearm.state import Firearm
from domain.licence.state import BLANK, Licence
from domain.licence.table import LICENCE
from domain.occurrence import parse_occurrence
from domain.policy.model import Policy
from tests.unit.domain.erasure.erasing import FIREARM, GONE, SOLD, erasure, judged
from tests.unit.domain.licence.licences import decided
from tests.unit.domain.lives import happened, life
from tests.unit.domain.policy.policies import LOSS, policy

TODAY = parse_occurrence("2026-11-23")
STARTS = {"destruction": 30, "export": 25, "lapse": 20, "refusal": 10, "ban_end": 1}


def _rule(starts: str, years: int) -> str:
    return f"""
[[retention]]
code = "persons_{starts}"
sentence = "Keep it."
source = "No law at all"
starts = "{starts}"
years = {years}
"""


def _policy(**starts: int) -> Policy:
    return policy(LOSS, *(_rule(*each) for each in (starts or STARTS).items()))


def _licence(*events: Any) -> Licence:
    state: Licence | None = None
    for index, event in enumerate(events):
        state = LICENCE.evolve(state, event, index)
    return state or BLANK


def _told(record: Firearm | Licence, on: str = "2026-11-23") -> list[tuple[str, str | None]]:
    found = clocks(record, _policy(), on=parse_occurrence(on))
    return [(each.rule.starts, _day(each.began)) for each in found]


def _day(moment: int | None) -> str | None:
    return None if moment is None else f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d}"


def test_a_destroyed_firearm_is_counted_from_its_destruction_not_from_its_last_transfer() -> None:
    (clock,) = clocks(FIREARM, _policy(), on=TODAY)
    assert (clock.rule.starts, _day(clock.began), _day(clock.due)) == (
        "destruction", "1990-05-01", "2020-05-02",
    )  # fmt: skip


def test_no_clock_runs_for_a_firearm_that_is_in_use() -> None:
    assert _told(life(happened("manufactured", "1970"), SOLD)) == []


def test_a_firearm_that_left_for_good_is_counted_from_then_on_unless_it_came_back() -> None:
    left = (happened("manufactured", "1970"), happened("exported", "1990-05-01"))
    assert _told(life(*left)) == [("export", "1990-05-01")]
    assert _told(life(*left, happened("imported", "1995-05-01"))) == []
    assert _told(life(*left, happened("returned-from-abroad", "1995-05-01"))) == []
    assert _told(life(*left, GONE)) == [("destruction", "1990-05-01")]


def test_one_that_an_older_record_calls_destroyed_has_a_clock_that_began_on_no_known_day() -> None:
    record = life(happened("registered", "2018", technical="destroyed"))
    (clock,) = clocks(record, _policy(), on=TODAY)
    assert (clock.began, clock.due) == (None, None)


def test_a_policy_that_names_another_beginning_says_nothing() -> None:
    assert clocks(FIREARM, _policy(lapse=20), on=TODAY) == ()


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([decided("registered", valid_from="2018-01-01")], []),
        ([decided("registered", valid_from="2018-01-01", valid_to="2020-05-31")],
         [("lapse", "2020-06-01")]),
        ([decided("registered", valid_from="2018-01-01", valid_to="2030-05-31"),
          decided("revoked", effective_on="2021-02-03")], [("lapse", "2021-02-03")]),
        ([decided("registered", valid_from="2018-01-01", valid_to="2020-05-31"),
          decided("expired", effective_on="2022-02-03")], [("lapse", "2020-06-01")]),
        ([decided("registered", valid_from="2018-01-01"),
          decided("suspended", effective_on="2021-02-03"),
          decided("revoked", effective_on="2022-02-03"),
          decided("business-ceased", effective_on="2023-02-03")], [("lapse", "2022-02-03")]),
        ([decided("registered", status="revoked", valid_from="2018-05")],
         [("lapse", "2018-05-31")]),
        ([decided("registered", status="revoked")], [("lapse", None)]),
        ([decided("applied"), decided("refused", "2021-02-01")], [("refusal", "2021-02-01")]),
        ([decided("registered", valid_from="2018-01-01"),
          decided("ban-imposed", effective_on="2020-01-01")], []),
        ([decided("registered", valid_from="2018-01-01"),
          decided("ban-imposed", effective_on="2020-01-01"),
          decided("ban-lifted", "2021-01-01", effective_on="2021-01-01")],
         [("ban_end", "2021-01-01")]),
    ],
)  # fmt: skip
def test_a_licence_is_counted_from_its_lapse_a_refusal_or_the_end_of_a_ban(
    events: list[Any], expected: list[tuple[str, str | None]]
) -> None:
    assert _told(_licence(*events)) == expected


def test_a_lapse_that_is_still_to_come_has_not_begun() -> None:
    licence = _licence(decided("registered", valid_from="2018-01-01", valid_to="2020-05-31"))
    assert _told(licence, "2020-05-31") == []
    assert _told(licence, "2020-06-01") == [("lapse", "2020-06-01")]
    assert lapsed_at(BLANK, TODAY) is None


def test_a_clock_beyond_the_last_year_never_ends() -> None:
    (clock,) = clocks(FIREARM, _policy(destruction=30), on=TODAY)
    assert Clock(rule=clock.rule, began=253_402_000_000).due is None


@pytest.mark.parametrize(("early", "rule"), [(1, "retention_not_ended"), (0, None)])
def test_a_clock_is_due_in_the_very_second_from_which_an_erasure_may_be_proposed(
    early: int, rule: str | None
) -> None:
    (clock,) = clocks(FIREARM, _policy(), on=TODAY)
    assert clock.due is not None
    assert judged(erasure("proposed", iat=clock.due - early)) == rule


def test_a_retention_that_a_policy_names_twice_is_told() -> None:
    with pytest.raises(ValueError, match="retention persons_lapse: the code occurs twice"):
        policy(LOSS, _rule("lapse", 20), _rule("lapse", 10))
    assert policy(LOSS).retention == ()
