# SPDX-License-Identifier: Apache-2.0
"""Entries of firearms as remarks on them, and as claims on a maker's serial number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from domain.firearm.claims import claims_of
from domain.firearm.events.identifying import DuplicateResolved, IdentityMerged, IdentitySplit
from domain.firearm.history import Moment, replay
from projections.fact import Fact
from projections.findings.remarks import remarks
from projections.projection import Rows
from projections.versions import Key, Values, entries_of, versions

REMARK, CLAIM = "remark", "claim"


def fold(facts: Sequence[Fact]) -> Rows:
    """Give the versions of remarks and claims; one look at a stream serves both tables."""
    rows = versions(facts, _told)
    return {name: [row[1:] for row in rows if row[0] == name] for name in (REMARK, CLAIM)}


def _told(facts: Sequence[Fact]) -> Mapping[Key, Values]:
    moments = replay(entries_of(facts))
    stream = facts[0].stream
    at = {each.entry.index: each.event.occ for each in moments}
    found: dict[Key, Values] = {}
    numbers = Counter[int]()
    for each in remarks(moments):
        occ = at[each.index]
        numbers[each.index] += 1
        key = (REMARK, stream, each.index, numbers[each.index])
        found[key] = (each.code, each.sentence, each.other, occ.earliest, occ.latest)
    settled = _settled(moments)
    for claim in claims_of(moments[-1].state_after) if moments else ():
        found[CLAIM, stream, facts[0].index, claim] = (settled,)
    return found


def _settled(moments: Sequence[Moment]) -> list[str]:
    """Give the records that two persons have looked into, beside this one."""
    found: set[str] = set()
    for moment in moments:
        dat = moment.event.dat
        if moment.reversed_by is not None:
            continue
        if isinstance(dat, DuplicateResolved | IdentityMerged | IdentitySplit):
            found.update(dat.firearms)
    return sorted(found)
