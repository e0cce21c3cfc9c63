# SPDX-License-Identifier: Apache-2.0
"""What stands in the log cannot make a spreadsheet run it."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest
from openpyxl import load_workbook

from api.reporting.forms import FORMS
from api.reporting.sheets import Form, Report, Sheet, Table
from api.reporting.writing import csv_text, report_csv, report_xlsx
from projections.statistics.answer import Answer, Count, Position
from projections.statistics.catalogue import STATISTICS
from projections.statistics.period import Period

BAD = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"]


def report_of(text: str) -> Report:
    """Give a report about stock of one custodian."""
    table = Table(code="1", title="Stock", statistic="stock", by=("custodian",))
    part = Count(
        group=(text,), numerator=-2, denominator=3, government=0, owner_unknown=0, days=None
    )
    answer = Answer(
        statistic=STATISTICS["stock"],
        period=Period.year(2018),
        position=Position(size=1, log_size=1, cut_off=""),
        by=("custodian",),
        total=replace(part, group=()),
        rows=(part,),
        left_out={"undated": 2},
    )
    form = Form(name="test", title="Test", notes=(), tables=(table,))
    return Report(
        form=form,
        period=answer.period,
        position=answer.position,
        sheets=[Sheet(table=table, answer=answer)],
    )


@pytest.mark.parametrize("text", BAD)
def test_a_text_is_never_a_formula(text: str) -> None:
    assert csv_text(("a",), [[text]]).splitlines()[1].strip('"').startswith("'")
    assert f"custodian={text}" in report_csv(report_of(text)).decode()
    book = load_workbook(BytesIO(report_xlsx(report_of(text))))
    (cell,) = [each for row in book["1"] for each in row if each.value == text]
    assert cell.data_type == "s"


def test_a_negative_number_stays_a_number() -> None:
    assert csv_text(("a",), [[-2, None, 1.5]]).splitlines()[1] == "-2,,1.5"


def test_what_is_left_out_stands_in_both_files_with_its_reason() -> None:
    assert "Left out: 2, its time is too imprecise" in report_csv(report_of("x")).decode()
    book = load_workbook(BytesIO(report_xlsx(report_of("x"))))
    assert any("Left out: 2" in str(row[0]) for row in book["1"].values)


@pytest.mark.parametrize("name", FORMS)
def test_every_table_of_a_report_is_a_statistic_by_its_dimensions(name: str) -> None:
    tables = FORMS[name].tables
    assert len({each.code for each in tables}) == len(tables)
    for each in tables:
        assert set(each.by) <= set(STATISTICS[each.statistic].dimensions)
