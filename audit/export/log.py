# SPDX-License-Identifier: Apache-2.0
"""Writing the whole log to a directory that a stranger can verify.

Implements the publisher of the log specification, section 2.5, as one run: rows stream out
by COPY into C2SP tiles and entry bundles, the checkpoint comes last. Running it again
adds what is new; a file that exists is compared and never changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from audit.files import replace_changed
from audit.proof.checkpoint import Checkpoint
from audit.proof.note import NOTE_OCTETS_MAX
from audit.proof.tiles import TileWriter
from audit.proof.verify.log.layout import CHECKPOINT_FILE
from audit.proof.verify.trust import POLICY_FILE, TRUST_FILE, Trust, read_trust
from audit.publishing.rows import open_snapshot
from domain.errors import MunimentError, UnreachableError, UnsafeError, UsageError

Progress = Callable[[int, int], None]
"""Told how many entries are written, and how many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What an export left.

    Attributes:
        size: Entries that the directory now proves.
        before: Entries that it proved before.
    """

    size: int
    before: int


def export_log(
    conninfo: str,
    directory: Path,
    *,
    note: bytes,
    trust: Trust,
    progress: Progress = lambda _done, _total: None,
) -> Exported:
    """Write the log up to a checkpoint; constant memory, durable when it returns.

    Args:
        conninfo: A role that may read the log.
        directory: Where to; created when absent, continued when it holds this log.
        note: A signed checkpoint over what is committed.
        trust: The ledger's trust file, written beside the log.
        progress: Told how far it is.

    Raises:
        UsageError: The directory holds something else.
        UnsafeError: The stored entries do not give the signed root, or the directory
            proves more than the ledger now has.
        ProofError: A file of the directory holds other octets than this log gives.
        UnreachableError: The database does not answer, or the disk cannot be written.
    """
    checkpoint = trust.open(note)
    try:
        before = _claim(directory, trust, checkpoint)
        replace_changed(directory / TRUST_FILE, trust.encode())
        replace_changed(directory / POLICY_FILE, trust.policy())
        _write_tiles(conninfo, directory, checkpoint=checkpoint, progress=progress)
        replace_changed(directory / CHECKPOINT_FILE, note)
    except OSError as error:
        raise _unwritable(directory, error) from error
    return Exported(size=checkpoint.size, before=before)


def add_beside(directory: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """Write files beside an exported log: what others said about it, or who approved what.

    Raises:
        UnreachableError: The disk cannot be written.
    """
    try:
        for name, octets in files:
            (directory / name).parent.mkdir(exist_ok=True)
            replace_changed(directory / name, octets)
    except OSError as error:
        raise _unwritable(directory, error) from error


def _claim(directory: Path, trust: Trust, checkpoint: Checkpoint) -> int:
    """Refuse a directory that is not this log's; give the size that it proves already."""
    directory.mkdir(parents=True, exist_ok=True)
    present = {path.name for path in directory.iterdir()}
    if not present:
        return 0
    if TRUST_FILE not in present:
        raise _foreign(directory, "it is not empty and holds no export")
    known = read_trust(directory / TRUST_FILE)
    if (known.audience, known.origin, known.genesis) != (
        trust.audience,
        trust.origin,
        trust.genesis,
    ):
        raise _foreign(directory, f"it holds the log {known.origin} of {known.audience}")
    if CHECKPOINT_FILE not in present:
        return 0
    with (directory / CHECKPOINT_FILE).open("rb") as file:
        older = trust.open(file.read(NOTE_OCTETS_MAX + 1))
    if older.size > checkpoint.size:
        raise UnsafeError(
            f"{directory} proves {older.size} entries, but the ledger has only {checkpoint.size}.",
            slug="export_ahead",
            next_step="The database was rolled back. Keep the directory: `muniment restore --from` "
            "brings the entries back from it.",
        )
    return older.size


def _write_tiles(
    conninfo: str, directory: Path, *, checkpoint: Checkpoint, progress: Progress
) -> None:
    writer = TileWriter(directory)
    done = 0
    with open_snapshot(conninfo) as rows:
        for entries in rows.entries(0, checkpoint.size):
            writer.add(entries)
            done += len(entries)
            progress(done, checkpoint.size)
    tree = writer.finish()
    if tree.size != checkpoint.size or tree.root() != checkpoint.root:
        raise UnsafeError(
            f"The {tree.size} stored entries do not give the root that was signed.",
            slug="root_mismatch",
            next_step="Stop writing and run `muniment fsck --published` with an earlier export.",
        )


def _unwritable(directory: Path, error: OSError) -> UnreachableError:
    return UnreachableError(
        f"{directory} cannot be written: {error.strerror}.",
        slug="export_unwritable",
        next_step="Free space or choose another directory, and run the same export again.",
    )


def _foreign(directory: Path, reason: str) -> MunimentError:
    return UsageError(
        f"{directory} is not used for this export: {reason}.",
        slug="export_elsewhere",
        next_step="Choose an empty directory.",
    )
