# SPDX-License-Identifier: Apache-2.0
"""Two more real registers: transfers of Maryland, and parts shipped under the 1033 programme.

The expected counts were taken from the files with the csv module alone. The files stay where
they are: a test reads their first chunks, a slow one all of them.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from api.importing.chunks import Chunk, open_chunks, reading_of
from api.importing.preview import Preview, preview_rows
from api.importing.refusals import Refusal
from api.importing.report import Rejects, Tally
from api.importing.run import Conduct, import_rows
from api.importing.source.opening import open_source
from api.importing.transform.rows import PlannedEvent, PlannedRow
from domain.catalogue import CATALOGUE
from domain.event import read_data
from tests.unit.api.importing.builders import SECRET, dicts, mapper_of, shipped
from tests.unit.api.importing.desk import MemoryRegister, appoint, open_register

pytestmark = pytest.mark.slow  # real registers, whole

SHARED = Path("../shared/data")
MARYLAND = SHARED / "restricted/md_regulated_firearm_transfers_2017_raw.csv.gz"
SHIPMENTS = SHARED / "open/leso1033_shipments_fsc1005_parts.csv"
MD = "md-transfers.toml"
PARTS = "leso-1033-parts.toml"
CHUNKS = 4

needs_maryland = pytest.mark.skipif(
    not MARYLAND.exists(), reason="the Maryland register is not on this machine"
)
needs_shipments = pytest.mark.skipif(
    not SHIPMENTS.exists(), reason="the list of shipments is not on this machine"
)


def first_chunks(name: str, path: Path) -> Iterator[Chunk]:
    with open_chunks(path, shipped(name), secret=SECRET) as chunks:
        yield from islice(chunks, CHUNKS)


@lru_cache
def mapped(name: str, path: Path) -> tuple[PlannedRow | Refusal, ...]:
    mapping = shipped(name)
    with open_source(path, reading_of(mapping.source)) as source:
        mapper = mapper_of(mapping, source.header)
        return tuple(row if isinstance(row, Refusal) else mapper.plan(row) for row in source)


def events(name: str, path: Path) -> list[PlannedEvent]:
    rows = (row for row in mapped(name, path) if isinstance(row, PlannedRow))
    return [event for row in rows for event in row.events]


def refusals(name: str, path: Path) -> Counter[str]:
    return Counter(row.slug for row in mapped(name, path) if isinstance(row, Refusal))


def preview(folder: Path, name: str, path: Path, *, role: str, place: str) -> Preview:
    signatory = appoint(open_register(folder / "keys"), [role], [place])
    return preview_rows(first_chunks(name, path), signatory=signatory, rejects=Rejects())


def record(
    folder: Path, name: str, path: Path, *, role: str, place: str
) -> tuple[MemoryRegister, Tally]:
    register = open_register(folder / "keys")
    conduct = Conduct(signatory=appoint(register, [role], [place]), rejects=Rejects())
    return register, import_rows(islice(first_chunks(name, path), 1), conduct)


def part_in(row: dict[str, str]) -> bool:
    """Tell whether a row of Maryland calls its item a part, by hand and not by the mapping."""
    for column in ("Model", "Model Number"):
        text = row[column].casefold()
        whole = re.search(r"(large|small|supermag|steel) frame|stamped on", text)
        if not whole and re.search(r"\b(lowers?|receiver|frame)\b", text):
            return True
    return False


def maryland() -> list[dict[str, str]]:
    rows = dicts(MARYLAND)
    return [{name.lstrip("\N{BOM}"): cell for name, cell in row.items()} for row in rows]


@needs_maryland
def test_a_dry_run_of_maryland_checks_every_row_and_counts_its_events(tmp_path: Path) -> None:
    found = preview(tmp_path, MD, MARYLAND, role="LIC", place="US-MD")
    rows = maryland()[: found.tally.rows]
    assert found.tally.rows > 600
    assert found.tally.refused == {}
    assert found.tally.events == 3 * len(rows)
    assert len(found.payloads) == 3


@needs_maryland
def test_the_first_rows_of_maryland_are_recorded_by_a_ledger(tmp_path: Path) -> None:
    register, tally = record(tmp_path, MD, MARYLAND, role="LIC", place="US-MD")
    rows = maryland()[: tally.rows]
    applications = len({row["Application Number"] for row in rows})
    parts = sum(map(part_in, rows))
    assert tally.refused == {}
    assert tally.events == applications + 2 * len(rows)
    kinds = Counter(each.topic for each in register.ledger.store.select_notifications(1, 10_000))
    assert kinds["licence.applied/1"] == applications < len(rows)
    assert kinds["firearm.transferred/1"] == len(rows) - parts
    assert kinds["component.transferred/1"] == parts


@needs_maryland
def test_items_of_one_application_go_to_one_holding_and_others_do_not() -> None:
    chunk = next(first_chunks(MD, MARYLAND))
    holdings: dict[str, set[str]] = {}
    for row in chunk.rows:
        for event in row.events:
            if "hld" in event.dat:
                holdings.setdefault(event.dat["source"]["row"], set()).add(event.dat["hld"])
    assert all(len(each) == 1 for each in holdings.values())
    assert len(set.union(*holdings.values())) == len(holdings)
    assert len(holdings) < len(chunk.rows)


@needs_maryland
def test_every_row_of_maryland_becomes_a_transfer_of_a_firearm_or_of_a_component() -> None:
    rows = maryland()
    counts = Counter(event.evt for event in events(MD, MARYLAND))
    parts = sum(map(part_in, rows))
    assert (len(rows), parts) == (44_702, 216)
    assert refusals(MD, MARYLAND) == {"columns_mixed": 1}
    assert counts["firearm.registered"] == counts["firearm.transferred"] == 44_702 - 216 - 1
    assert counts["component.registered"] == counts["component.transferred"] == 216
    applied = {each.stream for each in events(MD, MARYLAND) if each.evt == "licence.applied"}
    mixed = {row["Application Number"] for row in rows if row["Make"] == "Lower Ar-15"}
    others = {row["Application Number"] for row in rows if row["Make"] != "Lower Ar-15"}
    assert len(applied) == len(others) == 39_946 - len(mixed - others)


@needs_maryland
def test_maryland_claims_no_serial_kind_sale_or_decision() -> None:
    found = events(MD, MARYLAND)
    assert {event.evt for event in found} == {
        "licence.applied",
        "firearm.registered",
        "firearm.transferred",
        "component.registered",
        "component.transferred",
    }
    for event in found:
        read_data(CATALOGUE.latest(event.evt), event.dat)
        assert event.dat.get("serial", "unknown") == "unknown"
        assert "licence" not in event.dat
    kinds = {event.dat["kind"] for event in found if event.evt == "firearm.registered"}
    assert kinds == {"unknown"}


@needs_maryland
def test_the_makes_and_days_of_maryland_are_those_of_the_file() -> None:
    rows = [row for row in maryland() if not part_in(row) and row["Make"] != "Lower Ar-15"]
    found = events(MD, MARYLAND)
    registered = [each.dat for each in found if each.evt == "firearm.registered"]
    makes = Counter(known(each["make"]) for each in registered)
    assert makes["Glock"] == sum(row["Make"].strip() == "Glock" for row in rows)
    assert makes["unknown"] == sum(row["Make"] in ("NA", "None", "n/a") for row in rows)
    days = Counter(each.occ for each in found if each.evt == "firearm.transferred")
    assert days["2017-02-22"] == sum(row["Weapon Transfer Date"] == "2/22/17" for row in rows)
    assert (min(days), max(days)) == ("2017-01-06", "2017-11-08")


def known(stated: Any) -> str:
    return str(stated["known"]) if isinstance(stated, dict) else str(stated)


def shipments() -> list[dict[str, str]]:
    with SHIPMENTS.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


@needs_shipments
def test_the_barrels_receivers_and_bolts_shipped_become_components() -> None:
    counts: Counter[str] = Counter()
    for row in shipments():
        name = row["Item Name"].replace(" ", "")
        for word, part in (("UPPERREC", "receiver_upper"), ("RECEIVER,UPPER", "receiver_upper"),
                           ("RECEIVER,CARTRIDGE", "receiver"), ("BOLT,BREECH", "bolt"),
                           ("BARRELAND", "barrel"), ("BARRELASS", "barrel"),
                           ("BARREL,", "barrel")):  # fmt: skip
            if word in name and not name.startswith("CASE"):
                counts[part] += int(row["Quantity"])
                break
    found = events(PARTS, SHIPMENTS)
    assert Counter(event.dat["part"] for event in found) == counts
    assert {event.evt for event in found} == {"component.registered"}
    assert len({event.stream for event in found}) == len(found) == 3_730


@needs_shipments
def test_every_other_row_of_the_shipments_is_refused_by_name() -> None:
    rows = mapped(PARTS, SHIPMENTS)
    complete = [row for row in rows if isinstance(row, PlannedRow)]
    assert (len(rows), len(complete)) == (1_736, 260)
    assert refusals(PARTS, SHIPMENTS) == {"not_a_component": 1_476}


@needs_shipments
def test_a_component_names_requisition_agency_and_day_and_claims_no_serial() -> None:
    agencies = {(row["Requisition ID"]): row for row in shipments()}
    for event in events(PARTS, SHIPMENTS):
        read_data(CATALOGUE.latest(event.evt), event.dat)
        row = agencies[event.dat["source"]["row"]]
        assert event.dat["custodian"] == " ".join(row["Station Name (LEA)"].split())
        assert event.occ == row["Date Shipped"][:10]
        assert event.dat["jur"] == f"US-{row['State']}"
        assert (event.dat["serial"], event.dat["make"]) == ("unknown", "unknown")


@needs_shipments
def test_a_dry_run_of_the_shipments_checks_every_component(tmp_path: Path) -> None:
    found = preview(tmp_path, PARTS, SHIPMENTS, role="STK", place="US")
    assert set(found.tally.refused) == {"not_a_component"}
    assert found.tally.events >= found.tally.complete > 0


@needs_shipments
def test_the_first_components_are_recorded_by_a_ledger(tmp_path: Path) -> None:
    _, tally = record(tmp_path, PARTS, SHIPMENTS, role="STK", place="US")
    assert set(tally.refused) == {"not_a_component"}
    assert tally.events >= 500
