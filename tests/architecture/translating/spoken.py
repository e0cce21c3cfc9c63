# SPDX-License-Identifier: Apache-2.0
"""What the console says out of tables that other rooms keep: events, roles, questions, pictures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from api.console.forms.labels.codes import words_of
from api.console.forms.messages import hints, labels, words
from api.console.verifying.data import sentences as verifying
from api.describing.roles import ROLE_NAMES
from api.reporting.forms import FORMS
from api.tracing.names import EVENT_NAMES
from api.tracing.words import plain
from domain.authorization.codes import FindingCode
from domain.codes import Alert, Custody, HolderClass, MarkState, Technical
from projections.statistics.catalogue import STATISTICS
from projections.statistics.definition import DIMENSIONS, REASONS

AXES = (
    *("object", "holder", "custody", "alerts", "marks", "country"),
    *("government stock", "with the holder", "in evidence", "none", "custodian", "holding"),
    *("seals", "deposit", "due", "confiscation mark", "hand-over", "import mark due"),
    *("stay until", "count found it", "lot", "shipment"),
)
"""Names and values of a state, as ``words.axes`` and ``words.details`` say them."""


def spoken() -> Iterator[str]:
    """Give the message ids of those tables."""
    yield from ROLE_NAMES.values()
    yield from EVENT_NAMES.values()
    for codes in (Technical, HolderClass, Custody, Alert, MarkState):
        yield from map(plain, get_args(codes))
    yield from AXES
    yield from map(words_of, get_args(FindingCode))
    yield from (each.title for each in FORMS.values())
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
