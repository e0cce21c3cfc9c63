# SPDX-License-Identifier: Apache-2.0
"""Checking a whole ledger from the inside, and concluding what was found.

Implements `muniment fsck` (log specification, sections 2.4, 2.9 and 2.10): rows against stored
tiles, the head row, the signer's state, the kept checkpoints and a published copy; the vault
against the digests that were signed; and what was made from the rows against what they give. It
changes nothing. Signatures of events are left out, which `muniment-verify` checks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from audit.findings.collecting import unlooked
from audit.fsck.derived.check import Derived
from audit.fsck.marks import NEVER_RESET, Mark, ahead, behind
from audit.fsck.published import PUBLISHED, Published
from audit.fsck.row import ROWS, in_doubt
from audit.fsck.snapshot import HeadRow, Snapshot, open_snapshot
from audit.fsck.sources import Trees
from audit.fsck.standing import (
    CHECKPOINTS,
    SIGNER,
    Standing,
    kept_marks,
    signed_elsewhere,
    standing_of,
)
from audit.fsck.vault import VAULT, check_vault
from audit.fsck.verdict import verdicts
from audit.fsck.walk import PAGE_ENTRIES, TILES, Walk
from audit.proof.growth import Edge
from audit.proof.merkle import EMPTY_ROOT
from audit.proof.verify.book import Progress, conclusion, silent
from audit.proof.verify.findings import Finding, counted
from audit.proof.verify.report import Check, Report, Tally, exit_code
from audit.vault.vault import Vault
from domain.errors import MunimentError

HEAD: Final = "head"
MEASURE: Final = (ROWS, HEAD, CHECKPOINTS, SIGNER)
"""What has to be right for the rows to be a measure of what was made from them."""

FIRST_POSSIBLE: Final = -(2**63)
"""The smallest index that the database can hold, should its checks be gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What is to be checked.

    Attributes:
        conninfo: A role that may read the log and the vault.
        audience: Identifier of the ledger.
        origin: Name of its log.
        signer_folder: Where the signer keeps its state.
        published: Folder of an export, if one is to be compared.
        vault: Opens sealed disclosures, if its keys are at hand.
        derived: Checks of what was made from the rows.
        without: Names of those that are left out.
        progress: Told the phase, the entries done and the entries in all.
    """

    conninfo: str
    audience: str
    origin: str
    signer_folder: Path
    published: Path | None = None
    vault: Vault | None = None
    derived: tuple[Derived, ...] = ()
    without: frozenset[str] = frozenset()
    progress: Progress = silent


def inspect(request: Inspection) -> Report:
    """Check a ledger.

    Raises:
        UsageError: The published folder holds no log.
        UnreachableError: The database does not answer.
    """
    # Before the snapshot, or a signature made meanwhile would look like a rollback.
    standing = standing_of(
        request.signer_folder, origin=request.origin, published=request.published
    )
    with open_snapshot(request.conninfo) as snapshot:
        inspector = _Inspector(request, standing, snapshot)
        inspector.run()
    inspector.look_at_derived()
    return inspector.report()


@dataclass(slots=True)
class _Inspector:
    """One inspection under way."""

    request: Inspection
    standing: Standing
    snapshot: Snapshot
    size: int = 0
    examined: int = 0
    newest: int = 0
    tally: Tally = field(default_factory=Tally)
    notices: list[Finding] = field(default_factory=list)
    derived: list[Check] = field(default_factory=list)

    def run(self) -> None:
        """Look at the head, then walk over the log, then tell who is right."""
        head = self.snapshot.head()
        reach = self._reach(head)
        for finding in self.standing.findings:
            self.tally.add(finding)
        for mark in self.standing.marks:
            self._compare_sizes(mark)
        published = self._published()
        walk = Walk(
            snapshot=self.snapshot,
            size=reach,
            published=published,
            trees=Trees.of(["rows", "tiles", "published"] if published else ["rows", "tiles"]),
        )
        self._walk(walk, head)
        self._conclude_walk(walk, head)
        elsewhere = signed_elsewhere(self.request.signer_folder, self.newest)
        if elsewhere:
            self.tally.add(elsewhere)
        if self.request.vault:
            for finding in check_vault(self.snapshot, self.request.vault):
                self.tally.add(finding)

    def look_at_derived(self) -> None:
        """Compare what was made from the rows, if they can be its measure."""
        doubted = self.tally.contradicted(*MEASURE)
        for each in self.request.derived:
            if each.name in self.request.without:
                self._derive(each, undone="It was left out by --without.")
            elif doubted:
                self._derive(each, undone="Put right first what is wrong with the log itself.")
            else:
                self._look_at(each)

    def _look_at(self, derived: Derived) -> None:
        try:
            looked = derived.look(self.request.progress)
        except MunimentError as error:
            self.tally.add(unlooked(derived.name, error))
            self._derive(derived)
            return
        for finding in looked.findings:
            if finding.notice:
                self.notices.append(finding)
            else:
                self.tally.add(finding)
        self._derive(derived, looked.done, undone=looked.undone)

    def _derive(self, derived: Derived, done: str = "", *, undone: str | None = None) -> None:
        self.derived.append(conclusion(self.tally, derived.name, done, undone=undone))

    def report(self) -> Report:
        """Conclude every check."""
        return Report(
            subject="ledger",
            ledger=self.request.audience,
            origin=self.request.origin,
            size=self.size,
            examined=self.examined,
            checks=tuple(self._checks()),
            findings=(*self.tally.kept, *self.notices),
            exit_code=exit_code(self.tally),
        )

    def _reach(self, head: HeadRow | None) -> int:
        """Give how far to walk, after comparing the head's size with the rows that are there."""
        there = self.snapshot.beyond(FIRST_POSSIBLE)
        end = 0 if there.last is None else max(0, there.last + 1)
        if there.first is not None and there.first < 0:
            self._fail(ROWS, "row_beyond_head", "A row stands before the first entry.")
        if head is None:
            self._fail(HEAD, "head_missing", "The head row of the log is gone.")
            self.size = end
            return end
        self.size = head.size
        beyond = self.snapshot.beyond(head.size)
        if beyond.number:
            rows = counted(beyond.number, "row")
            verb = "stands" if beyond.number == 1 else "stand"
            sentence = f"{rows} {verb} at or after the head's {counted(head.size)}."
            self._fail(ROWS, "row_beyond_head", sentence, index=beyond.first)
        # Nobody is made to walk as far as a falsified head row says.
        reach = min(head.size, max([end, *(mark.size for mark in self.standing.marks)]))
        if reach < head.size:
            stated = counted(head.size)
            sentence = f"The head states {stated}; nothing is known of those from here."
            self._fail(HEAD, "head_differs", sentence, index=reach)
            self._fail(ROWS, "row_missing", "Every row from here on is gone.", index=reach)
        return reach

    def _compare_sizes(self, mark: Mark) -> None:
        self.newest = max(self.newest, mark.size)
        if mark.size > self.size:
            self.tally.add(behind(mark, self.size))
        elif mark.origin == SIGNER and mark.size < self.size:
            self.notices.append(ahead(mark, self.size))

    def _published(self) -> Published | None:
        folder = self.request.published
        size = next((each.size for each in self.standing.marks if each.origin == PUBLISHED), None)
        return Published(folder, size) if folder and size is not None else None

    def _walk(self, walk: Walk, head: HeadRow | None) -> None:
        fixed = [*self.standing.marks]
        if head is not None:
            fixed.append(Mark(origin=HEAD, size=head.size, root=head.root))
        for start in range(0, walk.size, PAGE_ENTRIES):
            stop = min(start + PAGE_ENTRIES, walk.size)
            marks = [mark for mark in fixed if start < mark.size <= stop]
            marks += self._kept(start + 1, stop + 1)
            walk.step(start, sorted(marks, key=lambda mark: mark.size))
            self.request.progress("checking", stop, walk.size)
        if self.size == 0 and head is not None and head.root != EMPTY_ROOT:
            self._fail(HEAD, "head_differs", "The head of the empty log has another root.")

    def _kept(self, start: int, stop: int) -> Iterator[Mark]:
        for each in kept_marks(self.snapshot.checkpoints(start, stop), self.standing):
            if isinstance(each, Mark):
                self.newest = max(self.newest, each.size)
                yield each
            else:
                self.tally.add(each)

    def _conclude_walk(self, walk: Walk, head: HeadRow | None) -> None:
        self.examined = walk.examined
        if walk.judged.signed and "rows" not in walk.judged.right:
            walk.tally.revise(in_doubt)
        self.tally.merge(walk.tally)
        if walk.published:
            self.tally.merge(walk.published.tally)
        for finding in (*walk.judged.findings, *verdicts(walk.trees, walk.judged, walk.published)):
            self.tally.add(finding)
        later = self.snapshot.later_checkpoints(self.size)
        if later.number:
            kept = counted(later.number, "kept checkpoint is", "kept checkpoints are")
            sentence = (
                f"{kept} of more than the head's {counted(self.size)}, the largest of {later.last}."
            )
            self._fail(CHECKPOINTS, "rolled_back", sentence, index=self.size, next_step=NEVER_RESET)
        if walk.trees.broken is not None:
            self._fail_unknown(walk.trees.broken)
        elif head is not None:
            self._compare_frontier(head, walk.trees.edges["rows"])

    def _compare_frontier(self, head: HeadRow, edge: Edge) -> None:
        if edge.root() == head.root and edge.compact().to_bytes() != head.frontier:
            self._fail(
                HEAD,
                "frontier_differs",
                "The head row states another frontier than the rows give.",
                next_step="Compute it again from the rows; the root beside it is right.",
            )

    def _fail_unknown(self, broken: int) -> None:
        for name in (HEAD, SIGNER, CHECKPOINTS):
            self.tally.add(
                Finding(
                    check=name,
                    code="not_comparable",
                    sentence="From here on no root can be computed, since a row and its hash are "
                    "gone.",
                    index=broken,
                    missing=True,
                    next_step=NEVER_RESET,
                )
            )

    def _checks(self) -> Iterator[Check]:
        size = counted(self.size, "entry is", "entries are")
        published = None if self.request.published else "No published copy was given."
        sealed = None if self.request.vault else "The vault's keys are not at hand."
        unsigned = None if self.standing.keys else "The log's verifier key is not at hand."
        said = (
            (ROWS, f"{size} there, and each row says what its signed bytes say.", None),
            (TILES, "Every stored tile states the hashes of what lies below it.", None),
            (HEAD, "The head row states the root of the rows.", None),
            (CHECKPOINTS, "Every kept checkpoint is signed and states a root of the rows.",
             unsigned),
            (SIGNER, "The signer's own state is a root of the rows.", None),
            (VAULT, "Every sealed disclosure belongs to its event, or was erased.", sealed),
            (PUBLISHED, "The published copy is that of the rows.", published),
        )  # fmt: skip
        for name, done, undone in said:
            yield conclusion(self.tally, name, done, undone=undone)
        yield from self.derived

    def _fail(
        self,
        check: str,
        code: str,
        sentence: str,
        *,
        index: int | None = None,
        next_step: str = NEVER_RESET,
    ) -> None:
        self.tally.add(
            Finding(check=check, code=code, sentence=sentence, index=index, next_step=next_step)
        )
