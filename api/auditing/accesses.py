# SPDX-License-Identifier: Apache-2.0
"""The access log beside what the ledger states of it: in a running ledger, or in files."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Final

from api.bootstrap import Office
from audit.access.reading import open_access_log
from audit.arrays import int8_array
from audit.link import Link
from audit.proof.access.files import AccessFiles
from audit.proof.access.stated import Statement, check_statement
from audit.proof.access.verifying import AccessVerdict, verify_access
from audit.proof.verify.trust import read_trust

_ENTRIES: Final = "select idx, raw from ledger.event where idx = any(%b::int8[])"


def verified_ledger(office: Office, *, now: int) -> AccessVerdict:
    """Verify the access log of an open ledger against what that ledger states.

    Raises:
        UnreachableError: The database does not answer.
    """
    # Statements first: what is recorded meanwhile is then no missing end.
    heads = office.registry.accesses
    with open_access_log(office.database.conninfo("ledger_auditor")) as reader:
        return verify_access(reader.records(), reader.extent(), heads, now=now)


def verified_export(folder: Path, trust: Path, *, now: int) -> AccessVerdict:
    """Verify an exported access log, without a ledger.

    Raises:
        ProofError: A file is malformed, or the ledger does not state what it is said to state.
        UnreachableError: A file cannot be read.
    """
    files, trusted = AccessFiles(folder), read_trust(trust)
    heads = [check_statement(each, trusted) for each in files.statements()]
    return verify_access(files.records(), files.extent(), heads, now=now)


def statements_of(office: Office) -> list[Statement]:
    """Give what the ledger states of its access log, each with its receipt.

    Raises:
        UnreachableError: The database or the signer does not answer.
    """
    indexes = [each.index for each in office.registry.accesses]
    if not indexes:
        return []
    receipts = office.notary.prove(indexes)
    with closing(Link(office.database.conninfo("ledger_reader"))) as link:
        rows = link.read(_ENTRIES, (int8_array(indexes),))
    entries = {index: bytes(raw) for index, raw in rows}
    return [Statement(entry=entries[n], receipt=receipts[n]) for n in indexes]
