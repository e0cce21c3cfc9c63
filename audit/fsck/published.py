# SPDX-License-Identifier: Apache-2.0
"""The published copy of a log as fsck reads it: entries by index, and its checkpoint.

Reads what `muniment export` wrote (C2SP tlog-tiles). Whether that copy is right is not taken
for granted: it is one telling among others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from audit.proof.tiles import TILE_WIDTH, bundle_path, tile_width
from audit.proof.verify.log.layout import Layout
from audit.proof.verify.report import Tally
from domain.errors import UsageError

PUBLISHED: Final = "published"


class Published:
    """A folder that holds an exported log of some size.

    Attributes:
        size: Entries that its checkpoint covers.
        tally: Bundles that are missing or cut short.
    """

    def __init__(self, folder: Path, size: int) -> None:
        """Read a folder as a log of a size."""
        self.size = size
        self.tally = Tally()
        self._folder = folder
        self._layout = Layout(folder)

    def entries(self, start: int, stop: int) -> Mapping[int, bytes]:
        """Give the published entries of a range; the range begins with a bundle."""
        found: dict[int, bytes] = {}
        for n in range(start // TILE_WIDTH, -(-min(stop, self.size) // TILE_WIDTH)):
            bundle = self._layout.bundle(n, tile_width(0, n, size=self.size))
            for each in bundle.findings:
                self.tally.add(replace(each, check=PUBLISHED))
            found |= dict(enumerate(bundle.entries, bundle.start))
        return {index: entry for index, entry in found.items() if index < stop}

    def place(self, index: int) -> str:
        """Name the file that holds an entry."""
        n = index // TILE_WIDTH
        width = tile_width(0, n, size=self.size)
        return f"{self._folder / bundle_path(n, width=width)}, entry {index % TILE_WIDTH}"


def read_published_note(folder: Path) -> bytes:
    """Give the checkpoint of a published copy.

    Raises:
        UsageError: The folder holds none.
    """
    note = Layout(folder).checkpoint()
    if note is None:
        raise UsageError(
            f"{folder} holds no published log.",
            slug="published_missing",
            next_step="Name the folder that `muniment export` wrote with --published.",
        )
    return note
