# SPDX-License-Identifier: Apache-2.0
"""The README's first command tells its whole story, and starts afresh when run again."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from api.demo.life import SERIAL
from audit.proof.encoding import decode
from audit.proof.tiles import TILE_WIDTH, read_bundle
from tests.journey.conftest import Shell

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def told(shell: Shell) -> subprocess.CompletedProcess[str]:
    """Run the demonstration once."""
    return shell("muniment", "demo")


def test_the_demonstration_comes_to_its_end(told: subprocess.CompletedProcess[str]) -> None:
    assert told.returncode == 0, told.stderr
    steps = re.findall(r"^\[(\d)/(\d)\] ", told.stdout, re.MULTILINE)
    assert steps == [(str(number), steps[0][1]) for number in range(1, int(steps[0][1]) + 1)]


def test_the_register_comes_in_as_it_is(told: subprocess.CompletedProcess[str]) -> None:
    assert "19,365 rows read" in told.stdout
    assert 'gun that is gone are "unknown"' in told.stdout


def test_a_misread_serial_finds_the_example(told: subprocess.CompletedProcess[str]) -> None:
    assert "trace --serial EXW-1880457" in told.stdout
    assert "8 or B (6th character)" in told.stdout


def test_the_readme_quotes_what_the_demonstration_says(
    told: subprocess.CompletedProcess[str],
) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    (quoted,) = re.findall(r"^```text\n(\[2/.*?)^```", readme, re.MULTILINE | re.DOTALL)
    assert [line for line in quoted.splitlines() if line not in told.stdout.splitlines()] == []


def test_what_must_be_refused_is_refused(told: subprocess.CompletedProcess[str]) -> None:
    assert "alert_open:" in told.stdout
    assert "role_denied:" in told.stdout


def test_the_verifier_passes_the_export_and_names_the_forged_entry(
    told: subprocess.CompletedProcess[str],
) -> None:
    (index,) = re.findall(r"firearm.seized .* entry +([\d,]+)", told.stdout)
    assert len(re.findall(r"^OK: [\d,]+ entries verified", told.stdout, re.MULTILINE)) == 2
    (verdict,) = re.findall(r"^VIOLATED: .*", told.stdout, re.MULTILINE)
    assert f"Index {index.replace(',', '')}:" in verdict


def test_no_personal_data_leaves_with_the_log(
    shell: Shell, told: subprocess.CompletedProcess[str]
) -> None:
    assert told.returncode == 0
    export = shell.folder / "demo-ledger" / "export"
    size = int((export / "checkpoint").read_text("utf-8").splitlines()[1])
    bundles = [read_bundle(export, n, size=size) for n in range(-(-size // TILE_WIDTH))]
    payloads = [decode(entry.split(b".")[1]) for entries in bundles for entry in entries]
    assert len(payloads) == size
    assert any(SERIAL.encode() in payload for payload in payloads)
    assert not any(b"EXAMPLE PERSON" in payload for payload in payloads)
    assert "EXAMPLE PERSON" not in told.stdout


def test_nothing_of_it_runs_on_when_it_has_ended(
    shell: Shell, told: subprocess.CompletedProcess[str]
) -> None:
    assert told.returncode == 0
    place = shell.folder / "demo-ledger" / "ledger" / "postgres"
    assert place.is_dir()
    assert not (place / "data" / "postmaster.pid").exists()


def test_what_it_proposes_next_works(shell: Shell, told: subprocess.CompletedProcess[str]) -> None:
    assert told.returncode == 0
    folder = shell.folder / "demo-ledger"
    script = f". {folder}/settings.sh && muniment status && muniment trace --serial 'EXW-18?0457'"
    done = subprocess.run(
        ["/bin/sh", "-c", script], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "ledger.xa-demo" in done.stdout
    assert "EXW-18B0457" in done.stdout


def test_a_folder_of_somebody_else_is_left_alone(shell: Shell) -> None:
    folder = shell.folder / "mine"
    folder.mkdir()
    (folder / "letter.txt").write_text("keep me", "utf-8")
    done = shell("muniment", "--home", str(folder), "demo")
    assert (done.returncode, done.stderr.partition(":")[0]) == (2, "demo_folder_taken")
    assert [path.name for path in folder.iterdir()] == ["letter.txt"]
