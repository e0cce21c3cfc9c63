# SPDX-License-Identifier: Apache-2.0
"""``muniment stats`` and ``muniment report`` as somebody types them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import typer
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from api.cli.counting.report import report
from api.cli.counting.stats import stats
from api.reporting.forms import FORMS
from audit.database import Database
from projections.statistics.catalogue import STATISTICS
from tests.integration.projections.conftest import Desk, opened_desk

CRIMINAL = {"ground": "illicit_possession", "proceeding": "criminal"}


@pytest.fixture(scope="module")
def counted(of_module: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Give a ledger with two seizures in 2018, one of them of a service arm, told the day after."""
    home = tmp_path_factory.mktemp("counted") / "ledger"
    with opened_desk(of_module, home) as desk:
        own, service = desk.manufacture("A-1"), desk.manufacture("B-2")
        desk.record("seized", own, "2018-02-01", **CRIMINAL, jur="XA-01")
        desk.record("seized", service, "2018-03-01", **CRIMINAL, owner_status="force_owned")
        yield desk


def run(desk: Desk, command: Any, *words: str) -> Result:
    app = typer.Typer()
    app.command()(command)
    return CliRunner().invoke(app, words, obj=desk.office.settings)


def told(desk: Desk, *words: str) -> dict[str, Any]:
    result = run(desk, stats, *words, "--json")
    assert result.exit_code == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_without_a_name_every_statistic_is_listed_with_its_definition(counted: Desk) -> None:
    words = run(counted, stats).stdout
    assert all(each.definition in words for each in STATISTICS.values())
    listed = [json.loads(line) for line in run(counted, stats, "--json").stdout.splitlines()]
    assert [each["statistic"] for each in listed] == list(STATISTICS)
    table = list(csv.DictReader(StringIO(run(counted, stats, "--csv").stdout, newline="")))
    assert [each["definition"] for each in table] == [each["definition"] for each in listed]


def test_a_number_comes_with_its_definition_its_position_and_whose_firearms_they_were(
    counted: Desk,
) -> None:
    found = told(counted, "apprehensions", "--year", "2018", "--by", "owner")
    size = counted.office.ledger.size
    assert found["definition"] == STATISTICS["apprehensions"].definition
    assert (found["known_entries"], found["log_entries"]) == (size, size)
    assert found["cut_off"].endswith("Z")
    assert (found["numerator"], found["denominator"]) == (1, 2)
    assert (found["government"], found["owner_unknown"], found["value"]) == (1, 0, 1)
    assert [row["owner"] for row in found["rows"]] == ["government", "not_government"]


def test_a_person_reads_the_value_the_parts_and_from_what_it_was_counted(counted: Desk) -> None:
    result = run(counted, stats, "sdg-16.4.2", "--year", "2018", "--by", "level")
    assert result.exit_code == 0
    assert result.stdout.startswith("SDG indicator 16.4.2, 2018: 0.00 %\n")
    assert "not_attempted" in result.stdout
    size = counted.office.ledger.size
    assert f"Counted from {size} of {size} log entries" in result.stderr
    nothing = run(counted, stats, "time-to-crime", "--from", "2018", "--to", "2019").stdout
    assert "left out 2: no lawful sale" in nothing
    assert nothing.startswith("Time to crime, from 2018 and before 2019: -\n")


def test_the_answer_of_an_earlier_position_or_day_can_be_had_again(counted: Desk) -> None:
    def seizures(known: str) -> int:
        found = told(counted, "apprehensions", "--year", "2018", "--as-known-on", known)
        return int(found["denominator"])

    newest = counted.office.ledger.size - 1
    assert [seizures(str(known)) for known in (newest, newest - 1, newest - 2)] == [2, 1, 0]
    assert seizures("2100-01-01") == 2
    assert seizures("2001-01-01") == 0
    recorded = told(counted, "stock")["cut_off"]
    assert seizures(recorded[:7]) == seizures(recorded[:10]) == 2
    beyond = run(counted, stats, "apprehensions", "--as-known-on", str(newest + 1))
    assert (beyond.exit_code, beyond.stderr.split(":")[0]) == (2, "position_unknown")


def test_csv_is_one_table_with_parts_whole_and_what_is_left_out(counted: Desk) -> None:
    result = run(counted, stats, "marks-missing", "--by", "type", "--csv", "--year", "2018")
    rows = list(csv.DictReader(StringIO(result.stdout, newline="")))
    assert [each["row"] for each in rows] == ["part", "whole"]
    assert {each["definition"] for each in rows} == {STATISTICS["marks-missing"].definition}
    left = run(counted, stats, "time-to-crime", "--csv", "--year", "2018")
    last = list(csv.DictReader(StringIO(left.stdout, newline="")))[-1]
    assert (last["row"], last["denominator"]) == ("left out: no_sale_on_record", "2")


def test_two_dimensions_can_be_had_as_a_matrix_with_totals(counted: Desk) -> None:
    words = ("apprehensions", "--year", "2018", "--by", "owner", "--by", "quarter", "--matrix")
    lines = [line.split() for line in run(counted, stats, *words).stdout.splitlines()[-4:]]
    assert lines == [
        ["owner/quarter", "2018-Q1", "total"],
        ["government", "1", "1"],
        ["not_government", "1", "1"],
        ["total", "2", "2"],
    ]


@pytest.mark.parametrize(
    ("words", "slug"),
    [
        (["stock", "--by", "owner", "--matrix"], "matrix_dimensions"),
        (["nothing"], "statistic_unknown"),
        (["stock", "--by", "weather"], "dimension_unknown"),
        (["stock", "--year", "2018", "--to", "2019"], "period_twice"),
        (["stock", "--from", "2019", "--to", "2018"], "period_empty"),
        (["stock", "--as-known-on", "nothing@2018"], "position_unknown"),
        (["stock", "--from", "yesterday"], "occ_invalid"),
    ],
)
def test_what_cannot_be_counted_is_told_with_what_can(
    counted: Desk, words: list[str], slug: str
) -> None:
    result = run(counted, stats, *words)
    assert (result.exit_code, result.stderr.split(":")[0]) == (2, slug)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_a_report_of_the_same_entries_has_the_same_bytes(
    counted: Desk, tmp_path: Path, form: str, ending: str
) -> None:
    known = str(counted.office.ledger.size - 1)
    files = [tmp_path / f"{name}.{ending}" for name in ("first", "second")]
    for file in files:
        words = (form, "--year", "2018", "--out", str(file), "--as-known-on", known)
        assert run(counted, report, *words).exit_code == 0
    assert files[0].read_bytes() == files[1].read_bytes()


def test_the_workbook_says_what_is_unknown_and_defines_every_table(
    counted: Desk, tmp_path: Path
) -> None:
    file = tmp_path / "iafq.xlsx"
    assert run(counted, report, "iafq", "--year", "2018", "--out", str(file)).exit_code == 0
    book = load_workbook(file)
    about = " ".join(str(row[0]) for row in book["About"].values)
    assert "exact wording and numbering of the official tables was not at hand" in about
    assert book.sheetnames == ["About", *(each.code for each in FORMS["iafq"].tables)]
    for table in FORMS["iafq"].tables:
        cells = [row[0] for row in book[table.code].values]
        assert STATISTICS[table.statistic].definition in cells
    rows = list(book["1.1"].values)
    assert ("part", "seized", "pistol", 1, 2, 1, 0, 1, "number") in rows


def test_the_csv_report_has_a_line_for_each_number(counted: Desk, tmp_path: Path) -> None:
    file = tmp_path / "poa.csv"
    assert run(counted, report, "poa", "--year", "2018", "--out", str(file)).exit_code == 0
    rows = list(csv.DictReader(StringIO(file.read_text("utf-8"), newline="")))
    seized = next(each for each in rows if each["table"] == "5.1" and each["row"] == "part")
    assert seized["category"] == "apprehension=seized; type=pistol"
    assert (seized["numerator"], seized["denominator"], seized["government"]) == ("1", "2", "1")
    assert {each["table"] for each in rows} == {"about", *(t.code for t in FORMS["poa"].tables)}


@pytest.mark.parametrize(
    ("words", "slug", "code"),
    [
        (["nothing", "--out", "x.csv"], "report_unknown", 2),
        (["iafq", "--out", "x.pdf"], "report_format", 2),
        (["iafq", "--out", "no/such/folder/x.csv"], "report_unwritable", 4),
    ],
)
def test_a_report_that_cannot_be_written_says_why(
    counted: Desk, words: list[str], slug: str, code: int
) -> None:
    result = run(counted, report, *words, "--year", "2018")
    assert (result.exit_code, result.stderr.split(":")[0]) == (code, slug)
