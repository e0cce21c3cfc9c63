# SPDX-License-Identifier: Apache-2.0
"""A byte is flipped at every offset of a small export: each is detected, and by whom."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.proof.verify.book import Request
from audit.proof.verify.bundle import verify_bundle
from audit.proof.verify.evidence import pack_log
from audit.proof.verify.log.directory import verify_directory
from audit.proof.verify.report import ExitCode, Report
from audit.proof.verify.trust import Trust
from domain.errors import UnreachableError, UsageError
from tests.unit.audit.verify.log_builder import LogBuilder
from tests.unit.tries import tries

pytestmark = pytest.mark.slow  # every octet

SMALL = LogBuilder()
SMALL.found()
LOG = LogBuilder.founded()
LOG.register()
STRIDE = 8
"""Of the larger log one octet in so many is flipped, since each asks for a whole verification."""

PARTS = 4
"""So many tests share the entries of the small one."""
OF_AN_ENTRY = {"envelope", "signature", "mandate", "registry"}


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return SMALL.export(tmp_path / "export")


@pytest.fixture
def larger(tmp_path: Path) -> Path:
    return LOG.export(tmp_path / "larger")


@contextmanager
def flipped(path: Path, offset: int) -> Iterator[None]:
    octets = path.read_bytes()
    path.write_bytes(octets[:offset] + bytes([octets[offset] ^ 1]) + octets[offset + 1 :])
    yield
    path.write_bytes(octets)


def verified(path: Path, trust: Trust | None) -> Report:
    return verify_directory(Request(path=path, trust=trust, assume_trust=trust is None, jobs=1))


def failed(report: Report) -> set[str]:
    return {each.name for each in report.checks if each.state == "failed"}


def offsets(path: Path, part: int = 0, parts: int = 1) -> range:
    return range(part, path.stat().st_size, parts)


def test_both_exports_are_sound_as_they_are(export: Path, larger: Path) -> None:
    names = {path.relative_to(export).as_posix() for path in export.rglob("*") if path.is_file()}
    tiles = {"tile/entries/000.p/1", "tile/0/000.p/1"}
    assert names == {"checkpoint", "trust.json", "policy.txt", *tiles}
    assert verified(export, None).exit_code is ExitCode.OK
    assert verified(larger, None).exit_code is ExitCode.OK


def test_a_flip_in_the_checkpoint_is_found_by_its_signature(export: Path) -> None:
    for offset in offsets(export / "checkpoint"):
        with flipped(export / "checkpoint", offset):
            report = verified(export, SMALL.trust())
        assert report.exit_code is ExitCode.VIOLATED, offset
        assert failed(report) == {"checkpoint"}, offset


def test_a_flip_in_a_tile_is_found_by_comparing_it_with_the_entries(larger: Path) -> None:
    tile = larger / "tile/0/000.p/4"
    for offset in offsets(tile):
        with flipped(tile, offset):
            report = verified(larger, LOG.trust())
        assert failed(report) == {"tiles"}, offset
        assert report.first is not None
        assert report.first.index == offset // 32


@pytest.mark.parametrize("part", range(PARTS))
def test_a_flip_in_an_entry_is_found_by_the_root_and_by_its_own_checks(
    export: Path, part: int
) -> None:
    entries = export / "tile/entries/000.p/1"
    for offset in offsets(entries, part, PARTS):
        with flipped(entries, offset):
            report = verified(export, SMALL.trust())
        expect(report, SMALL, offset)


@pytest.mark.parametrize("part", range(PARTS))
def test_a_flip_in_one_of_several_entries_is_found_the_same_way(larger: Path, part: int) -> None:
    entries = larger / "tile/entries/000.p/4"
    for offset in offsets(entries, part * STRIDE // PARTS, STRIDE * PARTS):
        with flipped(entries, offset):
            report = verified(larger, LOG.trust())
        expect(report, LOG, offset)


def expect(report: Report, log: LogBuilder, offset: int) -> None:
    """Expect the checks that a flip in an entry, or in the octets of its length, is found by."""
    if offset in length_offsets(log):
        assert report.exit_code in {ExitCode.VIOLATED, ExitCode.INCOMPLETE}, offset
        assert failed(report) & {"files", "root"}, offset
    else:
        assert report.exit_code is ExitCode.VIOLATED, offset
        assert failed(report) >= {"root"}, offset
        assert failed(report) & OF_AN_ENTRY, offset


def test_a_flip_in_the_exports_own_trust_file_is_found_though_nobody_gave_another(
    export: Path,
) -> None:
    # A key that is trusted from size 1 on may sign this log as well.
    harmless = (export / "trust.json").read_bytes().index(b'"from_size": 0') + 13
    for offset in set(offsets(export / "trust.json")) - {harmless}:
        with flipped(export / "trust.json", offset), suppress(UsageError):
            assert verified(export, None).exit_code is not ExitCode.OK, offset


@settings(
    max_examples=tries(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_a_flip_anywhere_in_a_whole_bundle_is_found(data: st.DataObject, tmp_path: Path) -> None:
    path = tmp_path / "log.zip"
    if not path.exists():
        pack_log(path, LOG.export(tmp_path / "export"))
    offset = data.draw(st.integers(0, path.stat().st_size - 1))
    with flipped(path, offset), suppress(UsageError, UnreachableError):
        report = verify_bundle(Request(path=path, trust=LOG.trust(), jobs=1))
        assert "files" in failed(report)


def length_offsets(log: LogBuilder) -> set[int]:
    """Give the places of the octets that state how long an entry is."""
    found, at = set(), 0
    for entry in log.entries:
        found |= {at, at + 1}
        at += 2 + len(entry)
    return found
