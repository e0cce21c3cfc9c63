# SPDX-License-Identifier: Apache-2.0
"""Two years of real seizures against the official monthly totals: the definition is the gap."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

import psycopg
import pytest

from api.importing.transform.words import fold
from audit.database import Database
from projections.statistics.period import Period
from tests.integration.statistics.registers import DATA, Register, opened_register
from tests.unit.api.importing.builders import RIO, dicts, shipped

OFFICIAL = DATA / "open" / "isp_rj_firearms_seized_monthly_2007_2023.csv.gz"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not RIO.exists(), reason="the Rio register is not on this machine"),
]

YEARS = (2017, 2018)
FORCES = {
    *("POLÍCIA MILITAR", "POLÍCIA CIVIL", "FORÇAS ARMADAS", "FORÇA NACIONAL"),
    "CORPO DE BOMBEIRO",
}


@pytest.fixture(scope="module")
def rio(of_module: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Register]:
    """Give a ledger that holds all that was booked in, without seals and deposits."""
    mapping = shipped("rj-seizures.toml")
    counted = [each for each in mapping.events if each.evt != "firearm.custody-moved"]
    home = tmp_path_factory.mktemp("rio") / "ledger"
    with opened_register(of_module, home, roles=["POL", "EVC"], places=["BR"]) as register:
        register.take(RIO, mapping.model_copy(update={"events": tuple(counted)}))
        yield register


def booked() -> list[dict[str, str]]:
    return [row for row in dicts(RIO) if row["Classe"] == "ARMA DE FOGO"]


def month_of(row: dict[str, str]) -> str:
    """Give the month; three rows of the source have their dates written the other way round."""
    date = row["Data Registro"].split()[0]
    return "-".join(reversed(date.split("/")[1:])) if "/" in date else date[:7]


def official() -> Counter[str]:
    totals = Counter[str]()
    for row in dicts(OFFICIAL):
        if int(row["ano"]) in YEARS:
            totals[f"{row['ano']}-{int(row['mes']):02}"] += int(row["total"])
    return totals


def streams(register: Register) -> dict[str, list[tuple[str | None, str | None]]]:
    """Give serial and make of each seizure, by firearm."""
    conninfo = register.office.database.conninfo("ledger_reader")
    register.count("apprehensions")
    found = defaultdict(list)
    with psycopg.connect(conninfo) as connection:
        for stream, serial, make in connection.execute(
            "select stream::text, facts->>'described.serial', facts->>'described.make'"
            " from projection.life where evt = 'firearm.seized' and known_to is null"
        ):
            found[stream].append((serial, make))
    return found


def test_every_month_is_that_of_the_register_and_the_definition_explains_the_official_one(
    rio: Register,
) -> None:
    rows = booked()
    everything = Counter(map(month_of, rows))
    others = Counter(month_of(row) for row in rows if row["Patrimoniada"].upper() not in FORCES)
    answer = rio.count("apprehensions", "month")
    assert {each.group[0]: each.denominator for each in answer.rows} == everything
    assert {each.group[0]: each.numerator for each in answer.rows} == others
    for each in answer.rows:
        total = official()[each.group[0]]
        # Closer without what a government owns, and still higher: the rest is not explained.
        assert total < each.numerator < each.denominator
        assert each.denominator - each.government == each.numerator


def test_the_years_are_those_of_the_provenance_of_the_data(rio: Register) -> None:
    found = [rio.count("apprehensions", period=Period.year(year)).total for year in YEARS]
    assert [each.denominator for each in found] == [13_725, 14_034]
    assert [each.numerator for each in found] == [10_513, 10_179]
    assert [
        sum(n for month, n in official().items() if month[:4] == str(year)) for year in YEARS
    ] == [8_706, 8_721]
    gap = sum(each.denominator for each in found) - official().total()
    explained = sum(each.government for each in found)
    assert 0.6 < explained / gap < 0.8


def test_service_arms_are_never_counted_as_illicit_seizures(rio: Register) -> None:
    answer = rio.count("apprehensions", "declared_origin", "owner")
    counted = {each.group: (each.numerator, each.denominator) for each in answer.rows}
    said_illicit = counted["illicit", "government"]
    assert said_illicit[0] == 0  # the form says "illicit" of service arms too
    assert said_illicit[1] > 6_000


def test_an_indicator_is_not_made_of_proceedings_that_nobody_stated(rio: Register) -> None:
    answer = rio.count("sdg-16.4.2", period=Period.year(2017))
    assert (answer.total.denominator, answer.total.value("percent")) == (0, None)
    assert set(answer.left_out) == {"proceeding_unknown"}
    assert answer.left_out["proceeding_unknown"] > 12_000


def test_a_firearm_that_comes_back_is_one_timeline(rio: Register) -> None:
    found = streams(rio)
    again = [seizures for seizures in found.values() if len(seizures) > 1]
    assert len(again) > 1_000  # in two of the five years in which 3,000 and more came back
    assert max(map(len, again)) >= 5
    for seizures in again:
        assert len({(fold(serial or ""), fold(make or "")) for serial, make in seizures}) == 1
    assert sum(map(len, found.values())) == len(booked())


def test_one_serial_on_two_makes_is_two_timelines(rio: Register) -> None:
    makes: dict[str, set[str]] = defaultdict(set)
    timelines: dict[str, set[str]] = defaultdict(set)
    for stream, seizures in streams(rio).items():
        for serial, make in seizures:
            if serial not in (None, "unknown", "none") and make not in (None, "unknown", "none"):
                makes[fold(serial)].add(fold(make))
                timelines[fold(serial)].add(stream)
    collisions = [serial for serial, found in makes.items() if len(found) > 1]
    assert len(collisions) > 100
    for serial in collisions:
        assert len(timelines[serial]) >= len(makes[serial])


def test_marks_are_told_for_those_that_somebody_described(rio: Register) -> None:
    answer = rio.count("marks-missing", "marks")
    assert {"obliterated", "partly_obliterated", "adequate"} <= {e.group[0] for e in answer.rows}
    assert answer.total.denominator + sum(answer.left_out.values()) == len(booked())
