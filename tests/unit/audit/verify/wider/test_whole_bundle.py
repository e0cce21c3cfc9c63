# SPDX-License-Identifier: Apache-2.0
"""A whole log in one file: deterministic, verified like an export, and no way out of its folder."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.proof.verify.book import Request
from audit.proof.verify.bundle import verify_bundle
from audit.proof.verify.command import main
from audit.proof.verify.container import pack, unpack
from audit.proof.verify.evidence import manifest_of, pack_log
from audit.proof.verify.members import member_cap
from audit.proof.verify.report import Check, ExitCode, Report
from domain.errors import ProofError, UnreachableError, UsageError
from tests.unit.audit.verify.log_builder import small_log
from tests.unit.audit.verify.test_verify_bundle import EVIDENCE

LOG = small_log(3)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return LOG.export(tmp_path / "export")


@pytest.fixture
def bundle(export: Path, tmp_path: Path) -> Path:
    pack_log(tmp_path / "log.zip", export)
    return tmp_path / "log.zip"


def verified(path: Path, **options: Any) -> Report:
    return verify_bundle(Request(path=path, **{"trust": LOG.trust(), "jobs": 1, **options}))


def check(report: Report, name: str) -> Check:
    return next(each for each in report.checks if each.name == name)


def files_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(path: Path, files: dict[str, bytes], subject: str = "log") -> Path:
    """Pack files with a manifest that fits them."""
    rest = {name: octets for name, octets in files.items() if name != "manifest.json"}
    path.write_bytes(b"".join(pack({**rest, "manifest.json": manifest_of(subject, rest)})))
    return path


def test_a_whole_log_in_one_file_is_verified_like_an_export(bundle: Path) -> None:
    report = verified(bundle, saved=LOG.note(5))
    assert report.exit_code is ExitCode.OK
    assert (report.subject, report.size, report.examined) == ("bundle", 9, 9)
    assert check(report, "root").state == check(report, "consistency").state == "ok"


def test_the_same_log_gives_the_same_octets(bundle: Path, tmp_path: Path) -> None:
    again = LOG.export(tmp_path / "again")
    pack_log(tmp_path / "again.zip", again)
    assert (tmp_path / "again.zip").read_bytes() == bundle.read_bytes()
    pack_log(tmp_path / "again.zip", again)
    assert (tmp_path / "again.zip").read_bytes() == bundle.read_bytes()


def test_any_unzip_program_gives_the_same_bundle_unpacked(bundle: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(tmp_path / "unpacked")
    assert verified(tmp_path / "unpacked").exit_code is ExitCode.OK
    entry = next((tmp_path / "unpacked/tile/entries").rglob("*.p/*"))
    entry.write_bytes(entry.read_bytes()[:-1] + b"!")
    report = verified(tmp_path / "unpacked")
    assert report.exit_code is ExitCode.VIOLATED
    assert check(report, "files").state == "failed"


def test_an_entry_changed_with_its_manifest_is_found_by_the_log_itself(
    bundle: Path, tmp_path: Path
) -> None:
    files = files_of(bundle)
    name = next(each for each in files if each.startswith("tile/entries/"))
    files[name] = files[name][:-1] + b"!"
    report = verified(packed(tmp_path / "b.zip", files))
    assert check(report, "files").state == "ok"
    assert check(report, "root").state == "failed"


def test_evidence_and_a_whole_log_are_not_mixed(bundle: Path, tmp_path: Path) -> None:
    mixed = {**files_of(bundle), "entries/0.jws": LOG.entries[0]}
    report = verified(packed(tmp_path / "b.zip", mixed))
    assert [each.code for each in report.findings] == ["file_foreign"]
    partial = {**EVIDENCE.files(), "tile/0/000.p/1": bytes(32)}
    report = verified(packed(tmp_path / "c.zip", partial, EVIDENCE.subject))
    assert report.exit_code is ExitCode.VIOLATED
    assert verified(packed(tmp_path / "d.zip", files_of(bundle), "arm.x")).exit_code is (
        ExitCode.VIOLATED
    )


def test_the_command_verifies_it(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(bundle), "--assume-trust"]) == 0
    assert capsys.readouterr().out.startswith("bundle of ledger.xa-test")


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "../trust.json",
        "tile/../../x",
        "tile/0/../000",
        "Trust.json",
        "TILE/0/000",
        "tile/64/000",
        "tile/0/0000",
        "tile/0/000.p/0",
        "tile/0/000.P/1",
        "checkpoints/01.note",
        "checkpoints/1.note/",
        "checkpoints/\N{ARABIC-INDIC DIGIT ONE}.note",
        "consistency/1.proof",
        "tsa/1.a/../../b.0.tsr",
        "entries/1.jws\n",
        "trust.json\0",
        "c:trust.json",
        "entries\\1.jws",
    ],
)
def test_names_that_no_bundle_has_are_refused(name: str) -> None:
    assert member_cap(name) is None
    octets = bytearray(b"".join(pack({"entries/0.jws": b"x"})))
    encoded = name.encode()
    octets[26:28] = len(encoded).to_bytes(2, "little")
    octets[30:43] = encoded
    with pytest.raises((UsageError, UnreachableError)):
        unpack(bytes(octets))


@given(st.text(max_size=40))
def test_no_admitted_name_leads_out_of_its_folder_or_differs_in_case_alone(text: str) -> None:
    for name in (text, f"tile/{text}", f"tsa/{text}", f"checkpoints/{text}"):
        if member_cap(name) is not None:
            assert name == name.lower()
            assert ".." not in name
            assert not name.startswith("/")


def test_links_in_an_unpacked_bundle_are_refused(bundle: Path, tmp_path: Path) -> None:
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(folder)
    (folder / "trust.json").rename(tmp_path / "elsewhere")
    (folder / "trust.json").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="is a link"):
        verified(folder)


def test_what_cannot_be_written_leaves_nothing(export: Path, tmp_path: Path) -> None:
    with pytest.raises(UnreachableError, match="cannot be written"):
        pack_log(tmp_path / "absent" / "b.zip", export)


def test_more_files_than_one_archive_counts_are_refused() -> None:
    many = dict.fromkeys((f"entries/{at}.jws" for at in range(65_535)), b"")
    with pytest.raises(ProofError, match="at most 65534 files"):
        next(pack(many))
