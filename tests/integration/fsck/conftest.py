# SPDX-License-Identifier: Apache-2.0
"""A sound ledger that every test gets a copy of, to falsify as a superuser can."""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from api.cli.checking.fsck import check_ledger
from api.settings import Settings
from audit.database import Database
from audit.export.founding import trust_of
from audit.export.log import export_log
from audit.link import Link
from audit.proof.encoding import canonical, decode, encode
from audit.proof.growth import Edge, grow
from audit.proof.merkle import leaf_hash
from audit.proof.verify.findings import Finding
from audit.proof.verify.report import Report
from audit.proof.verify.trust import Trust
from audit.signer.identity import load_identity
from audit.signer.keys.lines import LINES
from audit.signer.rows import CommittedRows
from audit.signer.service import CheckpointSigner
from audit.signer.state import STATE_FILE, StateFile
from projections.runner import catch_up
from tests.integration.append.desk import AUDIENCE, Desk, born, opened_desk, settings_of, signed

OLDER: Final = 280
SIZE: Final = 301
"""More than 256, so that stored tiles of two levels are complete, and a rest beyond them."""

TABLES: Final = (
    "ledger.event",
    "ledger.event_ref",
    "ledger.marking_claim",
    "ledger.tile",
    "ledger.checkpoint",
    "ledger.head",
    "vault.disclosure",
)
HOLDING: Final = "hld.5f0c3b1e-8a77-4c1d-9b2e-6d1f0a9c7e54"
PERSON: Final = {"holder_name": "Ada Exemplar", "permit_no": "P-42"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """A closed ledger, its published copy, and the signer's state at an older size."""

    database: Database
    home: Path
    published: Path
    older_state: bytes = field(repr=False)
    trust: Trust


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """A copy of the sound ledger that a test may do anything to."""

    database: Database
    home: Path
    published: Path
    sound: Sound = field(repr=False)

    @property
    def settings(self) -> Settings:
        return settings_of(self.home, self.database.admin)

    def fsck(self, *, published: bool = False) -> Report:
        """Check it as ``muniment fsck`` does."""
        return check_ledger(self.settings, self.published if published else None)

    def falsify(self, statement: str, *values: Any) -> None:
        """Change what is stored, with every right in the database."""
        with psycopg.connect(self.database.admin) as connection:
            self._unlock(connection)
            connection.execute(statement.encode(), values)

    def raw(self, index: int) -> bytes:
        """Read the signed bytes of an entry."""
        with psycopg.connect(self.database.admin) as connection:
            row = connection.execute(
                "select raw from ledger.event where idx = %s", (index,)
            ).fetchone()
        assert row is not None
        return bytes(row[0])

    def recompute(self) -> None:
        """Make leaves, tiles and head fit the rows again, as a forger would."""
        with psycopg.connect(self.database.admin) as connection:
            self._unlock(connection)
            rows = connection.execute("select raw from ledger.event order by idx").fetchall()
            leaves = [leaf_hash(raw) for (raw,) in rows]
            growth = grow(Edge.empty(), leaves)
            connection.execute("delete from ledger.tile")
            with connection.cursor() as cursor:
                cursor.executemany(
                    "update ledger.event set leaf = %s where idx = %s",
                    [(leaf, index) for index, leaf in enumerate(leaves)],
                )
                cursor.executemany(
                    "insert into ledger.tile values (%s, %s, %s)",
                    [(tile.level, tile.n, tile.hashes) for tile in growth.tiles],
                )
            frontier = growth.edge.compact()
            connection.execute(
                "update ledger.head set size = %s, frontier = %s, root = %s",
                (frontier.size, frontier.to_bytes(), frontier.root()),
            )

    def restore_backup(self, size: int) -> None:
        """Put the database back to what it was at an older size."""
        self.falsify("delete from ledger.event where idx >= %s", size)
        self.falsify("delete from ledger.checkpoint where size > %s", size)
        self.falsify("delete from vault.disclosure where eid not in (select eid from ledger.event)")
        self.recompute()

    def sign(self) -> bytes:
        """Ask the signer, without its process, for a checkpoint of what is committed."""
        folder = self.settings.signer_folder
        with (
            closing(StateFile(folder)) as state,
            closing(CommittedRows(self.database.conninfo("ledger_reader"))) as rows,
        ):
            return CheckpointSigner(load_identity(folder, AUDIENCE), state, rows).sign(0, LINES)

    def _unlock(self, connection: psycopg.Connection[Any]) -> None:
        for table in TABLES:
            connection.execute(f"alter table {table} disable trigger all".encode())


def found(report: Report) -> set[tuple[str, str, int | None]]:
    """Give check, code and index of everything that is wrong."""
    return {
        (each.check, each.code, each.index) for each in report.findings if each.severity != "notice"
    }


def finding(report: Report, check: str, code: str) -> Finding:
    """Give the first finding of a check and code."""
    return next(each for each in report.findings if (each.check, each.code) == (check, code))


def state(report: Report, name: str) -> str:
    """Give the state of a check."""
    return next(each.state for each in report.checks if each.name == name)


def edited(raw: bytes) -> bytes:
    """Change two octets of an entry's signature, each to another one."""
    at = len(raw) - 40
    other = bytes(ord("B" if each == ord("A") else "A") for each in raw[at : at + 2])
    return raw[:at] + other + raw[at + 2 :]


def relabelled(raw: bytes) -> bytes:
    """Change what an entry says, and with it the event id that its bytes have."""
    header, body, mark = raw.split(b".")
    payload = {**json.loads(decode(body)), "occ": "1999-12-31"}
    return b".".join((header, encode(canonical(payload)), mark))


@pytest.fixture(scope="session")
def sound(server: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sound]:
    """Grow a ledger, publish it and close it."""
    name = f"sound_{uuid.uuid4().hex}"
    _administer(server, f"create database {name}")
    database = replace(server, admin=make_conninfo(server.admin, dbname=name))
    folder = tmp_path_factory.mktemp("sound")
    settings = settings_of(folder / "ledger", database.admin)
    with opened_desk(settings) as desk:
        _fill(desk, OLDER)
        desk.office.notary.checkpoint()
        older = (settings.signer_folder / STATE_FILE).read_bytes()
        _fill(desk, SIZE)
        trust = _trust(desk)
        _, note = desk.office.notary.checkpoint()
        reader = database.conninfo("ledger_reader")
        export_log(reader, folder / "published", note=note, trust=trust)
        assert catch_up(database.conninfo("ledger_projector")) == SIZE
    yield Sound(
        database=database,
        home=settings.home,
        published=folder / "published",
        older_state=older,
        trust=trust,
    )
    _administer(server, f"drop database {name} with (force)")


@pytest.fixture
def ledger(server: Database, sound: Sound, tmp_path: Path) -> Iterator[Ledger]:
    """Give a copy of the sound ledger."""
    name = f"copy_{uuid.uuid4().hex}"
    template = psycopg.conninfo.conninfo_to_dict(sound.database.admin)["dbname"]
    _administer(server, f"create database {name} template {template}")
    home = shutil.copytree(
        sound.home, tmp_path / "ledger", ignore=shutil.ignore_patterns("*.sock", "*.lock")
    )
    yield Ledger(
        database=replace(server, admin=make_conninfo(server.admin, dbname=name)),
        home=home,
        published=shutil.copytree(sound.published, tmp_path / "published"),
        sound=sound,
    )
    _administer(server, f"drop database {name} with (force)")


def _fill(desk: Desk, size: int) -> None:
    """Record firearms until the log has a size; somebody holds the last of them."""
    drafts = [born() for _ in range(size - desk.office.ledger.size - 1)]
    submissions = [signed(draft, desk.key).to_bytes() for draft in drafts]
    desk.office.append_all([*submissions, _held(desk)])
    assert desk.office.ledger.size == size


def _held(desk: Desk) -> bytes:
    """Sign the registration of a firearm that somebody holds."""
    draft = born(evt="firearm.registered")
    source = {"register_code": "test_register", "as_of": "2018", "row": "17"}
    dat = {**draft.dat, "source": source, "hld": HOLDING, "holder": "civilian"}
    return signed(replace(draft, dat=dat), desk.key, PERSON).to_bytes()


def _trust(desk: Desk) -> Trust:
    with closing(Link(desk.office.database.conninfo("ledger_reader"))) as link:
        return trust_of(link, audience=AUDIENCE, origin=AUDIENCE, vkey=str(desk.vkey))


def _administer(server: Database, statement: str) -> None:
    with psycopg.connect(server.admin, autocommit=True) as connection:
        connection.execute(statement.encode())
