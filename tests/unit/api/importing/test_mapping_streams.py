# SPDX-License-Identifier: Apache-2.0
"""A row may be about components and licences too, and name holdings without naming persons."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from api.importing.identity import Identities
from api.importing.mapping.walk import stream_kind
from api.importing.refusals import Refusal
from api.importing.source.rows import Row
from api.importing.transform.rows import PlannedEvent, PlannedRow
from domain.catalogue import AGGREGATES, CATALOGUE
from domain.errors import UsageError
from tests.unit.api.importing.builders import SECRET, mapper_of, mapping_of, write
from tests.unit.api.importing.desk import appoint, open_register, run

HEADER = ("Case", "Part", "Owner", "Count")
MAPPING = """
[source]
register = "parts"
as_of = "2020"
[rows.quantity]
column = "Count"
[identity]
licence = [{ column = "Case" }]

[[events]]
evt = "licence.applied"
first_only = true
occ = { const = "unknown" }
[events.fields]
"kind" = { const = "acquisition" }
"hld" = { column = "Owner", give = "holding" }
"application_no" = { column = "Case" }

[[events]]
evt = "component.registered"
occ = { const = "unknown" }
[events.fields]
"part" = { column = "Part" }
"make" = { const = "unknown" }
"serial" = { const = "unknown" }
"hld" = { column = "Owner", give = "holding" }
"""


def planned(*cells: str, line: int = 2) -> tuple[PlannedEvent, ...]:
    row = mapper_of(mapping_of(MAPPING), HEADER).plan(Row(line, list(cells)))
    assert isinstance(row, PlannedRow)
    return row.events


def test_a_row_of_three_is_one_application_and_three_components() -> None:
    events = planned("7", "barrel", "A", "3")
    assert [event.evt for event in events] == ["licence.applied", *["component.registered"] * 3]
    assert len({event.stream for event in events}) == len({event.jti for event in events}) == 4


def test_rows_of_one_application_share_its_stream_and_components_are_their_own() -> None:
    first, second = planned("7", "barrel", "A", "1"), planned("7", "barrel", "A", "1", line=3)
    assert first[0].stream == second[0].stream
    assert first[1].stream != second[1].stream


def test_a_holding_stands_for_whom_the_column_names_and_tells_nothing() -> None:
    (_, one), (_, again) = (
        planned("7", "slide", "Ann Ex", "1"),
        planned("8", "slide", "ANN EX", "1"),
    )
    (_, other) = planned("7", "slide", "Bob", "1")
    assert one.dat["hld"] == again.dat["hld"] != other.dat["hld"]
    assert re.fullmatch(r"hld\.[0-9a-f-]{36}", one.dat["hld"])
    elsewhere = Identities(bytes(32), register="parts", as_of="2020").holding("Owner", "ann ex")
    assert one.dat["hld"] != f"hld.{elsewhere}"
    assert one.dat["hld"] == (
        f"hld.{Identities(SECRET, register='parts', as_of='2020').holding('Owner', 'ann ex')}"
    )


def test_an_empty_cell_stands_for_no_holding() -> None:
    assert "hld" not in planned("7", "slide", "", "1")[1].dat


def test_a_row_that_does_not_name_its_licence_is_refused() -> None:
    row = mapper_of(mapping_of(MAPPING), HEADER).plan(Row(2, ["", "slide", "A", "1"]))
    assert isinstance(row, Refusal)
    assert row.slug == "value_missing"


def test_a_mapping_with_licences_says_what_names_them() -> None:
    with pytest.raises(UsageError, match="what names a licence"):
        mapping_of(MAPPING.replace('licence = [{ column = "Case" }]', ""))


def test_an_event_about_something_else_is_not_for_an_import() -> None:
    with pytest.raises(UsageError, match="not about a firearm, a component or a licence"):
        mapping_of(MAPPING.replace("licence.applied", "key.revoked"))


def test_the_kind_of_a_stream_is_that_of_the_catalogue() -> None:
    for kind in CATALOGUE:
        if kind.subject in ("arm", "cmp", "lic"):
            assert stream_kind(kind.evt) == kind.subject
            assert kind.subject in AGGREGATES


def test_a_ledger_records_an_application_once_and_every_component(tmp_path: Path) -> None:
    signatory = appoint(open_register(tmp_path / "keys"), ["LIC"], ["XA"])
    rows = ",".join(HEADER) + "\n7,barrel,A,2\n7,slide,A,1\n8,frame,B,1\n"
    file = write(tmp_path / "parts.csv", rows.encode())
    mapping = mapping_of(MAPPING)
    tally = run(signatory, file, mapping=mapping)
    assert (tally.rows, tally.events, tally.refused) == (3, 6, {})
    again = run(signatory, file, mapping=mapping)
    assert (again.events, again.complete) == (0, 3)
