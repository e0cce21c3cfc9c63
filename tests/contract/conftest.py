# SPDX-License-Identifier: Apache-2.0
"""Every recorder of the ledger, one after another, for tests that hold for all of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from audit.memory import MemoryRecorder
from audit.recorder import PostgresLedgerRecorder
from domain.ports import LedgerRecorder
from tests.integration.conftest import database, server

__all__ = ["database", "recorder", "server"]


@pytest.fixture(params=["memory", "postgres"])
def recorder(request: pytest.FixtureRequest) -> Iterator[LedgerRecorder]:
    """Give an empty recorder."""
    if request.param == "memory":
        yield MemoryRecorder()
        return
    opened = request.getfixturevalue("database")
    made = PostgresLedgerRecorder(opened.conninfo("ledger_api"))
    try:
        yield made
    finally:
        made.close()
