# SPDX-License-Identifier: Apache-2.0
"""Entries of firearms as rows of the timeline: one a fact, and nothing else.

A row says where an entry stands and what its envelope states; the signed bytes stay in
the log alone, so that evidence is never read from a copy.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain.identifiers import short_bits
from projections.fact import Fact
from projections.projection import Rows


def fold(facts: Sequence[Fact]) -> Rows:
    """Give one row an entry."""
    return {"timeline": [_row(fact) for fact in facts]}


def _row(fact: Fact) -> tuple[Any, ...]:
    # An entry that cannot be read keeps its place: a gap in the numbers would hide it.
    iss, kid, eid, occ = fact.envelope or (None, None, None, None)
    short = short_bits(fact.stream) if fact.seq == 1 else None
    return (fact.stream, fact.seq, fact.index, fact.kind, fact.at, iss, kid, eid, occ, short)
