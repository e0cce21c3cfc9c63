# SPDX-License-Identifier: Apache-2.0
"""What the console says out of tables that other rooms keep: events, roles, states."""

from __future__ import annotations

from collections.abc import Iterator

from api.describing.roles import ROLE_NAMES
from api.tracing.names import EVENT_NAMES


def spoken() -> Iterator[str]:
    """Give the message ids of those tables."""
    yield from ROLE_NAMES.values()
    yield from EVENT_NAMES.values()
