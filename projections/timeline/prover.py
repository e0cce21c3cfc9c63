# SPDX-License-Identifier: Apache-2.0
"""Histories with their proofs, led to a checkpoint that the log's key has signed.

Brings together what a history is verified against: the signed checkpoint, the registry
and the inclusion proofs; and beside it, what witnesses and clocks have said of this history.
Where no new checkpoint can be had, the newest stored one serves and the reason is told; an entry
that it does not cover is then only ``chained``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Final, Protocol

from audit.export.times import NOTHING_KNOWN, Times
from audit.link import Link
from audit.proof.checkpoint import Checkpoint
from audit.proof.timestamps.terms import Terms, adopted_terms
from audit.references import entries_referring
from audit.tree import DamagedTreeError
from domain.aggregate.naming import POLICIES
from domain.errors import MunimentError, ProofError
from domain.registry.state import Registry
from projections.timeline.paths import Paths
from projections.timeline.proving import Grounds, Proven, prove
from projections.timeline.queries import History
from projections.timeline.registry import SignerBook, outside_tree, read_on

Places = Mapping[int, bytes | None]
"""Indexes of entries, each with the tile of leaf hashes around it if at hand."""

NewCheckpoint = Callable[[], tuple[Checkpoint, bytes]]
"""Gives a signed checkpoint over everything that is committed."""

OpenCheckpoint = Callable[[bytes], Checkpoint]
"""Checks a checkpoint note of the log, or raises a ``ProofError``."""


class AskTimes(Protocol):
    """Where the word of witnesses and clocks comes from."""

    def __call__(self, link: Link, present: Checkpoint, *, around: Collection[int]) -> Times:
        """Tell what they say of the history of a checkpoint, as far as it matters for indexes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where a proof comes from besides the rows of the log.

    Attributes:
        opened: Checks that a note is a checkpoint which a key of the log has signed.
        checkpoint: Where new checkpoints come from.
        times: Where the word of witnesses and clocks comes from.
    """

    opened: OpenCheckpoint
    checkpoint: NewCheckpoint
    times: AskTimes


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """The signed checkpoint that proofs lead to.

    Attributes:
        checkpoint: The checkpoint, its signature verified.
        note: The signed note, octet for octet.
    """

    checkpoint: Checkpoint
    note: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenHistory:
    """A history, verified.

    Attributes:
        history: The entries as they were read.
        entries: How far each is proved, in the order of the stream.
        anchor: The checkpoint that the proofs lead to; none if the log has none.
        registry: Who may sign, as verified for this.
        times: What witnesses and clocks say of the entries.
        terms: Within which time events had to be recorded.
        remark: Why the proofs reach less far than they should, where that is so.
    """

    history: History
    entries: tuple[Proven, ...]
    anchor: Anchor | None
    registry: Registry
    times: Times
    terms: Terms
    remark: str | None


class Prover:
    """Proves histories of one log; safe for several threads, one at a time."""

    def __init__(self, link: Link, sources: Sources, *, audience: str) -> None:
        """Bind what proofs need.

        Args:
            link: A connection that may read the log, used by nobody else.
            sources: Where proofs come from besides.
            audience: Identifier of the ledger.
        """
        self._link = link
        self._audience = audience
        self._sources = sources
        self._paths = Paths(link)
        self._anchor: Anchor | None = None
        self._book = SignerBook()
        self._terms = Terms()
        self._lock = Lock()

    def paths(self, history: History) -> tuple[Anchor | None, Mapping[int, tuple[bytes, ...]]]:
        """Make the inclusion proofs of a history, which the reader verifies.

        Raises:
            DamagedTreeError: The stored tree lacks a tile.
            UnreachableError: The database does not answer.
        """
        with self._lock:
            anchor, _ = self._anchored(history.size)
            size = anchor.checkpoint.size if anchor else 0
            return anchor, self._paths.of(_places(history), size)

    def prove(self, history: History) -> ProvenHistory:
        """Verify signatures, chain and inclusion of every entry of a history.

        Raises:
            UnreachableError: The database does not answer.
        """
        with self._lock:
            anchor, remark = self._anchored(history.size)
            times, unasked = self._asked(anchor, history)
            entries = self._entries(history, anchor, times)
            if any(entry.state == "failed" for entry in entries):
                # What was remembered may come from rows that have been repaired since.
                self._paths.forget()
                self._book = SignerBook()
                entries = self._entries(history, anchor, times)
        return ProvenHistory(
            history=history,
            entries=entries,
            anchor=anchor,
            registry=self._book.registry,
            times=times,
            terms=self._terms,
            remark=" ".join(filter(None, (remark, unasked))) or None,
        )

    def _asked(self, anchor: Anchor | None, history: History) -> tuple[Times, str | None]:
        """Ask what others say; where that cannot be told, say why, and go on without it."""
        if anchor is None:
            return NOTHING_KNOWN, None
        around = [line.index for line in history.lines]
        try:
            times = self._sources.times(self._link, anchor.checkpoint, around=around)
        except MunimentError as error:
            said = f"What witnesses and clocks say could not be read. {error.sentence}"
            return NOTHING_KNOWN, said
        broken = next((each for each in times.findings if not each.notice), None)
        if broken is None or times.conflict:
            return times, None
        return times, f"Not all that witnesses and clocks say holds. {broken.sentence}"

    def _entries(self, history: History, anchor: Anchor | None, times: Times) -> tuple[Proven, ...]:
        self._read_registry(history.size, anchor)
        grounds = self._grounds(_places(history), anchor, times)
        return prove(history, history.readable(), grounds)

    def _grounds(self, places: Places, anchor: Anchor | None, times: Times) -> Grounds:
        size = anchor.checkpoint.size if anchor else 0
        return Grounds(
            audience=self._audience,
            registry=self._book.registry,
            doubt=self._book.doubt,
            size=size,
            root=anchor.checkpoint.root if anchor else b"",
            paths=self._whole_paths(places, size),
            witnessed=times.witnessed.size if times.witnessed else 0,
            conflict=times.conflict,
        )

    def _whole_paths(self, places: Places, size: int) -> dict[int, tuple[bytes, ...]]:
        """Make proofs; where the stored tree is damaged, a path without hashes fails instead."""
        try:
            return self._paths.of(places, size)
        except (ProofError, DamagedTreeError):
            return {index: () for index in places if index < size}

    def _anchored(self, size: int) -> tuple[Anchor | None, str | None]:
        if self._anchor is not None and self._anchor.checkpoint.size == size:
            return self._anchor, None
        remark = None
        try:
            _, note = self._sources.checkpoint()
            self._anchor = Anchor(checkpoint=self._sources.opened(note), note=note)
        except MunimentError as error:
            remark = f"No new checkpoint could be had. {error.sentence}"
            self._anchor = self._stored_anchor()
        return self._anchor, remark

    def _stored_anchor(self) -> Anchor | None:
        for (note,) in self._link.read(_NEWEST_NOTES):
            try:
                return Anchor(checkpoint=self._sources.opened(note), note=note)
            except ProofError:
                continue
        return None

    def _read_registry(self, size: int, anchor: Anchor | None) -> None:
        if self._book.end >= size:
            return
        before = self._book
        book = read_on(self._link, before, audience=self._audience, size=size)
        fresh = {index: raw for index, raw in book.entries.items() if index >= before.end}
        if anchor is not None and not book.doubt:
            checkpoint = anchor.checkpoint
            paths = self._whole_paths(dict.fromkeys(fresh), checkpoint.size)
            doubt = outside_tree(fresh, paths, size=checkpoint.size, root=checkpoint.root)
            book = book.doubted(doubt)
        self._book = book
        decisions = entries_referring(self._link, POLICIES)
        self._terms = adopted_terms(decisions, registry=book.registry, audience=self._audience)


def _places(history: History) -> Places:
    return {line.index: line.tile for line in history.lines}


_NEWEST_NOTES: Final = "select note from ledger.checkpoint order by size desc limit 8"
