# SPDX-License-Identifier: Apache-2.0
"""The two mappings that come with the software, run on the real registers.

The expected counts were taken from the files with the csv module alone.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

from api.importing.refusals import Refusal
from api.importing.report import Tally
from api.importing.source.opening import open_source
from api.importing.source.rows import Reading
from api.importing.transform.rows import PlannedEvent, PlannedRow
from api.importing.transform.words import reader
from domain.catalogue import CATALOGUE
from domain.event import read_data
from domain.markings import check_serial
from tests.unit.api.importing.builders import (
    CALIFORNIA,
    RIO,
    SAO_PAULO,
    dicts,
    mapper_of,
    shipped,
)

pytestmark = pytest.mark.slow  # real registers, whole

LESO = "leso-1033.toml"
RJ = "rj-seizures.toml"
GUNS = ("RIFLE,5.56 MILLIMETER", "RIFLE,7.62 MILLIMETER", "PISTOL,CALIBER .45,AUTOMATIC")

needs_rio = pytest.mark.skipif(not RIO.exists(), reason="the Rio register is not on this machine")
needs_sao_paulo = pytest.mark.skipif(
    not SAO_PAULO.exists(), reason="the São Paulo spellings are not on this machine"
)


@lru_cache
def mapped(name: str, path: Path) -> tuple[PlannedRow | Refusal, ...]:
    with open_source(path, Reading()) as source:
        mapper = mapper_of(shipped(name), source.header)
        return tuple(row if isinstance(row, Refusal) else mapper.plan(row) for row in source)


def events(name: str, path: Path) -> Iterator[PlannedEvent]:
    for row in mapped(name, path):
        if isinstance(row, PlannedRow):
            yield from row.events


def refusals(name: str, path: Path) -> Counter[str]:
    return Counter(row.slug for row in mapped(name, path) if isinstance(row, Refusal))


def test_every_californian_firearm_is_registered_and_issued_and_nothing_else_is() -> None:
    rows = dicts(CALIFORNIA)
    guns = [row for row in rows if row["Item Name"] in GUNS]
    assert (len(rows), len(guns)) == (19_365, 8_121)
    counts = Counter(event.evt for event in events(LESO, CALIFORNIA))
    assert counts == {"firearm.registered": 8_121, "firearm.stock-issued": 8_121}
    assert refusals(LESO, CALIFORNIA) == {"not_a_firearm": 11_231, "kind_not_stated": 13}
    assert len({event.stream for event in events(LESO, CALIFORNIA)}) == 8_121


def test_the_californian_dates_agencies_and_stock_numbers_are_those_of_the_file() -> None:
    expected = Counter(
        (row["Ship Date"][:10], " ".join(row["Station Name (LEA)"].split()))
        for row in dicts(CALIFORNIA)
        if row["Item Name"] in GUNS
    )
    issued = [each for each in events(LESO, CALIFORNIA) if each.evt == "firearm.stock-issued"]
    assert Counter((each.occ, each.dat["agency"]) for each in issued) == expected
    registered = [each for each in events(LESO, CALIFORNIA) if each.evt == "firearm.registered"]
    models = Counter(each.dat["reference"]["key"] for each in registered)
    assert models["1005-00-073-9421"] == 5_069
    assert sum(models.values()) == 8_121


def test_california_claims_no_serial_maker_or_year_that_the_source_does_not_give() -> None:
    for event in events(LESO, CALIFORNIA):
        if event.evt == "firearm.registered":
            said = {event.dat[name] for name in ("make", "model", "serial", "year", "country")}
            assert said == {"unknown"}


def test_every_californian_event_fits_its_schema() -> None:
    for event in events(LESO, CALIFORNIA):
        read_data(CATALOGUE.latest(event.evt), event.dat)


@needs_rio
def test_every_firearm_row_of_rio_is_registered_and_seized_and_ammunition_is_not() -> None:
    classes = Counter(row["Classe"] for row in dicts(RIO))
    counts = Counter(event.evt for event in events(RJ, RIO))
    assert counts["firearm.registered"] == counts["firearm.seized"] == classes["ARMA DE FOGO"]
    assert refusals(RJ, RIO) == {"not_a_firearm": classes["MUNIÇÃO"]}
    deposits = sum(
        1
        for row in dicts(RIO)
        if row["Classe"] == "ARMA DE FOGO"
        and (row["Acautelamento"][-5:-4] == "/" or any(map(str.isdigit, row["Número Lacre"])))
    )
    assert counts["firearm.custody-moved"] == deposits


@needs_rio
def test_rio_claims_no_theft_sale_destruction_return_or_trace() -> None:
    assert {event.evt for event in events(RJ, RIO)} == {
        "firearm.registered",
        "firearm.seized",
        "firearm.custody-moved",
    }


@needs_rio
def test_every_event_of_rio_fits_its_schema() -> None:
    for event in events(RJ, RIO):
        read_data(CATALOGUE.latest(event.evt), event.dat)


@needs_rio
def test_a_firearm_of_rio_that_comes_back_lands_on_the_same_stream() -> None:
    seized = Counter(each.stream for each in events(RJ, RIO) if each.evt == "firearm.seized")
    again = [times for times in seized.values() if times > 1]
    assert len(again) > 1_000
    assert max(again) >= 5
    assert sum(seized.values()) == 27_759


@needs_rio
def test_the_owning_force_travels_with_the_seizure() -> None:
    forces = {"polícia militar", "polícia civil", "forças armadas", "força nacional"}
    expected = sum(
        1
        for row in dicts(RIO)
        if row["Classe"] == "ARMA DE FOGO"
        and row["Patrimoniada"].lower() in forces | {"corpo de bombeiro"}
    )
    seized = [each.dat for each in events(RJ, RIO) if each.evt == "firearm.seized"]
    assert sum(dat["owner_status"] == "force_owned" for dat in seized) == expected > 7_000


READ_IN_RIO = [
    ("T6472-16 AI 035??", "partial"),
    ("KQA55?78", "partial"),
    ("Parcialmente removido por ação humana.", "partly_removed"),
    ("Removido por ação mecânica;", "obliterated"),
    ("indeterminado (raspado)", "obliterated"),
    ("rasurado por ação mecânica (vide campo observação abaixo)", "obliterated"),
    ("não aparente, sem vestígios de ter sido removido", "unknown"),
    ("vide campo Observação abaixo.", "unknown"),
    ("-", "unknown"),
    ("", "unknown"),
    ("0000000", "unknown"),
    ("XXXXX", "unknown"),
    ("Não possui.", "none"),
    ("INEXISTENTE", "none"),
    ("ilegível devido oxidação", "illegible"),
    ("2010/00795672961", "registry_number"),
    ("07041088296", "registry_number"),
    ("200700638087653", "registry_number"),
    ("100794/PMERJ", "inventory_number"),
    ("ACAUT137315", "unknown"),
    ("21345; 713483", "several"),
    ("AJA04053", "legible"),
    ("00849N", "legible"),
    ("305-86041", "legible"),
    ("114900 (cabo)", "legible"),
    ("99019.///", "legible"),
    ("KOJ37619 (numero estava raspado, sendo revelado com acido)", "partial"),
]


@pytest.mark.parametrize(("text", "meaning"), READ_IN_RIO)
def test_what_stands_in_the_place_of_a_serial_is_understood(text: str, meaning: str) -> None:
    assert reader(shipped(RJ).spellings["serial"])(text).meaning == meaning


def test_the_text_that_is_left_of_a_legible_serial_keeps_its_leading_zeros() -> None:
    read = reader(shipped(RJ).spellings["serial"])
    assert read("00849N (na face inferior da empunhadura)").text == "00849N"
    assert read("99019.///").text == "99019"


@needs_rio
def test_what_is_read_as_a_serial_in_rio_can_be_one() -> None:
    for event in events(RJ, RIO):
        serial = event.dat.get("serial")
        if isinstance(serial, dict):
            check_serial(serial["known"])
            assert sum(character.isdigit() for character in serial["known"]) >= 3


@needs_rio
def test_what_nobody_can_read_in_rio_is_kept_as_written_and_listed() -> None:
    read = reader(shipped(RJ).spellings["serial"])
    cells = [row["Número de Série"] for row in dicts(RIO) if row["Classe"] == "ARMA DE FOGO"]
    expected = Counter(each.text for each in map(read, cells) if each.meaning == "remark")
    tally = Tally()
    tally.note_unread(row for row in mapped(RJ, RIO) if isinstance(row, PlannedRow))
    assert tally.unread == expected
    assert 50 < expected.total() < 200
    for event in events(RJ, RIO):
        if any(mark["condition"] == "unknown" for mark in event.dat.get("markings", ())):
            assert event.dat["serial"] == "unknown"


@needs_sao_paulo
def test_none_of_563_real_spellings_of_no_serial_is_read_as_a_serial() -> None:
    read = reader(shipped(RJ).spellings["serial"])
    with SAO_PAULO.open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    meanings = Counter[str]()
    for row in rows:
        meanings[read(row["numero_arma"]).meaning] += int(row["n"])
    assert len(rows) == 563
    assert not meanings.keys() & {"legible", "several", "doubted", "registry_number"}
    assert meanings["remark"] < 0.02 * meanings.total()


@needs_sao_paulo
@pytest.mark.parametrize(
    ("part", "meaning"),
    [("SUPRIM", "obliterated"), ("RASPAD", "obliterated"), ("PINAD", "obliterated"),
     ("NÃO APARENTE", "unknown"), ("NÃO CONSTA", "unknown"), ("SEM NÚMERO", "none")],
)  # fmt: skip
def test_the_most_frequent_spellings_of_sao_paulo_have_their_meaning(
    part: str, meaning: str
) -> None:
    read = reader(shipped(RJ).spellings["serial"])
    with SAO_PAULO.open(encoding="utf-8", newline="") as text:
        spellings = [row["numero_arma"] for row in csv.DictReader(text)]
    found = [each for each in spellings if each.upper().startswith(part)]
    assert found
    assert {read(each).meaning for each in found} == {meaning}
