# SPDX-License-Identifier: Apache-2.0
"""When an event was recorded: between which times, as far as somebody with a clock says.

Implements not-before and not-after of the log specification, section 2.7, as a pure function
of facts "the log had this size at that time", whoever states them. Several sources have to
agree on a bound, so that one backdating authority moves none; a bound names who stands for it.

An upper bound needs no honesty of the ledger: the log only grows, so whatever dates a
checkpoint dates all that is under it. A lower bound does: it holds if the checkpoint was the
newest when it was dated. A witness remembers what it saw, so a cosignature gives one, unless
others contradict it. An authority knows nothing of the log: whoever has an old checkpoint can have
it stamped today, so a time-stamp gives none. Nor does ``seen``, the checkpoint that a signer names:
it is smaller than the index of the entry, so a cosignature of it bounds the entry by that alone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from domain.errors import ProofError

Kind = Literal["cosigned", "stamped"]

AGREEING: Final = 2
"""Sources that have to agree on a bound, where nobody chooses another number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Somebody with a clock says that the log had a size.

    Attributes:
        size: Size of a checkpoint.
        earliest: First second at which it may have been said, in Unix seconds.
        latest: Last second at which it may have been said.
        source: Who says so; one name for one clock.
        kind: Whether a witness cosigned, and had seen no larger log by then, or an authority
            stamped, which says only that there was such a checkpoint.

    Raises:
        ProofError: It ends before it begins, or its size is negative.
    """

    size: int
    earliest: int
    latest: int
    source: str
    kind: Kind

    def __post_init__(self) -> None:
        if self.earliest > self.latest or self.size < 0:
            raise ProofError("A time that ends before it begins says nothing.")


def cosigned(size: int, *, at: int, witness: str) -> Fact:
    """Give what a witness's cosignature says: at that second it had seen no larger log.

    Args:
        size: Size of the checkpoint that it cosigned.
        at: The time under its signature, in Unix seconds.
        witness: Name of its key.
    """
    return Fact(size=size, earliest=at, latest=at, source=witness, kind="cosigned")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """One end of a bracket.

    Attributes:
        at: The time, in Unix seconds.
        fact: The fact on which the needed number of sources is reached.
    """

    at: int
    fact: Fact

    def __str__(self) -> str:
        """Give the time in UTC and who stands for it."""
        fact = self.fact
        return f"{told(self.at)} (size {fact.size}, {fact.kind} by {fact.source})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bracket:
    """Between which times an event was recorded, both included.

    Attributes:
        not_before: The log had not reached it then; nothing where nobody says so.
        not_after: The log held it then; nothing where nobody says so.
    """

    not_before: Bound | None = None
    not_after: Bound | None = None

    def __str__(self) -> str:
        """Give it as words."""
        if self.not_before and self.not_after:
            return f"recorded between {self.not_before} and {self.not_after}"
        if self.not_after:
            return f"recorded before {self.not_after}"
        if self.not_before:
            return f"recorded after {self.not_before}"
        return "recorded at a time that is not proved"


class Timeline:
    """Facts about one log, to be asked about any index of it.

    A bracket is never empty. Brackets of later indexes never lie earlier. One more fact never
    widens a bracket, unless it contradicts the fact that a lower bound rested on.

    Attributes:
        facts: The facts.
    """

    def __init__(self, facts: Iterable[Fact], *, agreeing: int = AGREEING) -> None:
        """Sort the facts.

        Args:
            facts: Facts about checkpoints of one history.
            agreeing: Sources that have to agree on a bound, at least 1.
        """
        self._agreeing = max(agreeing, 1)
        self.facts = tuple(facts)
        self._ends = [_ends(each) for each in _by_source(self.facts)]
        contradicted = set(self.contradicted)
        sound = [each for each in self._cosigned if each not in contradicted]
        self._starts = [_starts(each) for each in _by_source(sound)]

    @property
    def sizes(self) -> tuple[int, ...]:
        """The sizes of which anything is known, in order; between two all brackets are one."""
        return tuple(sorted({each.size for each in self.facts}))

    def bracket(self, index: int) -> Bracket:
        """Give between which times the entry of an index was recorded."""
        starts = [_last(each, index) for each in self._starts]
        ranked = sorted(filter(None, starts), key=lambda bound: (-bound.at, bound.fact.source))
        return Bracket(not_before=self._agreed(ranked), not_after=self._not_after(index))

    @property
    def contradicted(self) -> tuple[Fact, ...]:
        """The cosignatures of a size that was not the newest, since the log was larger by then."""
        return tuple(each for each in self._cosigned if self._is_contradicted(each))

    @property
    def _cosigned(self) -> Iterator[Fact]:
        return (each for each in self.facts if each.kind == "cosigned")

    def _is_contradicted(self, fact: Fact) -> bool:
        larger = self._not_after(fact.size)
        return larger is not None and larger.at < fact.earliest

    def _not_after(self, index: int) -> Bound | None:
        ends = [_first(each, index) for each in self._ends]
        return self._agreed(sorted(filter(None, ends), key=lambda b: (b.at, b.fact.source)))

    def _agreed(self, ranked: Sequence[Bound]) -> Bound | None:
        return ranked[self._agreeing - 1] if len(ranked) >= self._agreeing else None


def bracket_record(found: Bracket) -> dict[str, object]:
    """Give a bracket as JSON values."""
    return {"not_before": _record(found.not_before), "not_after": _record(found.not_after)}


def told(at: int) -> str:
    """Give a time as a person reads it, in UTC."""
    try:
        return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S} UTC"
    except (OverflowError, ValueError, OSError):
        return f"second {at}"


def _record(bound: Bound | None) -> dict[str, object] | None:
    if bound is None:
        return None
    fact = bound.fact
    return {"at": bound.at, "size": fact.size, "source": fact.source, "kind": fact.kind}


@dataclass(frozen=True, slots=True)
class _Line:
    """Bounds of one source, by the sizes from which they count."""

    sizes: Sequence[int]
    bounds: Sequence[Bound]


def _ends(facts: Sequence[Fact]) -> _Line:
    """Give, for each size, the earliest time at which a checkpoint of it or larger was dated."""
    bounds: list[Bound] = []
    for fact in reversed(facts):
        earlier = not bounds or fact.latest < bounds[-1].at
        bounds.append(Bound(at=fact.latest, fact=fact) if earlier else bounds[-1])
    return _Line([fact.size for fact in facts], bounds[::-1])


def _starts(facts: Sequence[Fact]) -> _Line:
    """Give, for each size, the latest time at which a checkpoint of it or smaller was newest."""
    bounds: list[Bound] = []
    for fact in facts:
        later = not bounds or fact.earliest >= bounds[-1].at
        bounds.append(Bound(at=fact.earliest, fact=fact) if later else bounds[-1])
    return _Line([fact.size for fact in facts], bounds)


def _first(line: _Line, index: int) -> Bound | None:
    """Give the bound of all checkpoints that hold the entry of an index."""
    at = bisect_right(line.sizes, index)
    return line.bounds[at] if at < len(line.bounds) else None


def _last(line: _Line, index: int) -> Bound | None:
    """Give the bound of all checkpoints that lack the entry of an index."""
    at = bisect_right(line.sizes, index)
    return line.bounds[at - 1] if at else None


def _by_source(facts: Iterable[Fact]) -> list[list[Fact]]:
    """Give the facts of each source, by size."""
    sources: dict[str, list[Fact]] = {}
    for fact in sorted(facts, key=lambda each: (each.size, each.latest, each.earliest)):
        sources.setdefault(fact.source, []).append(fact)
    return [sources[name] for name in sorted(sources)]
