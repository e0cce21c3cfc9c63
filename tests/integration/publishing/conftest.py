# SPDX-License-Identifier: Apache-2.0
"""A real ledger to be published, and a witness of it as a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from api.settings import Settings
from audit.database import Database
from tests.integration.append.desk import Desk, born, opened_desk, settings_of
from tests.integration.witness.conftest import Operator


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    return settings_of(tmp_path / "ledger", database.admin)


@pytest.fixture
def ledger(settings: Settings) -> Iterator[Desk]:
    with opened_desk(settings) as opened:
        for _ in range(3):
            opened.append(born())
        yield opened


@pytest.fixture
def policy(ledger: Desk, tmp_path: Path) -> Iterator[Path]:
    """Run a court's witness of the ledger, whose cosignature is the quorum."""
    operator = Operator(tmp_path / "court")
    with ExitStack() as stack:
        (made,) = operator.told("new", "--name", "court.example/w1")
        operator.told("watch", "--log", str(ledger.vkey), "--start", "empty")
        url, _ = stack.enter_context(operator.serving())
        file = tmp_path / "policy.txt"
        line = f"witness court {made['witness']} {url}"
        file.write_text(f"log {ledger.vkey}\n{line}\nquorum court\n")
        yield file
