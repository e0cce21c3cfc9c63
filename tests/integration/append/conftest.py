# SPDX-License-Identifier: Apache-2.0
"""A founded ledger on the test session's server, and how to open it a second time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from api.bootstrap import Office, open_office
from audit.database import Database
from tests.integration.append.desk import Desk, opened_desk, settings_of


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Iterator[Desk]:
    """Give a founded ledger with a maker's key, on a database that nobody else uses."""
    with opened_desk(settings_of(tmp_path / "ledger", database.admin)) as opened:
        yield opened


@pytest.fixture
def office(desk: Desk) -> Office:
    """Give the open ledger alone."""
    return desk.office


@pytest.fixture
def second_office(desk: Desk) -> Iterator[Office]:
    """Open the same ledger again, as another process would."""
    with ExitStack() as stack:
        yield stack.enter_context(open_office(desk.office.settings))
