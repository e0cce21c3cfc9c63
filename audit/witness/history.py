# SPDX-License-Identifier: Apache-2.0
"""The witnessed checkpoints of a ledger, one after another: what says when entries were recorded.

Serves the bracket of `log.md` 2.7. Of each size the first checkpoint with its quorum is kept, which
dates the entries in it, and the last, which dates those that it lacks. Sizes that follow one
another faster than brackets need are thinned. Nothing is verified here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from audit.proof.note import NOTE_OCTETS_MAX
from audit.signer.files import create_file
from audit.witness.memory import unwritable
from domain.errors import UnreachableError

HISTORY_FOLDER: Final = "cosigned"
KEPT_EVERY_SECONDS: Final = 600
"""Of the sizes that reach their quorum within this time the last is kept; so much wider may the
bracket of an entry be."""

_NAME: Final = re.compile(r"(0|[1-9][0-9]{0,18})\.(0|[1-9][0-9]{0,18})\.note", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Kept:
    """A witnessed checkpoint that is kept.

    Attributes:
        size: Its size.
        at: When the last of its cosignatures was made, in Unix seconds.
    """

    size: int
    at: int

    @property
    def name(self) -> str:
        """The name of its file."""
        return f"{self.size}.{self.at}.note"


class CosignedHistory:
    """The folder of witnessed checkpoints; one process at a time keeps them."""

    def __init__(self, folder: Path) -> None:
        """Use a folder inside that of the witnesses; it is made when something is first kept."""
        self._folder = folder / HISTORY_FOLDER

    def spans(self) -> Mapping[int, tuple[Kept, Kept]]:
        """Give the first and the last checkpoint of each size, by size; often it is one.

        Raises:
            UnreachableError: The folder cannot be read.
        """
        found: dict[int, list[Kept]] = {}
        for each in sorted(self._kept()):
            found.setdefault(each.size, []).append(each)
        return {size: (all_of[0], all_of[-1]) for size, all_of in found.items()}

    def read(self, kept: Kept) -> bytes:
        """Give the note of a checkpoint, as it is kept.

        Raises:
            UnreachableError: It cannot be read.
        """
        path = self._folder / kept.name
        try:
            with path.open("rb") as file:
                return file.read(NOTE_OCTETS_MAX + 1)
        except OSError as error:
            raise _unreadable(path, error) from error

    def keep(self, note: bytes, size: int, at: int) -> None:
        """Keep a witnessed checkpoint durably, then remove what the history can do without.

        Raises:
            UnreachableError: The disk refuses.
        """
        made = Kept(size, at)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            create_file(self._folder / made.name, note)
            for each in self._superfluous(made):
                (self._folder / each.name).unlink(missing_ok=True)
        except OSError as error:
            raise unwritable(self._folder, error) from error

    def _superfluous(self, made: Kept) -> Iterator[Kept]:
        """Name what stands between the first and the last of a size, and sizes too close by."""
        spans = self.spans()
        ends = set(spans[made.size])
        yield from (each for each in self._kept() if each.size == made.size and each not in ends)
        before = [size for size in spans if size < made.size][-2:]
        if len(before) > 1 and made.at - spans[before[0]][0].at < KEPT_EVERY_SECONDS:
            yield from spans[before[1]]

    def _kept(self) -> Iterator[Kept]:
        try:
            names = [path.name for path in self._folder.iterdir()]
        except FileNotFoundError:
            return
        except OSError as error:
            raise _unreadable(self._folder, error) from error
        for found in filter(None, map(_NAME.fullmatch, names)):
            yield Kept(int(found[1]), int(found[2]))


def _unreadable(path: Path, error: OSError) -> UnreachableError:
    return UnreachableError(
        f"{path} cannot be read: {error.strerror}.",
        slug="witness_memory",
        next_step="Correct the rights of the folder, and run it again.",
    )
