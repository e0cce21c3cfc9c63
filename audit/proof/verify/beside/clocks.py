# SPDX-License-Identifier: Apache-2.0
"""When the entries were recorded, as far as clocks that the auditor believes say so.

Implements the check of time-stamps of the log specification, section 2.9, for its section
2.7: RFC 3161 tokens over checkpoints, the times of cosignatures, and the brackets of entries.
Reading tokens is imported only where an auditor names authorities.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from audit.proof.timestamps.bracket import Fact, Timeline, bracket_record, told
from audit.proof.verify.book import Book, Request
from audit.proof.verify.findings import counted

TIME: Final = "time"
REVOCATION: Final = "revocation"


_UNREVOKED: Final = (
    "No signer of a time-stamp stands on the revocation list of its issuer; authorities in between "
    "are not looked up."
)


def check_clocks(
    book: Book,
    request: Request,
    *,
    files: Mapping[str, bytes],
    notes: Mapping[int, bytes],
    facts: Sequence[Fact],
) -> tuple[Fact, ...]:
    """Conclude what time-stamps and cosignatures say, and give brackets if they are asked for.

    Args:
        book: Where findings, the conclusion and the brackets go.
        request: Which authorities the auditor believes, and the time.
        files: The files among which the time-stamps are.
        notes: Checkpoints by size, opened and proved to be of one history.
        facts: What the witnesses say.

    Returns:
        Everything that is known about time.
    """
    said = [_cosigned(facts)] if facts else []
    stamped = (
        _stamped(book, request, files=files, notes=notes)
        if request.authorities is not None
        else None
    )
    known = (*facts, *(stamped.facts if stamped else ()))
    line = Timeline(known)
    if stamped:
        said.append(stamped.said)
    if known or stamped:
        _contradictions(book, line)
        book.conclude(TIME, " ".join(said), undone=None if known else " ".join(said))
    if stamped and stamped.facts:
        book.conclude(REVOCATION, _UNREVOKED, undone=stamped.unlisted)
    if request.brackets:
        book.brackets = tuple(ranges(line, max(notes, default=0)))
    return known


def ranges(line: Timeline, stop: int) -> Iterator[Mapping[str, object]]:
    """Give between which times entries were recorded: ranges of indexes, and two bounds each.

    Args:
        line: What is known about time.
        stop: Index after the last entry.
    """
    cuts = [0, *(size for size in line.sizes if 0 < size < stop)]
    for first, after in zip(cuts, [*cuts[1:], stop], strict=True):
        if first < after:
            found = line.bracket(first)
            yield {
                "first": first,
                "last": after - 1,
                **bracket_record(found),
                "sentence": str(found),
            }


class _Stamped(NamedTuple):
    """What the time-stamps say, what they prove, and what could not be looked up."""

    said: str
    facts: tuple[Fact, ...] = ()
    unlisted: str | None = None


def _stamped(
    book: Book, request: Request, *, files: Mapping[str, bytes], notes: Mapping[int, bytes]
) -> _Stamped:
    """Judge every time-stamp."""
    from audit.proof.timestamps.findings import stamp_findings, summary, unlisted  # noqa: PLC0415
    from audit.proof.timestamps.series import facts_of, judge_stamps  # noqa: PLC0415

    verdicts = judge_stamps(files, notes, request.authorities or (), now=request.now)
    for finding in stamp_findings(verdicts):
        book.tally.add(finding)
    if not verdicts:
        return _Stamped("No time-stamps are here.")
    return _Stamped(summary(verdicts), facts_of(verdicts), unlisted(verdicts))


def _contradictions(book: Book, line: Timeline) -> None:
    if line.contradicted:
        from audit.proof.timestamps.findings import clock_findings  # noqa: PLC0415

        for finding in clock_findings(line):
            book.tally.add(finding)


def _cosigned(facts: Sequence[Fact]) -> str:
    names = sorted({fact.source for fact in facts})
    first, last = min(fact.earliest for fact in facts), max(fact.latest for fact in facts)
    of = ", ".join(names)
    dating = counted(len(facts), f"cosignature of {of} dates", f"cosignatures of {of} date")
    return f"{dating} the log, {told(first)} to {told(last)}."
