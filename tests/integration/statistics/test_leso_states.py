# SPDX-License-Identifier: Apache-2.0
"""Twelve states of a register that rewrote its own past, and each of them can be had again."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import pytest

from audit.database import Database
from domain.errors import UsageError
from projections.statistics.period import Period
from tests.integration.statistics.registers import DATA, Register, of_state, opened_register
from tests.unit.api.importing.builders import dicts

STATES = DATA / "open" / "leso1033_firearm_holdings_12snapshots.csv.gz"
SAMPLE = "MA"
"""One State of the Union; all of them are 1.3 million observations."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not STATES.exists(), reason="the LESO states are not on this machine"),
]

Row = dict[str, str]


@lru_cache
def rows() -> list[Row]:
    return [row for row in dicts(STATES) if row["State"] == SAMPLE]


@lru_cache
def dates() -> list[str]:
    return [name for name in rows()[0] if name.startswith("20")]


def named(row: Row) -> tuple[str, ...]:
    """Give what makes firearms of the register alike."""
    names = ("State", "Station Name (LEA)", "NSN", "Item Name", "Acquisition Value", "Ship Date")
    return tuple(" ".join(row[name].upper().split()) for name in names)


@lru_cache
def numbers(date: str) -> Counter[tuple[str, ...]]:
    """Give how many alike firearms a state shows."""
    found = Counter[tuple[str, ...]]()
    for row in rows():
        found[named(row)] += int(row[date]) * int(row["Quantity"])
    return found


def changes(date: str, before: str | None) -> Iterator[Row]:
    """Compare a state with the one before it, firearm by firearm."""
    first = {named(row): row for row in rows()}
    held = {each: numbers(each) for each in dates() if each <= date}
    for key, row in first.items():
        now, then = held[date][key], held[before][key] if before else 0
        most = max((held[each][key] for each in held if each < date), default=0)
        for number in range(min(now, then) + 1, max(now, then) + 1):
            change = "gone" if now < then else "returned" if number <= most else "appeared"
            yield {**row, "Change": change, "Counted On": date, "Number": str(number)}


@pytest.fixture(scope="module")
def leso(of_module: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Register]:
    """Give a ledger into which one state after the other was imported."""
    folder = tmp_path_factory.mktemp("leso")
    with opened_register(of_module, folder / "ledger", roles=["STK"], places=["US"]) as register:
        for before, date in pairwise([None, *dates()]):
            assert date is not None
            if found := list(changes(date, before)):
                file = _written(folder / f"{date}.csv", found)
                assert not register.take(file, of_state("leso-1033-states.toml", date)).refused
        yield register


def _written(path: Path, found: list[Row]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, found[0])
        writer.writeheader()
        writer.writerows(found)
    return path


def expected(date: str) -> Counter[str]:
    """Give how many firearms a state shows, by year of issue."""
    found = Counter[str]()
    for row in rows():
        found[row["Ship Date"][:4]] += int(row[date]) * int(row["Quantity"])
    return +found


def known(register: Register, position: str | None) -> Counter[str]:
    answer = register.count("issues", "year", known=position)
    return +Counter({each.group[0]: each.numerator for each in answer.rows})


def test_what_was_known_on_31_october_2016_is_still_the_answer_of_october(leso: Register) -> None:
    october = known(leso, "leso_1033@2016-10-31")
    assert october == expected("2016-10-03")
    assert october.total() == 874
    now = known(leso, None)
    assert now == expected(dates()[-1])
    assert now != october


def test_every_state_can_be_had_again_by_its_date(leso: Register) -> None:
    for date in dates():
        assert known(leso, f"leso_1033@{date}") == expected(date)


def test_the_register_moved_ship_dates_after_october_and_only_the_view_of_then_shows_it(
    leso: Register,
) -> None:
    october, december = (known(leso, f"leso_1033@{date}") for date in ("2016-10-31", "2016-12-31"))
    assert (october - december).total() > 100


def test_a_number_of_october_is_the_same_by_agency(leso: Register) -> None:
    answer = leso.count(
        "stock", "custodian", "discrepancy", known="leso_1033@2016-10-31", period=Period.year(2016)
    )
    shown = Counter({e.group[0]: e.denominator for e in answer.rows if e.group[1] == "none"})
    agencies = Counter[str]()
    for row in rows():
        agencies[" ".join(row["Station Name (LEA)"].split())] += int(row["2016-10-03"])
    assert shown == +agencies
    assert answer.total.government == answer.total.denominator


def test_the_ledger_does_not_claim_to_have_known_it_in_2016_itself(leso: Register) -> None:
    assert known(leso, "2016-10-31").total() == 0


def test_a_state_before_the_first_one_is_not_made_up(leso: Register) -> None:
    with pytest.raises(UsageError, match="No state of the register leso_1033 up to 2016-01"):
        known(leso, "leso_1033@2016-01")
