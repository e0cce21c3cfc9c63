# SPDX-License-Identifier: Apache-2.0
"""A signer that has lost its state gets it from a quorum of witnesses, or not (log.md 2.4)."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from threading import Thread

import psycopg
import pytest
from typer.testing import CliRunner, Result

from api.bootstrap import open_office
from api.cli.main import COMMANDS, load
from api.settings import Settings
from audit.database import Database
from audit.proof.note import VerifierKey
from audit.proof.policy.file import parse_policy
from audit.signer.identity import load_identity
from audit.signer.state import STATE_FILE, signed_tree
from audit.witness.evidence import EvidenceStore
from audit.witness.exchange import exchange
from audit.witness.key import create_cosigner
from audit.witness.listener import WitnessServer
from audit.witness.pinning import pin
from audit.witness.service import Witness
from audit.witness.store import WitnessStore
from tests.integration.append.desk import AUDIENCE, Desk, born, opened_desk, settings_of
from tests.unit.audit.witness.logs import Log

NAMES = ("audit-office", "court", "makers")
COSIGNED = 6


@contextmanager
def witnesses_of(log: VerifierKey, folder: Path) -> Iterator[Path]:
    """Run three witnesses of a log, the last of which is away; give a policy that asks for two."""
    lines = [f"log {log}"]
    with ExitStack() as stack:
        for name in NAMES:
            cosigner = create_cosigner(folder / name, f"{name}.example/w1")
            store = stack.enter_context(closing(WitnessStore(folder / name, create=True)))
            pin(store, cosigner, log, origin=log.name, start=None)
            witness = Witness(cosigner, store, EvidenceStore(folder / name), clock=time.time)
            server = stack.enter_context(WitnessServer(("127.0.0.1", 0), witness))
            lines.append(f"witness {name} {cosigner.verifier} {server.url}")
            if name == NAMES[-1]:
                server.server_close()
                break
            Thread(target=server.serve_forever, args=(0.05,)).start()
            stack.callback(server.shutdown)
        lines += [f"group two 2 {' '.join(NAMES)}", "quorum two", ""]
        file = folder / "policy.txt"
        file.write_text("\n".join(lines))
        yield file


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    return settings_of(tmp_path / "ledger", database.admin)


@pytest.fixture
def desk(settings: Settings) -> Desk:
    """Give a ledger of some entries, closed again."""
    with opened_desk(settings) as opened:
        while opened.office.ledger.size < COSIGNED:
            opened.append(born())
    return opened


@pytest.fixture
def policy(settings: Settings, desk: Desk, tmp_path: Path) -> Iterator[Path]:
    """Have two of three witnesses cosign all of it; then its signer's state is lost."""
    with witnesses_of(desk.vkey, tmp_path) as file:
        done = muniment(settings, "witness", "collect", "--policy", str(file), "--json")
        assert json.loads(done.stdout)["witnessed"]
        assert muniment(settings, "export", str(tmp_path / "copy")).exit_code == 0
        state(settings).unlink()
        yield file


def muniment(settings: Settings, command: str, *words: str) -> Result:
    return CliRunner().invoke(load(COMMANDS[command]), words, obj=settings)


def reseed(settings: Settings, policy: Path, *words: str) -> Result:
    return muniment(settings, "signer", "reseed", "--policy", str(policy), *words)


def state(settings: Settings) -> Path:
    return settings.signer_folder / STATE_FILE


def slug(done: Result) -> str:
    """Give the slug of the error that ended a command, after what it said of witnesses."""
    return done.stderr.splitlines()[-1].partition(":")[0]


def refused(settings: Settings, done: Result, expected: str) -> None:
    assert (int(done.exit_code), slug(done)) == (1, expected), done.output
    assert not state(settings).exists()


def appended(settings: Settings, desk: Desk) -> int:
    """Append an event and give its index."""
    with open_office(settings) as office:
        return Desk(office=office, roots=desk.roots, key=desk.key).append(born()).index


def test_a_lost_state_stops_everything_and_the_way_out_is_named(
    settings: Settings, policy: Path
) -> None:
    assert policy.exists()
    for command in ("status", "fsck"):
        done = muniment(settings, command)
        assert done.exit_code == 1
        assert "muniment signer reseed" in done.output


def test_a_quorum_of_witnesses_gives_the_state_back(
    settings: Settings, desk: Desk, policy: Path
) -> None:
    done = reseed(settings, policy)
    assert done.exit_code == 0, done.output
    record = json.loads(done.stdout)
    assert (record["size"], record["witnesses"]) == (COSIGNED, list(NAMES[:2]))
    assert "makers: witness_unreachable: " in done.stderr
    assert "Errno" not in done.stderr
    assert signed_tree(settings.signer_folder).size == COSIGNED
    assert state(settings).stat().st_mode & 0o777 == 0o600
    assert appended(settings, desk) == COSIGNED
    assert muniment(settings, "fsck").exit_code == 0
    done = muniment(settings, "witness", "collect", "--policy", str(policy), "--json")
    assert json.loads(done.stdout)["size"] == COSIGNED + 1


def test_what_was_signed_since_raises_the_state_further(
    settings: Settings, desk: Desk, policy: Path
) -> None:
    assert reseed(settings, policy).exit_code == 0
    newest = appended(settings, desk)
    assert muniment(settings, "export", str(settings.home.parent / "copy")).exit_code == 0
    state(settings).unlink()
    done = reseed(settings, policy)
    assert json.loads(done.stdout)["size"] == newest + 1 > COSIGNED


def test_a_state_is_never_replaced_whatever_is_in_it(settings: Settings, policy: Path) -> None:
    assert reseed(settings, policy).exit_code == 0
    sound = state(settings).read_bytes()
    for octets in (sound, b"torn"):
        state(settings).write_bytes(octets)
        done = reseed(settings, policy)
        assert (done.exit_code, slug(done)) == (1, "signer_state_exists")
        assert state(settings).read_bytes() == octets


@pytest.mark.parametrize("group", ["group two all", "group two 3"])
def test_without_a_quorum_that_answers_now_there_is_no_state(
    settings: Settings, policy: Path, group: str
) -> None:
    policy.write_text(policy.read_text().replace("group two 2", group))
    done = reseed(settings, policy)
    refused(settings, done, "reseed_quorum")
    assert "audit-office, court has answered" in done.stderr


def test_cosignatures_that_lie_about_do_not_stand_for_a_witness_that_is_away(
    settings: Settings, policy: Path
) -> None:
    lines = policy.read_text().splitlines()
    away = lines[3].rpartition(" ")[2]
    told = [f"{line.rpartition(' ')[0]} {away}" if "http" in line else line for line in lines]
    policy.write_text("\n".join([*told, ""]))
    assert (settings.home / "witnesses" / "checkpoint").exists()
    done = reseed(settings, policy, "--from", str(settings.home.parent / "copy"))
    refused(settings, done, "reseed_quorum")
    assert "no witness has answered" in done.stderr


def test_of_a_witness_without_an_address_its_kept_cosignature_is_taken(
    settings: Settings, policy: Path
) -> None:
    lines = policy.read_text().splitlines()
    told = [line.rpartition(" ")[0] if "http" in line else line for line in lines]
    policy.write_text("\n".join([*told, ""]))
    done = reseed(settings, policy)
    assert json.loads(done.stdout)["witnesses"] == list(NAMES[:2])


def test_a_policy_that_asks_for_nobody_is_refused(settings: Settings, policy: Path) -> None:
    lines = policy.read_text().splitlines()[:1]
    policy.write_text("\n".join([*lines, "quorum none", ""]))
    done = reseed(settings, policy)
    assert (done.exit_code, slug(done)) == (2, "quorum_none")
    assert not state(settings).exists()


def test_rows_that_differ_from_what_was_cosigned_give_no_state(
    settings: Settings, database: Database, policy: Path
) -> None:
    falsify(database, "update ledger.event set raw = raw || 'x' where idx = 4")
    refused(settings, reseed(settings, policy), "reseed_differs")


def test_both_lost_the_state_comes_from_a_copy_and_then_the_entries_do(
    settings: Settings, desk: Desk, database: Database, policy: Path
) -> None:
    copy = str(settings.home.parent / "copy")
    for name in ("event", "event_ref", "marking_claim", "tile", "checkpoint"):
        falsify(database, f"delete from ledger.{name}", f"ledger.{name}")
    falsify(
        database,
        "update ledger.head set size = 0, frontier = '', root = sha256('')",
        "ledger.head",
    )
    refused(settings, reseed(settings, policy), "reseed_short")
    assert reseed(settings, policy, "--from", copy).exit_code == 0
    status = muniment(settings, "status")
    assert (status.exit_code, slug(status)) == (1, "signer_rollback")
    assert muniment(settings, "restore", "--from", copy).exit_code == 0
    assert muniment(settings, "status").exit_code == 0
    assert appended(settings, desk) == COSIGNED


def test_a_history_that_witnesses_were_shown_by_a_thief_is_not_taken_for_ours(
    settings: Settings, policy: Path
) -> None:
    stolen = load_identity(settings.signer_folder, AUDIENCE).private_key
    forged = Log(length=COSIGNED + 4, origin=AUDIENCE, private_key=stolen)
    for each in parse_policy(policy.read_bytes()).witnesses[:2]:
        exchange(each.url or "", "/add-checkpoint", forged.request(COSIGNED, COSIGNED + 4))
    done = reseed(settings, policy)
    assert done.exit_code == 0, "witnesses do not cosign it"
    assert signed_tree(settings.signer_folder).size == COSIGNED


def test_while_a_signer_runs_nothing_is_made(settings: Settings, policy: Path) -> None:
    assert reseed(settings, policy).exit_code == 0
    with open_office(settings):
        done = reseed(settings, policy)
    assert (done.exit_code, slug(done)) == (1, "signer_running")


def falsify(database: Database, statement: str, table: str = "ledger.event") -> None:
    with psycopg.connect(database.admin) as connection:
        connection.execute(f"alter table {table} disable trigger all".encode())
        connection.execute(statement.encode())
