# SPDX-License-Identifier: Apache-2.0
"""The published form of the log: height-8 tiles and entry bundles as plain files.

Implements C2SP tlog-tiles (paths, full and partial tiles, entry bundles) and the
write rules of `log.md` 2.5: temporary file, fsync, rename, and never other octets
under a name that exists. Writing streams, in memory that does not grow with the log.
Checkpoints and HTTP are left out; any static file server will do.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import Final

from audit.proof.merkle import HASH_OCTETS, CompactRange, leaf_hash, split_hashes
from domain.errors import ProofError, UnreachableError

TILE_HEIGHT: Final = 8
TILE_WIDTH: Final = 1 << TILE_HEIGHT
ENTRY_OCTETS_MAX: Final = 65_535
LEVEL_MAX: Final = 63
DRAFTS_MAX: Final = 64
FOLDERS_OPEN_MAX: Final = 32

_LENGTH_OCTETS: Final = 2
_GROUP: Final = 1_000


def tile_path(level: int, n: int, width: int = TILE_WIDTH) -> str:
    """Name a tile: ``tile/<L>/<N>``, with ``.p/<W>`` when it is partial.

    Raises:
        ProofError: There is no such tile.
    """
    if not 0 <= level <= LEVEL_MAX:
        raise ProofError(f"There is no tile level {level}.")
    return f"tile/{level}/{_numbered(n, width)}"


def bundle_path(n: int, width: int = TILE_WIDTH) -> str:
    """Name an entry bundle: ``tile/entries/<N>``, with ``.p/<W>`` when it is partial.

    Raises:
        ProofError: There is no such bundle.
    """
    return f"tile/entries/{_numbered(n, width)}"


def tile_width(level: int, n: int, size: int) -> int:
    """Count the hashes that a tile has in a tree of this size; 0 when it has none.

    Entry bundles are as wide as the tiles of level 0.
    """
    return max(0, min(TILE_WIDTH, (size >> TILE_HEIGHT * level) - n * TILE_WIDTH))


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """Join entries, each behind its length in two octets.

    Raises:
        ProofError: An entry has more than 65,535 octets.
    """
    if any(len(entry) > ENTRY_OCTETS_MAX for entry in entries):
        raise ProofError(f"A log entry has at most {ENTRY_OCTETS_MAX} octets.")
    return b"".join([len(entry).to_bytes(_LENGTH_OCTETS, "big") + entry for entry in entries])


def decode_bundle(octets: bytes, width: int) -> tuple[bytes, ...]:
    """Cut a bundle into exactly ``width`` entries, with nothing left over.

    Raises:
        ProofError: The bundle holds fewer or more.
    """
    entries = []
    at = 0
    for _ in range(width):
        start = at + _LENGTH_OCTETS
        at = start + int.from_bytes(octets[at:start], "big")
        if at > len(octets) or start > len(octets):
            raise ProofError(f"The entry bundle ends before its {width} entries do.")
        entries.append(octets[start:at])
    if at != len(octets):
        raise ProofError(f"The entry bundle holds more than its {width} entries.")
    return tuple(entries)


def read_bundle(directory: Path, n: int, *, size: int) -> tuple[bytes, ...]:
    """Read the entries of a bundle as a tree of this size has them.

    Falls back on the full bundle when the partial one has been removed.

    Raises:
        UnreachableError: The bundle is not there, with slug ``tile_missing``.
        ProofError: It holds another number of entries, or the tree has no such bundle.
    """
    width = _width_of(0, n, size=size)
    octets_max = TILE_WIDTH * (ENTRY_OCTETS_MAX + _LENGTH_OCTETS)
    found, octets = _read(
        directory, [bundle_path(n, each) for each in _widths(width)], octets_max=octets_max
    )
    return decode_bundle(octets, _widths(width)[found])[:width]


def read_tile(directory: Path, *, level: int, n: int, size: int) -> tuple[bytes, ...]:
    """Read the hashes of a tile as a tree of this size has them.

    Falls back on the full tile when the partial one has been removed.

    Raises:
        UnreachableError: The tile is not there, with slug ``tile_missing``.
        ProofError: It holds another number of hashes, or the tree has no such tile.
    """
    width = _width_of(level, n, size=size)
    names = [tile_path(level, n, width=each) for each in _widths(width)]
    found, octets = _read(directory, names, octets_max=TILE_WIDTH * HASH_OCTETS)
    hashes = split_hashes(octets)
    if len(hashes) != _widths(width)[found]:
        raise ProofError(f"{names[found]} holds {len(hashes)} hashes.")
    return hashes[:width]


class TileWriter:
    """Writes a log, entry by entry, into a directory of tiles and bundles.

    Memory is bounded by one bundle and one tile a level. Writing the same log into
    the same directory again changes nothing, so a killed export is simply repeated.
    """

    def __init__(self, directory: Path) -> None:
        """Write below this directory, which is created when absent."""
        self._files = _Files(directory)
        self._entries: list[bytes] = []
        self._upper: list[list[bytes]] = []
        self._bundles = 0

    def add(self, entries: Iterable[bytes]) -> None:
        """Append entries, writing every tile and bundle that they complete.

        Raises:
            ProofError: An entry is too long, or a file holds other octets already.
            UnreachableError: The directory cannot be written.
        """
        for entry in entries:
            self._entries.append(entry)
            if len(self._entries) == TILE_WIDTH:
                self._complete_bundle()

    def finish(self) -> CompactRange:
        """Write the partial tiles and the partial bundle, and make all files durable.

        Publish the checkpoint of the returned tree only afterwards. Entries may
        still be added, up to the next `finish`.

        Raises:
            ProofError: As `add`.
            UnreachableError: The directory cannot be written.
        """
        rest = [leaf_hash(entry) for entry in self._entries]
        rows = [rest, *self._upper]
        size = self._bundles * TILE_WIDTH + len(rest)
        if rest:
            name = bundle_path(self._bundles, len(rest))
            self._files.write(name, encode_bundle(self._entries))
        for level, row in enumerate(rows):
            if row:
                name = tile_path(level, size >> TILE_HEIGHT * (level + 1), width=len(row))
                self._files.write(name, b"".join(row))
        self._files.sync()
        peaks = [CompactRange().extend(row).hashes for row in reversed(rows)]
        return CompactRange(size, tuple(chain.from_iterable(peaks)))

    def _complete_bundle(self) -> None:
        self._files.write(bundle_path(self._bundles), encode_bundle(self._entries))
        row = [leaf_hash(entry) for entry in self._entries]
        self._files.write(tile_path(0, self._bundles), b"".join(row))
        self._entries = []
        self._bundles += 1
        self._promote(1, CompactRange().extend(row).root())

    def _promote(self, level: int, node: bytes) -> None:
        """Append the root of a complete tile to the tile above it."""
        if level > len(self._upper):
            self._upper.append([])
        row = self._upper[level - 1]
        row.append(node)
        if len(row) == TILE_WIDTH:
            n = (self._bundles >> TILE_HEIGHT * level) - 1
            self._files.write(tile_path(level, n), b"".join(row))
            self._upper[level - 1] = []
            self._promote(level + 1, CompactRange().extend(row).root())


class _Files:
    """Files that appear whole, are never changed, and are durable after `sync`.

    Octets reach the disk before the name does. Files are synchronised some at a
    time, since one journal commit of the file system then serves them all.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._folders: dict[Path, int] = {}
        self._drafts: list[tuple[Path, Path]] = []

    def write(self, name: str, octets: bytes) -> None:
        path = self._directory / name
        try:
            if not path.exists():
                self._draft(path, octets)
            elif path.read_bytes() != octets:
                raise ProofError(
                    f"{name} exists with other octets; it is never overwritten.",
                    slug="tile_conflict",
                    next_step="Export into an empty directory and compare the two.",
                )
        except OSError as error:
            raise _unwritable(name, error) from error

    def sync(self) -> None:
        """Give every file its name, and make the names durable."""
        try:
            self._name_drafts()
            while self._folders:
                _fsync(self._folders.popitem()[1])
        except OSError as error:
            raise _unwritable(str(self._directory), error) from error

    def _draft(self, path: Path, octets: bytes) -> None:
        self._open_folder(path.parent)
        draft = path.with_name(f".{path.name}.draft")
        draft.write_bytes(octets)
        self._drafts.append((draft, path))
        if len(self._drafts) >= DRAFTS_MAX:
            self._name_drafts()

    def _name_drafts(self) -> None:
        drafts, self._drafts = self._drafts, []
        for draft, _ in drafts:
            _fsync(os.open(draft, os.O_RDONLY))
        for draft, path in drafts:
            draft.rename(path)

    def _open_folder(self, folder: Path) -> None:
        # Opened before the write: an error that the system meets while it writes the
        # folder back is only told to descriptors that were open at that time.
        if folder in self._folders:
            return
        if len(self._folders) >= FOLDERS_OPEN_MAX:
            self.sync()
        folder.mkdir(parents=True, exist_ok=True)
        for each in (folder, *folder.parents):
            if each not in self._folders:
                self._folders[each] = os.open(each, os.O_RDONLY | os.O_DIRECTORY)
            if each == self._directory:
                break


def _fsync(descriptor: int) -> None:
    """Make durable what the descriptor is open for, and close it."""
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _numbered(n: int, width: int) -> str:
    """Write a tile number in groups of three digits, with its partial width."""
    if n < 0 or not 0 < width <= TILE_WIDTH:
        raise ProofError(f"There is no tile {n} of width {width}.")
    groups = [f"{n % _GROUP:03}"]
    while n := n // _GROUP:
        groups.append(f"x{n % _GROUP:03}")
    return "/".join(reversed(groups)) + ("" if width == TILE_WIDTH else f".p/{width}")


def _width_of(level: int, n: int, *, size: int) -> int:
    width = tile_width(level, n, size=size)
    if n < 0 or not width:
        raise ProofError(f"A tree of size {size} has no tile {n} of level {level}.")
    return width


def _widths(width: int) -> tuple[int, ...]:
    """List the widths under which a tile may be stored, the exact one first."""
    return (width,) if width == TILE_WIDTH else (width, TILE_WIDTH)


def _read(directory: Path, names: Sequence[str], *, octets_max: int) -> tuple[int, bytes]:
    """Read the first file that exists, and say which one it was."""
    for at, name in enumerate(names):
        try:
            with (directory / name).open("rb") as file:
                octets = file.read(octets_max + 1)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            raise UnreachableError(f"{name} cannot be read: {error.strerror}.") from error
        if len(octets) > octets_max:
            raise ProofError(f"{name} has more than {octets_max} octets.")
        return at, octets
    raise UnreachableError(
        f"{names[0]} is missing.",
        slug="tile_missing",
        next_step="Export the log again, or fetch the missing file from a mirror.",
    )


def _unwritable(name: str, error: OSError) -> UnreachableError:
    return UnreachableError(
        f"{name} cannot be written: {error.strerror}.",
        next_step="Free space or choose another directory, and run the same export again.",
    )
