# SPDX-License-Identifier: Apache-2.0
"""A ledger with persons in it whose retention has ended, or soon will, and who may erase them."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from typer.testing import CliRunner, Result

from api.bootstrap import Office, open_office
from api.cli.main import COMMANDS, load
from api.client.keyfile import FileKey
from api.erasing.proposing import approval
from api.erasing.worker import Carried, execute
from api.registrar import Act, Enrolment, enrol, perform
from api.settings import PASSPHRASE_VARIABLE, Settings
from audit.appending.sequencer import Receipt
from audit.database import Database
from audit.vault.vault import SealedDisclosure
from domain.identifiers import StreamId, parse_stream_id
from tests.integration.append.desk import AUTHORITY, Desk, identifier, opened_desk, settings_of
from tests.unit.domain.least.authorization import AUTHORIZATION
from tests.unit.domain.least.component import COMPONENT
from tests.unit.domain.least.licence import LICENCE
from tests.unit.domain.least.lot import LOTS
from tests.unit.domain.least.tracing import TRACING
from tests.unit.domain.lives import DATA

DOCUMENT = "AB-1234567"
WHY = ("--purpose", "data_subject_request", "--legal-basis", "act_9", "--case", "22-7")
FOR = ("--purpose", "licensing", "--legal-basis", "act_7")
PASSPHRASE = "correct horse"  # noqa: S105 - of keys that live as long as a test
ROLES = {
    "clerk": ["MFR", "DLR", "LIC", "POL", "CRT", "STK", "EVC", "DST", "TRC"],
    "steward": ["STW"],
    "approver": ["LIC", "AUD", "EVC"],
    "service": ["service"],
}
_LEAST = {**DATA, **LICENCE, **AUTHORIZATION, **COMPONENT, **LOTS, **TRACING}


@dataclass(slots=True, kw_only=True)
class Stage:
    """An open ledger, and keys of four persons."""

    office: Office
    folder: Path
    roots: Sequence[FileKey] = ()
    keys: dict[str, FileKey] = field(default_factory=dict)

    def did(
        self, evt: str, sub: StreamId, occ: str, /, person: dict[str, Any] | None = None, **dat: Any
    ) -> Receipt:
        """Record an event as the clerk; members given widen the least data of its type.

        What takes two persons the approver stands for, too.
        """
        stated = _present({**_LEAST[evt], **dat})
        act = Act(evt=evt, dat=stated, sub=sub, occ=occ, disclosures=person or {})
        seconds = [self.keys["approver"]] if evt == "component.destroyed" else []
        return perform(self.office, act, self.keys["clerk"], endorsers=seconds)

    def refused_licence(self, on: str = "2011-02-01", document: str = DOCUMENT) -> Application:
        """Record an application that was refused on a day, with the applicant's person."""
        holding, stream = f"hld.{uuid4()}", parse_stream_id(identifier("lic."))
        person = {"holder_name": f"Žofie {secrets.token_hex(8)}", "holder_doc_no": document}
        applied = self.did("licence.applied", stream, "2010", person=person, hld=holding)
        self.did("licence.refused", stream, on)
        return Application(stream, holding, applied.eid, person)

    def registered(self, document: str, name: str = "Ada Exemplar") -> StreamId:
        """Record a firearm that somebody holds."""
        arm = parse_stream_id(identifier("arm."))
        person = {"holder_name": name, "holder_doc_no": document}
        serial = {"known": f"S-{secrets.token_hex(4).upper()}"}
        held = {"hld": f"hld.{uuid4()}", "holder": "civilian", "serial": serial}
        self.did("firearm.registered", arm, "2015", person=person, **held)
        return arm

    def proposed(self, application: Application, **dat: Any) -> StreamId:
        """Have the erasure of an application proposed by the steward."""
        stream = parse_stream_id(identifier("ers."))
        stated = {
            "record": str(application.stream), "scope": "all", "basis": "ordered",
            "reference": "COURT 7", "events": [application.eid],
            "holdings": [application.holding], **dat,
        }  # fmt: skip
        act = Act(evt="erasure.proposed", dat=_present(stated), sub=stream)
        perform(self.office, act, self.keys["steward"])
        return stream

    def approved(self, application: Application, **dat: Any) -> StreamId:
        """Have it proposed, and approved by another person."""
        stream = self.proposed(application, **dat)
        perform(self.office, approval(self.office, stream), self.keys["approver"])
        return stream

    def executed(self, office: Office | None = None) -> list[Carried]:
        """Have the worker carry out what is approved."""
        return list(execute(office or self.office, self.keys["service"]))

    def rows(self) -> list[SealedDisclosure]:
        """Read the whole vault."""
        query = "select eid, digest, hld, nonce, ciphertext, mac from vault.disclosure"
        with psycopg.connect(self.office.database.admin) as connection:
            found = connection.execute(query.encode()).fetchall()
        names = ("eid", "digest", "hld", "nonce", "ciphertext", "mac")
        return [SealedDisclosure(**dict(zip(names, row, strict=True))) for row in found]

    def run(self, *words: str, given: str = "") -> Result:
        """Run a command on this ledger."""
        name, *rest = words
        return CliRunner().invoke(load(COMMANDS[name]), rest, obj=self.settings, input=given)

    def key_file(self, name: str) -> str:
        """Give the key file of a person."""
        path = self.folder / f"{name}.pem"
        if not path.exists():
            self.keys[name].save(path, PASSPHRASE)
        return str(path)

    @property
    def settings(self) -> Settings:
        """Where the ledger lives."""
        return self.office.settings


def _present(dat: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is said to be absent."""
    return {name: value for name, value in dat.items() if value != "absent"}


@dataclass(frozen=True, slots=True)
class Application:
    """An application for a licence, and whose it was."""

    stream: StreamId
    holding: str
    eid: str
    person: dict[str, Any]

    @property
    def hld(self) -> UUID:
        """The holding's UUID."""
        return UUID(self.holding.partition(".")[2])


@contextmanager
def opened_stage(settings: Settings, folder: Path) -> Iterator[Stage]:
    """Found a ledger with a clerk, a steward, an approver and a service."""
    with opened_desk(settings) as desk:
        stage = Stage(office=desk.office, folder=folder, roots=desk.roots)
        for name, roles in ROLES.items():
            stage.keys[name] = FileKey.create("Ed25519")
            _enrol(desk, stage.keys[name], roles)
        yield stage


def _enrol(desk: Desk, key: FileKey, roles: list[str]) -> None:
    enrolment = Enrolment(authority=AUTHORITY, roles=roles, jurisdictions=["XA"])
    enrol(desk.office, enrolment, key, proposer=desk.roots[0], approver=desk.roots[1])


@pytest.fixture(autouse=True)
def _passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSPHRASE_VARIABLE, PASSPHRASE)


@pytest.fixture
def stage(database: Database, tmp_path: Path) -> Iterator[Stage]:
    """Give an open ledger on a database that nobody else uses."""
    with opened_stage(settings_of(tmp_path / "ledger", database.admin), tmp_path) as opened:
        yield opened


@contextmanager
def reopened(stage: Stage) -> Iterator[Office]:
    """Open the same ledger again, as another process would."""
    with open_office(stage.settings) as office:
        yield office
