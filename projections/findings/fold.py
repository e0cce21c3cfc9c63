# SPDX-License-Identifier: Apache-2.0
"""Entries of firearms as remarks on them, and as claims on a maker's serial number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from domain.firearm.claims import claims_of
from domain.firearm.history import Moment, end_of, further, replay
from domain.firearm.state import Entry
from projections.fact import Fact
from projections.findings.remarks import Place, Remark, Standing, remarks_at
from projections.projection import Rows
from projections.versions import Change, Key, Values, difference, entries_of, versions

REMARK: Final = "remark"
CLAIM: Final = "claim"


def fold(facts: Sequence[Fact]) -> Rows:
    """Give the versions of remarks and claims; one look at a stream serves both tables."""
    rows = versions(facts, _tell)
    return {name: [row[1:] for row in rows if row[0] == name] for name in (REMARK, CLAIM)}


def _tell(facts: Sequence[Fact], seen: int) -> Iterator[Change]:
    first = facts[0]
    record = entries_of(facts[:seen])
    told = list(replay(record, judged=False))
    end, standing = end_of(told), Standing(told)
    for fact in facts[seen:]:
        if fact.event is None:
            yield Change({}, {})
            continue
        record.append(Entry(fact.index, fact.event))
        more = further(end, record[-1])
        if more is None:
            before, told = _rows(first, told), list(replay(record, judged=False))
            end, standing = end_of(told), Standing(told)
            yield difference(before, _rows(first, told))
        else:
            moment, end = more
            told.append(moment)
            before = dict(_open(first, standing))
            begun = dict(_at(first, standing.hear(moment)))
            ended, others = difference(before, dict(_open(first, standing)))
            yield Change(ended, {**begun, **others})


def _rows(first: Fact, moments: Sequence[Moment]) -> Mapping[Key, Values]:
    """Give all that is to be said of a history."""
    standing = Standing()
    rows = {key: values for moment in moments for key, values in _at(first, standing.hear(moment))}
    return {**rows, **dict(_open(first, standing))}


def _at(first: Fact, place: Place) -> Iterator[tuple[Key, Values]]:
    """Give what is said of an entry whatever comes after it, numbered from 1."""
    for number, remark in enumerate(remarks_at(place), start=1):
        yield (REMARK, first.stream, remark.index, number), _said(place, remark)


def _open(first: Fact, standing: Standing) -> Iterator[tuple[Key, Values]]:
    """Give what is said until it is settled, behind what else is said of the same entries."""
    numbers = Counter[int]()
    for place, remark in standing.remarks():
        numbers[remark.index] += 1
        number = numbers[remark.index] + len(list(remarks_at(place)))
        yield (REMARK, first.stream, remark.index, number), _said(place, remark)
    for claim in claims_of(standing.state):
        yield (CLAIM, first.stream, first.index, claim), (sorted(standing.settled),)


def _said(place: Place, remark: Remark) -> Values:
    occ = place.moment.event.occ
    return (remark.code, remark.sentence, remark.other, occ.earliest, occ.latest)
