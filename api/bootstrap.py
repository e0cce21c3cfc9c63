# SPDX-License-Identifier: Apache-2.0
"""The one composition root: builds the ports once and hands out an ``Office``.

Starts or attaches to the database and the signer of a data directory, applies pending
migrations and connects the rooms. Every door uses the same ``Office`` for writing.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from api.settings import LedgerName, Settings
from audit.appending.admission import Admission, AdmittedEvent
from audit.appending.barrier import Barrier
from audit.appending.checker import CheckingProcess
from audit.appending.receipts import Notary
from audit.appending.sequencer import Receipt, Sequencer
from audit.database.connection import Database, open_database
from audit.persistence import CONNINFO, LedgerFactory
from audit.proof.verify.log.garbage import rare_collections
from audit.recorder import PostgresLedgerRecorder
from audit.signer.client import SignerClient
from audit.signer.files import stopped
from audit.signer.identity import create_signer, load_identity
from audit.signer.keys.ring import KEY_FILE
from audit.signer.launch import open_signer
from audit.vault.blindindex import BlindIndex
from audit.vault.erasing import Eraser
from audit.vault.keyfiles import index_key
from audit.vault.opening import open_keys
from audit.vault.personal import PersonalData
from audit.vault.vault import Vault
from domain.application import Ledger
from domain.catalogue import CATALOGUE
from domain.errors import MunimentError, UnsafeError
from domain.judgement import Outcome
from domain.registry.state import Registry
from migrations.runner import MigrationError, migrate


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """One open ledger: what a door needs to append and to prove.

    Attributes:
        name: What the ledger is called.
        settings: Where it lives.
        database: How its database is reached.
        ledger: Judges and records events.
        admission: Opens submissions.
        sequencer: Appends events and gives receipts.
        notary: Gives checkpoints and proofs.
        vault: Opens sealed disclosures.
        personal: Finds and reads personal data, and tells what is erased.
        eraser: Carries out approved erasures.
    """

    name: LedgerName
    settings: Settings
    database: Database
    ledger: Ledger
    admission: Admission
    sequencer: Sequencer
    notary: Notary
    vault: Vault
    personal: PersonalData
    eraser: Eraser

    @property
    def audience(self) -> str:
        """The ledger's id."""
        return self.name.audience

    @property
    def registry(self) -> Registry:
        """Authorities, keys and mandates as of now."""
        return self.ledger.registry

    def append(self, submission: bytes) -> Receipt:
        """Verify, record and prove one submission; see ``Sequencer.append``."""
        return self.sequencer.append(submission)

    def append_all(self, submissions: Sequence[bytes]) -> list[Receipt | MunimentError]:
        """Append submissions in their order; see ``Sequencer.append_all``."""
        return self.sequencer.append_all(submissions)

    def open(self, submission: bytes) -> AdmittedEvent:
        """Verify one submission; see ``Admission.open``."""
        return self.admission.open(submission)

    def open_many(self, submissions: Sequence[bytes]) -> list[AdmittedEvent | MunimentError]:
        """Verify submissions together; see ``Admission.open_many``."""
        return self.admission.open_many(submissions)

    def record(self, batch: Sequence[AdmittedEvent]) -> list[Outcome]:
        """Record many admitted events in one transaction, without receipts."""
        return self.ledger.record(batch)

    def known(self, iss: str, jtis: Sequence[UUID]) -> set[UUID]:
        """Tell which of an authority's event identifiers are in the log."""
        requests = [(iss, jti) for jti in jtis]
        found = self.ledger.store.context(streams=(), requests=requests, claims=()).requests
        return {jti for _, jti in found}

    def heads(self, streams: Sequence[UUID]) -> dict[UUID, tuple[int, str]]:
        """Give sequence number and event id of the newest event of each known stream."""
        return self.ledger.heads(streams)


def create_ledger(settings: Settings, name: LedgerName) -> None:
    """Make the data directory and the log key of a new ledger, durably.

    Killed half-way, it may be called again: the name comes last and makes it a ledger.

    Raises:
        UsageError: The directory holds a ledger already, or the name has a wrong form.
        UnsafeError: The directory holds the log key of another origin.
    """
    name.check(settings.home)
    if (settings.signer_folder / KEY_FILE).exists():
        load_identity(settings.signer_folder, name.origin)
    else:
        create_signer(settings.signer_folder, name.origin)
    name.write(settings.home)


@contextmanager
def open_office(settings: Settings) -> Iterator[Office]:
    """Open the ledger of a data directory for as long as the ``with`` lasts.

    Raises:
        UsageError: The directory holds no ledger.
        UnreachableError: The database or the signer cannot be started or reached.
        UnsafeError: The database could lose events, or its schema was tampered with.
    """
    name = LedgerName.read(settings.home)
    with ExitStack() as stack:
        database = stack.enter_context(open_database(settings.home, settings.database_url))
        _migrate(database)
        reader = database.conninfo("ledger_reader")
        signer = stack.enter_context(open_signer(settings.signer_folder, reader, name.origin))
        office = stack.enter_context(_assemble(settings, name, database=database, signer=signer))
        stack.enter_context(rare_collections())
        yield office


@contextmanager
def open_stopped(settings: Settings) -> Iterator[Database]:
    """Open the database of a data directory while its signer cannot run.

    Raises:
        UsageError: The directory holds no ledger.
        UnreachableError: The database cannot be started or reached.
        UnsafeError: ``signer_running``, some program uses the ledger; or as ``open_office``.
    """
    LedgerName.read(settings.home)
    with (
        stopped(settings.signer_folder),
        open_database(settings.home, settings.database_url) as database,
    ):
        _migrate(database)
        yield database


@contextmanager
def open_unsigned(settings: Settings) -> Iterator[tuple[Database, Ledger]]:
    """Open the ledger of a data directory to put back what it lost; see ``open_stopped``."""
    with open_stopped(settings) as database, closing(_open_ledger(database, None)) as ledger:
        yield database, ledger


@contextmanager
def _assemble(
    settings: Settings, name: LedgerName, *, database: Database, signer: SignerClient
) -> Iterator[Office]:
    conninfo = database.conninfo("ledger_api")
    with ExitStack() as stack:
        keys = stack.enter_context(open_keys(settings.vault_folder, settings.keystore_url))
        index = BlindIndex(index_key(settings.vault_folder), audience=name.audience)
        vault = Vault(keys, audience=name.audience, index=index)
        barrier = Barrier(signer)
        ledger = stack.enter_context(closing(_open_ledger(database, barrier)))
        notary = Notary(conninfo, barrier)
        stack.callback(notary.close)
        checker = CheckingProcess()
        stack.callback(checker.close)
        admission = Admission(
            catalogue=CATALOGUE,
            ledger=ledger,
            vault=vault,
            clock=time.time,
            check=checker,
        )
        eraser = Eraser(
            database.conninfo("ledger_eraser"),
            keys,
            audience=name.audience,
            registry=ledger.catch_up,
        )

        def prepare() -> None:
            notary.checkpoint()  # an older log knows nothing of the newest erasures
            eraser.forget_again()

        personal = PersonalData(conninfo, vault, index, prepare=prepare)
        stack.callback(personal.close)
        stack.callback(eraser.close)
        eraser.forget_again()
        yield Office(
            name=name,
            settings=settings,
            database=database,
            ledger=ledger,
            admission=admission,
            sequencer=Sequencer(admission=admission, ledger=ledger, notary=notary),
            notary=notary,
            vault=vault,
            personal=personal,
            eraser=eraser,
        )


def _open_ledger(database: Database, barrier: Barrier | None) -> Ledger:
    """Open the ledger of a database; nothing stands before its commits where no signer runs."""
    ledger = Ledger({"PERSISTENCE_MODULE": FACTORY, CONNINFO: database.conninfo("ledger_api")})
    cast("PostgresLedgerRecorder", ledger.recorder).barrier = barrier
    return ledger


FACTORY = f"{LedgerFactory.__module__}:{LedgerFactory.__qualname__}"


def _migrate(database: Database) -> None:
    try:
        migrate(database.admin)
    except MigrationError as error:
        raise UnsafeError(
            str(error),
            slug="migration",
            next_step="Install the version of Muniment that this database was written by.",
        ) from error
