# SPDX-License-Identifier: Apache-2.0
"""What holds for every quick test: a refusal is complete wherever one is made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from domain.refusal import Refusal


@pytest.fixture(scope="session", autouse=True)
def _refusals_are_complete() -> Iterator[None]:
    """Fail the test that reaches a refusal without its axis, what was found or what is legal."""
    made = Refusal.__init__

    def watched(refusal: Refusal, **members: Any) -> None:
        made(refusal, **members)
        told = (refusal.axis, refusal.found, refusal.legal, *refusal.legal)
        assert all(told), f"{refusal.rule} does not say what was found, or what is legal"

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Refusal, "__init__", watched)
        yield
