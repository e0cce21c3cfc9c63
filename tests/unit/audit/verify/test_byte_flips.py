# SPDX-License-Identifier: Apache-2.0
"""A bit is flipped at every offset of every file of small evidence: each is found, and by whom.

Or it is said that nothing rests on that file: on the trust file and the policy that came with an
export, where the reader has his own. Of these, which are not read, some offsets are taken at
random; of what others said about a checkpoint and of what a newer file supersedes, too, others each
time; and of an archive, whose container is tried at every offset by itself.
"""

from __future__ import annotations

import random
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.x509 import load_pem_x509_certificates

from audit.proof.verify.book import Request
from audit.proof.verify.command import verify
from audit.proof.verify.container import unpack
from audit.proof.verify.evidence import MANIFEST_FILE, pack_log, write_bundle
from audit.proof.verify.report import Check, ExitCode, Report
from domain.errors import UnreachableError, UsageError
from tests.unit.audit.timestamps.conftest import alpha, authorities, beta
from tests.unit.audit.timestamps.local_authority import NOW, LocalAuthority, needs_openssl
from tests.unit.audit.verify.exports import (
    export_log,
    full_evidence,
    quick_log,
    write_disclosing,
    write_export,
)
from tests.unit.audit.verify.log_builder import LogBuilder
from tests.unit.audit.verify.wider.others import policy

__all__ = ["alpha", "authorities", "beta"]
"""Fixtures."""

pytestmark = [pytest.mark.slow, needs_openssl]  # every octet asks for a whole verification

STRIDE: Final = 41
"""Of an archive one octet in so many is flipped before a whole verification; the container, on
which the check of files rests, is tried at every one."""

UNREAD_STRIDE: Final = 5
"""One octet in so many is flipped of a file that is not read."""

BESIDE_STRIDE: Final = 4
"""One octet in so many is flipped of a file beside the checkpoint, the tiles and the entries."""

PARTS: Final = 4
"""So many tests share the octets of a large file."""

part_of = pytest.mark.parametrize("part", range(PARTS))

OF_AN_ENTRY: Final = {"envelope", "signature", "mandate", "registry"}
ECDSA_WITH_SHA256: Final = bytes.fromhex("06082a8648ce3d040302")


def flip(octets: bytes, offset: int) -> bytes:
    """Flip one bit of one octet."""
    return octets[:offset] + bytes([octets[offset] ^ 1]) + octets[offset + 1 :]


def some(step: int) -> dict[str, int]:
    """Choose one offset in so many, others each time."""
    return {"first": random.randrange(step), "step": step}


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """Evidence as it is handed over.

    Attributes:
        log: The log that it is of.
        path: Its file or folder.
        believed: What its reader believes.
    """

    log: LogBuilder
    path: Path
    believed: dict[str, Any]

    def verified(self, **changes: Any) -> Report:
        """Verify it with everything that its reader believes."""
        return verify(Request(path=self.path, jobs=1, **{**self.believed, **changes}))

    def flips(
        self, name: str = "", *, first: int = 0, step: int = 1
    ) -> Iterator[tuple[int, Report]]:
        """Verify it with a bit flipped at each offset of a file, or at every so many.

        What cannot be read at all is passed over: the verifier said so, and concluded nothing.
        """
        path = self.path / name if name else self.path
        sound = path.read_bytes()
        for offset in range(first, len(sound), step):
            path.write_bytes(flip(sound, offset))
            with suppress(UsageError, UnreachableError):
                yield offset, self.verified()
        path.write_bytes(sound)


@pytest.fixture
def export(tmp_path: Path, alpha: LocalAuthority, beta: LocalAuthority) -> Handed:
    """Give an export, and a reader who believes witnesses and clocks."""
    log = export_log(quick_log())
    path = write_export(tmp_path / "export", log, alpha, beta)
    clocks = {"authorities": (alpha.trust, beta.trust), "now": int(NOW.timestamp())}
    return Handed(
        log=log, path=path, believed={"trust": log.trust(), "policy": policy(log, 3), **clocks}
    )


@pytest.fixture
def witnessed(export: Handed) -> Handed:
    """Give the same export, and a reader who asks no clocks."""
    believed = {name: export.believed[name] for name in ("trust", "policy")}
    return Handed(log=export.log, path=export.path, believed=believed)


@pytest.fixture
def plain(export: Handed) -> Handed:
    """Give the same export, and a reader who believes the log's keys alone, which is quicker."""
    return Handed(log=export.log, path=export.path, believed={"trust": export.log.trust()})


def failed(report: Report) -> set[str]:
    return {each.name for each in report.checks if each.state == "failed"}


def check(report: Report, name: str) -> Check:
    return next(each for each in report.checks if each.name == name)


def test_the_export_has_every_kind_of_file_and_is_sound(export: Handed) -> None:
    files = {p.relative_to(export.path).as_posix() for p in export.path.rglob("*") if p.is_file()}
    tiles = {f"tile/{kind}/000.p/{width}" for kind in ("0", "entries") for width in (1, 2)}
    clocks = {f"tsa/2.{name}.0.{kind}" for name in ("alpha", "beta") for kind in PAPERS}
    assert files == {
        *("checkpoint", "checkpoints/1.note", "checkpoints/1.last.note"),
        *("trust.json", "policy.txt", "tsa/2.note", "tsa/2.beta.0.pem"),
        *tiles,
        *clocks,
    }
    report = export.verified()
    assert (report.exit_code, report.findings) == (ExitCode.OK, ())
    assert check(report, "witnesses").state == check(report, "time").state == "ok"


PAPERS: Final = ("tsr", "tsq", "crl")


# Checkpoints, tiles and entries.


def test_a_flip_in_the_checkpoint_is_found_by_a_signature_or_by_the_quorum(
    witnessed: Handed,
) -> None:
    for offset, report in witnessed.flips("checkpoint"):
        assert report.exit_code is not ExitCode.OK, offset
        assert failed(report) & {"checkpoint", "witnesses"}, offset


@pytest.mark.parametrize("name", ["1.note", "1.last.note"])
def test_a_flip_in_an_older_checkpoint_is_found_or_its_cosigner_is_nobody_known(
    witnessed: Handed, name: str
) -> None:
    for offset, report in witnessed.flips(f"checkpoints/{name}", **some(BESIDE_STRIDE)):
        ignored = [each.code for each in report.findings if each.notice]
        assert failed(report) & {"checkpoint", "witnesses"} or ignored == ["lines_ignored"], offset
        assert (report.exit_code is ExitCode.OK) is not bool(failed(report)), offset


def test_a_flip_in_a_tile_is_found_by_comparing_it_with_the_entries(plain: Handed) -> None:
    for offset, report in plain.flips("tile/0/000.p/2"):
        assert failed(report) == {"tiles"}, offset
        assert report.first is not None
        assert report.first.index == offset // 32 or report.first.index is None


def test_a_flip_in_a_superseded_tile_is_found_by_comparing_it_with_the_newer_one(
    plain: Handed,
) -> None:
    for offset, report in plain.flips("tile/0/000.p/1"):
        assert failed(report) == {"tiles"}, offset
        assert [each.code for each in report.findings] == ["superseded_differs"], offset


def test_a_flip_in_a_superseded_bundle_is_found_by_comparing_it_with_the_newer_one(
    plain: Handed,
) -> None:
    for offset, report in plain.flips("tile/entries/000.p/1", **some(BESIDE_STRIDE)):
        assert failed(report) == {"files"}, offset
        assert [each.code for each in report.findings] == ["superseded_differs"], offset


@part_of
def test_a_flip_in_an_entry_is_found_by_the_root_and_by_its_own_checks(
    plain: Handed, part: int
) -> None:
    lengths = length_offsets(plain.log)
    for offset, report in plain.flips("tile/entries/000.p/2", first=part, step=PARTS):
        if offset in lengths:
            assert report.exit_code in {ExitCode.VIOLATED, ExitCode.INCOMPLETE}, offset
            assert failed(report) & {"files", "root"}, offset
        else:
            assert report.exit_code is ExitCode.VIOLATED, offset
            assert failed(report) >= {"root"}, offset
            assert failed(report) & OF_AN_ENTRY, offset


def length_offsets(log: LogBuilder) -> set[int]:
    """Give the places of the octets that state how long an entry is."""
    found, at = set(), 0
    for entry in log.entries:
        found |= {at, at + 1}
        at += 2 + len(entry)
    return found


# What dates a checkpoint.


def test_a_flip_in_the_checkpoint_as_it_was_dated_is_found_by_what_dates_it(export: Handed) -> None:
    for offset, report in export.flips("tsa/2.note", **some(BESIDE_STRIDE)):
        assert failed(report) == {"time"}, offset


@pytest.mark.parametrize("name", ["alpha", "beta"])
@pytest.mark.parametrize("paper", ["tsq", "crl"])
def test_a_flip_in_the_papers_of_a_time_stamp_is_found(
    export: Handed, name: str, paper: str
) -> None:
    for offset, report in export.flips(f"tsa/2.{name}.0.{paper}", **some(BESIDE_STRIDE)):
        assert failed(report) == {"time"}, offset


@pytest.mark.parametrize("name", ["alpha", "beta"])
def test_a_flip_in_a_time_stamp_is_found_or_nobody_trusted_signed_it(
    export: Handed, name: str
) -> None:
    file = f"tsa/2.{name}.0.tsr"
    # CMS does not sign the name of the algorithm that its signature is made by (RFC 5652, 5.4).
    named = (export.path / file).read_bytes().rindex(ECDSA_WITH_SHA256)
    unsigned = range(named, named + len(ECDSA_WITH_SHA256))
    for offset, report in export.flips(file, **some(BESIDE_STRIDE)):
        assert is_told(report, file) or offset in unsigned, offset


def test_a_flip_in_the_certificates_beside_a_time_stamp_is_found_or_changes_none_of_them(
    export: Handed,
) -> None:
    file = "tsa/2.beta.0.pem"
    sound = (export.path / file).read_bytes()
    for offset, report in export.flips(file, **some(BESIDE_STRIDE)):
        if not is_told(report, "tsa/2.beta.0.tsr"):
            certificates = load_pem_x509_certificates(flip(sound, offset))
            assert certificates == load_pem_x509_certificates(sound), offset


def is_told(report: Report, file: str) -> bool:
    """Tell whether a report fails over time, or names a time-stamp that proves nothing to it."""
    untrusted = [each for each in report.findings if each.code == "stamp_untrusted"]
    return "time" in failed(report) or [each.evidence for each in untrusted] == [file]


# Personal data.


def test_a_flip_in_what_an_export_discloses_is_found(tmp_path: Path) -> None:
    log = quick_log()
    path = write_disclosing(tmp_path / "export", log)
    handed = Handed(log=log, path=path, believed={"trust": log.trust()})
    assert check(handed.verified(), "disclosures").state == "ok"
    (name,) = (each.name for each in (path / "disclosures").iterdir())
    for offset, report in handed.flips(f"disclosures/{name}", **some(BESIDE_STRIDE)):
        assert failed(report) == {"disclosures"}, offset


# What came with the export and proves nothing.


@pytest.mark.parametrize("name", ["policy.txt", "trust.json"])
def test_of_a_file_on_which_nothing_rests_it_is_said_that_it_was_not_read(
    plain: Handed, name: str
) -> None:
    for offset, report in plain.flips(name, **some(UNREAD_STRIDE)):
        assert report.exit_code is ExitCode.OK, offset
        told = check(report, "others")
        assert (told.state, f'"{name}"' in told.sentence) == ("not checked", True), offset


def test_a_flip_in_the_exports_own_trust_file_is_found_though_nobody_gave_another(
    plain: Handed,
) -> None:
    # A key that is trusted from size 1 on may sign this log as well.
    harmless = (plain.path / "trust.json").read_bytes().index(b'"from_size": 0') + 13
    reader = Handed(log=plain.log, path=plain.path, believed={"trust": None, "assume_trust": True})
    assert reader.verified().exit_code is ExitCode.OK
    for offset, report in reader.flips("trust.json"):
        assert report.exit_code is not ExitCode.OK or offset == harmless, offset


# Bundles, whose manifest names every file.


@pytest.fixture
def packed(tmp_path: Path) -> Handed:
    """Give a whole log in one file."""
    log = quick_log()
    pack_log(tmp_path / "log.zip", log.export(tmp_path / "export"))
    return Handed(log=log, path=tmp_path / "log.zip", believed={"trust": log.trust()})


@pytest.fixture
def evidence(tmp_path: Path) -> Handed:
    """Give evidence about one firearm, with its head, older checkpoint and disclosures."""
    log = quick_log()
    write_bundle(tmp_path / "e.zip", full_evidence(log, tmp_path))
    return Handed(log=log, path=tmp_path / "e.zip", believed={"trust": log.trust()})


def test_both_bundles_are_sound(packed: Handed, evidence: Handed) -> None:
    assert packed.verified().exit_code is ExitCode.OK
    report = evidence.verified()
    assert report.exit_code is ExitCode.OK
    assert check(report, "heads").state == check(report, "disclosures").state == "ok"
    with zipfile.ZipFile(evidence.path) as archive:
        folders = {name.partition("/")[0] for name in archive.namelist()}
    assert folders == {
        *("checkpoints", "consistency", "disclosures", "entries", "heads", "proofs"),
        *("manifest.json", "policy.txt", "trust.json"),
    }


@pytest.mark.parametrize("kind", ["packed", "evidence"])
def test_a_flip_anywhere_in_an_archive_leaves_none_that_is_taken_for_whole(
    kind: str, request: pytest.FixtureRequest
) -> None:
    octets = request.getfixturevalue(kind).path.read_bytes()
    assert unpack(octets).holds_nothing_else()
    for offset in range(len(octets)):
        with suppress(UsageError, UnreachableError):
            assert not unpack(flip(octets, offset)).holds_nothing_else(), offset


@pytest.mark.parametrize("kind", ["packed", "evidence"])
def test_an_archive_that_is_not_whole_fails_as_files(
    kind: str, request: pytest.FixtureRequest
) -> None:
    bundle: Handed = request.getfixturevalue(kind)
    for offset, report in bundle.flips("", **some(STRIDE)):
        assert "files" in failed(report), offset


def test_a_flip_in_the_manifest_of_an_unpacked_bundle_is_found(
    packed: Handed, tmp_path: Path
) -> None:
    with zipfile.ZipFile(packed.path) as archive:
        archive.extractall(tmp_path / "unpacked")
    folder = Handed(log=packed.log, path=tmp_path / "unpacked", believed=packed.believed)
    assert folder.verified().exit_code is ExitCode.OK
    for offset, report in folder.flips(MANIFEST_FILE):
        assert "files" in failed(report), offset
