# SPDX-License-Identifier: Apache-2.0
"""Screen 6: every figure is the API's and the CLI's, and can be computed again from its page."""

from __future__ import annotations

import re
import shlex
from html import unescape
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import pytest
import typer
from openpyxl import load_workbook
from typer.testing import CliRunner

from api.cli.counting.stats import stats
from api.console.pages.statistics.words import OUTLINES
from api.registrar import Act, perform
from domain.identifiers import parse_stream_id
from projections.statistics.catalogue import STATISTICS
from tests.integration.console.conftest import Console, Person, text_of
from tests.unit.domain.lives import DESCRIPTION, SOURCE

CRIMINAL = {"ground": "illicit_possession", "proceeding": "criminal"}
HOSTILE = '"><script>alert(1)</script>\u202e'


@pytest.fixture(scope="module")
def counted(console: Console) -> Console:
    """Two pistols that were seized in 2018, one of them a service arm, and a rifle in 2019."""
    desk = console.desk
    own, service = desk.manufacture("STAT-1"), desk.manufacture("STAT-2")
    other = parse_stream_id("arm.01a2076b-4018-7111-8222-00000000057a")
    rifle = {"kind": "rifle", "action": "bolt", "serial": {"known": "STAT-3"}}
    perform(
        desk.office,
        Act(
            evt="firearm.registered",
            dat={**DESCRIPTION, **rifle, "source": SOURCE},
            sub=other,
            occ="2018",
        ),
        desk.key,
    )
    desk.record("seized", own, "2018-02-01", **CRIMINAL, jur="XA-01")
    desk.record("seized", service, "2018-03-01", **CRIMINAL, owner_status="force_owned")
    desk.record("seized", other, "2019-03-01", **CRIMINAL)
    return console


@pytest.fixture(scope="module")
def reader(counted: Console) -> Person:
    return counted.person("TRC")


def told(console: Console, *words: str) -> str:
    app = typer.Typer()
    app.command()(stats)
    result = CliRunner().invoke(app, words, obj=console.office.settings)
    assert result.exit_code == 0, result.stderr
    return result.stdout


def value_of(page: str) -> str:
    (found,) = re.findall(r'<p class="result"><b>([^<]*)</b>', page)
    return unescape(found)


def link_of(page: str, words: str) -> str:
    (found,) = re.findall(rf'href="([^"]+)">{re.escape(words)}</a>', page)
    return unescape(found)


def of_api(reader: Person, page: str) -> dict[str, Any]:
    (address,) = re.findall(r"<pre[^>]*>GET ([^<]+)</pre>", page)
    answer = reader.get(unescape(address))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_every_statistic_is_listed_with_one_sentence_and_has_its_page(reader: Person) -> None:
    listed = reader.get("/statistics")
    assert set(OUTLINES) == set(STATISTICS)
    for name, outline in OUTLINES.items():
        assert f'href="/statistics/{name}"' in listed.text
        assert outline.told in unescape(listed.text)


@pytest.mark.parametrize("name", STATISTICS)
def test_no_figure_is_without_its_definition_and_position(reader: Person, name: str) -> None:
    answer = reader.get(f"/statistics/{name}")
    assert answer.status_code == 200
    words = re.sub(r"\s+", " ", unescape(text_of(answer)))
    statistic = STATISTICS[name]
    assert statistic.definition in words
    assert statistic.numerator in words
    assert statistic.denominator in words
    assert "Log position" in words
    assert "Cut-off" in words


@pytest.mark.parametrize(
    "query", ["from=2018&to=2019", "from=2018&to=2019&type=pistol", "from=2018&by=owner&over=month"]
)
def test_the_figure_is_that_of_the_api(reader: Person, query: str) -> None:
    page = reader.get(f"/statistics/apprehensions?{query}").text
    found = of_api(reader, page)
    narrow = "type=pistol" in query
    whole = next(each for each in found["rows"] if each["type"] == "pistol") if narrow else found
    assert value_of(page) == str(whole["value"])
    assert f"{whole['numerator']} of {whole['denominator']}" in unescape(page)


def test_the_command_line_on_the_page_gives_the_same_number(
    counted: Console, reader: Person
) -> None:
    page = reader.get("/statistics/sdg-16.4.2?from=2018&to=2019").text
    (line,) = re.findall(r"<pre[^>]*>(muniment stats[^<]+)</pre>", page)
    first = told(counted, *shlex.split(unescape(line))[2:]).splitlines()[0]
    assert first.endswith(": 0.00 %")
    assert value_of(page) == "0.0%"


def test_recomputing_gives_the_same_number_after_further_events(
    counted: Console, reader: Person
) -> None:
    page = reader.get("/statistics/apprehensions?from=2020&to=2021").text
    before, again = value_of(page), link_of(page, "Recompute from these entries")
    file = reader.get(link_of(page, "Download the table (CSV)")).text
    late = counted.desk.manufacture("STAT-9")
    counted.desk.record("seized", late, "2020-03-01", **CRIMINAL)
    now = reader.get("/statistics/apprehensions?from=2020&to=2021").text
    assert value_of(now) == str(int(before) + 1)
    assert value_of(reader.get(again).text) == before
    assert reader.get(link_of(page, "Download the table (CSV)")).text == file


def test_the_file_is_that_of_the_command_line(counted: Console, reader: Person) -> None:
    page = reader.get("/statistics/apprehensions?from=2018&to=2019&over=month&by=type").text
    (line,) = re.findall(r"<pre[^>]*>(muniment stats[^<]+)</pre>", page)
    file = reader.get(link_of(page, "Download the table (CSV)"))
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    assert (
        file.text.splitlines()
        == told(counted, *shlex.split(unescape(line))[2:], "--csv").splitlines()
    )
    assert "2018-02" in file.text


def test_a_narrowed_file_holds_its_rows_alone_and_their_whole(reader: Person) -> None:
    file = reader.get("/statistics/apprehensions?from=2018&to=2020&type=rifle&by=owner&as=csv")
    rows = [line.split(",")[4:7] for line in file.text.splitlines()[1:]]
    assert ["whole", "rifle", ""] in rows
    assert {row[1] for row in rows} <= {"rifle", ""}


def test_an_empty_period_is_said_and_no_picture_is_drawn(reader: Person) -> None:
    for name in ("sdg-16.4.2", "time-to-crime", "flows", "apprehensions"):
        page = reader.get(f"/statistics/{name}?from=1900&to=1901")
        assert page.status_code == 200
        assert "<svg" not in page.text
        assert "Nothing is on record for this." in page.text
        assert value_of(page.text) in ("0", "\N{EN DASH}")


def test_the_indicator_shows_both_denominators_and_its_flow(reader: Person) -> None:
    page = reader.get("/statistics/sdg-16.4.2").text
    assert "Among those alone that bear their marks:" in page
    assert 'role="img"' in page


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=2019&to=2018", "from"),
        ("from=yesterday", "from"),
        ("by=colour", "by"),
        ("as_known_on=999999999", "as_known_on"),
        ("as_known_on=nobody@2018", "as_known_on"),
    ],
)
def test_what_cannot_be_counted_is_told_at_its_field_and_no_figure_is_shown(
    reader: Person, query: str, field: str
) -> None:
    answer = reader.get(f"/statistics/apprehensions?{query}")
    assert answer.status_code == 400
    assert f'<a href="#{field}">' in answer.text
    assert 'class="result"' not in answer.text
    assert STATISTICS["apprehensions"].definition in unescape(answer.text)


@pytest.mark.parametrize("field", ["from", "to", "over", "by", "place", "type", "as_known_on"])
def test_hostile_words_of_an_address_stay_words(reader: Person, field: str) -> None:
    answer = reader.get(f"/statistics/apprehensions?{urlencode({field: HOSTILE})}")
    assert answer.status_code in (200, 400)
    assert "<script>" not in answer.text
    assert "alert(1)" in answer.text


def test_hostile_words_of_an_event_stay_words(counted: Console, reader: Person) -> None:
    arm = counted.desk.manufacture("STAT-H")
    counted.desk.record("stock-received", arm, "2016-02-01", stock="DEPOT 1")
    counted.desk.record("stock-issued", arm, "2017-02-01", agency="<b>x_y</b>")
    page = reader.get("/statistics/issues?by=custodian").text
    assert "&lt;b&gt;x_y&lt;/b&gt;" in page
    assert "<b>x_y" not in page


def test_a_stranger_is_led_to_log_in_and_no_name_is_made_up(
    counted: Console, reader: Person
) -> None:
    answer = counted.stranger.get("/statistics/apprehensions")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/log-in?next=%2Fstatistics%2Fapprehensions")
    assert reader.get("/statistics/made-up").status_code == 404


@pytest.mark.parametrize("name", ["iafq", "poa"])
def test_the_reports_of_a_state_are_files_that_repeat(reader: Person, name: str) -> None:
    book = reader.get(f"/statistics/reports/{name}?year=2018&as=xlsx&as_known_on=5")
    assert (
        book.content
        == reader.get(f"/statistics/reports/{name}?year=2018&as=xlsx&as_known_on=5").content
    )
    assert load_workbook(BytesIO(book.content)).sheetnames[0] == "About"
    table = reader.get(f"/statistics/reports/{name}?year=2018&as=csv")
    assert table.headers["content-disposition"] == f'attachment; filename="{name}-2018.csv"'
    assert reader.get(f"/statistics/reports/{name}?year=2018&as=exe").status_code == 404


def test_a_page_in_arabic_runs_from_right_to_left(reader: Person) -> None:
    page = reader.get("/statistics/apprehensions", **{"Accept-Language": "ar"}).text
    assert '<html lang="ar" dir="rtl">' in page
    assert "<svg" in page
