# SPDX-License-Identifier: Apache-2.0
"""An open ledger with an officer of every role, and ready-made lives of firearms."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from api.bootstrap import Office, create_ledger, open_office
from api.client.keyfile import FileKey
from api.registrar import Act, Enrolment, Founding, enrol, found, perform
from api.settings import LedgerName, Settings
from audit.appending.sequencer import Receipt
from audit.database import Database
from domain.identifiers import StreamId, parse_stream_id
from tests.unit.domain.least.component import LOSS

AUTHORITY = "auth.xa"
HOLDING = "hld.5f0c3b1e-8a77-4c1d-9b2e-6d1f0a9c7e54"
TAKES_TWO = ("custody-moved", "identity-merged")
ROLES = ["MFR", "LIC", "POL", "STK", "EVC", "STW"]


@dataclass(slots=True)
class Desk:
    """An officer at an open ledger, who may record whatever happens, and a colleague."""

    office: Office
    key: FileKey
    second: FileKey
    arms: int = 0

    def record(self, evt: str, arm: StreamId | None, occ: str, **dat: Any) -> Receipt:
        """Record one event of a firearm, with the colleague where it takes two."""
        act = Act(evt=f"firearm.{evt}", dat=dat, sub=arm, occ=occ)
        endorsers = [self.second] if evt in TAKES_TWO else []
        return perform(self.office, act, self.key, endorsers=endorsers)

    def does(self, evt: str, sub: StreamId, occ: str = "2016", **dat: Any) -> Receipt:
        """Record one event of something else than a firearm."""
        return perform(self.office, Act(evt=evt, dat=dat, sub=sub, occ=occ), self.key)

    def manufacture(
        self,
        serial: str,
        *,
        make: str = "TESTWERK",
        occ: str = "2015",
        arm: StreamId | None = None,
        **dat: Any,
    ) -> StreamId:
        """Record a new firearm."""
        self.arms += 1
        arm = arm or parse_stream_id(f"arm.01a2076b-4018-7111-8222-{self.arms:012x}")
        self.record(
            "manufactured",
            arm,
            occ,
            make={"known": make},
            model={"known": "TW-9"},
            kind="pistol",
            action="semi_automatic",
            calibre={"known": "9x19"},
            year=2015 if occ == "unknown" else int(occ[:4]),
            country="XA",
            serial={"known": serial},
            **{"leading_part": "frame", "exemption": "not_required", **dat},
        )
        return arm

    def read_wrongly(self, serial: str, *, read: str, right: str) -> tuple[StreamId, int]:
        """Record a firearm found under a number that was put right; with that entry's index."""
        arm = self.manufacture(serial)
        described = {"serial": {"known": read}}
        taken = self.record("found", arm, "2022", station="STATION 7", described=described)
        change = {"field": "described.serial.known", "old": read, "new": right}
        why = {"target": taken.eid, "reason": "clerical_error", "changes": [change]}
        return arm, self.record("corrected", arm, "2022", **why).index

    def life(self, serial: str) -> StreamId:
        """Record a firearm from manufacture to custody, with a late theft and a correction."""
        arm = self.manufacture(serial, occ="2015-03-02")
        sale = self.record(
            "transferred", arm, "2016-05", acq="purchase", hld=HOLDING, permit_class="sport"
        )
        seizure = {"ground": "illicit_possession", "proceeding": "criminal"}
        self.record("seized", arm, "2020-07-09", **seizure, station="STATION 7")
        self.record("stolen-reported", arm, "2019-05-02", **{**LOSS, "discovered_on": "2019-05-03"})
        self.record(
            "custody-moved",
            arm,
            "2020-07-10",
            from_custodian={"known": "STATION 7"},
            to_custodian={"known": "LAB"},
            seals=["S-881"],
        )
        self.record(
            "corrected",
            arm,
            "2021-01-15",
            target=sale.eid,
            reason="clerical_error",
            changes=[{"field": "permit_class", "old": "sport", "new": "hunting"}],
        )
        return arm

    def falsify(self, statement: str, parameters: dict[str, Any] | None = None) -> None:
        """Change the log behind the ledger's back, as an administrator could."""
        with psycopg.connect(self.office.database.admin, autocommit=True) as connection:
            for table in ("event", "event_ref", "marking_claim", "tile", "checkpoint"):
                connection.execute(f"alter table ledger.{table} disable trigger all".encode())
            connection.execute(statement.encode(), parameters)


@contextmanager
def opened_desk(database: Database, home: Path, roles: Sequence[str] = ROLES) -> Iterator[Desk]:
    """Found a ledger in a database and open it."""
    settings = Settings(home=home, database_url=database.admin)
    create_ledger(settings, LedgerName(audience="ledger.xa-test", origin="ledger.xa-test"))
    roots = [FileKey.create("Ed25519") for _ in range(2)]
    officers = [FileKey.create("Ed25519") for _ in range(2)]
    with open_office(settings) as office:
        founding = Founding(
            authority=AUTHORITY, name="Registry of XA", jurisdictions=["XA"], threshold=2
        )
        found(office, founding, roots)
        enrolment = Enrolment(authority=AUTHORITY, roles=roles, jurisdictions=["XA"])
        for key in officers:
            enrol(office, enrolment, key, proposer=roots[0], approver=roots[1])
        yield Desk(office, key=officers[0], second=officers[1])


@pytest.fixture(scope="module")
def shared_desk(server: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Give one ledger for all questions of a module that changes nothing behind its back."""
    name = f"shared_{uuid.uuid4().hex}"
    with psycopg.connect(server.admin, autocommit=True) as connection:
        connection.execute(f"create database {name}".encode())
    database = replace(server, admin=make_conninfo(server.admin, dbname=name))
    with opened_desk(database, tmp_path_factory.mktemp("shared") / "ledger") as opened:
        yield opened
    with psycopg.connect(server.admin, autocommit=True) as connection:
        connection.execute(f"drop database {name} with (force)".encode())


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Iterator[Desk]:
    """Give an officer at a ledger that nobody else uses."""
    with opened_desk(database, tmp_path / "ledger") as opened:
        yield opened
