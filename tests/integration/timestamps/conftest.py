# SPDX-License-Identifier: Apache-2.0
"""Two authorities behind addresses, a stamper that asks them, and checkpoints to be stamped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from audit.timestamps.asking import Asker
from audit.timestamps.settings import read_settings
from audit.timestamps.shelf import Shelf
from audit.timestamps.stamping import Stamper
from tests.integration.timestamps.serving import Served, serving, write_settings
from tests.unit.audit.timestamps.local_authority import local_authority


@pytest.fixture
def alpha(tmp_path: Path) -> Iterator[Served]:
    """Serve an authority whose root signs its signer."""
    with serving(local_authority(tmp_path, "alpha")) as served:
        yield served


@pytest.fixture
def beta(tmp_path: Path) -> Iterator[Served]:
    """Serve an authority with a certificate in between."""
    with serving(local_authority(tmp_path, "beta", between=True)) as served:
        yield served


@pytest.fixture
def settings(tmp_path: Path, alpha: Served, beta: Served) -> Path:
    """Give the settings file that names both."""
    return write_settings(tmp_path / "timestamps.toml", alpha, beta)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """Give an empty shelf."""
    return Shelf(tmp_path / "timestamps")


@pytest.fixture
def pauses() -> list[float]:
    """Give the pauses that were made, none of them for real."""
    return []


@pytest.fixture
def stamper(settings: Path, shelf: Shelf, pauses: list[float]) -> Stamper:
    """Give a stamper that does not wait between tries."""
    return Stamper(shelf, read_settings(settings), Asker(pause=pauses.append))
