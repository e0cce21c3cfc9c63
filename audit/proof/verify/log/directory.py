# SPDX-License-Identifier: Apache-2.0
"""Verifying a whole exported log: every entry, every link, the tree and its checkpoint.

Implements the full verification of the log specification, section 2.9, over the directory
that ``muniment export`` writes. Memory does not grow with the log: entries stream through
the processes, and what must be compared across the log goes through partition files.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from audit.proof.checkpoint import Checkpoint
from audit.proof.tiles import TILE_WIDTH, tile_width
from audit.proof.verify.book import CHECKPOINT, CONSISTENCY, Book, Request
from audit.proof.verify.findings import Finding
from audit.proof.verify.log.chain import (
    CHAIN,
    REQUESTS,
    Partitions,
    Records,
    check_links_file,
    check_requests_file,
)
from audit.proof.verify.log.crew import Crew, open_crew
from audit.proof.verify.log.entries import Context, Span, find_registry_entries, verify_entries
from audit.proof.verify.log.layout import CHECKPOINT_FILE, FILES, TILES, Layout
from audit.proof.verify.log.tree import ROOT, TreeCheck, consistency_problem, root_problem
from audit.proof.verify.registry import ENVELOPE, MANDATE, REGISTRY, SIGNATURE, RegistryFold
from audit.proof.verify.replay.judge import RULES
from audit.proof.verify.replay.memory import Memory
from audit.proof.verify.replay.run import conclude_rules, replay_log
from audit.proof.verify.report import Report
from audit.proof.verify.trust import TRUST_FILE, read_trust
from domain.catalogue import CATALOGUE

BUNDLES_A_TASK_MAX: Final = 16
TASKS_A_PROCESS_MIN: Final = 8
"""Enough of them that no core waits long for the last one."""

_UNSIGNED: Final = "There is no verified checkpoint to compare anything with."
_MISSING: Final = "Entries are missing, so this cannot be concluded."
_EMPTY: Final = "The log has no entries."


def verify_directory(request: Request) -> Report:
    """Verify an exported log.

    Raises:
        UsageError: There is no usable trust file.
        UnreachableError: A process died or the disk is full.
    """
    layout = Layout(request.path)
    trust = request.trust or read_trust(request.path / TRUST_FILE)
    book = Book("export", trust, assumed=request.trust is None)
    note = layout.checkpoint()
    if note is None:
        book.tally.add(_no_checkpoint())
    checkpoint = book.open_checkpoint(note) if note is not None else None
    if checkpoint is None:
        return _unsigned(book)
    audit = _Audit(request, layout, checkpoint, book, book.open_saved(request.saved))
    audit.run()
    return book.report(size=checkpoint.size, examined=audit.entries)


@dataclass(slots=True)
class _Audit:
    """One verification under way."""

    request: Request
    layout: Layout
    checkpoint: Checkpoint
    book: Book
    saved: Checkpoint | None
    entries: int = 0
    whole: bool = True
    left_out: int | None = None

    def run(self) -> None:
        """Do every check and conclude them in the order in which they depend on each other."""
        size = self.checkpoint.size
        with (
            TemporaryDirectory(prefix="muniment-verify-") as folder,
            open_crew(self.request.jobs, size) as crew,
        ):
            fold = self._fold(crew)
            tree = TreeCheck(self.layout, mark=self._mark)
            with Partitions(Path(folder), size) as partitions:
                context = self._prepare(fold, partitions)
                self._verify(crew, tree, partitions=partitions, context=context)
            if self.whole:
                self._compare(tree)
                self._check_partitions(crew, partitions)
                self._replay(Path(folder))
        if not self.whole:
            # The entry that enrols a key may be among those that are missing.
            self.book.tally.doubt(REGISTRY, MANDATE)
        self._conclude()

    def _fold(self, crew: Crew) -> RegistryFold:
        fold = RegistryFold(self.book.trust, CATALOGUE)
        for span, found in crew.run(find_registry_entries, self._spans(crew)):
            for index, jws in found:
                fold.add(index, jws)
            self._show("reading", span)
        if self.checkpoint.size:
            fold.finish()
        self.book.tally.merge(fold.tally)
        return fold

    def _prepare(self, fold: RegistryFold, partitions: Partitions) -> Path:
        """Write down what every entry is judged against, and what the registry's left."""
        context = partitions.folder / "context"
        Context(registry=fold.registry, audience=self.book.trust.audience, judged=fold.judged).save(
            context
        )
        early = Records(partitions.count)
        for index, entry in fold.links.items():
            early.add(index, entry)
        partitions.write(early.pack())
        return context

    def _verify(
        self, crew: Crew, tree: TreeCheck, *, partitions: Partitions, context: Path
    ) -> None:
        spans = self._spans(crew, context=context, partitions=partitions.count)
        for span, result in crew.run(verify_entries, spans):
            partitions.write(result.records)
            self.book.tally.merge(result.tally)
            self.entries += result.entries
            self.whole = self.whole and len(result.hashes) == len(span.numbers)
            for hashes in result.hashes if self.whole else ():
                tree.add(hashes)
            self._show("verifying", span)

    def _compare(self, tree: TreeCheck) -> None:
        found = root_problem(tree.finish(), self.checkpoint)
        self.book.tally.merge(tree.tally)
        if found:
            self.book.tally.add(found)
        if self.saved:
            problem = consistency_problem(tree.marked, self.saved, self.checkpoint)
            if problem:
                self.book.tally.add(problem)

    def _check_partitions(self, crew: Crew, partitions: Partitions) -> None:
        for _, tally in crew.run(check_links_file, partitions.links):
            self.book.tally.merge(tally)
        for _, tally in crew.run(check_requests_file, partitions.requests):
            self.book.tally.merge(tally)

    def _replay(self, folder: Path) -> None:
        if self.request.rules:
            with Memory(folder) as memory:
                self.left_out = replay_log(
                    self._entries(), memory, tally=self.book.tally, show=self._judging
                )

    def _entries(self) -> Iterator[bytes]:
        for n in range(-(-self.checkpoint.size // TILE_WIDTH)):
            yield from self.layout.bundle(n, tile_width(0, n, size=self.checkpoint.size)).entries

    def _judging(self, done: int) -> None:
        self.request.progress("judging", done, self.checkpoint.size)

    def _conclude(self) -> None:
        book, size = self.book, self.checkpoint.size
        gap = None if self.whole else _MISSING
        partly = None if self.whole else f"Of {size} entries only {self.entries} are there."
        book.conclude(CHECKPOINT, f"A trusted key of the log signed it, for {size} entries.")
        book.conclude(CONSISTENCY, self._consistent(), undone=self._not_compared() or gap)
        book.conclude(FILES, f"All {size} entries are there, and nothing else between them.")
        book.conclude(ROOT, "The root recomputed from the entries is the signed one.", undone=gap)
        book.conclude(TILES, "Every published tile states the hashes of the entries.", undone=gap)
        empty = None if size else _EMPTY
        book.conclude(
            REGISTRY,
            "The trusted founding and every later registry entry are legal.",
            undone=empty or gap,
        )
        book.conclude(
            ENVELOPE, f"All {size} entries have the one form of their event type.", undone=partly
        )
        book.conclude(
            SIGNATURE, f"All {size} signatures verify under the keys they name.", undone=partly
        )
        book.conclude(
            MANDATE, "Every key was valid and held the role at its entry's index.", undone=partly
        )
        book.conclude(CHAIN, "Every stream is contiguous from its first event.", undone=gap)
        book.conclude(REQUESTS, "No authority used an event identifier twice.", undone=gap)
        conclude_rules(book, self.left_out, undone=gap)

    @property
    def _mark(self) -> int | None:
        """The size of the saved checkpoint, where this log reaches it."""
        reached = self.saved and self.saved.size <= self.checkpoint.size
        return self.saved.size if self.saved and reached else None

    def _consistent(self) -> str:
        kept = self.saved.size if self.saved else 0
        return f"The saved checkpoint's {kept} entries are the first {kept} of this log."

    def _not_compared(self) -> str | None:
        if self.saved is None:
            return "No saved checkpoint was given; with --checkpoint a rewritten past shows."
        return None if self.saved.size else "The saved checkpoint is of the empty log."

    def _spans(
        self, crew: Crew, *, context: Path | None = None, partitions: int = 1
    ) -> Iterator[Span]:
        bundles = -(-self.checkpoint.size // TILE_WIDTH)
        step = max(1, min(BUNDLES_A_TASK_MAX, bundles // (crew.jobs * TASKS_A_PROCESS_MIN)))
        for first in range(0, bundles, step):
            yield Span(
                layout=self.layout,
                size=self.checkpoint.size,
                first=first,
                stop=min(first + step, bundles),
                context=context,
                partitions=partitions,
                mark=self._mark,
            )

    def _show(self, phase: str, span: Span) -> None:
        done = min(span.stop * TILE_WIDTH, self.checkpoint.size)
        self.request.progress(phase, done, self.checkpoint.size)


def _no_checkpoint() -> Finding:
    return Finding(
        check=CHECKPOINT,
        code="checkpoint_missing",
        sentence=f"The file {CHECKPOINT_FILE} is missing; it is written last, so the export may "
        "have been cut off.",
        missing=True,
    )


def _unsigned(book: Book) -> Report:
    """Report on an export whose checkpoint is missing or does not hold."""
    book.conclude(CHECKPOINT, "")
    names = (
        CONSISTENCY,
        FILES,
        ROOT,
        TILES,
        REGISTRY,
        ENVELOPE,
        SIGNATURE,
        MANDATE,
        CHAIN,
        REQUESTS,
        RULES,
    )
    for name in names:
        book.conclude(name, "", undone=_UNSIGNED)
    return book.report(size=None, examined=0)
