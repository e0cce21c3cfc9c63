# SPDX-License-Identifier: Apache-2.0
"""A program that imports the Californian register into a ledger, to be killed by a test.

Usage: python -m tests.integration.importing.importer HOME FILE; the passphrase of the
officer's key is fixed. After each chunk it prints the number of events recorded.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from api.bootstrap import create_ledger, open_office
from api.client.keyfile import FileKey
from api.importing.chunks import open_chunks
from api.importing.mapping.loading import load_mapping
from api.importing.placing import Signatory
from api.importing.report import Rejects, Tally
from api.importing.run import Conduct, import_rows
from api.importing.secret import import_secret
from api.registrar import Enrolment, Founding, enrol, found
from api.settings import LedgerName, Settings
from domain.catalogue import CATALOGUE

AUTHORITY = "auth.us"
MAPPING = Path("api/importing/mappings/leso-1033.toml")
PASSPHRASE = "for tests only"  # noqa: S105 - it protects nothing


def found_ledger(home: Path) -> None:
    """Make a ledger with one officer who may record stock in the United States."""
    settings = Settings(home=home)
    create_ledger(settings, LedgerName(audience="ledger.us-test", origin="ledger.us-test"))
    roots = [FileKey.create("Ed25519") for _ in range(2)]
    key = FileKey.create("Ed25519")
    with open_office(settings) as office:
        founding = Founding(authority=AUTHORITY, name="Stock", jurisdictions=["US"], threshold=2)
        found(office, founding, roots)
        enrolment = Enrolment(authority=AUTHORITY, roles=["STK"], jurisdictions=["US"])
        enrol(office, enrolment, key, proposer=roots[0], approver=roots[1])
    key.save(home / "officer.pem", PASSPHRASE)


def import_file(home: Path, file: Path) -> Tally:
    """Import a file, telling the progress."""
    settings = Settings(home=home)
    key = FileKey.load(home / "officer.pem", PASSPHRASE)
    mapping = load_mapping(MAPPING, CATALOGUE)
    secret = import_secret(settings.import_secret, lambda count: b"s" * count)
    with open_office(settings) as office, open_chunks(file, mapping, secret=secret) as chunks:
        signatory = Signatory(
            register=office, key=key, iss=AUTHORITY, catalogue=CATALOGUE, clock=time.time
        )
        conduct = Conduct(signatory=signatory, rejects=Rejects(), watch=_tell)
        return import_rows(chunks, conduct)


def _tell(_share: float, tally: Tally) -> None:
    sys.stdout.write(f"{tally.events}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    answer = import_file(Path(sys.argv[1]), Path(sys.argv[2]))
    sys.stdout.write(json.dumps(answer.as_record()) + "\n")
