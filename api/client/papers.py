# SPDX-License-Identifier: Apache-2.0
"""Files that are there whole or not at all, and files that are gone for good."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

FILE_MODE: Final = 0o600

PART: Final = ".part"
"""Ends the name of a file that is still being written."""


def write_whole(path: Path, octets: bytes) -> None:
    """Write a file, synced to disk and readable by its owner alone, in place of an older one."""
    part = path.with_name(f"{path.name}{PART}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE_MODE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(octets)
        file.flush()
        os.fsync(descriptor)
    part.replace(path)
    sync_folder(path.parent)


def purge(path: Path) -> None:
    """Overwrite a file and remove it.

    What a disk keeps of older blocks is its own; what is purged was sealed before it was written.
    """
    with path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make renames and removals in a folder last."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
