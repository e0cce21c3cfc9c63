# SPDX-License-Identifier: Apache-2.0
"""The folder of a published log: whose it is, what it proves, and what may be swept from it.

Implements the file rules of C2SP tlog-tiles and `log.md` 2.5 that concern more than one tile:
``checkpoint`` is replaced as a whole and never goes back, partial tiles exist only for sizes
that were published and go once their tile is full. Tiles themselves are the matter of
`audit.proof.tiles`.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from audit.proof.checkpoint import Checkpoint
from audit.proof.note import NOTE_OCTETS_MAX
from audit.proof.tiles import (
    LEVEL_MAX,
    TILE_HEIGHT,
    TILE_WIDTH,
    bundle_path,
    tile_path,
    tile_width,
)
from audit.proof.verify.log.layout import CHECKPOINT_FILE, LOCK_FILE
from audit.proof.verify.trust import TRUST_FILE, Trust, read_trust
from audit.witness.memory import replace_file
from domain.errors import UnreachableError, UsageError

_TILES: Final = "tile"
_ENTRIES: Final = "entries"
_PARTIAL: Final = ".p"
_DRAFT: Final = re.compile(r"\..+\.(draft|[0-9]+)")
_NAME: Final = re.compile(r"[0-9]{1,3}")
_PARTIAL_TILE: Final = re.compile(r"[0-9]{3}\.p")
_TILE_GROUP: Final = re.compile(r"x[0-9]{3}")
_GROUP: Final = 1_000


@dataclass(frozen=True, slots=True)
class Standing:
    """What a folder proves at present: its note and what that states."""

    note: bytes
    checkpoint: Checkpoint


class PublishedFolder:
    """One folder of a published log, used by one process at a time."""

    def __init__(self, path: Path) -> None:
        """Remember the folder; it is made when it is first opened."""
        self.path = path

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Make the folder, and keep other publishers out of it meanwhile.

        Raises:
            UnreachableError: It cannot be written.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            lock = os.open(self.path / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise unwritable(self.path, error) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def standing(self, trust: Trust) -> Standing | None:
        """Refuse a folder that is not this log's; give what it proves, if anything.

        Raises:
            UsageError: ``published_elsewhere``, it holds something else.
            ProofError: Its checkpoint does not hold.
        """
        present = {each.name for each in self.path.iterdir() if not each.name.startswith(".")}
        if not present:
            return None
        if TRUST_FILE not in present:
            raise _foreign(self.path, "it is not empty and holds no log")
        known = read_trust(self.path / TRUST_FILE)
        ids = (known.audience, known.origin, known.genesis)
        if ids != (trust.audience, trust.origin, trust.genesis):
            raise _foreign(self.path, f"it holds the log {known.origin} of {known.audience}")
        note = self.read(CHECKPOINT_FILE)
        return None if note is None else Standing(note, trust.open(note))

    def read(self, name: str) -> bytes | None:
        """Give the octets of a small file; None if there is none."""
        try:
            with (self.path / name).open("rb") as file:
                return file.read(NOTE_OCTETS_MAX + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise unwritable(self.path / name, error) from error

    def put(self, name: str, octets: bytes) -> bool:
        """Replace a small file as a whole, durably; tell whether it changed.

        Raises:
            UnreachableError: The disk refuses.
        """
        if self.read(name) == octets:
            return False
        try:
            replace_file(self.path / name, octets)
        except UnreachableError as error:
            raise UnreachableError(
                error.sentence, slug="published_unwritable", next_step=error.next_step
            ) from error
        return True

    def drop_filled(self, before: int, size: int) -> None:
        """Remove the partial tiles of an older published size whose tiles are full now."""
        for level in range(LEVEL_MAX + 1):
            if not before >> TILE_HEIGHT * level:
                return
            n = before >> TILE_HEIGHT * (level + 1)
            if tile_width(level, n, size) == TILE_WIDTH:
                names = (tile_path(level, n), bundle_path(n) if level == 0 else "")
                for name in filter(None, names):
                    shutil.rmtree(self.path / f"{name}{_PARTIAL}", ignore_errors=True)

    def sweep(self, size: int) -> None:
        """Remove what killed runs left: drafts, filled partial tiles, those never published.

        A partial tile beyond the published size belongs to no checkpoint that anybody has.

        Args:
            size: Entries that the published checkpoint covers.

        Raises:
            UnreachableError: The folder cannot be written.
        """
        try:
            for each in self.path.iterdir():
                _remove_draft(each)
            for folder in _folders(self.path / _TILES):
                level = 0 if folder.name == _ENTRIES else int(folder.name)
                _sweep(folder, 0, hashes=size >> TILE_HEIGHT * level)
        except OSError as error:
            raise unwritable(self.path, error) from error


def unwritable(path: Path, error: OSError) -> UnreachableError:
    """Say that the folder cannot be used."""
    return UnreachableError(
        f"{path} cannot be written: {error.strerror}.",
        slug="published_unwritable",
        next_step="Free space or correct the rights of the folder, and publish again.",
    )


def _folders(tiles: Path) -> list[Path]:
    """List the folders of tiles and of bundles."""
    if not tiles.is_dir():
        return []
    return [each for each in tiles.iterdir() if each.name == _ENTRIES or _NAME.fullmatch(each.name)]


def _sweep(folder: Path, group: int, *, hashes: int) -> None:
    """Sweep a folder of tiles, of which all numbers begin with the digits of a group."""
    with os.scandir(folder) as found:
        for each in found:
            if each.name.startswith("."):
                _remove_draft(Path(each.path))
            elif _PARTIAL_TILE.fullmatch(each.name):
                n = group * _GROUP + int(each.name.removesuffix(_PARTIAL))
                _sweep_partial(Path(each.path), hashes - n * TILE_WIDTH)
            elif _TILE_GROUP.fullmatch(each.name):
                _sweep(Path(each.path), group * _GROUP + int(each.name[1:]), hashes=hashes)


def _sweep_partial(folder: Path, width: int) -> None:
    """Keep the partial tiles up to a width, unless their tile is full."""
    if width >= TILE_WIDTH:
        shutil.rmtree(folder)
        return
    for each in folder.iterdir():
        if not _NAME.fullmatch(each.name) or int(each.name) > width:
            each.unlink()


def _remove_draft(path: Path) -> None:
    if _DRAFT.fullmatch(path.name):
        path.unlink()


def _foreign(directory: Path, reason: str) -> UsageError:
    return UsageError(
        f"{directory} is not used for the published log: {reason}.",
        slug="published_elsewhere",
        next_step="Choose an empty directory.",
    )
