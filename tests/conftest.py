# SPDX-License-Identifier: Apache-2.0
"""What holds for every test: no embedded database is left behind outside its folder.

The profile ``quick`` is for the unit tests while somebody waits; the whole suite, and so
every change that lands, tries each law with hypothesis' own number of examples. No example is
timed: on a busy machine that would tell how busy it is, not how good the law.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from audit.database.place import ELSEWHERE

settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")
settings.register_profile("quick", max_examples=10)


@pytest.fixture(scope="session", autouse=True)
def _no_cluster_is_left_elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Remove what root's embedded servers kept outside the closed temporary folders of tests.

    Another session may be running beside this one; what is still at home there stays.
    """
    own = tmp_path_factory.getbasetemp()
    yield
    for cluster in _clusters():
        owner = cluster / "LEDGER"
        home = Path(owner.read_text(encoding="utf-8").strip()) if owner.exists() else None
        if home is None or not home.is_relative_to(tempfile.gettempdir()):
            continue
        if home.is_relative_to(own) or not home.exists():
            shutil.rmtree(cluster, ignore_errors=True)


def _clusters() -> set[Path]:
    return set(ELSEWHERE.iterdir()) if ELSEWHERE.is_dir() else set()


def pytest_xdist_auto_num_workers() -> int:
    """Give one worker more than there are processors: tests wait for disks and for processes."""
    return (os.cpu_count() or 1) + 1
