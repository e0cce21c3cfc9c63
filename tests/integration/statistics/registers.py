# SPDX-License-Identifier: Apache-2.0
"""A real ledger into which real registers are imported, to be counted."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from api.bootstrap import Office, create_ledger, open_office
from api.client.keyfile import FileKey
from api.importing.chunks import open_chunks
from api.importing.mapping.loading import parse_mapping
from api.importing.mapping.model import Mapping
from api.importing.placing import Signatory
from api.importing.report import Rejects, Tally
from api.importing.run import Conduct, import_rows
from api.registrar import Enrolment, Founding, enrol, found
from api.settings import LedgerName, Settings
from api.tracing.inquiry import open_queries
from audit.database import Database
from domain.catalogue import CATALOGUE
from projections.statistics.answer import Answer
from projections.statistics.period import ALL_TIME, Period
from tests.unit.api.importing.builders import MAPPINGS

DATA = Path("../shared/data")
AUTHORITY = "auth.register"
SECRET = b"s" * 32


@dataclass(frozen=True, slots=True)
class Register:
    """An open ledger and the officer who imports into it."""

    office: Office
    key: FileKey

    @property
    def size(self) -> int:
        """Number of entries in the log."""
        return self.office.ledger.size

    def take(self, file: Path, mapping: Mapping) -> Tally:
        """Import a file, every row of it or a refusal for it."""
        signatory = Signatory(
            register=self.office,
            key=self.key,
            iss=AUTHORITY,
            catalogue=CATALOGUE,
            clock=time.time,
        )
        reason = mapping.identity.duplicate_reason
        conduct = Conduct(signatory=signatory, rejects=Rejects(), duplicate_reason=reason)
        with open_chunks(file, mapping, secret=SECRET) as chunks:
            return import_rows(chunks, conduct)

    def count(
        self, name: str, *by: str, period: Period = ALL_TIME, known: str | None = None
    ) -> Answer:
        """Count a statistic, as known at a position."""
        with open_queries(self.office) as queries, queries.statistics.opened(known) as counter:
            return counter.count(name, period, by)


def of_state(name: str, as_of: str) -> Mapping:
    """Give a mapping that comes with the software, for another state of its register."""
    text = (MAPPINGS / name).read_text("utf-8")
    stated = re.sub(r'^as_of = ".*"$', f'as_of = "{as_of}"', text, count=1, flags=re.MULTILINE)
    return parse_mapping(stated.encode(), CATALOGUE, name=name)


@contextmanager
def opened_register(
    database: Database | None, home: Path, *, roles: Sequence[str], places: Sequence[str]
) -> Iterator[Register]:
    """Found a ledger with one officer who may record what the register says.

    Args:
        database: An empty one; without it, the ledger brings its own.
        home: Folder of the ledger.
        roles: Of the officer and the authority.
        places: Jurisdictions of both.
    """
    settings = Settings(home=home, database_url=database.admin if database else None)
    create_ledger(settings, LedgerName(audience="ledger.xa-test", origin="ledger.xa-test"))
    roots = [FileKey.create("Ed25519") for _ in range(2)]
    key = FileKey.create("Ed25519")
    with open_office(settings) as office:
        founding = Founding(authority=AUTHORITY, name="Register", jurisdictions=places, threshold=2)
        found(office, founding, roots)
        enrolment = Enrolment(authority=AUTHORITY, roles=roles, jurisdictions=places)
        enrol(office, enrolment, key, proposer=roots[0], approver=roots[1])
        yield Register(office, key)
