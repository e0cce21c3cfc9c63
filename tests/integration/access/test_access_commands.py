# SPDX-License-Identifier: Apache-2.0
"""`muniment access`: listed, stated in the ledger, exported, verified offline, erased."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner, Result

from api.cli.main import COMMANDS, load
from audit.access.log import AccessLog
from audit.database import Database
from audit.export.founding import trust_of
from audit.link import Link
from audit.proof.access.files import RECORDS_FILE, STATEMENTS_FILE
from tests.integration.append.desk import AUDIENCE, Desk, born
from tests.unit.audit.access.logs import DAY, access

PASSPHRASE = "test passphrase"  # noqa: S105 - of keys that sign for nobody
NOW = int(time.time())
OTHER = "off.01a2076b-4018-7111-8222-999999999999"

Run = Callable[..., Result]


@pytest.fixture
def run(desk: Desk) -> Run:
    def command(*arguments: str) -> Result:
        settings = desk.office.settings
        return CliRunner().invoke(load(COMMANDS["access"]), arguments, obj=settings)

    return command


@pytest.fixture
def log(database: Database, desk: Desk) -> Iterator[AccessLog]:
    assert desk.office
    with closing(AccessLog(database.conninfo("ledger_access"))) as opened:
        yield opened


@pytest.fixture
def key(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("MUNIMENT_PASSPHRASE", PASSPHRASE)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "root.pem"
        desk.roots[0].save(path, PASSPHRASE)
        yield str(path)


def lines(answer: Result) -> list[dict[str, Any]]:
    assert answer.exit_code == 0, answer.output
    return [json.loads(line) for line in answer.stdout.splitlines()]


def test_accesses_are_listed_by_day_person_and_refusal(run: Run, log: AccessLog) -> None:
    log.record(access(NOW - 2 * DAY))
    log.record(access(NOW, officer=OTHER, decision="purpose_missing", count=0, claims=()))
    assert len(lines(run("log", "--json"))) == 2
    today = time.strftime("%Y-%m-%d", time.gmtime(NOW))
    assert [each["officer"] for each in lines(run("log", "--json", "--since", today))] == [OTHER]
    assert len(lines(run("log", "--json", "--who", OTHER))) == 1
    assert [each["at"] for each in lines(run("log", "--json", "--refused"))] == [NOW]
    shown = run("log").stdout
    assert "purpose_missing" in shown
    assert "1 holder_name" in shown
    assert run("log", "--since", "yesterday").exit_code == 2


def test_the_log_is_stated_exported_and_verified_without_a_ledger(
    run: Run, log: AccessLog, key: str, desk: Desk, tmp_path: Path
) -> None:
    log.record(access(NOW))
    (first,) = lines(run("checkpoint", "--key", key))
    assert first["count"] == 1
    again = run("checkpoint", "--key", key)
    assert (again.exit_code, again.stdout) == (0, "")
    desk.append(born())
    log.record(access(NOW))
    log.record(access(NOW))
    assert lines(run("checkpoint", "--key", key))[0]["count"] == 3
    log.record(access(NOW))
    verified = run("verify")
    assert verified.exit_code == 0
    assert "4 records of the access log make one chain" in verified.stderr
    assert "the first 3 records; 1 later record" in verified.stderr
    folder = tmp_path / "access"
    assert lines(run("export", str(folder))) == [{"records": 4, "statements": 2}]
    trust = _trust(desk, tmp_path)
    offline = run("verify", "--from", str(folder), "--trust", trust)
    assert (offline.exit_code, offline.stderr) == (0, verified.stderr)
    _spoil(folder / RECORDS_FILE, b"holder_name", b"holder_nam3")
    spoilt = run("verify", "--from", str(folder), "--trust", trust, "--json")
    assert spoilt.exit_code == 1
    assert "access_head" in spoilt.stdout


def test_a_statement_that_the_ledger_did_not_make_is_refused(
    run: Run, log: AccessLog, key: str, desk: Desk, tmp_path: Path
) -> None:
    log.record(access(NOW))
    lines(run("checkpoint", "--key", key))
    folder, trust = tmp_path / "access", _trust(desk, tmp_path)
    run("export", str(folder))
    path = folder / STATEMENTS_FILE
    found = json.loads(path.read_bytes())
    header, _, signature = found["entry"].split(".")
    other = desk.rows()[0][1].decode().split(".")[1]
    found["entry"] = f"{header}.{other}.{signature}"
    path.write_text(json.dumps(found, separators=(",", ":")) + "\n")
    forged = run("verify", "--from", str(folder), "--trust", trust)
    assert forged.exit_code == 1
    assert run("verify", "--from", str(folder)).exit_code == 2


def test_what_was_tampered_with_in_the_database_fails_verification(
    run: Run, log: AccessLog, key: str, database: Database
) -> None:
    for _ in range(3):
        log.record(access(NOW))
    lines(run("checkpoint", "--key", key))
    with psycopg.connect(database.admin) as connection:
        connection.execute("alter table access.record disable trigger all")
        connection.execute("delete from access.record where n = 2")
    spoilt = run("verify")
    assert spoilt.exit_code == 1
    assert "access_tail" in spoilt.stdout
    assert "not what it was" in spoilt.stderr


def test_months_past_the_rule_are_erased(run: Run, log: AccessLog) -> None:
    log.record(access(NOW - 700 * DAY))
    log.record(access(NOW))
    assert lines(run("erase")) == [{"erased": 1}]
    assert run("verify").exit_code == 0
    assert len(lines(run("log", "--json"))) == 1


def test_who_looked_far_more_often_than_usual_is_listed(run: Run, log: AccessLog) -> None:
    for _ in range(31):
        log.record(access(NOW))
    (found,) = lines(run("unusual", "--json"))
    assert (found["count"], found["median"]) == (31, 10)
    assert "31" in run("unusual", "--days", "1").stdout


def _trust(desk: Desk, folder: Path) -> str:
    conninfo = desk.office.database.conninfo("ledger_reader")
    with closing(Link(conninfo)) as link:
        trust = trust_of(link, audience=AUDIENCE, origin=AUDIENCE, vkey=str(desk.vkey))
    path = folder / "trust.json"
    path.write_bytes(trust.encode())
    return str(path)


def _spoil(path: Path, old: bytes, new: bytes) -> None:
    octets = path.read_bytes()
    assert old in octets
    path.write_bytes(octets.replace(old, new, 1))
