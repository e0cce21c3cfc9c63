# SPDX-License-Identifier: Apache-2.0
"""The use case of tracing: from an identifier or a marking to a proved history.

Implements "a trace, four hops" of the design, section 3, and rules 1, 10, 11 and 20 of
the domain facts, section 9. Every door calls ``trace``; it returns values, and ``words``,
``page`` and ``record`` say them to people and programs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Final
from uuid import UUID

from api.asking import Connects
from api.beside import times_of
from api.bootstrap import Office
from api.lists.calibres import calibres
from api.tracing.context import Context, context_of
from api.tracing.kin import NO_KIN, Kin, Limits, kin_of
from api.tracing.pending import Pending, pending
from audit.proof.timestamps.bracket import Bracket
from audit.proof.timestamps.lateness import Allowance, Remark, flag_instant, remarks, stated
from audit.signer.keys.known import known_log_keys, open_own_checkpoint
from domain.errors import InvalidValueError, UsageError
from domain.firearm.history import Moment, View, replay
from domain.firearm.state import BLANK, Entry, State
from domain.identifiers import StreamId, parse_short_form, parse_stream_id
from domain.occurrence import UNKNOWN, Occurrence, parse_occurrence
from projections.asking.gaps import gaps_before
from projections.marking_search.candidates import Candidate
from projections.marking_search.question import Question
from projections.queries import Queries
from projections.timeline.prover import Anchor, ProvenHistory, Sources
from projections.timeline.proving import ProofState, Proven, weakest
from projections.timeline.queries import Line

FIREARM: Final = "arm"
FIREARM_EVENTS: Final = "firearm."


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """What somebody wants to know.

    Attributes:
        identifier: ``arm.<uuid>`` or its short form.
        serial: A serial, marking or number as read, with ``?`` and ``*`` where unsure.
        make: The make as read, beside a serial.
        as_at: Date of the world: leave out what certainly happened later.
        as_known_on: Date, or index of the log: leave out what was recorded later.
        first: Take the most alike of several candidates.
        view: Read what was put right as it counts now, as first recorded, or both in turn.
        today: The day on which it is asked, to which what is open is as old as it is.
    """

    identifier: str | None = None
    serial: str | None = None
    make: str | None = None
    as_at: str | None = None
    as_known_on: str | None = None
    first: bool = False
    view: View = "corrected"
    today: Occurrence = UNKNOWN

    @property
    def limits(self) -> Limits:
        """Up to where it is to be told."""
        as_at = parse_occurrence(self.as_at) if self.as_at else None
        return Limits(as_at=as_at, as_known_on=self.as_known_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One entry of a history as it is told.

    Attributes:
        number: Its place in the history, from 1.
        proven: The entry and how far it is proved.
        moment: What it means; none where its bytes cannot be read.
        before: The state before it.
        gap: What is missing before it, if anything.
        bracket: Between which times it was recorded, as far as that is proved.
        remarks: What is to be said of the times that it states: late, or suspect.
    """

    number: int
    proven: Proven
    moment: Moment | None
    before: State
    gap: str | None
    bracket: Bracket
    remarks: tuple[Remark, ...]

    @property
    def state(self) -> State:
        """The state after it."""
        return self.moment.state_after if self.moment else self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The history of one firearm.

    Attributes:
        firearm: Which firearm.
        steps: Its entries, oldest first in world order, as far as they were asked for.
        proof: Everything that the proofs rest on.
        as_at: Date of the world that it is told for, if not today.
        known_index: Newest log index that it is told from, if not the newest.
        left_out: Number of entries that the two limits leave out.
        view: How entries are read that were put right.
        chosen: The candidate that led here, after a search.
        kin: What other records say of this one.
        context: What the records that an entry names were worth then, by log index.
        today: The day on which it was asked.
    """

    firearm: StreamId
    steps: tuple[Step, ...]
    proof: ProvenHistory
    as_at: Occurrence | None
    known_index: int | None
    left_out: int
    view: View = "corrected"
    chosen: Candidate | None = None
    kin: Kin = NO_KIN
    context: Mapping[int, tuple[Context, ...]] = field(default_factory=dict)
    today: Occurrence = UNKNOWN

    @property
    def pending(self) -> tuple[Pending, ...]:
        """What is open at the end, and for how long on the day that it is told for."""
        moments = (step.moment for step in self.steps if step.moment)
        counting = (each for each in moments if self.view != "both" or not each.superseded)
        return pending(counting, self.as_at or self.today)

    @property
    def state(self) -> State:
        """The state at the end."""
        return self.steps[-1].state if self.steps else BLANK

    @property
    def headline(self) -> ProofState | None:
        """The weakest proof state of the entries told."""
        return weakest(step.proven.state for step in self.steps)

    @property
    def anchor(self) -> Anchor | None:
        """The checkpoint that the proofs lead to."""
        return self.proof.anchor


@dataclass(frozen=True, slots=True, kw_only=True)
class Possible:
    """One firearm that may be the one that is looked for.

    Attributes:
        firearm: Which firearm.
        candidate: Why it may be.
        state: What is known of it now; nothing here is proved yet.
    """

    firearm: StreamId
    candidate: Candidate | None
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Several firearms, or none: a person decides.

    Attributes:
        size: Size of the log that this is about.
        possible: The firearms, the most alike first.
        more: Whether there are more than these.
    """

    size: int
    possible: tuple[Possible, ...]
    more: bool


@contextmanager
def open_queries(office: Office, readers: Connects | None = None) -> Iterator[Queries]:
    """Give what can be asked of an open ledger for as long as the ``with`` lasts.

    Args:
        office: The ledger.
        readers: Where is read, if not in its own database.
    """
    queries = Queries(
        reader=(readers or office.database).conninfo("ledger_reader"),
        projector=office.database.conninfo("ledger_projector"),
        audience=office.audience,
        sources=Sources(
            opened=partial(open_own_checkpoint, keys=known_log_keys(office.settings.signer_folder)),
            checkpoint=office.notary.checkpoint,
            times=partial(times_of, office),
        ),
        calibres=calibres(office.settings.home),
    )
    try:
        yield queries
    finally:
        queries.close()


def trace(queries: Queries, inquiry: Inquiry) -> Trace | Choice:
    """Answer an inquiry: one history, or the firearms to choose from.

    Raises:
        UsageError: It names neither an identifier nor a serial, or both.
        InvalidValueError: A value has a wrong form, or no firearm has that identifier.
        UnreachableError: The database does not answer.
    """
    if (inquiry.identifier is None) == (inquiry.serial is None):
        raise UsageError(
            "Tell which firearm: by its identifier or by a serial, not both.",
            next_step="Give --id arm.<uuid>, --id SHORT-FORM, or --serial TEXT with --make TEXT.",
        )
    if inquiry.serial is None:
        return _by_identifier(queries, inquiry, inquiry.identifier or "")
    candidates = queries.markings.search(Question(text=inquiry.serial, make=inquiry.make))
    found = _by_firearm(candidates.found)
    if len(found) == 1 or (found and inquiry.first):
        stream, chosen = next(iter(found.items()))
        return _told(queries, inquiry, stream=stream, chosen=chosen)
    possible = _possible(queries, list(found), found)
    return Choice(size=candidates.size, possible=possible, more=candidates.more)


def _by_firearm(found: Sequence[Candidate]) -> dict[UUID, Candidate]:
    """Give the best candidate for each firearm; loose components and lots lead to none."""
    best: dict[UUID, Candidate] = {}
    for each in found:
        if each.firearm is not None:
            best.setdefault(each.firearm, each)
    return best


def _by_identifier(queries: Queries, inquiry: Inquiry, identifier: str) -> Trace | Choice:
    if identifier.startswith(f"{FIREARM}."):
        return _told(queries, inquiry, stream=parse_stream_id(identifier).uuid)
    streams = queries.timeline.spoken(parse_short_form(identifier))
    if not streams:
        raise _unknown(identifier)
    if len(streams) > 1 and not inquiry.first:
        return Choice(size=0, possible=_possible(queries, streams, {}), more=False)
    return _told(queries, inquiry, stream=streams[0])


def _told(
    queries: Queries, inquiry: Inquiry, *, stream: UUID, chosen: Candidate | None = None
) -> Trace:
    history = queries.timeline.history(stream)
    firearm = StreamId(FIREARM, stream)
    if not history.lines or not history.lines[0].kind.startswith(FIREARM_EVENTS):
        raise _unknown(str(firearm))
    proof = queries.prover.prove(history)
    limits = inquiry.limits
    known = limits.known_index({each.line.index: each.line.at for each in proof.entries})
    steps = _steps(proof, as_at=limits.as_at, known=known, view=inquiry.view)
    return Trace(
        firearm=firearm,
        steps=steps,
        proof=proof,
        as_at=limits.as_at,
        known_index=known,
        left_out=len(proof.entries) - len({step.proven.line.index for step in steps}),
        view=inquiry.view,
        chosen=chosen,
        kin=kin_of(queries.timeline, firearm, limits),
        context=context_of(queries.timeline, [s.moment for s in steps if s.moment], known),
        today=inquiry.today,
    )


def _steps(
    proof: ProvenHistory, *, as_at: Occurrence | None, known: int | None, view: View
) -> tuple[Step, ...]:
    entries = proof.entries
    by_index = {each.line.index: each for each in entries}
    readable = [Entry(each.line.index, each.event) for each in entries if each.event]
    moments = replay(readable, as_at=as_at, as_known_on=known, view=view)
    told: list[tuple[Proven, Moment | None, str | None]] = [
        (by_index[moment.entry.index], moment, gap)
        for moment, gap in zip(moments, gaps_before(moments), strict=True)
    ]
    for each in entries:
        if each.event is None and (known is None or each.line.index <= known):
            told.insert(_place(told, each), (each, None, None))
    after = [BLANK, *_states(told)]
    return tuple(
        Step(
            number=number,
            proven=proven,
            moment=moment,
            before=before,
            gap=gap,
            bracket=proof.times.line.bracket(proven.line.index),
            remarks=tuple(_remarks(proof, proven.line, moment)),
        )
        for number, ((proven, moment, gap), before) in enumerate(
            zip(told, after, strict=False), start=1
        )
    )


def _remarks(proof: ProvenHistory, line: Line, moment: Moment | None) -> Iterator[Remark]:
    """Give what is to be said of the times of an entry: its own, and that of the ledger's clock."""
    bracket = proof.times.line.bracket(line.index)
    if moment is not None:
        term = proof.terms.of(moment.event, line.index, proof.registry)
        yield from remarks(stated(moment.event), bracket, term)
    if flag_instant(int(line.at.timestamp()), bracket, Allowance()):
        yield Remark("suspect", "The time by the ledger's own clock is outside what is proved.")


def _states(told: Sequence[tuple[Proven, Moment | None, str | None]]) -> Iterator[State]:
    state = BLANK
    for _, moment, _ in told:
        state = moment.state_after if moment else state
        yield state


def _place(told: Sequence[tuple[Proven, Moment | None, str | None]], entry: Proven) -> int:
    """Put an unreadable entry after the last one that the log learned of before it."""
    earlier = [at for at, (each, _, _) in enumerate(told) if each.line.seq < entry.line.seq]
    return max(earlier, default=-1) + 1


def _possible(
    queries: Queries, streams: Sequence[UUID], candidates: Mapping[UUID, Candidate]
) -> tuple[Possible, ...]:
    proofs = queries.timeline.histories(streams)
    states = {
        stream: replay([Entry(index, event) for index, event in history.readable().items()])
        for stream, history in proofs.items()
    }
    return tuple(
        Possible(
            firearm=StreamId(FIREARM, stream),
            candidate=candidates.get(stream),
            state=states[stream][-1].state_after if states.get(stream) else BLANK,
        )
        for stream in streams
    )


def _unknown(identifier: str) -> InvalidValueError:
    return InvalidValueError(
        f"The ledger knows no firearm {identifier}.",
        slug="firearm_unknown",
        next_step="Check the identifier, or search with `muniment trace --serial TEXT`.",
    )
