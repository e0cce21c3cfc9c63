# SPDX-License-Identifier: Apache-2.0
"""An open ledger, its key files, and the commands about heads, disputes and findings."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from typer.testing import CliRunner, Result

from api.cli.main import Command, load
from api.client.keyfile import FileKey
from api.registrar import Enrolment, enrol
from audit.database import Database
from audit.export.founding import trust_of
from audit.link import Link
from audit.proof.verify.trust import Trust
from tests.integration.append.desk import (
    AUDIENCE,
    AUTHORITY,
    Desk,
    born,
    following,
    opened_desk,
    settings_of,
)

PASSPHRASE = "test passphrase"  # noqa: S105 - of keys that sign for nobody
MODULES: Final = {name: f"api.cli.finding.{name}" for name in ("heads", "disputes", "findings")}

Run = Callable[..., Result]


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A ledger with two roots, a maker and a supervisor.

    Attributes:
        desk: The open ledger.
        folder: Where key files and proofs lie.
        database: Its database.
        guns: Streams of two firearms; the first one has two events.
    """

    desk: Desk
    folder: Path
    database: Database
    guns: tuple[str, str]

    def key(self, key: FileKey) -> str:
        """Give the file of a key."""
        file = self.folder / f"{key.kid}.pem"
        if not file.exists():
            key.save(file, PASSPHRASE)
        return str(file)

    @property
    def roots(self) -> list[str]:
        """Options that name both root keys."""
        return [word for key in self.desk.roots for word in ("--key", self.key(key))]

    def enrol(self, role: str) -> FileKey:
        """Enrol another key with one role."""
        key = FileKey.create("Ed25519")
        enrolment = Enrolment(authority=AUTHORITY, roles=[role], jurisdictions=["XA"])
        first, second = self.desk.roots
        enrol(self.desk.office, enrolment, key, proposer=first, approver=second)
        return key

    def trust(self) -> Trust:
        """Give what a stranger trusts."""
        with closing(Link(self.database.conninfo("ledger_reader"))) as link:
            return trust_of(link, audience=AUDIENCE, origin=AUDIENCE, vkey=str(self.desk.vkey))

    def falsify(self, statement: str, *values: Any) -> None:
        """Change what is stored, with every right in the database."""
        with psycopg.connect(self.database.admin) as connection:
            connection.execute("alter table ledger.event disable trigger all")
            connection.execute(statement.encode(), values)


@pytest.fixture
def scene(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """Open a ledger with two firearms."""
    monkeypatch.setenv("MUNIMENT_PASSPHRASE", PASSPHRASE)
    folder = Path(tempfile.mkdtemp(prefix="muniment-heads-"))
    folder.chmod(0o711)
    with opened_desk(settings_of(folder / "ledger", database.admin)) as desk:
        first, second = born(), born()
        eid = desk.append(first).eid
        desk.append(second)
        desk.append(following(first, eid))
        yield Scene(desk=desk, folder=folder, database=database, guns=(first.sub, second.sub))
    shutil.rmtree(folder)


@pytest.fixture
def run(scene: Scene) -> Run:
    """Run one of the commands on the ledger."""

    def command(name: str, *arguments: str) -> Result:
        found = load(Command(MODULES[name], name, ""))
        return CliRunner().invoke(found, arguments, obj=scene.desk.office.settings)

    return command


def lines(answer: Result) -> list[dict[str, Any]]:
    """Read what a command gave as JSON lines."""
    return [json.loads(line) for line in answer.stdout.splitlines()]


def timely(answer: Result) -> list[dict[str, Any]]:
    """Read findings about proofs, without those that only tell how old the tests' events are."""
    proofs = [each for each in lines(answer) if each["source"] != "record"]
    return [each for each in proofs if each["check"] != "lateness"]
