# SPDX-License-Identifier: Apache-2.0
"""Answers that were lost, and helpers that are away: nothing twice, nothing half."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import psycopg
import pytest

from api.bootstrap import Office, open_office
from api.client.signer import Submission
from audit.appending.gathering import Gathering
from audit.appending.sequencer import Receipt
from audit.database import Database
from audit.signer.client import SignerClient
from audit.signer.files import socket_path
from audit.vault.filestore import DATA_KEYS_FILE
from domain.errors import UnreachableError
from tests.integration.append.desk import (
    FOUNDING_EVENTS,
    Desk,
    at_once,
    born,
    following,
    opened_desk,
    receipts,
    settings_of,
    signed,
)
from tests.integration.append.outages.breaking import Breaker, Moment, breaker

CALLERS = 16
EACH = 12
CUTS = 12


@pytest.fixture
def lines(database: Database) -> Iterator[Breaker]:
    """Give a way to the database that breaks when told."""
    with (
        tempfile.TemporaryDirectory(prefix="cut-") as folder,
        breaker(database.admin, Path(folder)) as made,
    ):
        yield made


@pytest.fixture
def far_desk(lines: Breaker, tmp_path: Path) -> Iterator[Desk]:
    """Give a ledger that is reached over that way."""
    with opened_desk(settings_of(tmp_path / "ledger", lines.conninfo)) as opened:
        yield opened


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_connection_that_breaks_around_a_commit_costs_neither_event_nor_receipt(
    far_desk: Desk, lines: Breaker, moment: Moment
) -> None:
    for place in range(FOUNDING_EVENTS, FOUNDING_EVENTS + 4):
        submission = signed(born(), far_desk.key)
        lines.moment = moment
        receipt = far_desk.office.append(submission.to_bytes())
        assert receipt.index == place
        assert far_desk.verify(receipt, submission) == place + 1
    assert lines.broken == 4
    assert len(far_desk.rows()) == FOUNDING_EVENTS + 4


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_batch_with_a_repeated_event_survives_a_lost_answer(
    far_desk: Desk, lines: Breaker, moment: Moment
) -> None:
    old, new = (signed(born(), far_desk.key) for _ in range(2))
    place = far_desk.office.append(old.to_bytes()).index
    batch = [each.to_bytes() for each in (old, new)]
    lines.moment = moment
    repeated, recorded = receipts(far_desk.office.append_all(batch))
    assert (repeated.index, recorded.index) == (place, place + 1)
    far_desk.verify(recorded, new)
    assert len(far_desk.rows()) == place + 2


def test_a_lost_answer_in_the_middle_of_a_stream_is_found_again(
    far_desk: Desk, lines: Breaker
) -> None:
    first = born()
    birth = far_desk.append(first)
    lines.moment = "after"
    seizure = signed(following(first, birth.eid), far_desk.key)
    assert far_desk.office.append(seizure.to_bytes()).index == FOUNDING_EVENTS + 1
    assert lines.broken == 1
    assert len(far_desk.rows()) == FOUNDING_EVENTS + 2


@pytest.mark.slow
def test_backends_terminated_under_load_lose_nothing_and_repeat_nothing(desk: Desk) -> None:
    submissions = [signed(born(), desk.key) for _ in range(CALLERS * EACH)]
    done = threading.Event()

    def call(caller: int) -> list[tuple[Submission, Receipt | None]]:
        return [(each, _try(desk.office, each)) for each in submissions[caller::CALLERS]]

    cutter = threading.Thread(target=_cut, args=(desk.office.database.admin, done))
    cutter.start()
    answers = at_once([partial(call, caller) for caller in range(CALLERS)])
    done.set()
    cutter.join()
    pairs = [pair for answer in answers if isinstance(answer, list) for pair in answer]
    for submission, receipt in pairs:
        again = desk.office.append(submission.to_bytes())
        assert receipt is None or receipt.index == again.index
        desk.verify(again, submission)
    stored = [raw for _, raw in desk.rows()[FOUNDING_EVENTS:]]
    assert sorted(stored) == sorted(each.jws for each in submissions)


@pytest.mark.slow
def test_with_the_signer_gone_events_are_kept_and_receipts_follow(desk: Desk) -> None:
    submission = signed(born(), desk.key)
    os.kill(_signer_of(desk.office), signal.SIGKILL)
    with pytest.raises(UnreachableError, match="signer does not answer") as away:
        desk.office.append(submission.to_bytes())
    assert away.value.slug == "signer_unreachable"
    assert desk.rows()[FOUNDING_EVENTS:] == [(FOUNDING_EVENTS, submission.jws)]
    with open_office(desk.office.settings) as again:
        receipt = again.append(submission.to_bytes())
        assert (receipt.index, receipt.repeated) == (FOUNDING_EVENTS, True)
        desk.verify(receipt, submission)
        assert desk.append(born()).index == FOUNDING_EVENTS + 1


def test_without_the_key_store_nothing_is_recorded(desk: Desk) -> None:
    file = desk.office.settings.vault_folder / DATA_KEYS_FILE
    with sqlite3.connect(file) as keys:
        keys.execute("alter table data_key rename to away")
    with pytest.raises(UnreachableError, match="key store cannot be used") as away:
        desk.office.append(_with_person(desk))
    assert away.value.slug == "keystore_unavailable"
    assert len(desk.rows()) == FOUNDING_EVENTS
    assert desk.append(born()).index == FOUNDING_EVENTS
    with sqlite3.connect(file) as keys:
        keys.execute("alter table away rename to data_key")
    assert desk.office.append(_with_person(desk)).index == FOUNDING_EVENTS + 1


def test_a_ledger_whose_database_is_away_says_so_and_goes_on_later(
    far_desk: Desk, lines: Breaker
) -> None:
    submission = signed(born(), far_desk.key)
    lines.leave()
    for _ in range(2):
        with pytest.raises(UnreachableError, match="database cannot be reached"):
            far_desk.office.append(submission.to_bytes())
    lines.away = False
    receipt = far_desk.office.append(submission.to_bytes())
    assert (receipt.index, receipt.repeated) == (FOUNDING_EVENTS, False)
    assert far_desk.verify(receipt, submission) == FOUNDING_EVENTS + 1


def test_coroutines_that_wait_for_a_ledger_that_is_away_are_all_told(
    far_desk: Desk, lines: Breaker
) -> None:
    door = Gathering(far_desk.office.append_all)
    submissions = [signed(born(), far_desk.key).to_bytes() for _ in range(CALLERS)]

    async def append_all() -> list[Receipt | BaseException]:
        callers = [door.append(each) for each in submissions]
        return await asyncio.gather(*callers, return_exceptions=True)

    lines.leave()
    assert {type(answer) for answer in asyncio.run(append_all())} == {UnreachableError}
    lines.away = False
    answers = asyncio.run(append_all())
    door.close()
    assert {type(answer) for answer in answers} == {Receipt}
    assert len(far_desk.rows()) == FOUNDING_EVENTS + CALLERS


def _with_person(desk: Desk) -> bytes:
    draft = born(evt="firearm.registered")
    source = {"register_code": "test_register", "as_of": "2018", "row": "17"}
    registered = replace(draft, dat={**draft.dat, "source": source})
    return signed(registered, desk.key, {"holder_name": "A. Person"}).to_bytes()


def _signer_of(office: Office) -> int:
    with SignerClient(socket_path(office.settings.signer_folder)) as client:
        return client.status().pid


def _try(office: Office, submission: Submission) -> Receipt | None:
    try:
        return office.append(submission.to_bytes())
    except UnreachableError:
        return None


def _cut(admin: str, done: threading.Event) -> None:
    query = """
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()
    """
    for _ in range(CUTS):
        if done.wait(0.03):
            return
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(query)
