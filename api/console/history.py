# SPDX-License-Identifier: Apache-2.0
"""A history as the timeline of a page shows it: entry by entry, with what stands against each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api.console.correcting.record import entries_in
from api.console.correcting.telling import stated_in
from api.console.forms.telling import Row
from api.tracing import words
from api.tracing.inquiry import Step, Trace
from audit.proof.disputes.words import told_standing
from domain.aggregate.recorded import Entry
from domain.event import Event
from domain.firearm.history import Moment
from projections.asking.custody import Link, chain
from projections.timeline.proving import ProofState

LATE: Final = "late"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One entry of a timeline.

    Attributes:
        number: Its place, from 1.
        name: What happened, as a message id.
        happened: When, as it counts now.
        proof: How far it is proved.
        failed: The first check that fails, if one does.
        gap: What is missing before it.
        says: What it states, by the questions that it answers.
        under: What the records that it names were worth then.
        signer: Name of the authority.
        event: What was signed; none where its octets cannot be read.
        index: Its log index.
        recorded: When the ledger recorded it.
        bracket: Between which times it was recorded, as far as that is proved.
        masked: Whether it may hold personal data that is kept apart.
        late: That it was signed later than its term allows, as a sentence each.
        against: Each contradiction, dispute and doubt about its times, as a sentence.
        corrected_by: Log indexes of the entries that put it right.
        reversed_by: Log index of the entry by which it counts no longer.
        superseded: Whether it is told as it was first recorded.
        changed: State axes that it changed, with what they are after it.
    """

    number: int
    name: str
    happened: str
    proof: ProofState
    failed: str | None
    gap: str | None
    says: tuple[Row, ...]
    under: tuple[tuple[str, str], ...]
    signer: str
    event: Event | None
    index: int
    recorded: datetime
    bracket: str
    masked: bool
    late: tuple[str, ...]
    against: tuple[str, ...]
    corrected_by: tuple[int, ...]
    reversed_by: int | None
    superseded: bool
    changed: tuple[tuple[str, str], ...]

    @property
    def odd(self) -> bool:
        """Whether something does not fit."""
        return bool(self.against) or self.proof == "failed"


def told_steps(trace: Trace) -> list[Told]:
    """Give every entry of a history, oldest first in the order of the world."""
    entries = entries_in(trace)
    return [_told(step, trace, entries) for step in trace.steps]


def told_custody(trace: Trace) -> tuple[Link, ...]:
    """Give the chain of custody that a history tells."""
    return chain(step.moment for step in trace.steps if step.moment)


def _told(step: Step, trace: Trace, entries: Sequence[Entry]) -> Told:
    line, moment = step.proven.line, step.moment
    event = moment.event if moment else step.proven.event
    proved = step.bracket.not_before or step.bracket.not_after
    return Told(
        number=step.number,
        name=words.event_name(line.kind.partition("/")[0]),
        happened=event.occ.text if event else "unknown",
        proof=step.proven.state,
        failed=step.proven.reason,
        gap=step.gap,
        says=stated_in(event, entries) if event else (),
        under=tuple((str(e.record), e.told) for e in trace.context.get(line.index, ())),
        signer=_signer(event, trace),
        event=event,
        index=line.index,
        recorded=line.at,
        bracket=str(step.bracket) if proved else "",
        masked=bool(event and event.type.claims),
        late=tuple(each.sentence for each in step.remarks if each.flag == LATE),
        against=tuple(_against(step, trace)),
        corrected_by=tuple(moment.corrected_by) if moment else (),
        reversed_by=moment.reversed_by if moment else None,
        superseded=bool(moment and moment.superseded),
        changed=tuple(_changed(step)),
    )


def _signer(event: Event | None, trace: Trace) -> str:
    authority = trace.proof.registry.authorities.get(event.iss) if event else None
    return authority.name if authority else ""


def _against(step: Step, trace: Trace) -> Iterator[str]:
    moment: Moment | None = step.moment
    yield from (each.sentence for each in step.remarks if each.flag != LATE)
    if moment is None:
        return
    standing = told_standing(trace.proof.registry, moment.event, step.proven.line.index)
    if standing:
        yield standing
    yield from (each.refusal.sentence for each in moment.contradictions)


def _changed(step: Step) -> Iterator[tuple[str, str]]:
    before = {**words.axes(step.before), **words.details(step.before)}
    for name, value in {**words.axes(step.state), **words.details(step.state)}.items():
        if before.get(name) != value:
            yield name, value
