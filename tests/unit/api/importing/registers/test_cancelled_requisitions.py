# SPDX-License-Identifier: Apache-2.0
"""Requisitions of the 1033 programme that were cancelled: applications that came to nothing.

The expected counts were taken from the file with the csv module alone.
"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from api.importing.chunks import open_chunks
from api.importing.preview import preview_rows
from api.importing.report import Rejects, Tally
from api.importing.run import Conduct, import_rows
from api.importing.transform.rows import PlannedEvent
from domain.licence.state import Licence
from tests.unit.api.importing.builders import SECRET, shipped
from tests.unit.api.importing.desk import MemoryRegister, appoint, open_register

pytestmark = pytest.mark.slow  # a real register, whole

CANCELLED = Path("../shared/data/open/leso1033_cancellations_fsc1005_parts.csv")
NAME = "leso-1033-cancellations.toml"
WHOLE = "RIFLE,5.56 MILLIMETER"
PARTS = ("BARREL ASS", "BARREL,CAR", "BARREL,RIF", "BARREL,MAC", "BARREL AND", "RECEIVER,CAR",
         "RECEIVER,UP", "RECEIVER, UP", "UPPER REC", "NRP,M4A1 UPPER", "BOLT,BREECH")  # fmt: skip

pytestmark = pytest.mark.skipif(
    not CANCELLED.exists(), reason="the list of cancellations is not on this machine"
)


def cancelled() -> list[dict[str, str]]:
    """Give the rows about firearms and components, chosen by hand and not by the mapping."""
    with CANCELLED.open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    assert len(rows) == 2_085
    return [row for row in rows if row["Item Name"].startswith((*PARTS, WHOLE))]


def planned() -> list[PlannedEvent]:
    with open_chunks(CANCELLED, shipped(NAME), secret=SECRET) as chunks:
        return [event for chunk in chunks for row in chunk.rows for event in row.events]


def recorded(folder: Path) -> tuple[MemoryRegister, Tally]:
    register = open_register(folder / "keys")
    conduct = Conduct(signatory=appoint(register, ["LIC"], ["US"]), rejects=Rejects())
    with open_chunks(CANCELLED, shipped(NAME), secret=SECRET) as chunks:
        return register, import_rows(chunks, conduct)


def test_a_dry_run_checks_every_row(tmp_path: Path) -> None:
    signatory = appoint(open_register(tmp_path / "keys"), ["LIC"], ["US"])
    with open_chunks(CANCELLED, shipped(NAME), secret=SECRET) as chunks:
        tally = preview_rows(chunks, signatory=signatory, rejects=Rejects()).tally
    assert (tally.rows, tally.complete) == (2_085, len(cancelled()))
    assert set(tally.refused) == {"not_a_component"}


def test_every_requisition_becomes_one_application_that_was_refused(tmp_path: Path) -> None:
    register, tally = recorded(tmp_path)
    references = {row["RTD Ref"] for row in cancelled()}
    assert set(tally.refused) == {"not_a_component"}
    assert tally.complete == len(cancelled()) > len(references)
    topics = Counter(each.topic for each in register.ledger.store.select_notifications(1, 10_000))
    assert topics["licence.applied/1"] == topics["licence.refused/1"] == len(references)
    again = [event.stream for event in planned()]
    states = [head.state for stream, head in register.ledger._streams.items() if stream in again]
    assert {each.status for each in states if isinstance(each, Licence)} == {"refused"}


def test_an_application_names_reference_and_day_and_claims_no_reason() -> None:
    days = {row["RTD Ref"]: row["Date Requested"][:10] for row in cancelled()}
    for event in planned():
        reference = event.dat["source"]["row"]
        if event.evt == "licence.applied":
            assert (event.dat["application_no"], event.occ) == (reference, days[reference])
        else:
            assert (event.dat["ground"], event.occ) == ("unknown", "unknown")


def test_the_requisitions_of_one_agency_are_those_of_one_holding() -> None:
    agency = {row["RTD Ref"]: " ".join(row["Station Name (LEA)"].split()) for row in cancelled()}
    pairs = {(agency[event.dat["source"]["row"]].casefold(), event.dat["hld"])
             for event in planned() if "hld" in event.dat}  # fmt: skip
    assert len(pairs) == len({hld for _, hld in pairs}) == len({name for name, _ in pairs})
