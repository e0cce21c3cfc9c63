# SPDX-License-Identifier: Apache-2.0
"""A witness that watches a log from its first entry on, and one that listens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from audit.witness.listener import WitnessServer
from tests.unit.audit.witness.logs import Desk, open_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = open_desk(tmp_path / "witness")
    yield made
    made.store.close()


@pytest.fixture
def server(desk: Desk) -> Iterator[WitnessServer]:
    with WitnessServer(("127.0.0.1", 0), desk.witness) as listening:
        thread = Thread(target=listening.serve_forever, args=(0.05,))
        thread.start()
        yield listening
        listening.shutdown()
        thread.join()
