# SPDX-License-Identifier: Apache-2.0
"""Verifying a whole exported log: every entry, every link, the tree and its checkpoint.

Implements the full verification of the log specification, section 2.9, over the directory
that ``muniment export`` writes. Memory does not grow with the log: entries stream through
the processes, and what must be compared across the log goes through partition files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from audit.proof.checkpoint import Checkpoint
from audit.proof.heads.epochs import HEADS, check_epochs, told
from audit.proof.tiles import TILE_WIDTH, tile_width
from audit.proof.timestamps.bracket import Fact, Timeline
from audit.proof.timestamps.terms import adopted_terms
from audit.proof.verify.beside.approved import check_approvals
from audit.proof.verify.beside.clocks import check_clocks
from audit.proof.verify.beside.disclosed import check_disclosures
from audit.proof.verify.beside.disputes import check_disputes
from audit.proof.verify.beside.folder import beside_log
from audit.proof.verify.beside.history import (
    NO_SAVED,
    Heads,
    adjacent,
    compare_with_log,
    note_name,
    open_heads,
    open_last,
)
from audit.proof.verify.beside.lateness import Extremes, LateWatch, conclude_lateness
from audit.proof.verify.beside.witnesses import check_witnesses
from audit.proof.verify.book import CHECKPOINT, CONSISTENCY, SIGNATURES_LEFT_OUT, Book, Request
from audit.proof.verify.findings import counted, every, well_formed, well_signed
from audit.proof.verify.log.chain import (
    CHAIN,
    REQUESTS,
    Partitions,
    Records,
    check_links_file,
    check_requests_file,
)
from audit.proof.verify.log.crew import Crew, open_crew
from audit.proof.verify.log.entries import (
    Context,
    NumberedEntry,
    Span,
    find_early_entries,
    verify_entries,
)
from audit.proof.verify.log.late import watch_entries
from audit.proof.verify.log.layout import FILES, TILES, Layout
from audit.proof.verify.log.others import Others
from audit.proof.verify.log.tree import (
    ROOT,
    TreeCheck,
    consistency_problem,
    marks_within,
    root_problem,
)
from audit.proof.verify.log.unsigned import report_unsigned
from audit.proof.verify.registry import (
    ENVELOPE,
    MANDATE,
    REGISTRY,
    SIGNATURE,
    RegistryFold,
    may_be_registry,
)
from audit.proof.verify.replay.memory import Memory
from audit.proof.verify.replay.run import conclude_rules, replay_log
from audit.proof.verify.report import Report
from audit.proof.verify.resuming.folder import TEMPORARY
from audit.proof.verify.resuming.progress import Progress, open_progress
from audit.proof.verify.trust import TRUST_FILE, read_trust
from domain.catalogue import CATALOGUE
from domain.registry.state import Registry

BUNDLES_A_TASK_MAX: Final = 16
TASKS_A_PROCESS_MIN: Final = 8
"""Enough of them that no core waits long for the last one."""

_MISSING: Final = "Entries are missing, so this cannot be concluded."
_EMPTY: Final = "The log has no entries."


def verify_directory(request: Request) -> Report:
    """Verify an exported log.

    Raises:
        UsageError: There is no usable trust file.
        UnreachableError: A process died or the disk is full.
    """
    book = Book.opened(request, "export", lambda: read_trust(request.path / TRUST_FILE))
    return audit_log(request, request.path, book)


def audit_log(request: Request, folder: Path, book: Book) -> Report:
    """Verify the files of a whole log, and go on in a book that may hold findings already.

    Raises:
        UnreachableError: A process died or the disk is full.
    """
    layout = Layout(folder)
    note = layout.checkpoint()
    checkpoint = book.open_checkpoint(note) if note is not None else None
    if note is None or checkpoint is None:
        return report_unsigned(book, absent=note is None)
    with open_progress(request, book.trust, note) as progress:
        audit = _Audit(request, layout, _Signed(note, checkpoint), book, progress)
        audit.run()
        book.progress = progress.told()
    return book.report(size=checkpoint.size, examined=audit.entries)


class _Signed(NamedTuple):
    """The newest checkpoint, as octets and as what they state."""

    note: bytes
    checkpoint: Checkpoint


class _Against(NamedTuple):
    """What the second pass judges against: a context's file and hash, and how many partitions."""

    context: Path
    digest: bytes
    partitions: int


@dataclass(slots=True)
class _Audit:
    """One verification under way."""

    request: Request
    layout: Layout
    signed: _Signed
    book: Book
    progress: Progress
    entries: int = 0
    whole: bool = True
    times: list[Extremes] = field(default_factory=list)
    left_out: int | None = None
    saved: Checkpoint | None = None
    beside: Mapping[str, bytes] = field(default_factory=dict)
    heads: Heads = field(default_factory=dict)
    last: Mapping[int, bytes] = field(default_factory=dict)
    proved: Heads = field(default_factory=dict)
    registry: Registry = field(default_factory=Registry.empty)
    decisions: list[NumberedEntry] = field(default_factory=list)

    @property
    def checkpoint(self) -> Checkpoint:
        """The newest checkpoint, over all entries."""
        return self.signed.checkpoint

    def run(self) -> None:
        """Do every check and conclude them in the order in which they depend on each other."""
        size = self.checkpoint.size
        self.saved = self.book.open_saved(self.request.saved)
        self.beside = beside_log(self.layout.directory)
        self.heads = open_heads(self.book, self.beside)
        self.last = open_last(self.book, self.beside, {**self.heads, size: self.checkpoint})
        with (
            TemporaryDirectory(prefix=TEMPORARY, dir=self.progress.folder) as folder,
            open_crew(self.request.jobs, size) as crew,
        ):
            fold = self._fold(crew)
            self.registry = fold.registry
            tree = TreeCheck(self.layout, marks=self._marks)
            with Partitions(Path(folder), size) as partitions:
                against = self._prepare(fold, partitions)
                self._verify(crew, tree, partitions=partitions, against=against)
            if self.whole:
                self._compare(tree)
                self._check_partitions(crew, partitions)
                self._check_heads(Path(folder))
                self._replay(Path(folder))
            else:
                # The entry that enrols a key may be among those that are missing.
                self.book.tally.doubt(REGISTRY, MANDATE)
            others = Others(self.layout, size, trust_read=self.book.own_read)
            others.check(self.book)
            known = self._conclude()
            self._check_lateness(crew, Path(folder), known)
        others.conclude(self.book)

    def _fold(self, crew: Crew) -> RegistryFold:
        fold = RegistryFold(self.book.trust, CATALOGUE)
        for span, found in crew.run(find_early_entries, self._spans(crew)):
            for index, jws in found:
                if may_be_registry(jws):
                    fold.add(index, jws)
                else:
                    self.decisions.append((index, jws))
            self._show("reading", span)
        if self.checkpoint.size:
            fold.finish()
        self.book.tally.merge(fold.tally)
        return fold

    def _prepare(self, fold: RegistryFold, partitions: Partitions) -> _Against:
        """Write down what every entry is judged against, and what the registry's left."""
        context = Context(
            registry=fold.registry,
            audience=self.book.trust.audience,
            judged=fold.judged,
            signatures=self.request.signatures,
        )
        context.save(partitions.folder / "context")
        early = Records(partitions.count)
        for index, entry in fold.links.items():
            early.add(index, entry)
        partitions.write(early.pack())
        return _Against(partitions.folder / "context", context.digest(), partitions.count)

    def _verify(
        self, crew: Crew, tree: TreeCheck, *, partitions: Partitions, against: _Against
    ) -> None:
        for span, result in crew.run(verify_entries, self._ranges(crew, against)):
            judged = self.progress.take(span, result)
            partitions.write(judged.records)
            self.times.append(judged.times)
            self.book.tally.merge(judged.tally)
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
            root = tree.marked.get(self.saved.size)
            problem = consistency_problem(root, self.saved, self.checkpoint)
            if problem:
                self.book.tally.add(problem)
        if not found:
            proved = compare_with_log(
                self.book, self.heads, roots=tree.marked, present=self.checkpoint
            )
            self.proved = proved

    def _check_partitions(self, crew: Crew, partitions: Partitions) -> None:
        for _, tally in crew.run(check_links_file, partitions.links):
            self.book.tally.merge(tally)
        for _, tally in crew.run(check_requests_file, partitions.requests):
            self.book.tally.merge(tally)

    def _check_heads(self, folder: Path) -> None:
        for finding in check_epochs(self._entries(), self.registry.epochs, folder):
            self.book.tally.add(finding)

    def _replay(self, folder: Path) -> None:
        if self.request.rules:
            kept = self.progress.folder
            with Memory(kept or folder, kept=kept is not None) as memory:
                done = replay_log(self._entries, memory, tally=self.book.tally, show=self._judging)
            self.left_out = done.left_out
            self.progress.note_replayed(done.before)

    def _check_lateness(self, crew: Crew, folder: Path, known: Sequence[Fact]) -> None:
        """Look for events that were recorded late, by the brackets of this history."""
        if self.whole:
            terms = adopted_terms(
                self.decisions, registry=self.registry, audience=self.book.trust.audience
            )
            watch = LateWatch(Timeline(known), terms, self.registry)
            spans = (
                span
                for span, said in zip(self._spans(crew), self.times, strict=True)
                if watch.may_tell(span.indexes, said)
            )
            for span, tally in watch_entries(watch, crew, spans, folder=folder):
                self.book.tally.merge(tally)
                self._show("dating", span)
        conclude_lateness(self.book, dated=bool(known), undone=None if self.whole else _MISSING)

    def _entries(self) -> Iterator[bytes]:
        for n in range(-(-self.checkpoint.size // TILE_WIDTH)):
            yield from self.layout.bundle(n, tile_width(0, n, size=self.checkpoint.size)).entries

    def _entry(self, index: int) -> bytes | None:
        n, at = divmod(index, TILE_WIDTH)
        if index >= self.checkpoint.size:
            return None
        entries = self.layout.bundle(n, tile_width(0, n, size=self.checkpoint.size)).entries
        return entries[at] if at < len(entries) else None

    def _judging(self, done: int) -> None:
        self.request.progress("judging", done, self.checkpoint.size)

    def _conclude(self) -> Sequence[Fact]:
        """Conclude every check but that of lateness; give what is known about time."""
        book, size = self.book, self.checkpoint.size
        gap = None if self.whole else _MISSING
        partly = None if self.whole else f"Of {counted(size)} only {self.entries} can be read."
        book.conclude(CHECKPOINT, f"A trusted key of the log signed it, for {counted(size)}.")
        book.conclude(CONSISTENCY, self._consistent(), undone=self._not_compared() or gap)
        there = every(size, "entry is there", "entries are there")
        book.conclude_fraud()
        book.conclude(FILES, f"{there}, and whole.")
        book.conclude(ROOT, "The root recomputed from the entries is the signed one.", undone=gap)
        book.conclude(TILES, "Every published tile states the hashes of the entries.", undone=gap)
        empty = None if size else _EMPTY
        book.conclude(
            REGISTRY,
            "The trusted founding and every later registry entry are legal.",
            undone=empty or gap,
        )
        book.conclude(ENVELOPE, well_formed(size), undone=partly)
        unsigned = partly if self.request.signatures else SIGNATURES_LEFT_OUT
        book.conclude(SIGNATURE, well_signed(size), undone=unsigned)
        book.conclude(
            MANDATE, "Every key was valid and held the role at its entry's index.", undone=partly
        )
        book.conclude(CHAIN, "Every stream is contiguous from its first event.", undone=gap)
        book.conclude(REQUESTS, "No authority used an event identifier twice.", undone=gap)
        epochs = self.registry.epochs
        book.conclude(HEADS, told(epochs), undone=gap or (None if epochs else told(epochs)))
        check_disputes(book, lambda: enumerate(self._entries()), self.registry, undone=gap)
        conclude_rules(book, self.left_out, undone=gap)
        return self._conclude_beside()

    def _conclude_beside(self) -> Sequence[Fact]:
        """Conclude what others say about this history: witnesses, clocks; and disclosures."""
        book, size = self.book, self.checkpoint.size
        gap, registry = None if self.whole else _MISSING, self.registry
        check_disclosures(book, self.beside, self._entry, undone=gap)
        check_approvals(book, self.beside, self._entry, registry=registry, undone=gap)
        notes = {head: self.beside[note_name(head)] for head in self.proved}
        own = self.signed.note
        # Of two notes of the newest size the longer one has more signatures; a stamp dates
        # the one that was kept.
        longer = max(own, notes.get(size, own), key=len)
        seen = {**notes, size: longer}
        last = {head: note for head, note in self.last.items() if head in seen}
        facts = check_witnesses(book, self.request.policy, seen, covering=size, last=last)
        stamped = {size: own, **notes}
        return check_clocks(book, self.request, files=self.beside, notes=stamped, facts=facts)

    @property
    def _marks(self) -> tuple[int, ...]:
        """The sizes of the other checkpoints, where this log reaches them."""
        sizes = {*self.heads, *((self.saved.size,) if self.saved else ())}
        return tuple(sorted(size for size in sizes if size <= self.checkpoint.size))

    def _consistent(self) -> str:
        kept = self.saved.size if self.saved else 0
        first = "is the first" if kept == 1 else f"are the first {kept}"
        return (
            f"The {counted(kept)} of the saved checkpoint {first} of this log."
            f"{adjacent(self.proved)}"
        )

    def _not_compared(self) -> str | None:
        if self.saved is None:
            return NO_SAVED + adjacent(self.proved)
        return None if self.saved.size else "The saved checkpoint is of the empty log."

    def _spans(self, crew: Crew) -> Iterator[Span]:
        bundles = -(-self.checkpoint.size // TILE_WIDTH)
        step = self.progress.step(
            max(1, min(BUNDLES_A_TASK_MAX, bundles // (crew.jobs * TASKS_A_PROCESS_MIN)))
        )
        marks = self._marks
        for first in range(0, bundles, step):
            stop = min(first + step, bundles)
            yield Span(
                layout=self.layout,
                size=self.checkpoint.size,
                first=first,
                stop=stop,
                marks=tuple(marks_within(marks, first * TILE_WIDTH, stop * TILE_WIDTH)),
            )

    def _ranges(self, crew: Crew, against: _Against) -> Iterator[Span]:
        """Give the same ranges for the second pass, with what is known of each."""
        for span in self._spans(crew):
            yield replace(
                span,
                context=against.context,
                under=against.digest,
                partitions=against.partitions,
                known=self.progress.known(span.first, span.stop),
            )

    def _show(self, phase: str, span: Span) -> None:
        done = min(span.stop * TILE_WIDTH, self.checkpoint.size)
        self.request.progress(phase, done, self.checkpoint.size)
