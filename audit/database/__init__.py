# SPDX-License-Identifier: Apache-2.0
"""The ledger's PostgreSQL: where it runs, who may connect and whether it is safe."""

from audit.database.connection import Database, Role, open_database

__all__ = ["Database", "Role", "open_database"]
