# SPDX-License-Identifier: Apache-2.0
"""Events that were recorded late, or that state times which cannot be: notices, not failures.

Implements "``occ`` outside policy is flagged, never altered" of the log specification, section
2.7, over the entries of a log or a bundle. The utmost that many entries say about time shows
that nothing is to be told of any of them; only what is outside the shortest term is read as an
event.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from audit.proof.encoding import decode
from audit.proof.envelope.opening import read_stored
from audit.proof.timestamps.bracket import Bracket, Timeline
from audit.proof.timestamps.lateness import CLOCKS_SECONDS, remarks, stated
from audit.proof.timestamps.terms import Terms
from audit.proof.verify.book import Book
from audit.proof.verify.findings import Finding, counted
from audit.proof.verify.report import Tally
from domain.catalogue import CATALOGUE
from domain.errors import MunimentError
from domain.identifiers import REGISTRY_KINDS
from domain.occurrence import Occurrence, parse_occurrence
from domain.registry.state import Registry

LATENESS: Final = "lateness"

_NEVER: Final = 2**62
_TIMES: Final = re.compile(
    rb'"iat":([1-9][0-9]{0,14}),"iss":"[^"]*","jti":"[^"]*","occ":"([^"]*)","prev":"[^"]*"'
    rb'(?:,"seen":"[^"]*")?,"seq":[0-9]+,"sub":"([a-z]{3,4})\.[^"]*","ver":[0-9]+\}\Z'
)


@dataclass(slots=True)
class Extremes:
    """The utmost that some entries say about time, in Unix seconds.

    What was taken over from older records is never late here, so only the last two look at it.

    Attributes:
        delay: The longest time between what happened and its signature.
        oldest: By when the first of it had certainly happened.
        signed: When the last of them was signed.
        newest: Since when the last of it may have happened.
    """

    delay: int = -_NEVER
    oldest: int = _NEVER
    signed: int = -_NEVER
    newest: int = -_NEVER

    def add(self, signed: int, occ: Occurrence, *, taken_over: bool = False) -> None:
        """Let one more entry count."""
        if not taken_over:
            self.delay = max(self.delay, signed - occ.latest)
            self.oldest = min(self.oldest, occ.latest)
        self.signed = max(self.signed, signed)
        self.newest = max(self.newest, occ.earliest)

    def read(self, jws: bytes) -> None:
        """Let an entry count of which nothing was read, whether or not it is right."""
        times = _read_times(jws)
        if times:
            self.add(*times)


class LateWatch:
    """Looks at entries of one log, one at a time; can be handed to other processes."""

    def __init__(self, line: Timeline, terms: Terms, registry: Registry) -> None:
        """Bind when entries were recorded, and within which time they had to be."""
        self._terms = terms
        self._least = terms.least
        self._registry = registry
        # A bracket is the same for all indexes between two sizes of which anything is known.
        self._cuts = [0, *line.sizes]
        self._brackets = [line.bracket(cut) for cut in self._cuts]

    def look(self, index: int, jws: bytes) -> Iterator[Finding]:
        """Give what is to be said about the times that an entry states."""
        said = Extremes()
        said.read(jws)
        if not self.may_tell(range(index, index + 1), said):
            return
        bracket = self._bracket(index)
        try:
            event = read_stored(jws, CATALOGUE)
        except MunimentError:
            return
        term = self._terms.of(event, index, self._registry)
        for each in remarks(stated(event), bracket, term):
            yield Finding(
                check=LATENESS,
                code=f"occ_{each.flag}",
                sentence=f"Event {event.sub} seq {event.seq}: {each.sentence}",
                index=index,
                notice=True,
                next_step="Nothing is altered. Ask the authority that signed it for the reason.",
            )

    def may_tell(self, indexes: range, said: Extremes) -> bool:
        """Tell whether anything may be said about some entries in a row, by what they say at most.

        Args:
            indexes: Where they stand in the log.
            said: What they say.
        """
        # Brackets of later indexes never lie earlier.
        before, after = self._bracket(indexes[-1]).not_before, self._bracket(indexes[0]).not_after
        low = before.at if before else -_NEVER
        high = after.at + CLOCKS_SECONDS if after else _NEVER
        late = max(said.delay, low - said.oldest) > self._least
        return late or max(said.signed, said.newest) > high

    def _bracket(self, index: int) -> Bracket:
        return self._brackets[bisect_right(self._cuts, index) - 1]


def late_findings(watch: LateWatch, entries: Iterable[tuple[int, bytes]]) -> Iterator[Finding]:
    """Give the first notices about some entries, and how many more there are."""
    tally = Tally()
    for index, jws in entries:
        for finding in watch.look(index, jws):
            tally.add(finding)
    yield from tally.kept
    more = tally.noticed(LATENESS) - len(tally.kept)
    if more > 0:
        yield Finding(
            check=LATENESS,
            code="occ_late",
            sentence=f"{counted(more, 'more such entry', 'more such entries')}, which "
            "`muniment trace` tells one by one.",
            notice=True,
        )


def conclude_lateness(book: Book, *, dated: bool, undone: str | None = None) -> None:
    """Conclude how many events are late or state times that cannot be.

    Args:
        book: Where the notices are, and the conclusion goes.
        dated: Whether any clock says when entries were recorded.
        undone: Why no entry was looked at, if none was.
    """
    count = book.tally.noticed(LATENESS)
    said = (
        f"{counted(count, 'event')} recorded late or with a time that cannot be; see the notices."
        if count
        else "No event was certainly recorded late, or states a time that cannot be."
    )
    if not dated and undone is None:
        undone = f"By the signers' own dates alone, since no clock is believed: {said}"
    book.conclude(LATENESS, said, undone=undone)


def _read_times(jws: bytes) -> tuple[int, Occurrence] | None:
    """Read when an entry says that it was signed, and that something happened."""
    _, _, rest = jws.partition(b".")
    try:
        found = _TIMES.search(decode(rest.partition(b".")[0]))
        if found is None or found[3].decode() in REGISTRY_KINDS:
            return None
        return int(found[1]), parse_occurrence(found[2].decode())
    except (MunimentError, UnicodeDecodeError):
        return None
