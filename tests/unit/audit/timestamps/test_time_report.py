# SPDX-License-Identifier: Apache-2.0
"""What an auditor is told about time, from a folder and without any server library."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from audit.proof.timestamps.authorities import read_authorities, trusted_authorities
from audit.proof.timestamps.bracket import Fact, Timeline
from audit.proof.timestamps.files import StampName
from audit.proof.timestamps.findings import clock_findings, stamp_findings, summary
from audit.proof.timestamps.folder import CAPS, StampFolder
from audit.proof.timestamps.series import Verdict, judge_stamps
from domain.errors import UsageError
from tests.unit.audit.timestamps.local_authority import (
    NOW,
    LocalAuthority,
    issue,
    needs_openssl,
)

NOTE = b"ledger.xa-test\n7\nroot\n\n signature\n"
SERVER_LIBRARIES = ("eventsourcing", "psycopg", "fastapi", "typer", "rich")


@pytest.fixture
def folder(tmp_path: Path, alpha: LocalAuthority, beta: LocalAuthority) -> Path:
    """Give a folder with a stamp of each authority, and the roots that the auditor trusts."""
    (tmp_path / "tsa").mkdir()
    (tmp_path / "roots").mkdir()
    for each in (alpha, beta):
        papers = each.stamp(NOTE)
        name = StampName(7, each.name)
        (tmp_path / name.path("tsr")).write_bytes(papers.answer)
        (tmp_path / name.path("pem")).write_bytes(papers.chain)
        (tmp_path / "roots" / f"{each.name}.pem").write_bytes(each.root.pem)
    return tmp_path


def judged(folder: Path) -> tuple[Verdict, ...]:
    trusted = read_authorities(folder / "roots")
    return judge_stamps(StampFolder(folder), {7: NOTE}, trusted, now=int(NOW.timestamp()))


@needs_openssl
def test_a_folder_of_stamps_is_judged_and_summed_up(folder: Path) -> None:
    verdicts = judged(folder)
    assert list(stamp_findings(verdicts)) == []
    assert summary(verdicts).startswith("2 time-stamps stand, 1 of alpha, 1 of beta; 20")


@needs_openssl
def test_each_kind_of_failure_weighs_as_it_should(folder: Path) -> None:
    (folder / "roots" / "beta.pem").unlink()
    name = StampName(7, "alpha").path("tsr")
    (folder / name).write_bytes(b"no token")
    (folder / StampName(9, "alpha").path("tsr")).write_bytes(b"of a checkpoint that is not here")
    found = list(stamp_findings(judged(folder)))
    assert [(each.code, each.severity) for each in found] == [
        ("stamp_malformed", "violation"),
        ("stamp_untrusted", "notice"),
        ("stamp_gap", "gap"),
    ]
    assert found[0].evidence == name
    assert all(each.next_step for each in found)
    assert summary(judged(folder)) == "No time-stamp stands, so no time is proved."


@needs_openssl
def test_only_stamps_are_seen_in_a_folder_and_none_beyond_its_cap(folder: Path) -> None:
    (folder / "tsa" / "notes.txt").write_text("none of ours")
    name = StampName(7, "alpha").path("tsq")
    (folder / name).write_bytes(bytes(10 * CAPS["tsq"]))
    files = StampFolder(folder)
    assert set(files) == {
        f"tsa/7.{each}" for each in ("alpha.0.tsr", "alpha.0.pem", "alpha.0.tsq")
    } | {f"tsa/7.beta.0.{each}" for each in ("tsr", "pem")}
    assert len(files) == 5
    assert len(files[name]) == CAPS["tsq"] + 1
    assert files.get("tsa/../roots/alpha.pem") is None
    assert judged(folder)[0].slug == "stamp_malformed"
    assert list(StampFolder(folder / "absent")) == []


def test_a_size_that_was_not_the_newest_is_told() -> None:
    late = Fact(size=5, earliest=30, latest=30, source="court", kind="cosigned")
    early = Fact(size=8, earliest=9, latest=9, source="alpha", kind="stamped")
    (told,) = clock_findings(Timeline([late, early], agreeing=1))
    assert (told.code, told.severity) == ("size_not_newest", "notice")
    assert "court cosigned size 5 at 1970-01-01 00:00:30 UTC" in told.sentence


def test_roots_that_cannot_be_used_are_refused(
    tmp_path: Path, alpha: LocalAuthority, beta: LocalAuthority
) -> None:
    middle = issue("middle", alpha.root, ca=True)
    unusable = (
        [("alpha", b"")],
        [("alpha", b"no PEM")],
        [("alpha", middle.pem)],
        [("Alpha/", alpha.root.pem)],
        [("alpha", alpha.root.pem), ("other", alpha.root.pem)],
    )
    for files in unusable:
        with pytest.raises(UsageError) as refusal:
            trusted_authorities(files)
        assert refusal.value.slug == "tsa_roots"
    for folder in (tmp_path, tmp_path / "absent"):
        with pytest.raises(UsageError):
            read_authorities(folder)
    (tmp_path / "beta.pem").write_bytes(beta.root.pem)
    assert [each.name for each in read_authorities(tmp_path)] == ["beta"]


def test_time_is_verified_without_any_server_library() -> None:
    program = "import sys, audit.proof.timestamps.findings, audit.proof.timestamps.folder"
    done = subprocess.run(
        [sys.executable, "-c", f"{program}; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "rfc3161_client" in loaded
    assert loaded.isdisjoint(SERVER_LIBRARIES)
