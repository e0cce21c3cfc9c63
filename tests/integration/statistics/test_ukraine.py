# SPDX-License-Identifier: Apache-2.0
"""Two states of a register of losses: late reports change past quarters as now known alone."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

from audit.database import Database
from projections.statistics.period import Period
from tests.integration.statistics.registers import DATA, Register, of_state, opened_register
from tests.unit.api.importing.builders import dicts

FOLDER = DATA / "restricted"
FIRST, SECOND = "2023-02-05", "2024-01-01"
SAMPLE = "Cherkasy"
"""One region; all of them are half a million reports a state."""
FIREARMS = {"Handguns", "Light firearms", "Heavy firearms"}


def file_of(state: str) -> Path:
    return FOLDER / f"ua_lost_stolen_weapons_snapshot_{state}.csv.gz"


pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not file_of(FIRST).exists(), reason="the Ukrainian register is not on this machine"
    ),
]


@lru_cache
def rows(state: str) -> list[dict[str, str]]:
    return [row for row in dicts(file_of(state)) if row["region"] == SAMPLE]


def reports(state: str) -> Counter[tuple[str, str, str]]:
    """Give the number of firearms that a state lists, by date, report and category."""
    found = Counter[tuple[str, str, str]]()
    for row in rows(state):
        if row["weaponcategory"] in FIREARMS:
            found[row["date"], row["report"], row["weaponcategory"]] += int(row["n"])
    return found


def quarters(found: Counter[tuple[str, str, str]]) -> Counter[str]:
    told = Counter[str]()
    for (date, _, _), number in found.items():
        told[f"{date[:4]}-Q{(int(date[5:7]) + 2) // 3}"] += number
    return told


@pytest.fixture(scope="module")
def ukraine(of_module: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Register]:
    """Give a ledger into which both states were imported as they are, the region alone."""
    folder = tmp_path_factory.mktemp("ukraine")
    with opened_register(of_module, folder / "ledger", roles=["POL"], places=["UA"]) as register:
        for state in (FIRST, SECOND):
            path = folder / f"{state}.csv"
            with path.open("w", encoding="utf-8", newline="") as text:
                writer = csv.DictWriter(text, rows(state)[0])
                writer.writeheader()
                writer.writerows(rows(state))
            tally = register.take(path, of_state("ua-lost-stolen.toml", state))
            assert set(tally.refused) == {"not_a_firearm"}
        yield register


def known(register: Register, position: str | None) -> Counter[str]:
    answer = register.count("losses", "quarter", known=position)
    return Counter({each.group[0]: each.denominator for each in answer.rows})


def test_the_first_state_is_still_the_answer_of_its_day(ukraine: Register) -> None:
    assert known(ukraine, f"ua_lost_stolen@{FIRST}") == quarters(reports(FIRST))
    assert known(ukraine, "ua_lost_stolen@2023-12-31") == quarters(reports(FIRST))


def test_late_reports_change_past_quarters_only_as_now_known(ukraine: Register) -> None:
    before, now = known(ukraine, f"ua_lost_stolen@{FIRST}"), known(ukraine, None)
    # What the second state no longer shows is not withdrawn, since nobody says why.
    assert now == quarters(reports(FIRST) | reports(SECOND))
    late = quarters(reports(SECOND) - reports(FIRST))
    changed = {quarter for quarter in now if now[quarter] != before[quarter]}
    assert changed == set(late)
    past = {quarter for quarter in changed if quarter < "2022-Q4"}
    assert past == {"2022-Q1", "2022-Q2", "2022-Q3"}
    assert sum(now[quarter] - before[quarter] for quarter in past) > 50


def test_loss_and_theft_are_told_apart_in_every_year(ukraine: Register) -> None:
    answer = ukraine.count("losses", "report", period=Period.year(2022))
    found = {each.group[0]: each.denominator for each in answer.rows}
    of_year = Counter[str]()
    for (date, report, _), number in (reports(FIRST) | reports(SECOND)).items():
        of_year[report] += number if date[:4] == "2022" else 0
    assert found == {"lost": of_year["Loss"], "stolen": of_year["Theft"]}
    assert answer.total.owner_unknown == answer.total.denominator
