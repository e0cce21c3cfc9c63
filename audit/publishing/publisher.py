# SPDX-License-Identifier: Apache-2.0
"""Publishing the log, a step at a time: tiles and bundles first, ``checkpoint`` last.

Implements the publisher of `log.md` 2.5 and the files of C2SP tlog-tiles. A step reads only
what is new, proves that it gives the signed root before it writes any of it, and never puts
other octets under a name that exists. It may be late, be killed at any moment, or begin again
in an empty folder. Which checkpoint is to be published is the matter of `choosing`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from audit.proof.checkpoint import Checkpoint
from audit.proof.merkle import CompactRange, leaf_hash
from audit.proof.verify.log.layout import CHECKPOINT_FILE, PENDING_FILE
from audit.proof.verify.trust import POLICY_FILE, TRUST_FILE, Trust
from audit.publishing.choosing import Choice
from audit.publishing.edge import ContinuedWriter, read_rows
from audit.publishing.folder import PublishedFolder, Standing, unwritable
from audit.publishing.rows import OpenRows, Rows
from domain.errors import MunimentError, ProofError, UnreachableError, UnsafeError

Progress = Callable[[int, int], None]
"""Told how many entries are written, and how many there are."""

_CONFLICT: Final = "tile_conflict"
_MISSING: Final = "tile_missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What a step left.

    Attributes:
        size: Entries that the published checkpoint covers; None if there is none yet.
        before: Entries that it covered before.
    """

    size: int | None
    before: int


class Publisher:
    """Publishes one log into one folder; several processes may, one after another."""

    def __init__(
        self,
        rows: OpenRows,
        directory: Path,
        *,
        trust: Callable[[], Trust],
        progress: Progress = lambda _done, _total: None,
    ) -> None:
        """Remember what to read, where to write and what its reader has to trust.

        Args:
            rows: Opens the entries, as `open_snapshot` does.
            directory: Where to; made when absent, continued when it holds this log.
            trust: Gives the ledger's trust file, written beside the log; asked at every step,
                since the keys of a log may change between two.
            progress: Told how far a step is.
        """
        self._rows = rows
        self._folder = PublishedFolder(directory)
        self._trust = trust
        self._progress = progress
        self._swept = False

    def publish(self, choice: Choice) -> Published:
        """Publish what was chosen; everything is durable when this returns.

        Raises:
            UsageError: ``published_elsewhere``, the folder holds something else.
            UnsafeError: ``published_ahead``, it proves more than the ledger has;
                ``checkpoint_fork``, another history of its size; ``root_mismatch``, the rows
                do not give the signed root; ``published_differs``, they do not give what is
                published; ``tile_conflict``, a file has other octets already.
            ProofError: The published checkpoint or one to be published does not hold.
            UnreachableError: The database does not answer, or the disk cannot be written.
        """
        trust = self._trust()
        step = _Step(self._folder, trust, self._rows, self._progress)
        with self._folder.alone(), _disk_told(self._folder.path):
            standing = self._folder.standing(trust)
            before = standing.checkpoint.size if standing else 0
            step.refuse_rollback(standing, trust.open(choice.newest))
            if not self._swept:
                self._folder.sweep(before)
                self._swept = True
            self._folder.put(TRUST_FILE, trust.encode())
            self._folder.put(POLICY_FILE, trust.policy())
            if choice.pending is not None and self._says_more(choice.pending):
                self._folder.put(PENDING_FILE, choice.pending)
            if choice.checkpoint is not None:
                standing = step.advance(standing, choice.checkpoint)
        return Published(size=standing.checkpoint.size if standing else None, before=before)

    def _says_more(self, pending: bytes) -> bool:
        """Tell whether a note is not merely the pending one, signed once more."""
        there = self._folder.read(PENDING_FILE)
        if there is None or _text(there) != _text(pending):
            return True
        return _signatures(there) < _signatures(pending)


@dataclass(frozen=True, slots=True)
class _Step:
    """One step under way, alone in the folder."""

    folder: PublishedFolder
    trust: Trust
    rows: OpenRows
    progress: Progress

    def refuse_rollback(self, standing: Standing | None, newest: Checkpoint) -> None:
        if standing is None or standing.checkpoint.size < newest.size:
            return
        if standing.checkpoint.size > newest.size:
            raise UnsafeError(
                f"{self.folder.path} proves {standing.checkpoint.size} entries, but the ledger"
                f" has only {newest.size}.",
                slug="published_ahead",
                next_step="The database was rolled back. Keep the folder: `muniment restore --from`"
                " brings the entries back from it.",
            )
        self._refuse_fork(standing, newest)

    def _refuse_fork(self, standing: Standing, other: Checkpoint) -> None:
        if standing.checkpoint != other:
            raise UnsafeError(
                f"The log has signed two checkpoints of size {other.size}.",
                slug="checkpoint_fork",
                next_step=f"Stop writing; keep {self.folder.path} and the newer checkpoint.",
            )

    def advance(self, standing: Standing | None, note: bytes) -> Standing:
        """Write what a checkpoint covers, and then the checkpoint."""
        wanted = Standing(note, self.trust.open(note))
        before = standing.checkpoint.size if standing else 0
        if standing and wanted.checkpoint.size < before:
            return standing
        if standing and wanted.checkpoint.size == before:
            self._refuse_fork(standing, wanted.checkpoint)
            self._mend(standing)
            if _signatures(note) <= _signatures(standing.note):
                return standing
        else:
            self._write(standing, wanted.checkpoint)
        self.folder.put(CHECKPOINT_FILE, note)
        self.folder.drop_filled(before, wanted.checkpoint.size)
        return wanted

    def _mend(self, standing: Standing) -> None:
        """Walk the log again where a file at the end of the published one is missing."""
        try:
            read_rows(self.folder.path, standing.checkpoint.size)
        except UnreachableError as error:
            if error.slug != _MISSING:
                raise
            self._write(standing, standing.checkpoint)

    def _write(self, standing: Standing | None, wanted: Checkpoint) -> None:
        published = standing.checkpoint if standing else None
        with self.rows() as rows:
            writer = _writer(self.folder.path, published.size if published else 0)
            self._prove(rows, writer, published=published, wanted=wanted)
            done = writer.start
            for entries in rows.entries(writer.start, wanted.size):
                writer.add(entries)
                done += len(entries)
                self.progress(done, wanted.size)
            _refuse_root(writer.finish(), wanted)

    def _prove(
        self,
        rows: Rows,
        writer: ContinuedWriter,
        *,
        published: Checkpoint | None,
        wanted: Checkpoint,
    ) -> None:
        """Hash what would be written, on top of the tiles, before any of it is."""
        tree = writer.tree
        size = published.size if published else 0
        tree = _extended(tree, rows, size)
        if published and (tree.size, tree.root()) != (size, published.root):
            raise UnsafeError(
                f"The tiles of {self.folder.path} and the entries of the ledger do not give the"
                f" root that is published for {size} entries.",
                slug="published_differs",
                next_step=f"Stop writing; run `muniment fsck --published {self.folder.path}`.",
            )
        _refuse_root(_extended(tree, rows, wanted.size), wanted)


def _writer(directory: Path, size: int) -> ContinuedWriter:
    """Continue a published log, or walk it from the start where a tile is missing."""
    try:
        return ContinuedWriter(directory, size)
    except UnreachableError as error:
        if error.slug != _MISSING:
            raise
        return ContinuedWriter(directory)


def _extended(tree: CompactRange, rows: Rows, size: int) -> CompactRange:
    for entries in rows.entries(tree.size, size):
        tree = tree.extend(map(leaf_hash, entries))
    return tree


def _refuse_root(tree: CompactRange, wanted: Checkpoint) -> None:
    if (tree.size, tree.root()) != (wanted.size, wanted.root):
        raise UnsafeError(
            f"The {tree.size} stored entries do not give the root that was signed.",
            slug="root_mismatch",
            next_step="Stop writing and run `muniment fsck` with the last published copy.",
        )


def _text(note: bytes) -> bytes:
    """Give what a note states, without its signatures."""
    return note.rpartition(b"\n\n")[0]


def _signatures(note: bytes) -> int:
    """Count the signature lines of a note."""
    return note.rpartition(b"\n\n")[2].count(b"\n")


@contextmanager
def _disk_told(directory: Path) -> Iterator[None]:
    """Tell what the disk refuses, and a file that would be overwritten, as errors of ours."""
    try:
        yield
    except ProofError as error:
        if error.slug != _CONFLICT:
            raise
        raise _conflict(directory, error) from error
    except OSError as error:
        raise unwritable(directory, error) from error


def _conflict(directory: Path, error: MunimentError) -> UnsafeError:
    return UnsafeError(
        f"In {directory}, {error.sentence}",
        slug=_CONFLICT,
        next_step="Keep that file as evidence, then publish into an empty folder and compare.",
    )
