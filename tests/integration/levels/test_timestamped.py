# SPDX-License-Identifier: Apache-2.0
"""From an event to a receipt that is time-stamped under a policy, by commands alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from audit.proof.verify.command import main as muniment_verify
from domain.identifiers import parse_stream_id, short_form
from tests.integration.append.desk import born
from tests.integration.levels.conftest import Yard
from tests.integration.timestamps.serving import Reply, Served
from tests.unit.audit.timestamps.local_authority import needs_openssl

pytestmark = needs_openssl


def upgraded(yard: Yard, receipt: bytes, source: Sequence[str] = ()) -> tuple[int, str]:
    """Upgrade a receipt in a folder of its own; give the code and the level it came to."""
    folder = yard.folder / f"receipts-{len(source)}"
    folder.mkdir()
    file = folder / "mine.tlog-proof"
    file.write_bytes(receipt)
    done = yard.run("receipt", "upgrade", str(file), *source, *yard.believed(), "--json")
    return done.code, json.loads(done.data)["level"]


@pytest.mark.parametrize("stamped_first", [False, True])
def test_an_event_is_witnessed_and_time_stamped_by_commands(
    dated: Yard, *, stamped_first: bool
) -> None:
    draft = born()
    receipt = dated.desk.append(draft).proof.encode()
    if stamped_first:
        assert dated.run("timestamp", "now").code == 0
    assert dated.collect()["witnessed"]
    assert dated.run("timestamp", "now", "--at-once").code == 0
    assert upgraded(dated, receipt) == (0, "timestamped")

    export = dated.folder / "public"
    assert dated.run("export", str(export)).code == 0
    assert upgraded(dated, receipt, ("--from", str(export))) == (0, "timestamped")
    assert verified(dated, export) == 0

    gun = dated.folder / "gun.zip"
    name = short_form(parse_stream_id(draft.sub).uuid)
    assert dated.run("trace", "--id", name, "--bundle", str(gun)).code == 0
    assert verified(dated, gun) == 0


def verified(yard: Yard, path: Path) -> int:
    return muniment_verify([str(path), *yard.believed(), "--jobs", "1"])


def test_a_receipt_is_time_stamped_by_an_older_checkpoint_though_the_log_went_on(
    dated: Yard,
) -> None:
    receipt = dated.desk.append(born()).proof.encode()
    assert dated.run("timestamp", "now").code == 0
    assert dated.collect()["witnessed"]
    dated.desk.append(born())
    dated.collect()
    dated.desk.append(born())
    assert upgraded(dated, receipt) == (0, "timestamped")


def test_one_authority_that_is_away_leaves_a_receipt_witnessed(dated: Yard, beta: Served) -> None:
    receipt = dated.desk.append(born()).proof.encode()
    dated.collect()
    beta.behaviours.append(lambda _: Reply(b"", status=404))
    assert dated.run("timestamp", "now").code == 1
    assert upgraded(dated, receipt) == (0, "witnessed")


def test_the_ledger_writes_the_proof_between_two_of_its_checkpoints(dated: Yard) -> None:
    notes = []
    for _ in range(2):
        dated.desk.append(born())
        size = dated.collect()["size"]
        file = dated.folder / f"{size}.note"
        file.write_bytes((dated.home / "witnesses" / "checkpoint").read_bytes())
        notes.append(file)
    proof = dated.folder / "growth.proof"
    sizes = [file.stem for file in notes]
    asked = ["--fraud", *map(str, notes), "--trust", str(dated.trust)]
    assert muniment_verify(asked) == 3
    assert dated.run("receipt", "consistency", *sizes, "--out", str(proof)).code == 0
    assert muniment_verify([*asked, "--consistency", str(proof)]) == 0
    assert dated.run("receipt", "consistency", *reversed(sizes), "--out", str(proof)).code == 2


def test_a_receipt_names_by_which_keys_its_checkpoint_is_signed(dated: Yard) -> None:
    receipt = dated.desk.append(born()).proof.encode()
    dated.collect()
    upgraded(dated, receipt)
    shown = dated.run("receipt", "show", str(dated.folder / "receipts-0" / "mine.tlog-proof"))
    signers = "ledger.xa-test (Ed25519), ledger.xa-test (ML-DSA-44), court.example/w1"
    assert f"signed by {signers} (Ed25519 cosignature), office.example/w1" in shown.data
