# SPDX-License-Identifier: Apache-2.0
"""Writing the vault anew, so that no deleted row is left in the files of its table.

In PostgreSQL a deleted row stays in its file until ``vacuum full`` (envelope specification,
section 6, measured). What lies in the write-ahead log and in backups ages out there.
"""

from __future__ import annotations

import psycopg

from api.bootstrap import Office
from domain.errors import UnreachableError


def compact(office: Office) -> None:
    """Write the table of the vault and the key store anew; the table is locked meanwhile.

    Raises:
        UnreachableError: The database or the key store does not answer.
    """
    try:
        with psycopg.connect(office.database.admin, autocommit=True) as connection:
            connection.execute("set role ledger_owner")
            connection.execute("vacuum full vault.disclosure")
    except psycopg.Error as error:
        raise UnreachableError("The vault cannot be written anew.") from error
    office.eraser.compact()
