# SPDX-License-Identifier: Apache-2.0
"""The files of an unpacked bundle, or those beside an export, read like those of an archive.

Serves the log specification, section 2.9: zip or directory. Links are not followed, devices
and pipes are no files, and nothing is read beyond what a file of its name may have.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from audit.proof.verify.members import APPROVALS, member_cap
from domain.errors import UnreachableError, UsageError

BESIDE: Final = ("checkpoints", "tsa", "disclosures", APPROVALS)
"""Folders of an export beside its tiles, which checks of their own look at."""


class Folder(Mapping[str, bytes]):
    """The files of an unpacked bundle by name, each read when it is asked for, up to its cap.

    Links are not followed: what they lead to is not part of what was handed over.

    Attributes:
        others: How many files lie there that no bundle has.
    """

    def __init__(self, path: Path, parts: tuple[str, ...] | None = None) -> None:
        """Look into a folder, or only into some folders in it.

        Raises:
            UsageError: A file that bundles have is a link or no file.
            UnreachableError: The folder cannot be read.
        """
        self._path = path
        tops = [path] if parts is None else [path / each for each in parts]
        found = [each for top in tops for each in _walk(top)]
        self._names = sorted(filter(None, (_name(path, each) for each in found)))
        self.others = len(found) - len(self._names)

    def __getitem__(self, name: str) -> bytes:
        """Read a file, at most one octet more than it may have.

        Raises:
            UnreachableError: It cannot be read.
        """
        cap = member_cap(name)
        if cap is None:
            raise KeyError(name)
        octets = read_regular(self._path / name, cap)
        if octets is None:
            raise KeyError(name)
        return octets

    def __iter__(self) -> Iterator[str]:
        """Give the names in order."""
        return iter(self._names)

    def __len__(self) -> int:
        """Count the files."""
        return len(self._names)


def beside_log(path: Path) -> Folder:
    """Give what may lie in an export beside its tiles: older checkpoints and what dates them."""
    return Folder(path, BESIDE)


def read_regular(path: Path, cap: int) -> bytes | None:
    """Read a file up to one octet beyond a cap; nothing where there is no such file.

    A pipe or a device is no file, so that nobody's folder makes the reader wait for ever.

    Raises:
        UnreachableError: It cannot be read.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise UnreachableError(f"{path.name} cannot be read: {error.strerror}.") from error
    with os.fdopen(handle, "rb") as file:
        return file.read(cap + 1) if stat.S_ISREG(os.fstat(handle).st_mode) else None


def _name(root: Path, path: Path) -> str | None:
    """Give the name of a file as bundles have it; nothing for any other."""
    name = path.relative_to(root).as_posix()
    if member_cap(name) is None:
        return None
    if path.is_symlink() or not path.is_file():
        raise UsageError(
            "This is not a bundle as Muniment writes it: a file in it is a link.",
            slug="bundle_foreign",
            next_step="Fetch the bundle again as it was written; do not pack it anew.",
        )
    return name


def _walk(top: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(top, followlinks=False):
        linked = [each for each in folders if (Path(folder) / each).is_symlink()]
        yield from (Path(folder) / each for each in (*files, *linked))
