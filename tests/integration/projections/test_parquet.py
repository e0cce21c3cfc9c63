# SPDX-License-Identifier: Apache-2.0
"""Parquet files hold the public fields of log and read models, with their meanings, and no more."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from audit.proof.envelope.opening import read_stored
from domain.catalogue import CATALOGUE
from domain.errors import UnreachableError, UsageError
from projections.lives.store import LIVES
from projections.parquet import export
from projections.parquet.export import Source, Written, write_parquet
from projections.parquet.sheets import SHEETS
from projections.records.store import RECORDS
from projections.runner import catch_up
from tests.integration.projections.conftest import Desk
from tests.integration.projections.tables import conninfo, content

SOURCE = Source(audience="ledger.xa-test", origin="log.example/xa")
NAMES = ["events", "lives", "records"]


def _export(desk: Desk, directory: Path) -> list[Written]:
    catch_up(conninfo(desk))
    reader = desk.office.database.conninfo("ledger_reader")
    return write_parquet(reader, directory, SOURCE, progress=lambda *_: None)


def _rows(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = parquet.read_table(path).to_pylist()
    return found


def test_every_file_says_of_which_log_it_is_and_what_each_column_means(
    desk: Desk, tmp_path: Path
) -> None:
    desk.life("369J257")
    written = _export(desk, tmp_path)
    assert [each.path.name for each in written] == [f"{name}.parquet" for name in NAMES]
    for each, sheet in zip(written, SHEETS, strict=True):
        schema = parquet.read_schema(each.path)
        assert {key: schema.metadata[key.encode()].decode() for key in ("audience", "origin")} == {
            "audience": "ledger.xa-test",
            "origin": "log.example/xa",
        }
        assert schema.metadata[b"log_size"].decode() == str(desk.office.ledger.size)
        assert schema.metadata[b"definition"].decode() == sheet.definition
        assert schema.names == list(sheet.columns)
        assert all(field.metadata[b"description"].endswith(b".") for field in schema)


def test_events_are_what_the_signed_bytes_say(desk: Desk, tmp_path: Path) -> None:
    desk.manufacture("A-1", occ="2015-03")
    desk.manufacture("A-2", occ="unknown")
    _export(desk, tmp_path)
    rows = _rows(tmp_path / "events.parquet")
    assert [row["index"] for row in rows] == list(range(desk.office.ledger.size))
    stored = [read_stored(each, CATALOGUE) for each in _signed(desk)]
    assert [(row["evt"], row["ver"], row["eid"], row["kid"], row["iss"]) for row in rows] == [
        (each.evt, each.type.ver, each.eid, each.kid, each.iss) for each in stored
    ]
    dated, undated = rows[-2:]
    assert (dated["occ"], dated["occ_from"], dated["occ_to"]) == (
        "2015-03",
        stored[-2].occ.earliest,
        stored[-2].occ.latest,
    )
    assert (undated["occ"], undated["occ_from"], undated["occ_to"]) == ("unknown", None, None)


def test_lives_and_records_are_the_rows_of_their_tables(desk: Desk, tmp_path: Path) -> None:
    for number in range(2):
        desk.life(f"369J25{number}")
    written = _export(desk, tmp_path)
    stored = content(desk, [LIVES, RECORDS])
    for each, name in zip(written[1:], ("life", "record"), strict=True):
        rows = _rows(each.path)
        assert each.rows == len(rows) == len(stored[name])
        assert sorted((row["stream"], row["idx"], row["known_from"]) for row in rows) == sorted(
            (str(row[0]), row[1], row[-2]) for row in stored[name]
        )
    life = {(row["idx"], row["known_from"]): row for row in _rows(tmp_path / "lives.parquet")}
    for row in stored["life"]:
        told = life[row[1], row[-2]]
        assert (told["evt"], told["alerts"], told["known_to"]) == (row[3], row[14], row[-1])
        assert (told["technical"], told["stands"], told["place"]) == (row[11], row[8], row[2])


def test_the_same_log_gives_the_same_octets(desk: Desk, tmp_path: Path) -> None:
    desk.life("369J257")
    first = _export(desk, tmp_path / "first")
    again = _export(desk, tmp_path / "again")
    assert [each.path.read_bytes() for each in first] == [each.path.read_bytes() for each in again]


def test_rows_go_out_in_groups_of_bounded_size(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.life("369J257")
    whole = [_rows(each.path) for each in _export(desk, tmp_path / "whole")]
    monkeypatch.setattr(export, "GROUP_ROWS", 4)
    pieces = _export(desk, tmp_path / "pieces")
    assert [_rows(each.path) for each in pieces] == whole
    for each in pieces:
        file = parquet.ParquetFile(each.path)
        groups = [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)]
        assert max(groups, default=0) <= 4
        assert sum(groups) == each.rows


def test_an_unreadable_entry_keeps_its_row(desk: Desk, tmp_path: Path) -> None:
    desk.life("369J257")
    desk.falsify("update ledger.event set raw = '\\xff00' where idx = 6")
    _export(desk, tmp_path)
    row = _rows(tmp_path / "events.parquet")[6]
    assert [row[name] for name in ("index", "iss", "occ", "occ_from", "eid")] == [6, *[None] * 4]


def test_without_the_library_it_is_said_what_to_install(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError, match=r"pip install 'muniment\[parquet\]'"):
        _export(desk, tmp_path)


def test_a_folder_that_cannot_be_made_is_named(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UnreachableError, match="cannot be written"):
        _export(desk, tmp_path / "file")


def test_a_file_is_there_whole_or_as_it_was(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.life("369J257")
    before = {each.path: each.path.read_bytes() for each in _export(desk, tmp_path / "tables")}
    desk.life("369J258")

    def broken(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(export._Writer, "_batch", broken)
    with pytest.raises(UnreachableError, match="No space left"):
        _export(desk, tmp_path / "tables")
    assert {path: path.read_bytes() for path in (tmp_path / "tables").iterdir()} == before


def _signed(desk: Desk) -> list[bytes]:
    recorder = desk.office.ledger.recorder
    found = recorder.select_notifications(start=1, limit=desk.office.ledger.size)
    return [bytes(each.state) for each in found]
