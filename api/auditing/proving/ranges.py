# SPDX-License-Identifier: Apache-2.0
"""A range of the log verified now, from its stored bytes, by the checks of the offline verifier.

Nothing is believed that stands beside the bytes: who may sign is folded anew from the registry's
own entries, each of which has to stand in the signed tree. Checks that need the whole log, or
somebody else's word, are named as not made (log specification, section 2.9).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from api.auditing.proving.anchor import Anchor, anchor_of
from api.auditing.proving.chains import check_chains
from api.bootstrap import Office
from audit.fsck.row import ROWS, check_columns
from audit.fsck.snapshot import Row, open_snapshot
from audit.link import Link
from audit.proof.checkpoint import Checkpoint
from audit.proof.merkle import leaf_hash, verify_inclusion
from audit.proof.verify.book import CHECKPOINT, conclusion
from audit.proof.verify.bundle import INCLUSION
from audit.proof.verify.findings import Finding, counted
from audit.proof.verify.log.chain import CHAIN
from audit.proof.verify.registry import ENVELOPE, MANDATE, REGISTRY, SIGNATURE, open_entry
from audit.proof.verify.report import Check, Tally
from audit.tree import DamagedTreeError, tree_at
from domain.catalogue import CATALOGUE
from domain.errors import ProofError, UsageError
from domain.event import Event
from domain.registry.state import Registry
from projections.timeline.registry import SignerBook, outside_tree, read_on

ENTRIES_MAX: Final = 5_000
"""Entries that are verified at once while somebody waits."""

Paths = Mapping[int, Sequence[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeReport:
    """What a verification found.

    Attributes:
        first: First index.
        last: Last index.
        examined: Entries that were there.
        anchor: The checkpoint that everything was led to.
        checks: Every check with its outcome, those that were not made included.
        findings: What does not hold; of each check the first few.
        seconds: How long it took.
    """

    first: int
    last: int
    examined: int
    anchor: Anchor
    checks: tuple[Check, ...]
    findings: tuple[Finding, ...]
    seconds: float

    @property
    def holds(self) -> bool:
        """Whether nothing that was checked failed."""
        return all(each.state != "failed" for each in self.checks)

    @property
    def rate(self) -> int:
        """Entries verified in one second."""
        return round(self.examined / max(self.seconds, 1e-6))


def verify_range(
    office: Office,
    link: Link,
    span: tuple[int, int],
    *,
    anew: bool = True,
    monotonic: Callable[[], float] = time.perf_counter,
) -> RangeReport:
    """Verify the entries of a range, both ends included.

    Args:
        office: The open ledger.
        link: A connection that may read the log.
        span: First and last index.
        anew: Whether to fold who may sign anew; else the running ledger's word is taken for it.
        monotonic: Tells how long it takes, in seconds.

    Raises:
        UsageError: ``range_invalid``, the log has no such range, or it is too long.
        MunimentError: The log has no signed checkpoint, or the database does not answer.
    """
    begun = monotonic()
    anchor = anchor_of(office, link)
    _check_span(span, anchor.checkpoint)
    book = _book(office, link, anchor.checkpoint) if anew else _known(office)
    with open_snapshot(office.database.conninfo("ledger_reader")) as snapshot:
        rows = snapshot.rows(span[0], span[1] + 1)
    walk = _Walk(office=office, book=book, checkpoint=anchor.checkpoint)
    walk.over(range(span[0], span[1] + 1), rows, paths=_paths(link, list(rows), anchor.checkpoint))
    for finding in check_chains(link, walk.opened):
        walk.tally.add(finding)
    return RangeReport(
        first=span[0],
        last=span[1],
        examined=len(rows),
        anchor=anchor,
        checks=tuple(_checks(walk.tally, len(rows), anchor, anew=anew)),
        findings=walk.tally.kept,
        seconds=monotonic() - begun,
    )


@dataclass(slots=True, kw_only=True)
class _Walk:
    """Goes over entries one by one."""

    office: Office
    book: SignerBook
    checkpoint: Checkpoint
    tally: Tally = field(default_factory=Tally)
    opened: dict[int, Event] = field(default_factory=dict)

    def over(self, indexes: range, rows: Mapping[int, Row], *, paths: Paths) -> None:
        """Check every entry by itself."""
        if self.book.doubt:
            self._find(
                REGISTRY, "registry_doubtful", said=f"Who may sign is in doubt: {self.book.doubt}"
            )
        for index in indexes:
            row = rows.get(index)
            if row is None:
                self._find(ROWS, "row_missing", said="The entry is gone.", index=index)
                continue
            differs = check_columns(row)
            if differs:
                self.tally.add(differs)
            self._open(row)
            self._include(row, paths.get(index, ()))

    def _open(self, row: Row) -> None:
        opened = open_entry(
            row.raw,
            index=row.idx,
            # The founding event enrols its own signers, which nobody else is before it.
            registry=self.book.registry if row.idx else Registry.empty(),
            audience=self.office.audience,
            catalogue=CATALOGUE,
        )
        if isinstance(opened, Finding):
            self.tally.add(opened)
        else:
            self.opened[row.idx] = opened

    def _include(self, row: Row, path: Sequence[bytes]) -> None:
        at = self.checkpoint
        try:
            verify_inclusion(
                leaf=leaf_hash(row.raw), index=row.idx, size=at.size, path=path, root=at.root
            )
        except ProofError:
            sentence = "The stored bytes are not what the signed tree holds at this index."
            self._find(INCLUSION, "inclusion_mismatch", said=sentence, index=row.idx)

    def _find(self, check: str, code: str, *, said: str, index: int | None = None) -> None:
        self.tally.add(Finding(check=check, code=code, sentence=said, index=index))


def _check_span(span: tuple[int, int], checkpoint: Checkpoint) -> None:
    first, last = span
    if 0 <= first <= last < checkpoint.size and last - first < ENTRIES_MAX:
        return
    raise UsageError(
        f"The signed log has the entries 0 to {checkpoint.size - 1}; at most {ENTRIES_MAX:,} of"
        " them are verified at once.",
        slug="range_invalid",
        next_step="Give a first and a last entry in that range, or verify an export offline.",
    )


def _book(office: Office, link: Link, checkpoint: Checkpoint) -> SignerBook:
    """Fold who may sign, and see that each of those entries stands in the signed tree."""
    book = read_on(link, SignerBook(), audience=office.audience, size=checkpoint.size)
    paths = _paths(link, list(book.entries), checkpoint)
    outside = outside_tree(book.entries, paths, size=checkpoint.size, root=checkpoint.root)
    return book.doubted(outside)


def _known(office: Office) -> SignerBook:
    return SignerBook(registry=office.ledger.catch_up())


def _paths(link: Link, indexes: Sequence[int], checkpoint: Checkpoint) -> Paths:
    """Make inclusion proofs; where the stored tree is damaged there are none, and none holds."""
    try:
        paths = tree_at(link, checkpoint.size).inclusion_paths(indexes)
    except (ProofError, DamagedTreeError):
        return {}
    return dict(zip(indexes, paths, strict=True))


def _checks(tally: Tally, examined: int, anchor: Anchor, *, anew: bool) -> list[Check]:
    """Conclude every check, and name those that were not made."""
    entries = counted(examined)
    size = anchor.checkpoint.size
    done = (
        (ENVELOPE, f"{entries}: each has the one form of its event type, for this ledger."),
        (SIGNATURE, f"{entries}: each signature verifies under the key that it names."),
        (MANDATE, f"{entries}: each key could sign that, there, at its place in the log."),
        (CHAIN, f"{entries}: each follows the one before it in its stream."),
        (INCLUSION, f"{entries}: each stands in the signed tree of {size:,} entries."),
        (ROWS, f"{entries}: each row says in its columns what its signed bytes say."),
    )
    signed = Check(
        name=CHECKPOINT,
        state="ok",
        sentence=f"A key of the log signed the checkpoint of size {size:,}.",
    )
    concluded = [conclusion(tally, name, sentence) for name, sentence in done]
    folded = conclusion(tally, REGISTRY, FOLDED) if anew else ASSUMED
    return [signed, folded, *concluded, *UNMADE]


FOLDED: Final = "Who may sign was folded anew from the log, and every such entry verified."
ASSUMED: Final = Check(
    name=REGISTRY,
    state="assumed",
    sentence="Who may sign is as the running ledger knows it; verify a range to fold it anew.",
)


UNMADE: Final = (
    Check(
        name="rules",
        state="not checked",
        sentence="Whether each event was legal needs the whole log: muniment-verify --rules.",
    ),
    Check(
        name="witnesses",
        state="not checked",
        sentence="That other readers are shown the same log, only witnesses and compared "
        "checkpoints prove.",
    ),
    Check(
        name="time",
        state="not checked",
        sentence="Signing times are the signers' own; muniment timestamp bracket tells what "
        "clocks prove.",
    ),
)
