# SPDX-License-Identifier: Apache-2.0
"""Two states of a register of losses: late reports change past quarters as now known alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from audit.database import Database
from projections.statistics.period import Period
from tests.integration.statistics.registers import Register, opened_register
from tests.integration.statistics.ukraine import (
    FIRST,
    SECOND,
    Ukraine,
    file_of,
    known_losses,
    quarters,
)

SAMPLE = "Cherkasy"
"""One region; ``nation.bench_registers`` takes all of them, half a million reports a state."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not file_of(FIRST).exists(), reason="the Ukrainian register is not on this machine"
    ),
]


@pytest.fixture(scope="module")
def listed() -> Ukraine:
    """Give what both states list of the region."""
    return Ukraine(SAMPLE)


@pytest.fixture(scope="module")
def ukraine(
    listed: Ukraine, of_module: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Register]:
    """Give a ledger into which both states were imported as they are, the region alone."""
    folder = tmp_path_factory.mktemp("ukraine")
    with opened_register(of_module, folder / "ledger", roles=["POL"], places=["UA"]) as register:
        for state in (FIRST, SECOND):
            assert set(listed.take(register, folder, state).refused) == {"not_a_firearm"}
        yield register


def test_the_first_state_is_still_the_answer_of_its_day(ukraine: Register, listed: Ukraine) -> None:
    of_first = quarters(listed.reports(FIRST))
    assert known_losses(ukraine, f"ua_lost_stolen@{FIRST}") == of_first
    assert known_losses(ukraine, "ua_lost_stolen@2023-12-31") == of_first


def test_late_reports_change_past_quarters_only_as_now_known(
    ukraine: Register, listed: Ukraine
) -> None:
    before, now = (known_losses(ukraine, at) for at in (f"ua_lost_stolen@{FIRST}", None))
    # What the second state no longer shows is not withdrawn, since nobody says why.
    assert now == quarters(listed.reports(FIRST, SECOND))
    late = quarters(listed.reports(SECOND) - listed.reports(FIRST))
    changed = {quarter for quarter in now if now[quarter] != before[quarter]}
    assert changed == set(late)
    past = {quarter for quarter in changed if quarter < "2022-Q4"}
    assert past == {"2022-Q1", "2022-Q2", "2022-Q3"}
    assert sum(now[quarter] - before[quarter] for quarter in past) > 50


def test_loss_and_theft_are_told_apart_in_every_year(ukraine: Register, listed: Ukraine) -> None:
    answer = ukraine.count("losses", "report", period=Period.year(2022))
    found = {each.group[0]: each.denominator for each in answer.rows}
    of_year = Counter[str]()
    for (date, report, *_), number in listed.reports(FIRST, SECOND).items():
        of_year[report] += number if date[:4] == "2022" else 0
    assert found == {"lost": of_year["Loss"], "stolen": of_year["Theft"]}
    assert answer.total.owner_unknown == answer.total.denominator
