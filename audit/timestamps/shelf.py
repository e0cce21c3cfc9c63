# SPDX-License-Identifier: Apache-2.0
"""The folder in which a ledger keeps its time-stamps, laid out as a bundle is.

Implements ``checkpoints/`` and ``tsa/`` of the log specification, section 2.9, on disk. Files
are made once, durably, and never changed; a token's answer comes last, so what has an answer
is whole. One process at a time stamps.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from audit.proof.note import NOTE_OCTETS_MAX
from audit.proof.timestamps.files import SUFFIXES, StampName, Suffix, note_path, stamp_names
from audit.proof.timestamps.folder import StampFolder
from audit.signer.files import create_file
from domain.errors import UnreachableError, UnsafeError

LOCK_FILE: Final = ".lock"
_LAST: Final[Suffix] = "tsr"


class Shelf:
    """Keeps time-stamps in a folder."""

    def __init__(self, folder: Path) -> None:
        """Use a folder; it is made when something is first kept."""
        self._folder = folder
        self.stamps = StampFolder(folder)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Be the only process that stamps into this folder.

        Raises:
            UnsafeError: ``stamping_running``, another one is at it.
            UnreachableError: The folder cannot be made.
        """
        self._make()
        lock = os.open(self._folder / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError as error:
            raise UnsafeError(
                f"Another process is stamping into {self._folder}.",
                slug="stamping_running",
                next_step="Wait for it to end; it stops by itself.",
            ) from error
        finally:
            os.close(lock)

    def names(self) -> tuple[StampName, ...]:
        """Give every time-stamp that is kept, in order."""
        return stamp_names(self.stamps)

    def note(self, size: int) -> bytes | None:
        """Give the checkpoint note of a size as it was stamped, if it was."""
        path = self._folder / note_path(size)
        try:
            with path.open("rb") as file:
                return file.read(NOTE_OCTETS_MAX + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise UnreachableError(f"{path} cannot be read: {error.strerror}.") from error

    def files(self, name: StampName) -> dict[str, bytes]:
        """Give the files of one time-stamp, by their names relative to a bundle."""
        found = {path: self.stamps.get(path) for path in map(name.path, SUFFIXES)}
        return {path: octets for path, octets in found.items() if octets is not None}

    def keep_note(self, size: int, note: bytes) -> None:
        """Keep a checkpoint note, before it is first stamped."""
        self._make()
        create_file(self._folder / note_path(size), note)

    def keep(self, name: StampName, files: Mapping[Suffix, bytes]) -> None:
        """Keep a token and what belongs to it; the answer last.

        Raises:
            UnsafeError: ``stamp_kept``, there is such a token already.
            UnreachableError: The disk refuses.
        """
        self._make()
        if name.path(_LAST) in self.stamps:
            raise UnsafeError(f"The time-stamp {name} is kept already.", slug="stamp_kept")
        for suffix in (*(each for each in files if each != _LAST), _LAST):
            path = self._folder / name.path(suffix)
            if not create_file(path, files[suffix]):
                # Killed before its answer was kept, an earlier try left files of no token.
                path.unlink()
                create_file(path, files[suffix])

    def _make(self) -> None:
        try:
            for each in ("tsa", "checkpoints"):
                (self._folder / each).mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise UnreachableError(
                f"The folder {self._folder} cannot be made: {error.strerror}."
            ) from error
