# SPDX-License-Identifier: Apache-2.0
"""What tests of limits have in common."""

from __future__ import annotations

import pytest


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()
