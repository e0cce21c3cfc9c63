# SPDX-License-Identifier: Apache-2.0
"""An access log goes through files unchanged, and strange files are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from audit.proof.access.chain import Extent
from audit.proof.access.files import RECORDS_FILE, STATEMENTS_FILE, AccessFiles, write_access
from audit.proof.access.stated import parse_statement
from audit.proof.access.verifying import verify_access
from domain.errors import ProofError, UnreachableError
from tests.unit.audit.access.logs import NOW, Log

LOG = Log.daily(700).cut(now=NOW)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_access(tmp_path / "access", _extent(), records=LOG.records, statements=())
    return tmp_path / "access"


def test_what_was_written_verifies_without_a_database(folder: Path) -> None:
    files = AccessFiles(folder)
    head = LOG.head(LOG.count)
    assert files.extent() == _extent()
    assert [each.raw for each in files.records()] == LOG.raws
    assert list(files.statements()) == []
    assert verify_access(files.records(), files.extent(), [head], now=NOW).findings == ()


def test_an_edited_line_is_found_by_what_the_ledger_states(folder: Path) -> None:
    path = folder / RECORDS_FILE
    path.write_bytes(path.read_bytes().replace(b'"count":1,', b'"count":2,', 1))
    files = AccessFiles(folder)
    found = verify_access(files.records(), files.extent(), [LOG.head(LOG.count)], now=NOW).findings
    assert [each.code for each in found] == ["access_head", "access_tail"]


def test_a_left_out_last_line_is_found(folder: Path) -> None:
    path = folder / RECORDS_FILE
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    files = AccessFiles(folder)
    found = verify_access(files.records(), files.extent(), [LOG.head(LOG.count)], now=NOW).findings
    assert {each.code for each in found} == {"access_tail", "access_cut"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"format":"muniment-access-1"', b'"format":"muniment-access-2"'),
        (b'"first":', b'"later":'),
        (b'"count":', b'"count":-'),
        (b'"kept":"', b'"kept":"*'),
        (b"{", b"[{"),
        (b'"count":', b'"count": '),
    ],
)
def test_another_first_line_is_none_of_an_access_log(folder: Path, old: bytes, new: bytes) -> None:
    path = folder / RECORDS_FILE
    header, rest = path.read_bytes().split(b"\n", 1)
    path.write_bytes(header.replace(old, new, 1) + b"\n" + rest)
    with pytest.raises(ProofError) as refused:
        AccessFiles(folder).extent()
    assert refused.value.slug == "access_file"


def test_endless_and_missing_lines_are_refused(folder: Path) -> None:
    path = folder / RECORDS_FILE
    path.write_bytes(path.read_bytes() + b"x" * 20_000)
    with pytest.raises(ProofError):
        list(AccessFiles(folder).records())
    path.write_bytes(b"")
    with pytest.raises(ProofError):
        AccessFiles(folder).extent()
    path.unlink()
    with pytest.raises(UnreachableError):
        AccessFiles(folder).extent()
    with pytest.raises(UnreachableError):
        write_access(folder / STATEMENTS_FILE, _extent(), records=(), statements=())


@pytest.mark.parametrize(
    "line",
    [b"", b"{}", b"[]", b'{"entry":1,"receipt":""}', b'{"entry":"a","receipt":"b"}',
     b'{"entry":"\xc3\xa9","receipt":"b"}'],
)  # fmt: skip
def test_another_line_is_no_statement(line: bytes) -> None:
    with pytest.raises(ProofError):
        parse_statement(line)


def _extent() -> Extent:
    return Extent(first=LOG.first, kept=LOG.kept, count=LOG.count, digest=LOG.digest)
