# SPDX-License-Identifier: Apache-2.0
"""The import itself: chunk after chunk is mapped, signed and recorded.

While one chunk is recorded, the next one is signed and the one after it is mapped. What the
ledger knows already is left out, so an import that was killed goes on where it stopped when
it is run again, and an import that was complete adds nothing. An event that another writer
overtook, or whose maker and serial occur already, is placed and signed once more.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final, cast
from uuid import UUID

from api.importing.chunks import Chunk
from api.importing.placing import Opened, Placed, Signatory, with_reason
from api.importing.refusals import Refusal
from api.importing.report import Rejects, Tally
from api.importing.signing import Head, SigningHand
from api.importing.transform.rows import PlannedEvent
from audit.appending.admission import AdmittedEvent
from audit.proof.verify.log.garbage import rare_collections
from domain.errors import MunimentError
from domain.judgement import Accepted, Outcome

OVERTAKEN: Final = frozenset({"seq_conflict", "prev_mismatch"})
"""The ledger's slugs for an event whose stream has another head than it was signed for."""

CLAIMED: Final = "marking_claimed"
"""The ledger's slug for a second firearm of one maker and serial."""

REPEATED: Final = "jti_conflict"
"""The ledger's slug for a row that occurs twice: its identifier is in the log already."""

LEFT_OUT: Final = "left_out"

CHUNKS_AHEAD: Final = 2
"""Chunks that are placed before it is known what became of the events of one."""

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
        rare_collections(COLLECTION_THRESHOLDS),
        SigningHand(conduct.signatory.key) as hand,
        ThreadPoolExecutor(1) as recorder,
    ):
        pipeline = _Pipeline(conduct, hand=hand, recorder=recorder)
        for chunk in chunks:
            pipeline.take(chunk)
            if conduct.stop():
                pipeline.tally.stopped = True
                break
        pipeline.finish()
    return pipeline.tally


@dataclass(slots=True)
class _Work:
    """A chunk on its way: placed and being signed, then being recorded.

    Attributes:
        chunk: The rows.
        known: Identifiers of events that the ledger had before.
        placed: The others, in their places.
        signatures: Waits until they are signed.
        opened: They again, signed and checked.
        outcomes: What became of each event; nothing for one that is left out.
    """

    chunk: Chunk
    known: set[UUID]
    placed: Placed
    signatures: Callable[[], Sequence[bytes]] = tuple
    opened: list[Opened] = field(default_factory=list)
    recording: Future[list[Outcome]] | None = None
    outcomes: dict[UUID, Outcome | None] = field(default_factory=dict)

    def answer(self, opened: Sequence[Opened], answers: Sequence[Outcome]) -> None:
        """Join the answers of the ledger to the events that it was given."""
        given = iter(answers)
        for each in opened:
            admitted = isinstance(each.result, AdmittedEvent)
            outcome = next(given) if admitted else each.result
            self.outcomes[each.planned.jti] = cast("Outcome | None", outcome)


class _Pipeline:
    """The steps of an import: one chunk is mapped, one is signed and one is recorded."""

    def __init__(
        self, conduct: Conduct, *, hand: SigningHand, recorder: ThreadPoolExecutor
    ) -> None:
        self.tally = Tally()
        self._conduct = conduct
        self._signatory = conduct.signatory
        self._register = conduct.signatory.register
        self._hand = hand
        self._recorder = recorder
        self._signed: _Work | None = None
        self._recorded: _Work | None = None
        self._spoiled: deque[set[UUID]] = deque(maxlen=CHUNKS_AHEAD)

    def take(self, chunk: Chunk) -> None:
        """Begin to sign a chunk, and to record the one before it."""
        self._advance(self._placed(chunk))

    def finish(self) -> None:
        """Record and count what is on its way."""
        self._advance(None)
        self._settle()

    def _advance(self, work: _Work | None) -> None:
        """Begin to sign a chunk; let the one that is signed follow the one that is recorded."""
        following, self._signed = self._signed, work
        signatures = following.signatures() if following else ()
        if work:
            work.signatures = self._hand.begin(work.placed.texts)
        if following:
            following.opened = self._signatory.open(following.placed, signatures)
        self._settle()
        if following:
            admitted = _admitted(following.opened)
            following.recording = self._recorder.submit(self._register.record, admitted)
        self._recorded = following

    def _settle(self) -> None:
        """Wait for the chunk that is being recorded, repair what can be, and count it."""
        work, self._recorded = self._recorded, None
        if work is None or work.recording is None:
            return
        work.answer(work.opened, work.recording.result())
        self._repair(work)
        self._stop_if_unmandated(work)
        self._count(work)

    def _placed(self, chunk: Chunk) -> _Work:
        events = {event.jti: event for row in chunk.rows for event in row.events}
        known = self._register.known(self._signatory.iss, list(events)) if events else set()
        missing = [event for event in events.values() if event.jti not in known]
        heads = self._heads(missing)
        for before in (self._recorded, self._signed):
            heads |= before.placed.reached if before else {}
        return _Work(chunk, known, self._signatory.place(missing, heads))

    def _repair(self, work: _Work) -> None:
        """Place once more what another writer overtook or another firearm's claim stopped."""
        again = self._to_repair(work)
        if not again:
            return
        placed = self._signatory.place(again, self._heads(again))
        signatures = [self._signatory.key.sign(text) for text in placed.texts]
        opened = self._signatory.open(placed, signatures)
        work.answer(opened, self._register.record(_admitted(opened)))

    def _to_repair(self, work: _Work) -> list[PlannedEvent]:
        events = [each.planned for each in work.opened]
        slugs = {event.jti: _slug(work.outcomes[event.jti]) for event in events}
        repairable = OVERTAKEN | ({CLAIMED} if self._conduct.duplicate_reason else set())
        # What was left out because of an event that the ledger then refused has its turn now.
        spoiled = {event.stream for event in events if slugs[event.jti] not in ("", LEFT_OUT)}
        streams = spoiled.union(*self._spoiled)
        self._spoiled.append(spoiled)
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
        tally.note_unread(work.chunk.rows)
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


def _admitted(opened: Iterable[Opened]) -> list[AdmittedEvent]:
    return [each.result for each in opened if isinstance(each.result, AdmittedEvent)]


def _slug(outcome: Outcome | None) -> str:
    if outcome is None:
        return LEFT_OUT
    return outcome.slug if isinstance(outcome, MunimentError) else ""
