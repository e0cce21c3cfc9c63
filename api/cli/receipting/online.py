# SPDX-License-Identifier: Apache-2.0
"""The ledger of this data directory as a source of better receipts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from api.asking import reader
from api.beside import ledger_trust, what_others_said
from api.bootstrap import open_office
from api.settings import Settings
from audit.export.receipts import LedgerLog
from audit.proof.verify.receipts.source import Log


@contextmanager
def open_ledger(settings: Settings) -> Iterator[Log]:
    """Open the ledger, with its newest checkpoint and what others said about older ones.

    Raises:
        UnreachableError: The database or the signer is away.
    """
    with open_office(settings) as office, reader(office) as link:
        newest = office.notary.checkpoint()
        said = what_others_said(office, newest[0].size)
        yield LedgerLog(link, newest, said=said, trust=ledger_trust(office, link))
