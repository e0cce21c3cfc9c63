# SPDX-License-Identifier: Apache-2.0
"""Every other file that lies in an export: superseded partial files, and what nobody reads.

Serves the log specification, section 2.9: "not checked" is never printed as ok. A partial tile
or entry bundle of an older size (C2SP tlog-tiles) is still served to whoever holds a checkpoint
of that size, so it has to be the beginning of the one that replaced it. What has no
place in an export is told by its name and not read.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final

from audit.proof.merkle import HASH_OCTETS
from audit.proof.tiles import (
    LEVEL_MAX,
    TILE_WIDTH,
    bundle_path,
    encode_bundle,
    tile_path,
    tile_width,
)
from audit.proof.verify.beside.folder import BESIDE
from audit.proof.verify.book import Book
from audit.proof.verify.evidence import MANIFEST_FILE
from audit.proof.verify.findings import Finding, counted
from audit.proof.verify.log.layout import (
    BUNDLE_OCTETS_MAX,
    CHECKPOINT_FILE,
    FILES,
    LOCK_FILE,
    PENDING_FILE,
    TILE_OCTETS,
    TILES,
    Layout,
)
from audit.proof.verify.members import member_cap
from audit.proof.verify.trust import POLICY_FILE, TRUST_FILE

OTHERS: Final = "others"

NAMES_SHOWN_MAX: Final = 3
NAME_CHARS_MAX: Final = 100
DEPTH_MAX: Final = 10
"""Folders in one another; the deepest tile has fewer above it."""

_TILE: Final = re.compile(
    r"tile/(entries|\d{1,2})/((?:x\d{3}/){0,5}\d{3})(?:\.p/(\d{1,3}))?", re.ASCII
)


@dataclass(slots=True)
class _Some:
    """How many files there are of a kind, and the first of their names."""

    number: int = 0
    names: list[str] = field(default_factory=list)

    def add(self, name: str) -> None:
        self.number += 1
        self.names = sorted([*self.names, name])[:NAMES_SHOWN_MAX]

    def __str__(self) -> str:
        shown = ", ".join(json.dumps(name[:NAME_CHARS_MAX]) for name in self.names)
        return shown + (" and others" if self.number > len(self.names) else "")


class Others:
    """Looks at the files of an export that the other checks do not look at."""

    def __init__(self, layout: Layout, size: int, *, trust_read: bool) -> None:
        """Begin.

        Args:
            layout: The export.
            size: Entries that its checkpoint covers.
            trust_read: Whether its own trust file was read, as it is where there is no other.
        """
        self._layout = layout
        self._size = size
        self._read = {CHECKPOINT_FILE, MANIFEST_FILE, *((TRUST_FILE,) if trust_read else ())}
        self._idle = {POLICY_FILE, TRUST_FILE, PENDING_FILE, LOCK_FILE} - self._read
        self._stamps = _stamps(layout.directory / "tsa")
        # The manifest of a bundle answers for every file that a bundle may have.
        self._listed = (layout.directory / MANIFEST_FILE).exists()
        self._unread = _Some()
        self._beyond = _Some()
        self._foreign = _Some()

    def check(self, book: Book) -> None:
        """Look at every file, whose names are held one folder at a time."""
        for name in _names(self._layout.directory):
            finding = self._look(name)
            if finding:
                book.tally.add(finding)
        for finding in self._notices():
            book.tally.add(finding)

    def conclude(self, book: Book) -> None:
        """Say what was not read, such as a policy, which proves nothing to whoever has his own."""
        rests = "was not read, as nothing rests on it"
        if self._unread.number > 1:
            rests = "were not read, as nothing rests on them"
        said = [f"{self._unread} {rests}."] if self._unread.number else []
        said += [finding.sentence for finding in self._notices()]
        book.conclude(OTHERS, "Every file that lies here was read.", undone=" ".join(said) or None)

    def _look(self, name: str) -> Finding | None:
        tile = _TILE.fullmatch(name)
        if tile:
            return self._look_at_tile(name, tile)
        if name in self._idle:
            self._unread.add(name)
        elif name not in self._read:
            self._place(name)
        return None

    def _place(self, name: str) -> None:
        """Tell a file that checks of their own look at from one that none of them does."""
        if not self._is_answered_for(name):
            self._foreign.add(name)
        elif self._dates_nothing(name):
            self._unread.add(name)

    def _is_answered_for(self, name: str) -> bool:
        """Tell whether a file lies where checks of their own look."""
        own = self._listed or name.partition("/")[0] in BESIDE
        return own and member_cap(name) is not None

    def _dates_nothing(self, name: str) -> bool:
        """Tell whether a file lies beside time-stamps, and none of them needs it."""
        folder, _, file = name.partition("/")
        stem, _, kind = file.rpartition(".")
        return folder == "tsa" and (kind == "ocsp" or stem not in self._stamps)

    def _look_at_tile(self, name: str, tile: re.Match[str]) -> Finding | None:
        level, n = tile[1], int(re.sub(r"\D", "", tile[2]))
        width = int(tile[3] or TILE_WIDTH)
        height = 0 if level == "entries" else int(level)
        if not 1 <= width <= TILE_WIDTH or height > LEVEL_MAX or _path(level, n, width) != name:
            self._foreign.add(name)
            return None
        due = tile_width(height, n, self._size)
        if width > due:
            self._beyond.add(name)
        elif width < due:
            entries = level == "entries"
            return self._bundle(n, width, due) if entries else self._tile(height, n, width)
        return None

    def _bundle(self, n: int, width: int, due: int) -> Finding | None:
        entries = _entries(self._layout, n, due)
        name = bundle_path(n, width=width)
        octets = self._layout.read(name, BUNDLE_OCTETS_MAX)
        if octets is None or len(entries) < width:
            return None
        return _compared(FILES, name, octets=octets, due=encode_bundle(entries[:width]))

    def _tile(self, level: int, n: int, width: int) -> Finding | None:
        present = self._layout.present_tile(level, n, tile_width(level, n, self._size))
        name = tile_path(level, n, width=width)
        octets = self._layout.read(name, TILE_OCTETS)
        if octets is None or present is None:
            return None
        return _compared(TILES, name, octets=octets, due=present[: width * HASH_OCTETS])

    def _notices(self) -> Iterator[Finding]:
        if self._beyond.number:
            yield Finding(
                check=OTHERS,
                code="file_beyond",
                sentence=f"{counted(self._beyond.number, *_BEYOND)} beyond the checkpoint, and "
                f"what lies beyond was not read: {self._beyond}.",
                notice=True,
                next_step="Verify again once a checkpoint over them is published.",
            )
        if self._foreign.number:
            yield Finding(
                check=OTHERS,
                code="file_foreign",
                sentence=f"{counted(self._foreign.number, *_FOREIGN)} no part of an export, and "
                f"not read: {self._foreign}.",
                notice=True,
                next_step="Ask whoever handed the export over what it is doing there.",
            )


_BEYOND: Final = ("file of the log reaches", "files of the log reach")
_FOREIGN: Final = ("file is", "files are")


def _names(root: Path) -> Iterator[str]:
    """Give the names of all files below a folder, and of folders too deep to be of an export."""
    for folder, folders, files in os.walk(root, followlinks=False):
        place = Path(folder).relative_to(root)
        deep = len(place.parts) >= DEPTH_MAX
        left = [each for each in folders if deep or Path(folder, each).is_symlink()]
        yield from ((place / each).as_posix() for each in (*files, *left))
        if deep:
            folders.clear()


def _stamps(folder: Path) -> frozenset[str]:
    """Give what the names of the files of each time-stamp begin with, the note's that it dates."""
    names = {path.stem for path in folder.glob("*.tsr")}
    return frozenset(names | {name.partition(".")[0] for name in names})


def _path(level: str, n: int, width: int) -> str:
    return bundle_path(n, width) if level == "entries" else tile_path(int(level), n, width)


@lru_cache(1)
def _entries(layout: Layout, n: int, width: int) -> tuple[bytes, ...]:
    """Read a bundle once for all those that it superseded, which come one after another."""
    return layout.bundle(n, width).entries


def _compared(check: str, name: str, *, octets: bytes, due: bytes) -> Finding | None:
    if octets == due:
        return None
    short = due.startswith(octets)
    return Finding(
        check=check,
        code="superseded_short" if short else "superseded_differs",
        sentence=f"The superseded file {name} is "
        + ("cut short." if short else "not the beginning of the one that replaced it."),
        missing=short,
        next_step="Fetch it again, or remove it: the newer one holds everything.",
    )
