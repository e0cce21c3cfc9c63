# SPDX-License-Identifier: Apache-2.0
"""The service works erasures off by itself: it proposes, waits for a person, and carries out."""

from __future__ import annotations

import time
from dataclasses import replace

import psycopg
import pytest

from api.erasing import schedule as module
from api.erasing.proposing import approval
from api.erasing.schedule import Round, Schedule, work_off, working_off
from api.erasing.standing import erasures
from api.policies.loading import load_policy
from api.registrar import perform
from api.service.settings import Erasure, ServiceSettings
from domain.errors import InvalidValueError, RefusedError
from domain.identifiers import parse_stream_id
from tests.integration.erasing.conftest import PASSPHRASE, Stage

DAY = 86_400
VARIABLE = "ERASURE_KEY"


def scheduled(stage: Stage, who: str = "steward") -> Schedule:
    """Give a schedule that proposes, too."""
    policy = load_policy("example-state").policy
    key = stage.keys[who]
    return Schedule(office=stage.office, key=key, every=60, clock=time.time, policy=policy)


def standings(stage: Stage) -> list[tuple[str, str]]:
    return [(each["record"], each["status"]) for each in erasures(stage.office, time.time())]


def approve_all(stage: Stage) -> None:
    for each in erasures(stage.office, time.time()):
        if each["status"] == "proposed":
            act = approval(stage.office, parse_stream_id(each["erasure"]))
            perform(stage.office, act, stage.keys["approver"])


def test_what_is_due_is_proposed_once_and_erased_when_a_person_has_approved_it(
    stage: Stage,
) -> None:
    gone, held = stage.refused_licence(), stage.refused_licence()
    stage.did("licence.hold-placed", held.stream, "2026-11-01")
    schedule = scheduled(stage)
    assert work_off(schedule) == Round(proposed=1)
    assert work_off(schedule) == Round()
    assert standings(stage) == [(str(gone.stream), "proposed")]
    assert stage.office.personal.reveal(gone.eid)
    approve_all(stage)
    assert work_off(schedule) == Round(executed=1)
    assert work_off(schedule) == Round()
    assert standings(stage) == [(str(gone.stream), "erasing")]
    assert stage.office.personal.reveal(held.eid)


def test_what_nobody_approves_lapses_and_is_proposed_again(stage: Stage) -> None:
    stage.refused_licence()
    schedule = scheduled(stage)
    assert work_off(schedule) == Round(proposed=1)
    later = replace(schedule, clock=lambda: time.time() + 15 * DAY)
    assert work_off(later) == Round(proposed=1)


def test_a_hold_stops_what_is_approved_until_it_is_released(stage: Stage) -> None:
    held = stage.refused_licence()
    stage.approved(held)
    stage.did("licence.hold-placed", held.stream, "2026-11-01")
    schedule = replace(scheduled(stage, "service"), policy=None)
    assert work_off(schedule) == Round(stopped=1)
    assert stage.office.personal.reveal(held.eid)
    stage.did("licence.hold-released", held.stream, "2026-11-02")
    assert work_off(schedule) == Round(executed=1)


def test_without_a_policy_nothing_is_proposed(stage: Stage) -> None:
    stage.refused_licence()
    assert work_off(replace(scheduled(stage), policy=None)) == Round()


def test_a_key_without_the_mandate_proposes_nothing(stage: Stage) -> None:
    stage.refused_licence()
    with pytest.raises(RefusedError) as refused:
        work_off(scheduled(stage, "service"))
    assert refused.value.slug == "role_denied"
    assert standings(stage) == []


def test_one_process_at_a_time_works_and_a_killed_one_leaves_no_lock(stage: Stage) -> None:
    stage.refused_licence()
    schedule = scheduled(stage)
    other = psycopg.connect(stage.office.database.conninfo("ledger_eraser"))
    other.execute(module._LOCK)
    assert work_off(schedule) is None
    assert standings(stage) == []
    with psycopg.connect(stage.office.database.admin, autocommit=True) as connection:
        query = "select pg_terminate_backend(%s, 10000)"
        connection.execute(query, (other.info.backend_pid,))
    other.close()
    assert work_off(schedule) == Round(proposed=1)


def test_killed_after_the_keys_are_destroyed_the_next_look_says_so_in_the_log(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = stage.refused_licence()
    stage.approved(gone)
    schedule = replace(scheduled(stage, "service"), policy=None)
    with monkeypatch.context() as patched:
        patched.setattr("api.erasing.worker._say", _killed)
        with pytest.raises(KeyboardInterrupt):
            work_off(schedule)
    assert standings(stage) == [(str(gone.stream), "approved")]
    assert work_off(schedule) == Round(executed=1)
    assert standings(stage) == [(str(gone.stream), "erasing")]


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def serving(stage: Stage, **changes: object) -> ServiceSettings:
    """Give settings by which the service works erasures off."""
    secret = stage.settings.home / "keys" / "erasure.passphrase"
    secret.write_text(PASSPHRASE)
    secret.chmod(0o600)
    fields = {"key_file": "keys/service.pem", "passphrase_file": "keys/erasure.passphrase"}
    if not stage.settings.service_key.exists():
        stage.keys["steward"].save(stage.settings.service_key, PASSPHRASE)
    erasure = Erasure.model_validate(fields | changes)
    return ServiceSettings(origin="http://127.0.0.1:8080", erasure=erasure)


def test_the_service_looks_as_soon_as_it_runs(stage: Stage) -> None:
    gone = stage.refused_licence()
    settings = serving(stage, propose_under="example-state")
    with working_off(stage.office, settings, clock=time.time):
        pass  # it ends once the first look is done
    assert standings(stage) == [(str(gone.stream), "proposed")]
    approve_all(stage)
    with working_off(stage.office, settings, clock=time.time):
        pass
    assert standings(stage) == [(str(gone.stream), "erasing")]


def test_unless_it_is_set_the_service_erases_nothing(stage: Stage) -> None:
    gone = stage.refused_licence()
    stage.approved(gone)
    with working_off(
        stage.office, ServiceSettings(origin="http://127.0.0.1:8080"), clock=time.time
    ):
        pass
    assert standings(stage) == [(str(gone.stream), "approved")]


def test_a_key_that_does_not_open_keeps_the_service_from_running(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = serving(stage, passphrase_file=None, passphrase_variable=VARIABLE)
    monkeypatch.setenv(VARIABLE, "wrong")
    with (
        pytest.raises(InvalidValueError, match="does not open"),
        working_off(stage.office, settings, clock=time.time),
    ):
        pass
