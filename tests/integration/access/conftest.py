# SPDX-License-Identifier: Apache-2.0
"""A founded ledger whose access log, nonces and quotas are looked at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from audit.database import Database
from tests.integration.append.desk import Desk, opened_desk, settings_of


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Iterator[Desk]:
    """Give a founded ledger with a maker's key, on a database that nobody else uses."""
    with opened_desk(settings_of(tmp_path / "ledger", database.admin)) as opened:
        yield opened
