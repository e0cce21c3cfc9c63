# SPDX-License-Identifier: Apache-2.0
"""Name and log-in of an officer are erased after the service; what was signed stays proved."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

import psycopg
import pytest

from api.asking import open_snapshot
from api.client.keyfile import FileKey
from api.erasing.schedule import Round, work_off
from api.policies.loading import load_policy
from api.registrar import Act, Enrolment, approve, change_key, enrol, introduced, perform, proposal
from audit.proof.envelope.opening import Reading, open_stored
from audit.proof.keys import public_key
from domain.catalogue import CATALOGUE
from domain.errors import ConflictError
from domain.identifiers import parse_stream_id
from domain.occurrence import parse_occurrence
from projections.asking.retention import retentions
from tests.integration.append.desk import AUTHORITY
from tests.integration.erasing.conftest import Application, Stage, reopened
from tests.integration.erasing.test_every_record import opens
from tests.integration.erasing.test_schedule import approve_all, scheduled, standings
from tests.unit.domain.erasure.holding import holds

NAME = "Ada Exemplar"
TOLD = {"officer_name": NAME}
BEGAN, ENDED = 1_262_304_000, 1_325_375_999
"""The years 2010 and 2011."""

LOG_IN = {
    "binding": "('https://login.example', %(digest)s, %(officer)s, %(at)s)",
    "invitation": "(%(digest)s, %(officer)s, %(at)s)",
    "passkey": "(%(digest)s, %(officer)s, %(digest)s, 0, false, %(at)s, %(at)s)",
    "session": "(%(digest)s, %(officer)s, 'oidc', 0, %(at)s, %(at)s, null, null)",
    "ceremony": "(%(digest)s, 'log_in', %(officer)s, null, null, %(at)s)",
    "enrolment": "(repeat('k', 42) || %(mark)s, %(officer)s, '{}', %(at)s)",
}
"""One row of each table that has what an officer logs in with."""


@dataclass(frozen=True, slots=True)
class Served:
    """An officer whose only key ran out at the end of 2011."""

    stage: Stage
    record: Application

    @property
    def id(self) -> str:
        return str(self.record.stream)

    def holds(self, step: str) -> None:
        evt = f"officer.hold-{step}"
        act = Act(evt=evt, dat=holds("officer")[evt], sub=self.record.stream)
        perform(self.stage.office, act, self.stage.keys["clerk"])

    def told(self, on: str, as_known_on: str | None = None) -> dict[str, Any] | None:
        """Tell the retention that runs, if one does."""
        return told(self.stage, self.id, on, as_known_on)


def told(
    stage: Stage, officer: str, on: str, as_known_on: str | None = None
) -> dict[str, Any] | None:
    """Tell the retention that runs for an officer, if one does."""
    policy, day = load_policy("example-state").policy, parse_occurrence(on)
    with open_snapshot(stage.office.database, as_known_on) as known:
        rows = retentions(known, policy, registry=stage.office.registry, on=day)
        return next((each for each in rows if each["record"] == officer), None)


@pytest.fixture
def served(stage: Stage) -> Served:
    return served_until_2011(stage)


def served_until_2011(stage: Stage) -> Served:
    """Enrol an officer under a term that is long over."""
    key = FileKey.create("Ed25519")
    wanted = Enrolment(authority=AUTHORITY, roles=["LIC"], jurisdictions=["XA"], officer_name=NAME)
    act = proposal(wanted, introduced(stage.office, key, AUTHORITY))
    past = {**act.dat, "not_before": BEGAN, "not_after": ENDED}
    perform(stage.office, replace(act, dat=past), stage.roots[0])
    approve(stage.office, key.kid, approver=stage.roots[1])
    record = stage.office.registry.keys[key.kid]
    stream = parse_stream_id(record.officer)
    return Served(stage, Application(stream, record.officer, record.proposal, dict(TOLD)))


def logs_in(stage: Stage, officer: str, mark: str, at: int) -> None:
    """Keep what an officer logs in with, made at a time."""
    given = {"officer": officer, "mark": mark, "digest": mark.encode() * 32, "at": at}
    with psycopg.connect(stage.office.database.admin) as connection:
        for table, row in LOG_IN.items():
            connection.execute(f"insert into people.{table} values {row}".encode(), given)


def log_ins(stage: Stage, officer: str) -> set[str]:
    """Name the tables that have something of an officer's log-in."""
    with psycopg.connect(stage.office.database.admin) as connection:
        query = "select 1 from people.{} where officer = %s"
        return {
            table
            for table in LOG_IN
            if connection.execute(query.format(table).encode(), (officer,)).fetchone()
        }


def test_the_clock_runs_from_the_end_of_the_last_key_and_is_shown(served: Served) -> None:
    assert served.told("2011-12-30") is None, "still in service"
    running = served.told("2012-01-01")
    assert running is not None
    assert (running["state"], running["began_on"], running["due_on"]) == (
        "running", "2011-12-31", "2022-01-01",
    )  # fmt: skip
    due = served.stage.run("retention", "--policy", "example-state", "--state", "due", "--json")
    assert served.id in due.stdout
    assert "officers_out_of_service" in due.stdout


def test_an_officer_is_erased_on_schedule_unless_held(served: Served) -> None:
    stage, other = served.stage, next(iter(served.stage.office.registry.keys.values())).officer
    logs_in(stage, served.id, "a", ENDED)
    logs_in(stage, other, "b", ENDED)
    schedule = scheduled(stage)
    served.holds("placed")
    assert work_off(schedule) == Round()
    held = served.told("2026-01-01")
    assert held is not None
    assert (held["state"], held["holds"]) == ("held", ["H-1"])
    served.holds("released")
    assert work_off(schedule) == Round(proposed=1)
    approve_all(stage)
    assert opens(stage, served.record)
    assert log_ins(stage, served.id) == LOG_IN.keys(), "until it is carried out"
    assert work_off(schedule) == Round(executed=1)
    assert standings(stage) == [(served.id, "erasing")]
    assert not opens(stage, served.record)
    assert log_ins(stage, served.id) == set()
    assert log_ins(stage, other) == LOG_IN.keys()
    assert stage.office.vault.destroyed([served.record.hld]) == {served.record.hld}
    erased = served.told("2026-01-01")
    assert erased is not None
    assert erased["state"] == "erased"
    assert work_off(schedule) == Round()


def test_a_restored_database_forgets_the_log_in_again_and_no_newer_one(served: Served) -> None:
    stage = served.stage
    stage.approved(served.record)
    stage.executed()
    logs_in(stage, served.id, "a", ENDED)
    with psycopg.connect(stage.office.database.admin) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute("update vault.forgotten set size = 0")
    with reopened(stage):
        assert log_ins(stage, served.id) == set()
    logs_in(stage, served.id, "b", int(time.time()) + 60)
    with psycopg.connect(stage.office.database.admin) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute("update vault.forgotten set size = 0")
    with reopened(stage):
        assert log_ins(stage, served.id) == LOG_IN.keys(), "the officer came back"


def test_what_an_erased_officer_signed_verifies_for_ever(stage: Stage) -> None:
    key = FileKey.create("Ed25519")
    wanted = Enrolment(authority=AUTHORITY, roles=["LIC"], jurisdictions=["XA"], officer_name=NAME)
    enrol(stage.office, wanted, key, proposer=stage.roots[0], approver=stage.roots[1])
    stage.keys["clerk"] = key
    signed = stage.refused_licence()
    ceased = {"kid": key.kid, "reason": "ceased"}
    ended = change_key(stage.office, "key.revoked", ceased, signers=[stage.roots[0]]).index
    known = stage.office.registry.keys[key.kid]
    term, revoked = (told(stage, known.officer, "2100-01-01", str(at)) for at in (ended - 1, ended))
    assert term is not None
    assert revoked is not None
    assert revoked["began_on"] < term["began_on"], "as known before the revocation"
    stream = parse_stream_id(known.officer)
    officer = Application(stream, known.officer, known.proposal, dict(TOLD))
    stage.approved(officer)
    assert [each.outcome for each in stage.executed()] == ["executed"]
    assert not opens(stage, officer)

    with psycopg.connect(stage.office.database.admin) as connection:
        query = "select raw from ledger.event where stream = %s or stream = %s order by idx"
        streams = (signed.stream.uuid, known.stream)
        rows = connection.execute(query, streams).fetchall()
    reading = Reading(
        lambda kid: public_key(stage.office.registry.keys[kid].jwk),
        CATALOGUE, stage.office.audience, founding=False,
    )  # fmt: skip
    evts = [open_stored(raw, reading).event.evt for (raw,) in rows]
    assert evts == [
        "key.enrol-proposed", "key.enrol-approved", "licence.applied", "licence.refused",
        "key.revoked",
    ]  # fmt: skip
    assert stage.run("fsck").exit_code == 0
    with pytest.raises(ConflictError, match="none is taken in"):
        enrol(
            stage.office, replace(wanted, officer=known.officer), FileKey.create("Ed25519"),
            proposer=stage.roots[0], approver=stage.roots[1],
        )  # fmt: skip
