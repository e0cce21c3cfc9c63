# SPDX-License-Identifier: Apache-2.0
"""What the console says out of tables that other rooms keep: events, roles, questions, pictures."""

from __future__ import annotations

from collections.abc import Iterator

from api.console.forms.messages import hints, labels, words
from api.console.verifying.data import sentences as verifying
from api.describing.roles import ROLE_NAMES
from api.tracing.names import EVENT_NAMES
from projections.statistics.catalogue import STATISTICS
from projections.statistics.definition import DIMENSIONS, REASONS


def spoken() -> Iterator[str]:
    """Give the message ids of those tables."""
    yield from ROLE_NAMES.values()
    yield from EVENT_NAMES.values()
    yield from labels()
    yield from words()
    yield from hints()
    yield from verifying()
    yield from DIMENSIONS.values()
    yield from REASONS.values()
    for name in DIMENSIONS:
        yield name.replace("_", " ")
    for each in STATISTICS.values():
        yield from (each.title, each.definition, each.source, each.numerator, each.denominator)
