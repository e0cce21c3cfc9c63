# SPDX-License-Identifier: Apache-2.0
"""A list is given in one of three forms, each record as it comes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from api.asking import day_asked
from api.cli.asking import listing
from api.cli.asking.listing import Form, form_of, give
from domain.errors import UsageError
from tests.unit.domain.lives import NOW

RECORDS: list[dict[str, Any]] = [
    {"name": "a, b", "place": {"country": "XA"}, "open": True, "states": ["x", "y"], "left": None},
    {"name": 'say "c"', "place": None, "open": False, "states": [], "left": -3},
]
COLUMNS = ("name", "place.country", "open", "states", "left")


def _given(capsys: pytest.CaptureFixture[str], form: Form) -> list[str]:
    assert give(RECORDS, COLUMNS, form=form) == 2
    return capsys.readouterr().out.splitlines()


def test_csv_has_a_header_and_quotes_what_needs_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert _given(capsys, "csv") == [
        "name,place_country,open,states,left",
        '"a, b",XA,true,x y,',
        '"say ""c""",,false,,-3',
    ]


def test_json_is_one_object_a_line_with_every_member(capsys: pytest.CaptureFixture[str]) -> None:
    first, second = _given(capsys, "json")
    assert '"place": {"country": "XA"}' in first
    assert '"left": -3' in second


def test_a_table_names_the_last_part_of_each_column(capsys: pytest.CaptureFixture[str]) -> None:
    title, first, _ = _given(capsys, "table")
    assert title.split() == ["name", "country", "open", "states", "left"]
    assert first.split() == ["a,", "b", "XA", "true", "x", "y"]


def test_a_long_table_begins_anew(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "TABLE_ROWS", 1)
    assert sum(line.startswith("name") for line in _given(capsys, "table")) == 2


def test_a_list_of_nothing_has_its_header_in_csv_alone(capsys: pytest.CaptureFixture[str]) -> None:
    for form, lines in (("csv", 1), ("json", 0), ("table", 0)):
        assert give([], COLUMNS, form=form) == 0  # type: ignore[arg-type]
        assert len(capsys.readouterr().out.splitlines()) == lines


def test_records_are_given_as_they_come(capsys: pytest.CaptureFixture[str]) -> None:
    def coming() -> Iterator[dict[str, Any]]:
        yield RECORDS[0]
        assert "a, b" in capsys.readouterr().out
        yield RECORDS[1]

    for form in ("json", "csv"):
        assert give(coming(), COLUMNS, form=form) == 2


@pytest.mark.parametrize(
    ("json", "csv", "form"), [(False, False, "table"), (True, False, "json"), (False, True, "csv")]
)
def test_the_options_choose_the_form(json: bool, csv: bool, form: str) -> None:
    assert form_of(json=json, csv=csv) == form


def test_two_forms_are_none() -> None:
    with pytest.raises(UsageError, match="not both"):
        form_of(json=True, csv=True)


def test_the_day_is_today_unless_one_is_named() -> None:
    now = datetime.fromtimestamp(NOW, UTC)
    assert str(day_asked(None, now)) == f"{now:%Y-%m-%d}"
    assert str(day_asked("2024-02-29", now)) == "2024-02-29"
    with pytest.raises(UsageError, match="not a single day"):
        day_asked("unknown", now)
