# SPDX-License-Identifier: Apache-2.0
"""Whether entries by compromised keys are settled, and settled truly.

Implements the disputes of the log specification, section 2.8, as a check of the report. An entry
in dispute breaks nothing: its signature verifies, and its key was valid. What its officer meant
nobody has said, so as long as one is open the check is not ok.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from audit.proof.disputes.listing import (
    DISPUTES,
    check_settlements,
    list_disputes,
    open_disputes,
)
from audit.proof.verify.book import Book
from audit.proof.verify.findings import counted
from domain.registry.state import Registry

Numbered = Iterable[tuple[int, bytes]]


def check_disputes(
    book: Book, entries: Callable[[], Numbered], registry: Registry, *, undone: str | None
) -> None:
    """Find and conclude how the disputed entries of a whole log stand.

    Args:
        book: Where findings and the conclusion go.
        entries: Gives compact tokens with their indexes; read only where a key is compromised.
        registry: The registry after the newest of them.
        undone: Why it cannot be done, if it cannot.
    """
    if undone:
        book.conclude(DISPUTES, "", undone=undone)
        return
    for finding in check_settlements(entries(), registry):
        book.tally.add(finding)
    _conclude(book, entries(), registry)


def check_shown_disputes(book: Book, shown: Mapping[int, bytes], registry: Registry | None) -> None:
    """Do so for the entries that a bundle shows; what supersedes one may be left out of it."""
    if registry is None:
        book.conclude(DISPUTES, "", undone="Without the founding event nothing is known of keys.")
        return
    entries = sorted(shown.items())
    settled = {at: each for at, each in registry.settlements.items() if at in shown}
    for finding in check_settlements(entries, replace(registry, settlements=settled)):
        absent = finding.code == "settlement_successor"
        book.tally.add(replace(finding, missing=absent))
    _conclude(book, entries, registry)


def _conclude(book: Book, entries: Numbered, registry: Registry) -> None:
    count = waiting = 0
    for dispute in list_disputes(entries, registry):
        count += 1
        for notice in open_disputes([dispute]):
            book.tally.add(notice)
            waiting += 1
    undone = (
        f"Of {counted(count)} by compromised keys {waiting} "
        f"{'awaits' if waiting == 1 else 'await'} a word: nobody has confirmed or superseded "
        f"{'it' if waiting == 1 else 'them'}, so what the officers meant is open."
    )
    settled = f"Each of {counted(count)} by compromised keys is settled."
    none = "No entry here is by a key that is known to have been compromised."
    book.conclude(DISPUTES, settled if count else none, undone=undone if waiting else None)
