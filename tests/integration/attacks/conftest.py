# SPDX-License-Identifier: Apache-2.0
"""One sound ledger a session, and for every attack a copy of its database and its folders."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from api.bootstrap import open_office
from api.client.signer import Submission
from audit.appending.sequencer import Receipt
from audit.database import Database
from audit.export.founding import trust_of
from audit.export.log import export_log
from audit.link import Link
from audit.signer.keys.known import known_log_keys
from audit.signer.state import STATE_FILE
from projections.runner import catch_up
from tests.integration.append.desk import (
    AUDIENCE,
    Desk,
    born,
    following,
    opened_desk,
    settings_of,
    signed,
)
from tests.integration.attacks.scene import (
    BORN,
    OLD,
    SEIZED,
    SIZE,
    THEFTS,
    Ground,
    Scene,
    Theft,
)
from tests.integration.fsck.conftest import HOLDING, PERSON, Ledger, Sound

Acknowledged = dict[int, tuple[Submission, Receipt]]


@pytest.fixture(scope="session")
def ground(server: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """Grow a ledger in two sittings, with a backup between them, publish it and close it."""
    folder = tmp_path_factory.mktemp("ground")
    with _database(server) as database:
        settings = settings_of(folder / "ledger", database.admin)
        acknowledged: Acknowledged = {}
        with opened_desk(settings) as desk:
            arm = born()
            first = _record(desk, signed(arm, desk.key), acknowledged)
            _record(desk, signed(following(arm, first.eid), desk.key), acknowledged)
            assert sorted(acknowledged) == [BORN, SEIZED]
            _fill(desk, OLD, acknowledged)
            old_note = desk.office.notary.checkpoint()[1]
            older_state = (settings.signer_folder / STATE_FILE).read_bytes()
            keys = (*desk.roots,), desk.key
            reader = database.conninfo("ledger_reader")
            with closing(Link(reader)) as link:
                keys_of_the_log = known_log_keys(settings.signer_folder)
                trust = trust_of(link, audience=AUDIENCE, origin=AUDIENCE, log_keys=keys_of_the_log)
            assert catch_up(database.conninfo("ledger_projector")) == OLD
        with _database(server, template=database) as backup:
            with open_office(settings) as office:
                desk = Desk(office=office, roots=keys[0], key=keys[1])
                _record(desk, _held(desk), acknowledged)
                _fill(desk, SIZE, acknowledged)
                note = office.notary.checkpoint()[1]
            export_log(reader, folder / "published", note=note, trust=trust)
            assert catch_up(database.conninfo("ledger_projector")) == SIZE
            yield Ground(
                sound=Sound(
                    database=database,
                    home=settings.home,
                    published=folder / "published",
                    older_state=older_state,
                    trust=trust,
                ),
                backup=backup,
                old_note=old_note,
                note=note,
                roots=keys[0],
                key=keys[1],
                arm=arm,
                acknowledged=acknowledged,
            )


@pytest.fixture
def scene(server: Database, ground: Ground, tmp_path: Path) -> Iterator[Scene]:
    """Give a copy of the sound ledger, with everything that lies outside the database."""
    with copied(server, ground, tmp_path) as made:
        yield made


@pytest.fixture
def restored(server: Database, ground: Ground, tmp_path: Path) -> Iterator[Scene]:
    """Give a copy whose database alone was put back to the backup of the old size."""
    with copied(server, ground, tmp_path / "restored", older=True) as made:
        yield made


@pytest.fixture(params=THEFTS, ids=str)
def theft(request: pytest.FixtureRequest) -> Theft:
    """Give each theft of log keys that is enough to forge with."""
    found: Theft = request.param
    return found


@pytest.fixture
def robbed(scene: Scene, theft: Theft) -> Scene:
    """Give a copy of the sound ledger whose log keys a thief has."""
    return replace(scene, theft=theft)


@contextmanager
def copied(
    server: Database, ground: Ground, folder: Path, *, older: bool = False
) -> Iterator[Scene]:
    """Copy the ledger into a folder; its database may be the backup of the old size."""
    home = shutil.copytree(
        ground.sound.home, folder / "ledger", ignore=shutil.ignore_patterns("*.sock", "*.lock")
    )
    published = shutil.copytree(ground.sound.published, folder / "published")
    template = ground.backup if older else ground.sound.database
    with _database(server, template=template) as database:
        ledger = Ledger(database=database, home=home, published=published, sound=ground.sound)
        yield Scene(ground=ground, ledger=ledger, folder=folder)


@contextmanager
def _database(server: Database, template: Database | None = None) -> Iterator[Database]:
    """Make a database, empty or as a copy, for as long as the ``with`` lasts."""
    name = f"attack_{uuid.uuid4().hex}"
    source = conninfo_to_dict(template.admin)["dbname"] if template else "template1"
    _administer(server, f"create database {name} template {source}")
    try:
        yield replace(server, admin=make_conninfo(server.admin, dbname=name))
    finally:
        _administer(server, f"drop database {name} with (force)")


def _fill(desk: Desk, size: int, acknowledged: Acknowledged) -> None:
    for _ in range(size - desk.office.ledger.size):
        _record(desk, signed(born(), desk.key), acknowledged)
    assert desk.office.ledger.size == size


def _held(desk: Desk) -> Submission:
    """Sign the registration of a firearm that somebody holds."""
    draft = born(evt="firearm.registered")
    source = {"register_code": "test_register", "as_of": "2018", "row": "17"}
    dat = {**draft.dat, "source": source, "hld": HOLDING, "holder": "civilian"}
    return signed(replace(draft, dat=dat), desk.key, PERSON)


def _record(desk: Desk, submission: Submission, acknowledged: Acknowledged) -> Receipt:
    receipt = desk.office.append(submission.to_bytes())
    acknowledged[receipt.index] = submission, receipt
    return receipt


def _administer(server: Database, statement: str) -> None:
    with psycopg.connect(server.admin, autocommit=True) as connection:
        connection.execute(statement.encode())
