# SPDX-License-Identifier: Apache-2.0
"""What else lies in an export: superseded files are compared, foreign ones are named, not read."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from audit.proof.tiles import bundle_path, tile_path
from audit.proof.verify.book import Request
from audit.proof.verify.command import verify
from audit.proof.verify.evidence import pack_log, write_bundle
from audit.proof.verify.findings import Finding
from audit.proof.verify.report import Check, ExitCode, Report
from tests.unit.audit.verify.exports import quick_log
from tests.unit.audit.verify.test_verify_bundle import EVIDENCE
from tests.unit.audit.verify.test_verify_bundle import LOG as SHOWN

LOG = quick_log()
LOG.enrol(LOG.officer, LOG.key_stream)
while len(LOG.entries) < 258:
    LOG.register()
SIZE = len(LOG.entries)
OLDER = (2, 100, 257)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """Give an export that was written at several sizes, and never tidied."""
    for size in OLDER:
        replace(LOG, entries=LOG.entries[:size]).export(tmp_path / "export")
    return LOG.export(tmp_path / "export")


def verified(path: Path, **options: Any) -> Report:
    return verify(Request(path=path, **{"trust": LOG.trust(), "jobs": 1, **options}))


def assumed_of(path: Path) -> Report:
    return verified(path, trust=None, assume_trust=True)


def others(report: Report) -> Check:
    return next(each for each in report.checks if each.name == "others")


def told(report: Report) -> list[tuple[str, str]]:
    return [(each.check, each.code) for each in report.findings]


def test_superseded_files_are_the_beginnings_of_those_that_replaced_them(export: Path) -> None:
    names = {path.relative_to(export).as_posix() for path in export.rglob("*") if path.is_file()}
    assert {bundle_path(0, 2), bundle_path(0, 100), bundle_path(1, 1), tile_path(0, 0, 2)} <= names
    report = verified(export)
    assert (report.exit_code, report.findings) == (ExitCode.OK, ())


@pytest.mark.parametrize(
    ("name", "check"),
    [
        (bundle_path(0, 2), "files"),
        (bundle_path(1, 1), "files"),
        (tile_path(0, 0, 100), "tiles"),
        (tile_path(0, 1, 1), "tiles"),
    ],
)
def test_a_superseded_file_that_is_changed_longer_or_shorter_is_found(
    export: Path, name: str, check: str
) -> None:
    sound = (export / name).read_bytes()
    changed = sound[:-1] + bytes([sound[-1] ^ 1])
    for octets, code, result in (
        (changed, "superseded_differs", ExitCode.VIOLATED),
        (sound + b"x", "superseded_differs", ExitCode.VIOLATED),
        (sound[:-1], "superseded_short", ExitCode.INCOMPLETE),
        (b"", "superseded_short", ExitCode.INCOMPLETE),
    ):
        (export / name).write_bytes(octets)
        report = verified(export)
        assert (told(report), report.exit_code) == ([(check, code)], result)


def test_files_of_the_log_beyond_its_checkpoint_are_named(export: Path) -> None:
    replace(LOG, entries=[*LOG.entries, LOG.entries[-1]]).export(export)
    (export / "checkpoint").write_bytes(LOG.note())
    report = verified(export)
    assert (report.exit_code, told(report)) == (ExitCode.OK, [("others", "file_beyond")])
    assert "2 files of the log reach beyond the checkpoint" in others(report).sentence
    assert bundle_path(1, 3) in others(report).sentence


FOREIGN = (
    *("notes.txt", "Trust.json", "entries/0.jws", "tile/0/000.p/0", "tile/0/000.p/256"),
    *(
        "tile/0/0000",
        "tile/64/000",
        "tile/x001/000",
        "tile/entries/x000/000",
        "checkpoints/01.note",
    ),
    *("tsa/1.a.0.exe", "a/b/c/d/e/f/g/h/i/j/k/l/deep", "tile/entries/000.p/300"),
)


@pytest.mark.parametrize("name", FOREIGN)
def test_a_foreign_file_is_named_and_not_read(export: Path, name: str) -> None:
    path = export / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"no part of an export")
    report = verified(export)
    assert (report.exit_code, told(report)) == (ExitCode.OK, [("others", "file_foreign")])
    assert others(report).state == "not checked"
    assert "1 file is no part of an export, and not read" in others(report).sentence
    assert name[: len("a/b/c/d/e")] in others(report).sentence


def test_foreign_names_cannot_write_on_the_terminal_and_are_few(export: Path) -> None:
    for number in range(20):
        (export / f"z{number}").touch()
    os.mkfifo(export / "\x1b[2J")
    (export / "linked").symlink_to("/")
    sentence = others(verified(export)).sentence
    assert "22 files are no part of an export" in sentence
    assert r'"\u001b[2J", "linked", "z0" and others' in sentence


def test_of_policy_and_trust_file_it_is_said_that_nothing_rests_on_them(export: Path) -> None:
    given, assumed = verified(export), assumed_of(export)
    assert '"policy.txt", "trust.json" were not read' in others(given).sentence
    assert '"policy.txt" was not read' in others(assumed).sentence
    (export / "policy.txt").unlink()
    assert others(assumed_of(export)).state == "ok"
    (export / "checkpoint").unlink()
    assert others(verified(export)).state == "not checked"


def test_a_foreign_file_in_an_unpacked_bundle_is_named(export: Path, tmp_path: Path) -> None:
    pack_log(tmp_path / "log.zip", export)
    (export / "notes.txt").touch()
    assert told(verified(export)) == [("others", "file_foreign")]
    (export / "entries").mkdir()
    (export / "entries/0.jws").touch()
    assert verified(export).exit_code is ExitCode.VIOLATED


def test_a_foreign_file_beside_unpacked_evidence_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "unpacked"
    for name, octets in EVIDENCE.files().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(octets)
    (folder / "notes.txt").touch()
    report = verified(folder, trust=SHOWN.trust())
    assert (report.exit_code, told(report)) == (ExitCode.OK, [("files", "file_foreign")])


def test_evidence_that_says_it_is_about_another_stream_is_found(tmp_path: Path) -> None:
    write_bundle(tmp_path / "b.zip", replace(EVIDENCE, subject=f"{EVIDENCE.subject[:-1]}x"))
    (found,) = verified(tmp_path / "b.zip", trust=SHOWN.trust()).findings
    assert isinstance(found, Finding)
    assert (found.check, found.code) == ("files", "manifest_malformed")
