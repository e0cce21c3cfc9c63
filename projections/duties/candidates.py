# SPDX-License-Identifier: Apache-2.0
"""The streams in which a policy may make something due, found by the events that open duties.

Far fewer than all: a stream without an opening event has no duty. Where only what is not done yet
is asked for, an opening event that a later one has certainly answered counts no longer either.
Whatever is left too much is judged, and found to have no duty.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Final
from uuid import UUID

from domain.catalogue import CATALOGUE
from domain.policy.members import is_single
from domain.policy.model import ANY_EVENT, ITSELF, OCCURRED, SIGNED, Closing, DutyRule, Policy
from domain.policy.reaching import across, named_firearms, reaching_tags
from projections.asking.folded import at_once, fold_streams
from projections.asking.snapshot import Snapshot

_OPENED: Final = """
, rule as (select * from unnest(%(openers)s::text[], %(numbers)s::int[]) as r (evt, number)),
closing as (select * from unnest(%(closers)s::text[], %(closed)s::int[]) as k (evt, number)),
wanted as (
    select * from unnest(%(wanted)s::int[], %(members)s::text[], %(values)s::text[])
        as w (number, member, value)
),
moment as (
    select stream, place, evt, stands, occ_from, facts from life
    union all select stream, place, evt, stands, occ_from, facts from record
)
select o.stream from rule r join moment o using (evt)
where o.stands and not exists (
    select from wanted w where w.number = r.number group by w.member
    having not coalesce(bool_or(o.facts ->> w.member = w.value), false)
) and not exists (
    select from closing k join moment c using (evt)
    where k.number = r.number and c.stream = o.stream and c.stands
      and c.place > o.place and c.occ_from <= %(until)s
)
union select stream from misfit where rule = any(%(noted)s)
union select stream from record_misfit where rule = any(%(noted)s)
union select unnest(%(reached)s::uuid[])
"""
_OPENERS: Final = """
select distinct stream from (
    select stream from life where evt = any(%(openers)s) and stands
    union all select stream from record where evt = any(%(openers)s) and stands
) as opener
"""
_REACHED: Final = """
select e.stream from ledger.event_ref r join ledger.event e using (idx)
where r.tag = any(%(tags)s) and e.idx < %(size)s and split_part(e.kind, '.', 1) = 'firearm'
union select stream from life where holding = any(%(tags)s)
"""


def candidates(
    snapshot: Snapshot, policy: Policy, *, until: int, signed: int, undone: bool
) -> Iterator[UUID]:
    """Give every stream in which the policy may make something due, each once.

    Args:
        snapshot: What was known.
        policy: The policy.
        until: Last second of the date asked for; what certainly happened later is left out.
        signed: Last second at which anything may have been signed.
        undone: Whether only duties are asked for that nothing has met.
    """
    own = [rule for rule in policy.duty if not (rule.through or rule.naming)]
    if undone and signed <= until:
        own = [rule for rule in own if not _meets_itself(rule)]
    openers = [(rule.opens.event, number) for number, rule in enumerate(own)]
    closers = [(evt, n) for n, rule in enumerate(own) for evt in _certain(rule) if undone]
    wanted = [(n, *each) for n, rule in enumerate(own) for each in _wanted(rule)]
    parameters = {
        "openers": [evt for evt, _ in openers],
        "numbers": [number for _, number in openers],
        "closers": [evt for evt, _ in closers],
        "closed": [number for _, number in closers],
        "wanted": [number for number, _, _ in wanted],
        "members": [member for _, member, _ in wanted],
        "values": [value for _, _, value in wanted],
        "until": until,
        "noted": sorted({each for rule in own if _is_any(rule) for each in rule.opens.noted}),
        "reached": sorted(_reached_by_all(snapshot, policy)),
    }
    return (stream for (stream,) in snapshot.rows(_OPENED, parameters))


def reached(snapshot: Snapshot, openers: Sequence[UUID]) -> set[UUID]:
    """Give the firearms that some streams name, that name them, or that were in their holdings."""
    found: set[UUID] = set()
    tags: list[str] = []
    for each in fold_streams(snapshot, openers).values():
        found.update(named_firearms(each.entries))
        tags += reaching_tags(each.stream, each.entries)
    found.update(stream for (stream,) in snapshot.rows(_REACHED, {"tags": tags}))
    return found


def _reached_by_all(snapshot: Snapshot, policy: Policy) -> set[UUID]:
    """Give the firearms in which an event of another stream may make something due."""
    events = sorted({rule.opens.event for rule in across(policy)})
    if not events:
        return set()
    openers = (stream for (stream,) in snapshot.rows(_OPENERS, {"openers": events}))
    return {stream for part in at_once(openers) for stream in reached(snapshot, part)}


def _wanted(rule: DutyRule) -> Iterator[tuple[str, str]]:
    """Give the members of an opening event that hold one short value, with each that they may have.

    What a projection does not keep of an event is left to be judged.
    """
    models = [each.dat for each in CATALOGUE if each.evt == rule.opens.event]
    for member, values in rule.opens.when.items():
        if all(is_single(each, member) for each in models):
            for each in values:
                yield member, each if isinstance(each, str) else json.dumps(each)


def _certain(rule: DutyRule) -> Iterable[str]:
    """Give the events of which any one ends a duty once it has happened, whatever it says."""
    return (
        each.event
        for each in rule.closes
        if _is_plain(each) and each.event != ITSELF and each.at == OCCURRED
    )


def _meets_itself(rule: DutyRule) -> bool:
    """Tell whether the very event that opens a duty meets it once it is signed."""
    return any(
        each.event == ITSELF and _is_plain(each) and each.at == SIGNED for each in rule.closes
    )


def _is_plain(closing: Closing) -> bool:
    return not closing.when and not closing.same


def _is_any(rule: DutyRule) -> bool:
    return rule.opens.event == ANY_EVENT
