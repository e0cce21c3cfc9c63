# SPDX-License-Identifier: Apache-2.0
"""Registers of every format give rows with true line numbers, and bad rows stay alone."""

from __future__ import annotations

import gzip
import tempfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.importing.refusals import Refusal
from api.importing.source.rows import ROW_MAX_CHARS, Row
from domain.errors import UnreachableError, UsageError
from tests.unit.api.importing.builders import read, write
from tests.unit.tries import tries

LONG = "".join(f"{number},x\n" for number in range(5_000)).encode()


def told(rows: list[Row | Refusal]) -> list[tuple[int, object]]:
    return [(row.line, row.cells if isinstance(row, Row) else row.slug) for row in rows]


def test_rows_carry_the_line_on_which_they_start(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", b'a,b\n1,"two\nlines"\n\n3,4\n')
    assert told(read(path)) == [(2, ["1", "two\nlines"]), (5, ["3", "4"])]


def test_a_tsv_is_read_by_its_name_and_a_delimiter_by_the_mapping(tmp_path: Path) -> None:
    assert told(read(write(tmp_path / "a.tsv", b"a\tb\n1,5\t2\n"))) == [(2, ["1,5", "2"])]
    semicolons = write(tmp_path / "a.csv", b"a;b\n1;2\n")
    assert told(read(semicolons, delimiter=";")) == [(2, ["1", "2"])]


def test_gzip_is_recognised_by_its_bytes_and_not_by_its_name(tmp_path: Path) -> None:
    path = write(tmp_path / "plain.csv", gzip.compress(b"a,b\r\n1,2\r\n"))
    assert told(read(path)) == [(2, ["1", "2"])]


def test_a_byte_order_mark_is_not_part_of_the_first_column(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "\ufeffa,b\n1,2\n".encode())
    assert told(read(path)) == [(2, ["1", "2"])]


def test_bytes_that_are_not_utf8_refuse_their_row_alone(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", b"a,b\n1,\xff\n3,4\n")
    assert told(read(path)) == [(2, "bytes_not_utf8"), (3, ["3", "4"])]


def test_the_mapping_may_state_another_encoding(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "a,b\né,2\n".encode("latin-1"))
    assert told(read(path, encoding="latin-1")) == [(2, ["é", "2"])]
    assert told(read(write(path, b"a,b\n\x81,2\n"), encoding="cp1252")) == [
        (2, "bytes_not_readable")
    ]


def test_too_few_and_too_many_cells_refuse_their_row_alone(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", b"a,b\n1\n1,2,3\n3,4\n")
    assert told(read(path)) == [(2, "row_width"), (3, "row_width"), (4, ["3", "4"])]


def test_an_unclosed_quotation_mark_does_not_swallow_the_rows_behind_it(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", b'a,b\n1,"cut\n3,"4"\n5,6\n')
    assert told(read(path)) == [(2, "row_quoting"), (3, ["3", "4"]), (4, ["5", "6"])]


@pytest.mark.parametrize("end", [b"5", b"5,", b'5,"6', b"5,6"])
def test_a_file_cut_in_the_middle_of_a_row_names_that_row(tmp_path: Path, end: bytes) -> None:
    path = write(tmp_path / "a.csv", b"a,b\n1,2\n" + end)
    assert told(read(path)) == [(2, ["1", "2"]), (3, "row_truncated")]


def test_a_whole_last_row_without_a_line_break_may_be_admitted(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", b"a,b\n1,2")
    assert told(read(path, final_newline_required=False)) == [(2, ["1", "2"])]


@pytest.mark.parametrize("kept", [400, 3_000, -6])
def test_a_cut_gzip_gives_its_whole_rows_and_says_that_it_ends_early(
    tmp_path: Path, kept: int
) -> None:
    path = write(tmp_path / "a.csv.gz", gzip.compress(b"a,b\n" + LONG)[:kept])
    *rows, last = read(path)
    assert told([last]) == [(len(rows) + 2, "source_truncated")]
    assert all(isinstance(row, Row) for row in rows)


def test_a_damaged_gzip_is_told_from_a_cut_one(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(b"a,b\n" + LONG))
    packed[-8] ^= 1
    assert told(read(write(tmp_path / "a.gz", bytes(packed))))[-1] == (5_002, "source_damaged")


def test_a_row_without_end_is_refused_and_skipped_with_flat_memory(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", b"a,b\n" + b"x" * (3 * ROW_MAX_CHARS) + b"\n1,2\n")
    assert told(read(path)) == [(2, "row_too_long"), (3, ["1", "2"])]
    lines = (b"x" * 31 + b"\n") * (ROW_MAX_CHARS // 16)
    quoted = write(tmp_path / "b.csv", b'a,b\n"' + lines + b'",1\n1,2\n')
    rows = told(read(quoted))
    assert rows[0] == (2, "row_too_long")
    assert rows[-1][1] == ["1", "2"]


@pytest.mark.parametrize(
    ("data", "slug"),
    [
        (b"", "source_empty"),
        (gzip.compress(b"a,b\n" * 99, mtime=0)[:12], "source_damaged"),
        (b"\n1,2\n", "source_header"),
        (b"\xff\xfea\x00,\x00", "source_header"),
        (b"PK\x03\x04 no workbook", "source_damaged"),
    ],
)
def test_a_file_that_is_no_register_is_refused_as_a_whole(
    tmp_path: Path, data: bytes, slug: str
) -> None:
    with pytest.raises(UsageError) as caught:
        read(write(tmp_path / "a.csv", data))
    assert caught.value.slug == slug


def test_a_file_that_is_not_there_is_unreachable(tmp_path: Path) -> None:
    with pytest.raises(UnreachableError, match=r"no\.csv cannot be read"):
        read(tmp_path / "no.csv")


def workbook(path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["number", "made", "count"])
    sheet.append(["00123", datetime(2016, 4, 4, 12, 30), 3])  # noqa: DTZ001 - as in a cell
    sheet.append([None, None, None])
    sheet.append([456, None, 1.0])
    sheet.append(["A", "b", "c", "beyond"])
    book.create_sheet("other").append(["x"])
    book.save(path)
    return path


def test_a_workbook_gives_the_text_that_a_person_reads(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx")
    expected = [
        (2, ["00123", "2016-04-04 12:30:00", "3"]),
        (4, ["456", "", "1"]),
        (5, "row_width"),
    ]
    assert told(read(path)) == expected
    packed = write(tmp_path / "a.xlsx.gz", gzip.compress(path.read_bytes()))
    assert told(read(packed)) == expected


def test_a_sheet_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no sheet third"):
        read(workbook(tmp_path / "a.xlsx"), sheet="third")


@settings(max_examples=tries(300))
@given(st.binary(max_size=300))
def test_any_bytes_give_rows_or_refusals_in_the_order_of_their_lines(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        rows = read(write(Path(folder) / "a.csv", b"a,b\n" + data))
    lines = [row.line for row in rows]
    assert lines == sorted(set(lines))
    assert all(line <= data.count(b"\n") + 2 for line in lines)
