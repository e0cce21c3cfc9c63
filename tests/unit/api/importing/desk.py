# SPDX-License-Identifier: Apache-2.0
"""A real ledger in memory with an authority and an officer, for tests of whole imports."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast
from uuid import UUID

from api.bootstrap import FACTORY, Office
from api.client.keyfile import FileKey
from api.importing.chunks import open_chunks
from api.importing.mapping.model import Mapping
from api.importing.placing import Signatory
from api.importing.report import Rejects, Tally
from api.importing.run import Conduct, import_rows
from api.registrar import Enrolment, Founding, enrol, found
from audit.appending.admission import Admission, AdmittedEvent
from audit.vault.filestore import FileKeyStore
from audit.vault.vault import Vault
from domain.application import Ledger
from domain.catalogue import CATALOGUE
from domain.errors import MunimentError
from domain.judgement import Accepted, Outcome
from domain.registry.state import Registry
from tests.unit.api.importing.builders import SECRET, mapping_of

AUDIENCE = "ledger.xa-test"
AUTHORITY = "auth.xa"


@dataclass(frozen=True)
class MemoryRegister:
    """The ledger of this process, without database, signer and receipts."""

    ledger: Ledger
    admission: Admission
    audience: str = AUDIENCE

    @property
    def registry(self) -> Registry:
        return self.ledger.registry

    def append(self, submission: bytes) -> Accepted:
        (outcome,) = self.record([self.open(submission)])
        if isinstance(outcome, MunimentError):
            raise outcome
        return outcome

    def open(self, submission: bytes) -> AdmittedEvent:
        return self.admission.open(submission)

    def open_many(self, submissions: Sequence[bytes]) -> list[AdmittedEvent | MunimentError]:
        return self.admission.open_many(submissions)

    def record(self, batch: Sequence[AdmittedEvent]) -> list[Outcome]:
        return self.ledger.record(batch)

    def known(self, iss: str, jtis: Sequence[UUID]) -> set[UUID]:
        requests = [(iss, jti) for jti in jtis]
        found = self.ledger.store.context(streams=(), requests=requests, claims=())
        return {jti for _, jti in found.requests}

    def heads(self, streams: Sequence[UUID]) -> dict[UUID, tuple[int, str]]:
        return self.ledger.heads(streams)


def open_register(folder: Path) -> MemoryRegister:
    """Open an empty ledger in memory."""
    ledger = Ledger({"PERSISTENCE_MODULE": FACTORY})
    vault = Vault(FileKeyStore(folder), audience=AUDIENCE)
    admission = Admission(catalogue=CATALOGUE, ledger=ledger, vault=vault, clock=time.time)
    return MemoryRegister(ledger, admission)


def appoint(register: MemoryRegister, roles: Sequence[str], places: Sequence[str]) -> Signatory:
    """Found the ledger and give an officer a key with some roles."""
    office = cast("Office", register)
    roots = [FileKey.create("Ed25519") for _ in range(2)]
    key = FileKey.create("Ed25519")
    founding = Founding(authority=AUTHORITY, name="Registry", jurisdictions=places, threshold=2)
    found(office, founding, roots)
    enrolment = Enrolment(authority=AUTHORITY, roles=roles, jurisdictions=places)
    enrol(office, enrolment, key, proposer=roots[0], approver=roots[1])
    return Signatory(
        register=register, key=key, iss=AUTHORITY, catalogue=CATALOGUE, clock=time.time
    )


def run(
    signatory: Signatory,
    file: Path,
    *,
    mapping: Mapping | None = None,
    rejects: Rejects | None = None,
    stop_after: int | None = None,
) -> Tally:
    """Import a file; ``stop_after`` chunks somebody asks it to stop."""
    known = mapping or mapping_of()
    seen: list[float] = []
    conduct = Conduct(
        signatory=signatory,
        rejects=rejects or Rejects(),
        duplicate_reason=known.identity.duplicate_reason,
        watch=lambda share, _tally: seen.append(share),
        stop=lambda: stop_after is not None and len(seen) + 1 >= stop_after,
    )
    with open_chunks(file, known, secret=SECRET) as chunks:
        return import_rows(chunks, conduct)
