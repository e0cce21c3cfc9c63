# SPDX-License-Identifier: Apache-2.0
"""A copy of the log as what was lost is taken from it: a folder, or a bundle of the whole log.

Reads what `muniment publish` and `muniment export` write. Of the copy itself only its
checkpoint is believed, once a key of this very log is found to have signed it; its tiles
are not looked at, and its entries have to give the roots that were signed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from audit.proof.checkpoint import Checkpoint
from audit.proof.tiles import TILE_WIDTH, bundle_path, tile_width
from audit.proof.verify.beside.opening import open_files
from audit.proof.verify.log.layout import Layout
from audit.proof.verify.trust import LogKey
from audit.signer.keys.known import open_own_checkpoint
from domain.errors import ProofError, UnreachableError, UnsafeError, UsageError

Entries = tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogCopy:
    """A copy of this log.

    Attributes:
        place: Where it lies.
        note: Its checkpoint, octet for octet.
        checkpoint: What that states; a key of this log has signed it.
        layout: Its files.
    """

    place: Path
    note: bytes
    checkpoint: Checkpoint
    layout: Layout

    def entries(self, start: int) -> Iterator[tuple[int, Entries]]:
        """Give the entries from an index on, at most 256 at a time, each with where it starts.

        Raises:
            UnreachableError: ``copy_incomplete``.
        """
        size = self.checkpoint.size
        for n in range(start // TILE_WIDTH, -(-size // TILE_WIDTH)):
            width = tile_width(0, n, size=size)
            found = self.layout.bundle(n, width)
            if len(found.entries) < width:
                raise UnreachableError(
                    f"{self.place} lacks {bundle_path(n, width=width)}, or a part of it.",
                    slug="copy_incomplete",
                    next_step="Fetch the copy again, or name another one.",
                )
            first = max(start, found.start)
            if first < size:
                yield first, found.entries[first - found.start :]


@contextmanager
def open_copy(path: Path, keys: tuple[LogKey, ...]) -> Iterator[LogCopy]:
    """Open a copy of the log whose keys these are.

    Raises:
        UsageError: ``copy_missing``, it is no copy of a whole log; or it cannot be read.
        UnsafeError: ``copy_foreign``, none of these keys has signed its checkpoint.
        UnreachableError: It is cut short.
    """
    if path.is_dir():
        yield _opened(path, Layout(path), keys)
        return
    with open_files(path) as files:
        yield _opened(path, _Packed(path, files), keys)


def _opened(path: Path, layout: Layout, keys: tuple[LogKey, ...]) -> LogCopy:
    note = layout.checkpoint()
    if note is None:
        raise UsageError(
            f"{path} holds no copy of a whole log.",
            slug="copy_missing",
            next_step="Name a folder that `muniment publish` or `muniment export` wrote, or a "
            "bundle of the whole log.",
        )
    try:
        checkpoint = open_own_checkpoint(note, keys)
    except ProofError as error:
        raise UnsafeError(
            f"The checkpoint of {path} is none of this log: {error.sentence}",
            slug="copy_foreign",
            next_step="Name a copy of this log; keep this one as evidence if it should be one.",
        ) from error
    return LogCopy(place=path, note=note, checkpoint=checkpoint, layout=layout)


@dataclass(frozen=True, slots=True)
class _Packed(Layout):
    """The files of a bundle, each read when it is asked for."""

    files: Mapping[str, bytes]

    def read(self, name: str, cap: int) -> bytes | None:  # noqa: ARG002 - an archive has its own
        return self.files.get(name)
