# SPDX-License-Identifier: Apache-2.0
"""Small registers and mappings for the tests of the importer."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Sequence
from pathlib import Path

from api.importing.identity import Identities
from api.importing.mapping.loading import check_columns, parse_mapping
from api.importing.mapping.model import Mapping
from api.importing.refusals import Refusal
from api.importing.source.opening import open_source
from api.importing.source.rows import Reading, Row
from api.importing.transform.rows import PlannedRow, RowMapper
from domain.catalogue import CATALOGUE

MAPPINGS = Path("api/importing/mappings")
CALIFORNIA = Path("api/demo/leso1033_raw_California_2016-04-04.csv.gz")
RIO = Path("../shared/data/restricted/rj_police_seizures_2017_2018.csv.gz")
SAO_PAULO = Path("../shared/data/restricted/sp_nonserial_marking_texts.csv")
SECRET = bytes(range(32))

PISTOLS = """
[source]
register = "pistols"
as_of = "2020-01-31"

[identity]
gun = [{ column = "Number", spelling = "serial", give = "known" }, { column = "Make" }]
duplicate_reason = "possible_same_object"

[rows.quantity]
column = "Count"
max = 50

[spellings.serial]
otherwise = "legible"
[[spellings.serial.read]]
means = "obliterated"
texts = ["Unlesbar"]
patterns = ['^ausgeschl']
[[spellings.serial.read]]
means = "none"
texts = ["ohne"]

[tables.kind]
[tables.kind.values]
"Pistole" = "pistol"
"Büchse" = "rifle"

[[events]]
evt = "firearm.registered"
first_only = true
occ = { const = "unknown" }
[events.fields]
"make" = { column = "Make", give = "stated" }
"model" = { const = "unknown" }
"kind" = { column = "Kind", table = "kind" }
"action" = { const = "unknown" }
"calibre" = { const = "unknown" }
"year" = { const = "unknown" }
"country" = { const = "unknown" }
"serial" = { column = "Number", spelling = "serial", give = "stated" }

[[events]]
evt = "firearm.found"
occ = { column = "Found", formats = ["%d.%m.%Y"], precision = "day" }
when = [{ column = "Found", filled = true }]
[events.fields]
"station" = { column = "Station" }
"""

COLUMNS = ("Number", "Make", "Kind", "Count", "Found", "Station")
PLAIN = ("AB1234", "STEYR", "Pistole", "1", "24.12.2019", "Graz")


def mapping_of(text: str = PISTOLS) -> Mapping:
    """Read a mapping."""
    return parse_mapping(text.encode(), CATALOGUE, name="test.toml")


def shipped(name: str) -> Mapping:
    """Read one of the mappings that come with the software."""
    return parse_mapping((MAPPINGS / name).read_bytes(), CATALOGUE, name=name)


def row_of(line: int = 2, /, **changes: str) -> Row:
    """Give a row of the register of pistols."""
    return Row(line, [changes.get(name, cell) for name, cell in zip(COLUMNS, PLAIN, strict=True)])


def mapper_of(mapping: Mapping | None = None, header: Sequence[str] = COLUMNS) -> RowMapper:
    """Make a mapping ready for a header."""
    known = mapping or mapping_of()
    check_columns(known, header)
    identities = Identities(SECRET, register=known.source.register_, as_of=known.source.as_of)
    return RowMapper(known, tuple(header), identities)


def plan(**changes: str) -> PlannedRow | Refusal:
    """Map one row of the register of pistols."""
    return mapper_of().plan(row_of(**changes))


def read(path: Path, **reading: object) -> list[Row | Refusal]:
    """Read every row of a file."""
    with open_source(path, Reading(**reading)) as source:  # type: ignore[arg-type]
        return list(source)


def write(path: Path, data: bytes) -> Path:
    """Write a register."""
    path.write_bytes(data)
    return path


def dicts(path: Path) -> list[dict[str, str]]:
    """Read a compressed CSV file with the standard library alone, as a yardstick."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))
