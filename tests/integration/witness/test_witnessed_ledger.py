# SPDX-License-Identifier: Apache-2.0
"""A real ledger and real witnesses: its checkpoints are cosigned as it grows, and never back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from api.cli.witnessing.collecting import FOLDER
from api.cli.witnessing.command import witness
from api.settings import Settings
from audit.database import Database
from audit.proof.policy.file import parse_policy
from audit.signer.identity import load_identity
from audit.witness.collecting import PENDING_FILE, WITNESSED_FILE
from audit.witness.exchange import exchange
from tests.integration.append.desk import Desk, born, opened_desk, settings_of
from tests.integration.witness.conftest import Operator
from tests.unit.audit.witness.logs import Log

NAMES = ("audit-office", "court", "makers")


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    return settings_of(tmp_path / "ledger", database.admin)


@pytest.fixture
def ledger(settings: Settings) -> Iterator[Desk]:
    with opened_desk(settings) as opened:
        yield opened


@pytest.fixture
def policy(ledger: Desk, tmp_path: Path) -> Iterator[Path]:
    """Run three witnesses of the ledger, of which two are a quorum; the last one is away."""
    with ExitStack() as stack:
        lines = [f"log {ledger.vkey}"]
        for name in NAMES:
            operator = Operator(tmp_path / name)
            (made,) = operator.told("new", "--name", f"{name}.example/w1")
            operator.told("watch", "--log", str(ledger.vkey), "--start", "empty")
            url, process = stack.enter_context(operator.serving())
            lines.append(f"witness {name} {made['witness']} {url}")
        process.kill()
        process.wait()
        lines += [f"group two 2 {' '.join(NAMES)}", "quorum two", ""]
        file = tmp_path / "policy.txt"
        file.write_text("\n".join(lines))
        yield file


def collected(
    settings: Settings, policy: Path, capsys: pytest.CaptureFixture[str], *options: str
) -> tuple[int, str]:
    capsys.readouterr()
    code = witness(
        ["collect", "--policy", str(policy), *options], obj=settings, standalone_mode=False
    )
    return int(code or 0), capsys.readouterr().out


def test_a_ledger_is_witnessed_as_it_grows(
    ledger: Desk, settings: Settings, policy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = settings.home / FOLDER
    for _ in range(2):
        ledger.append(born())
        size = ledger.append(born()).index + 1
        code, said = collected(settings, policy, capsys, "--json")
        record = json.loads(said)
        assert (code, record["size"], record["witnessed"]) == (0, size, True)
        assert (record["lag_entries"], record["lag_seconds"]) == (0, 0)
        assert [name for name, word in record["witnesses"].items() if word == "cosigned"] == [
            "audit-office",
            "court",
        ]
        assert record["witnesses"]["makers"].startswith("witness_unreachable: ")
        note = (kept / WITNESSED_FILE).read_bytes()
        accepted = parse_policy(policy.read_bytes()).accept(note, ledger.office.name.origin)
        assert (accepted.checkpoint.size, len(accepted.witnesses)) == (size, 2)
    assert (kept / PENDING_FILE).read_bytes() == note
    code, said = collected(settings, policy, capsys)
    assert (code, said.splitlines()[1]) == (0, "audit-office  cosigned")


def test_a_checkpoint_that_lacks_its_quorum_is_told_by_table_and_code(
    ledger: Desk, settings: Settings, policy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger.append(born())
    policy.write_text(policy.read_text().replace("group two 2", "group two all"))
    code, said = collected(settings, policy, capsys)
    assert code == 4
    assert "court         cosigned" in said
    assert not (settings.home / FOLDER / WITNESSED_FILE).exists()
    assert (settings.home / FOLDER / PENDING_FILE).exists()


def test_a_history_that_a_stolen_log_key_showed_to_a_witness_is_found_out(
    ledger: Desk, settings: Settings, policy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger.append(born())
    size = ledger.append(born()).index + 1
    origin = ledger.office.name.origin
    stolen = load_identity(settings.signer_folder, origin).private_key
    forged = Log(length=size, origin=origin, private_key=stolen)
    for each in parse_policy(policy.read_bytes()).witnesses[:2]:
        assert exchange(each.url or "", "/add-checkpoint", forged.request(0, size)).status == 200
    code, said = collected(settings, policy, capsys, "--json")
    record = json.loads(said)
    assert (code, record["witnessed"]) == (1, False)
    assert record["witnesses"]["court"].startswith("witness_conflict: ")
    held = (policy.parent / "court" / "evidence").rglob("fork-*.held")
    assert [file.read_bytes().split(b"\n")[1] for file in held] == [str(size).encode()]
