# SPDX-License-Identifier: Apache-2.0
"""Duties of a whole jurisdiction, judged by the same rules as those of one stream.

Implements "what is due, overdue" of the design, decision D13, for a date of the world and a
position of the log. Streams are read and judged some at a time; no more than these are held.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final
from uuid import UUID

from audit.proof.limits import CLOCK_SKEW_SECONDS_MAX
from domain.identifiers import StreamId
from domain.occurrence import Occurrence
from domain.policy.duties import ORDER, Duty, DutyState, duties
from domain.policy.model import Policy
from domain.policy.reaching import (
    FIREARM,
    holdings_of,
    named_streams,
    naming_families,
    opens_elsewhere,
)
from projections.asking.folded import Folded, at_once, fold_streams
from projections.asking.snapshot import Snapshot
from projections.duties.candidates import candidates, reached

DONE: Final[frozenset[DutyState]] = frozenset({"met", "met_late"})

_REFERRING: Final = """
select distinct r.tag, split_part(e.kind, '.', 1) || '.', e.stream
from ledger.event_ref r join ledger.event e using (idx)
where r.tag = any(%(tags)s) and e.idx < %(size)s
  and split_part(e.kind, '.', 1) || '.' = any(%(families)s)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which duties somebody wants to know of.

    Attributes:
        policy: The policy.
        on: The date to tell them for.
        now: The time by the clock of whoever asks, in Unix seconds.
        states: How they stand; all by default.
        who: Role that is to meet them; all by default.
    """

    policy: Policy
    on: Occurrence
    now: int
    states: frozenset[DutyState] = frozenset(ORDER)
    who: str | None = None

    @property
    def narrowed(self) -> Policy:
        """The policy with the duties alone that are asked for."""
        if self.who is None:
            return self.policy
        kept = tuple(rule for rule in self.policy.duty if rule.who == self.who)
        return self.policy.model_copy(update={"duty": kept})

    def wants(self, duty: Duty) -> bool:
        """Tell whether a duty is among those that are asked for."""
        return duty.state in self.states


def all_duties(snapshot: Snapshot, question: Question) -> Iterator[Duty]:
    """Give every duty that is asked for, stream by stream in no order that means anything."""
    policy = question.narrowed
    streams = candidates(
        snapshot,
        policy,
        until=question.on.latest,
        signed=question.now + CLOCK_SKEW_SECONDS_MAX,
        undone=not question.states & DONE,
    )
    return filter(question.wants, _judged(snapshot, streams, policy, on=question.on))


def duties_of(snapshot: Snapshot, stream: StreamId, question: Question) -> Iterator[Duty]:
    """Give the duties of one stream that are asked for, and those that it opens for firearms."""
    policy = question.narrowed
    found = _judged(snapshot, [stream.uuid], policy, on=question.on)
    if stream.kind != FIREARM and opens_elsewhere(stream, policy):
        firearms = _judged(snapshot, reached(snapshot, [stream.uuid]), policy, on=question.on)
        opened = (each for each in firearms if each.opened_by.event.sub == stream)
        found = chain(found, opened)
    return filter(question.wants, found)


def _judged(
    snapshot: Snapshot, streams: Iterable[UUID], policy: Policy, *, on: Occurrence
) -> Iterator[Duty]:
    for part in at_once(streams):
        own = fold_streams(snapshot, part)
        beside = _beside(snapshot, own.values(), policy)
        others = fold_streams(snapshot, [*dict.fromkeys(chain.from_iterable(beside.values()))])
        for stream, each in own.items():
            entries = (
                entry
                for other in beside.get(stream, ())
                if other in others
                for entry in others[other].entries
            )
            yield from duties(each.entries, policy, on=on, others=entries, notes=each.notes)


def _beside(
    snapshot: Snapshot, streams: Iterable[Folded], policy: Policy
) -> Mapping[UUID, Sequence[UUID]]:
    """Give, for each firearm among some streams, the others that may open a duty in it."""
    found: dict[UUID, dict[UUID, None]] = {}
    wanted: dict[tuple[str, str], list[UUID]] = defaultdict(list)
    for each in streams:
        if each.stream.kind == FIREARM:
            uuid = each.stream.uuid
            found[uuid] = dict.fromkeys(named_streams(each.entries, policy))
            for key in _tags(each, policy):
                wanted[key].append(uuid)
    for tag, family, other in _referring(snapshot, wanted):
        for uuid in wanted.get((tag, family), ()):
            found[uuid][other] = None
    return {uuid: list(others) for uuid, others in found.items()}


def _tags(folded: Folded, policy: Policy) -> Iterator[tuple[str, str]]:
    """Give the references by which other streams speak of a firearm, with their families."""
    families, holdings = holdings_of(folded.entries, policy)
    yield from ((holding, family) for holding in holdings for family in families)
    yield from ((str(folded.stream), family) for family in naming_families(policy))


def _referring(
    snapshot: Snapshot, wanted: Iterable[tuple[str, str]]
) -> Iterable[tuple[str, str, UUID]]:
    tags, families = {tag for tag, _ in wanted}, {family for _, family in wanted}
    if not tags:
        return ()
    return snapshot.rows(_REFERRING, {"tags": sorted(tags), "families": sorted(families)})
