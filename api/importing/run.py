# SPDX-License-Identifier: Apache-2.0
"""The import itself: chunk after chunk is mapped, signed on all cores and recorded.

While one chunk is recorded the next one is signed. What the ledger knows already is left
out, so an import that was killed goes on where it stopped when it is run again, and an
import that was complete adds nothing. An event that another writer overtook, or whose
maker and serial occur already, is placed and signed once more.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, cast
from uuid import UUID

from api.importing.chunks import Chunk
from api.importing.placing import Placed, Signatory, with_reason
from api.importing.refusals import Refusal
from api.importing.report import Rejects, Tally
from api.importing.signing import Head
from api.importing.transform.rows import PlannedEvent
from audit.appending.admission import AdmittedEvent
from domain.errors import MunimentError
from domain.judgement import Accepted, Outcome

OVERTAKEN: Final = frozenset({"seq_conflict", "prev_mismatch"})
"""The ledger's slugs for an event whose stream has another head than it was signed for."""

CLAIMED: Final = "marking_claimed"
"""The ledger's slug for a second firearm of one maker and serial."""

REPEATED: Final = "jti_conflict"
"""The ledger's slug for a row that occurs twice: its identifier is in the log already."""

LEFT_OUT: Final = "left_out"

COLLECTION_THRESHOLDS: Final = (100_000, 50, 100)
"""Allocations, and collections of younger objects, between searches for cyclic garbage."""

UNMANDATED: Final = frozenset(
    ("aud_mismatch", "iat_window", "jurisdiction_denied", "key_not_valid", "kid_unknown",
     "role_denied")
)  # fmt: skip
"""Slugs that concern the key and not the row; when nothing passes, the import stops."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conduct:
    """How an import goes about its work.

    Attributes:
        signatory: Who signs, and for which ledger.
        rejects: Where refused rows are listed.
        duplicate_reason: Code to state where maker and serial occur already.
        watch: Told after each chunk the share of the file that is done, and the counts.
        stop: Whether somebody asks the import to end after the chunk at hand.
    """

    signatory: Signatory
    rejects: Rejects
    duplicate_reason: str | None = None
    watch: Callable[[float, Tally], None] = lambda _share, _tally: None
    stop: Callable[[], bool] = lambda: False


def import_rows(chunks: Iterator[Chunk], conduct: Conduct) -> Tally:
    """Record every row of a register.

    Returns:
        What became of the rows.

    Raises:
        MunimentError: The ledger cannot be reached, or the key may sign nothing of this;
            what was recorded before stays, and running the import again goes on.
    """
    with (
        _rare_collections(),
        ThreadPoolExecutor(_cores()) as pool,
        ThreadPoolExecutor(1) as recorder,
    ):
        pipeline = _Pipeline(conduct, pool=pool, recorder=recorder)
        for chunk in chunks:
            pipeline.take(chunk)
            if conduct.stop():
                pipeline.tally.stopped = True
                break
        pipeline.finish()
    return pipeline.tally


@dataclass(slots=True)
class _Work:
    """A chunk on its way: signed, and perhaps being recorded.

    Attributes:
        chunk: The rows.
        known: Identifiers of events that the ledger had before.
        placed: The other events, signed, in their order.
        reached: Heads of the streams after them, if none is refused.
        recording: The ledger's answers, as soon as there are any.
        outcomes: What became of each event; nothing for one that is left out.
    """

    chunk: Chunk
    known: set[UUID]
    placed: list[Placed]
    reached: dict[UUID, Head]
    recording: Future[list[Outcome]] | None = None
    outcomes: dict[UUID, Outcome | None] = field(default_factory=dict)

    def answer(self, placed: Sequence[Placed], answers: Sequence[Outcome]) -> None:
        """Join the answers of the ledger to the events that it was given."""
        given = iter(answers)
        for each in placed:
            admitted = isinstance(each.result, AdmittedEvent)
            outcome = next(given) if admitted else each.result
            self.outcomes[each.planned.jti] = cast("Outcome | None", outcome)


class _Pipeline:
    """The steps of an import: while one chunk is recorded the next one is signed."""

    def __init__(
        self, conduct: Conduct, *, pool: ThreadPoolExecutor, recorder: ThreadPoolExecutor
    ) -> None:
        self.tally = Tally()
        self._conduct = conduct
        self._signatory = conduct.signatory
        self._register = conduct.signatory.register
        self._pool = pool
        self._recorder = recorder
        self._before: _Work | None = None

    def take(self, chunk: Chunk) -> None:
        """Sign a chunk, finish the one before it, and begin to record this one."""
        work = self._signed(chunk)
        self.finish()
        work.recording = self._recorder.submit(self._register.record, _admitted(work.placed))
        self._before = work

    def finish(self) -> None:
        """Wait for the chunk that is being recorded, repair what can be, and count it."""
        work, self._before = self._before, None
        if work is None or work.recording is None:
            return
        work.answer(work.placed, work.recording.result())
        self._repair(work)
        self._stop_if_unmandated(work)
        self._count(work)

    def _signed(self, chunk: Chunk) -> _Work:
        events = {event.jti: event for row in chunk.rows for event in row.events}
        known = self._register.known(self._signatory.iss, list(events)) if events else set()
        missing = [event for event in events.values() if event.jti not in known]
        heads = self._heads(missing)
        if self._before:
            heads |= self._before.reached
        return _Work(chunk, known, *self._signatory.sign_all(missing, heads=heads, pool=self._pool))

    def _repair(self, work: _Work) -> None:
        """Place once more what another writer overtook or another firearm's claim stopped."""
        again = self._to_repair(work)
        if not again:
            return
        placed, _ = self._signatory.sign_all(again, heads=self._heads(again), pool=self._pool)
        work.answer(placed, self._register.record(_admitted(placed)))

    def _to_repair(self, work: _Work) -> list[PlannedEvent]:
        events = [each.planned for each in work.placed]
        slugs = {event.jti: _slug(work.outcomes[event.jti]) for event in events}
        repairable = OVERTAKEN | ({CLAIMED} if self._conduct.duplicate_reason else set())
        streams = {event.stream for event in events if slugs[event.jti] in repairable}
        return [
            self._reasoned(event, slugs[event.jti])
            for event in events
            if event.stream in streams and slugs[event.jti] in (*repairable, LEFT_OUT)
        ]

    def _reasoned(self, event: PlannedEvent, slug: str) -> PlannedEvent:
        reason = self._conduct.duplicate_reason
        return with_reason(event, reason) if reason and slug == CLAIMED else event

    def _heads(self, events: Iterable[PlannedEvent]) -> dict[UUID, Head]:
        streams = {event.stream for event in events}
        return self._register.heads(list(streams)) if streams else {}

    def _stop_if_unmandated(self, work: _Work) -> None:
        slugs = {_slug(outcome) for outcome in work.outcomes.values()}
        if slugs and slugs <= UNMANDATED and not self.tally.events:
            raise next(each for each in work.outcomes.values() if isinstance(each, MunimentError))

    def _count(self, work: _Work) -> None:
        tally = self.tally
        tally.rows += len(work.chunk)
        tally.repeated += len(work.known)
        for outcome in work.outcomes.values():
            if isinstance(outcome, Accepted) or _slug(outcome) == REPEATED:
                repeated = not isinstance(outcome, Accepted) or outcome.repeated
                tally.repeated += repeated
                tally.events += not repeated
        refusals = [*work.chunk.refusals, *_refused_rows(work)]
        tally.complete += len(work.chunk) - len(refusals)
        tally.refused.update(refusal.slug for refusal in refusals)
        self._conduct.rejects.add(sorted(refusals, key=lambda refusal: refusal.line))
        self._conduct.watch(work.chunk.done, tally)


def _refused_rows(work: _Work) -> Iterator[Refusal]:
    """Give one refusal for each row of which the ledger refused an event: the first one."""
    for row in work.chunk.rows:
        for event in row.events:
            outcome = work.outcomes.get(event.jti)
            if isinstance(outcome, MunimentError) and outcome.slug != REPEATED:
                yield Refusal(row.line, outcome.slug, f"{event.evt}: {outcome.sentence}")
                break


def _admitted(placed: Iterable[Placed]) -> list[AdmittedEvent]:
    return [each.result for each in placed if isinstance(each.result, AdmittedEvent)]


def _slug(outcome: Outcome | None) -> str:
    if outcome is None:
        return LEFT_OUT
    return outcome.slug if isinstance(outcome, MunimentError) else ""


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Search rarely for cyclic garbage: an import makes many objects and next to no cycles.

    With the interpreter's usual thresholds these searches take a quarter of the time.
    """
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*COLLECTION_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


def _cores() -> int:
    """Count the cores that this process may use, which can be fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
