# SPDX-License-Identifier: Apache-2.0
"""Twelve states of a register that rewrote its own past, and each of them can be had again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from audit.database import Database
from domain.errors import UsageError
from projections.statistics.period import Period
from tests.integration.statistics.leso import STATES, Leso, known_issues
from tests.integration.statistics.registers import Register, opened_register

SAMPLE = "MA"
"""One State of the Union; ``nation.bench_registers`` takes all, 1.3 million observations."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not STATES.exists(), reason="the LESO states are not on this machine"),
]


@pytest.fixture(scope="module")
def shown() -> Leso:
    """Give what the states show of the sample."""
    return Leso(SAMPLE)


@pytest.fixture(scope="module")
def leso(
    shown: Leso, of_module: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Register]:
    """Give a ledger into which one state after the other was imported."""
    folder = tmp_path_factory.mktemp("leso")
    with opened_register(of_module, folder / "ledger", roles=["STK"], places=["US"]) as register:
        shown.take(register, folder)
        yield register


def test_what_was_known_on_31_october_2016_is_still_the_answer_of_october(
    leso: Register, shown: Leso
) -> None:
    october = known_issues(leso, "leso_1033@2016-10-31")
    assert october == shown.issued("2016-10-03")
    assert october.total() == 874
    now = known_issues(leso, None)
    assert now == shown.issued(shown.dates[-1])
    assert now != october


def test_every_state_can_be_had_again_by_its_date(leso: Register, shown: Leso) -> None:
    for date in shown.dates:
        assert known_issues(leso, f"leso_1033@{date}") == shown.issued(date)


def test_the_register_moved_ship_dates_after_october_and_only_the_view_of_then_shows_it(
    leso: Register,
) -> None:
    october, december = (
        known_issues(leso, f"leso_1033@{date}") for date in ("2016-10-31", "2016-12-31")
    )
    assert (october - december).total() > 100


def test_a_number_of_october_is_the_same_by_agency(leso: Register, shown: Leso) -> None:
    answer = leso.count(
        "stock", "custodian", "discrepancy", known="leso_1033@2016-10-31", period=Period.year(2016)
    )
    found = Counter({e.group[0]: e.denominator for e in answer.rows if e.group[1] == "none"})
    agencies = Counter[str]()
    for row in shown.rows:
        agencies[" ".join(row["Station Name (LEA)"].split())] += int(row["2016-10-03"])
    assert found == +agencies
    assert answer.total.government == answer.total.denominator


def test_the_ledger_does_not_claim_to_have_known_it_in_2016_itself(leso: Register) -> None:
    assert known_issues(leso, "2016-10-31").total() == 0


def test_a_state_before_the_first_one_is_not_made_up(leso: Register) -> None:
    with pytest.raises(UsageError, match="No state of the register leso_1033 up to 2016-01"):
        known_issues(leso, "leso_1033@2016-01")
