# SPDX-License-Identifier: Apache-2.0
"""A real ledger that is published by the command, verified by a stranger, and witnessed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from api.cli.checking.fsck import check_ledger
from api.cli.main import COMMANDS, Command, load
from api.cli.publishing.waiting import WitnessedReceipts, waiting_for
from api.cli.witnessing.collecting import FOLDER
from api.cli.witnessing.command import witness
from api.settings import Settings
from audit.appending.sequencer import Receipt
from audit.link import Link
from audit.proof.inclusion import verify_tlog_proof
from audit.proof.merkle import leaf_hash
from audit.proof.policy.file import read_policy
from audit.proof.verify.command import main as verify
from audit.proof.verify.report import ExitCode
from audit.proof.verify.trust import read_trust
from audit.publishing.waiting import Waiting, wait_witnessed
from domain.errors import MunimentError, UnreachableError, UsageError
from tests.integration.append.desk import AUDIENCE, Desk, born, settings_of
from tests.integration.witness.conftest import PATIENCE_SECONDS
from tests.unit.audit.publishing.press import names, octets

PUBLISH = Command("api.cli.publishing.command", "publish", "")
PROGRAM = "from tests.integration.publishing.test_publish_command import run; run()"


def run() -> None:
    """Run the command in a process of its own, for the ledger that its environment names."""
    home, url, *arguments = sys.argv[1:]
    load(PUBLISH)(arguments, obj=settings_of(Path(home), url))


def published(settings: Settings, *arguments: str) -> int:
    code = load(PUBLISH)(list(arguments), obj=settings, standalone_mode=False)
    return int(code or 0)


def tiles(folder: Path) -> dict[str, bytes]:
    """Give all files but the checkpoint, whose signatures may differ every time."""
    return {name: file for name, file in octets(folder).items() if name != "checkpoint"}


def told(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(capsys.readouterr().out)
    return record


def test_what_is_published_is_verified_as_it_grows(
    ledger: Desk, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, before = tmp_path / "public", 0
    for _ in range(3):
        size = ledger.append(born()).index + 1
        capsys.readouterr()
        assert published(settings, str(folder), "--json") == 0
        record = told(capsys)
        assert (record["size"], record["before"], record["alarm"]) == (size, before, False)
        assert verify([str(folder), "--assume-trust"]) == 0
        before = size
    assert published(settings, str(folder)) == 0
    assert "0 of them new" in capsys.readouterr().err
    # An export into the same folder compares every file with what the ledger holds.
    files = tiles(folder)
    exported = load(COMMANDS["export"])
    assert not exported([str(folder)], obj=settings, standalone_mode=False)
    assert tiles(folder) == files
    assert check_ledger(settings, folder).exit_code is ExitCode.OK


def test_a_witnessed_checkpoint_is_published_and_the_lag_is_told(
    ledger: Desk,
    settings: Settings,
    policy: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path / "public"
    arguments = (str(folder), "--once", "--policy", str(policy), "--json")
    assert published(settings, *arguments) == 4
    assert told(capsys)["size"] is None
    assert "checkpoint" not in names(folder)
    collect(settings, policy)
    size = read_size(ledger)
    ledger.append(born())
    capsys.readouterr()
    assert published(settings, *arguments) == 0
    record = told(capsys)
    assert (record["size"], record["lag_entries"], record["alarm"]) == (size, 1, False)
    accepted = read_policy(policy).accept((folder / "checkpoint").read_bytes(), AUDIENCE)
    assert accepted.checkpoint.size == size
    assert f"\n{size + 1}\n" in (folder / "checkpoint.pending").read_text()
    assert verify([str(folder), "--assume-trust"]) == 0


def test_a_publisher_that_goes_on_follows_the_ledger_until_it_is_stopped(
    ledger: Desk, settings: Settings, tmp_path: Path
) -> None:
    folder = tmp_path / "public"
    command = [sys.executable, "-c", PROGRAM, str(settings.home), str(settings.database_url)]
    arguments = [str(folder), "--every", "1", "--json"]
    with subprocess.Popen(
        [*command, *arguments], stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    ) as process:
        try:
            assert process.stdout is not None
            first = json.loads(process.stdout.readline())
            assert first["size"] == read_size(ledger)
            size = ledger.append(born()).index + 1
            assert json.loads(process.stdout.readline())["size"] == size
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE_SECONDS) == 0
        finally:
            process.kill()
    assert verify([str(folder), "--assume-trust"]) == 0


@pytest.mark.parametrize(
    ("options", "slug"),
    [
        (("--once", "--every", "2"), "usage"),
        (("--policy", "absent"), "policy_unreadable"),
    ],
)
def test_what_cannot_be_done_is_told_with_a_code(
    settings: Settings,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    options: tuple[str, ...],
    slug: str,
) -> None:
    assert published(settings, str(tmp_path / "public"), *options) == 2
    assert capsys.readouterr().err.startswith(f"{slug}: ")


def test_a_receipt_waits_until_its_event_is_witnessed(
    ledger: Desk, settings: Settings, policy: Path
) -> None:
    receipt = ledger.append(born())
    with closing(Link(ledger.office.database.conninfo("ledger_reader"))) as link:
        proofs = wait_witnessed(
            waiting(link, settings, policy),
            receipt.proof.checkpoint_note,
            [receipt.index],
            seconds=PATIENCE_SECONDS,
        )
    proof = proofs[receipt.index]
    rule = read_policy(policy)
    assert rule.accept(proof.checkpoint_note, AUDIENCE).checkpoint.size > receipt.index
    leaf = leaf_hash(dict(ledger.rows())[receipt.index])
    assert verify_tlog_proof(proof, leaf, keys=[ledger.vkey], origin=AUDIENCE)


def test_a_receipt_waits_no_longer_than_it_was_told(
    ledger: Desk, settings: Settings, policy: Path
) -> None:
    policy.write_text(policy.read_text().replace("http://127.0.0.1:", "http://127.0.0.1:1/"))
    receipt = ledger.append(born())
    began = time.monotonic()
    with (
        closing(Link(ledger.office.database.conninfo("ledger_reader"))) as link,
        pytest.raises(UnreachableError, match=f"Event {receipt.index} is recorded") as caught,
    ):
        wait_witnessed(
            waiting(link, settings, policy),
            receipt.proof.checkpoint_note,
            [receipt.index],
            seconds=0.5,
        )
    assert caught.value.slug == "witnessed_timeout"
    assert time.monotonic() - began < PATIENCE_SECONDS


def test_the_receipts_of_a_batch_are_handed_out_witnessed_or_called_late(
    ledger: Desk, policy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refusal = UnreachableError("Another answer of the batch.")
    logged: list[Receipt | MunimentError] = [ledger.append(born()), refusal, ledger.append(born())]
    patient = WitnessedReceipts(ledger.office, policy, PATIENCE_SECONDS)
    one, other, two = patient.upgrade(logged)
    assert isinstance(one, Receipt)
    assert isinstance(two, Receipt)
    assert (other, patient.late) == (refusal, False)
    assert one.proof.checkpoint_note == two.proof.checkpoint_note
    read_policy(policy).accept(one.proof.checkpoint_note, AUDIENCE)
    policy.write_text(policy.read_text().replace("http://127.0.0.1:", "http://127.0.0.1:1/"))
    hasty = WitnessedReceipts(ledger.office, policy, 0.2)
    newer = ledger.append(born())
    assert hasty.upgrade([newer]) == [newer]
    assert hasty.late
    assert capsys.readouterr().err.startswith("witnessed_timeout: ")


@pytest.mark.parametrize(("wait", "file"), [("timestamped", "policy.txt"), ("witnessed", None)])
def test_there_is_nothing_else_to_wait_for(ledger: Desk, wait: str, file: str | None) -> None:
    with pytest.raises(UsageError, match="--wait witnessed and --policy FILE") as caught:
        waiting_for(ledger.office, wait, None if file is None else Path(file))
    assert caught.value.slug == "wait_unknown"


def test_strangers_accept_every_signature_of_a_real_checkpoint(
    ledger: Desk, settings: Settings, tmp_path: Path
) -> None:
    scales = pytest.importorskip("tlog_scales.reader", reason="tlog-scales is not installed")
    backend = pytest.importorskip("tlog_scales.backend")
    signing = pytest.importorskip("tlog_scales.signing")
    assert published(settings, str(tmp_path / "public")) == 0
    reader = scales.TilesReader(backend.LocalBackend(tmp_path / "public"))
    found = reader.get_checkpoint()
    assert reader.calculate_root_hash() == found.root_hash
    assert [reader.get_entry(index) for index, _ in ledger.rows()] == [
        raw for _, raw in ledger.rows()
    ]
    keys = read_trust(tmp_path / "public" / "trust.json").log_keys
    for key in keys:
        found.verify(signing.Vkey.from_string(key.vkey))
    assert len(found.signatures) == len(keys)


def waiting(link: Link, settings: Settings, policy: Path) -> Waiting:
    folder = settings.home / FOLDER
    return Waiting(link=link, policy=read_policy(policy), origin=AUDIENCE, folder=folder)


def collect(settings: Settings, policy: Path) -> None:
    code = witness(["collect", "--policy", str(policy)], obj=settings, standalone_mode=False)
    assert not code


def read_size(ledger: Desk) -> int:
    return ledger.office.notary.checkpoint()[0].size
