# SPDX-License-Identifier: Apache-2.0
"""The folder in which a verification keeps its progress: whose it may be, and what lies in it.

Serves ``muniment-verify --state``. Whoever could write into that folder could make a report lie,
so it belongs to the auditor alone, never lies among the evidence, and is removed in the end.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Final

from domain.errors import UnreachableError, UsageError

PROGRESS_FILE: Final = "progress.sqlite"
REPLAY_FILE: Final = "replay"
TEMPORARY: Final = "muniment-verify-"
"""What the names of temporary folders begin with; a killed run leaves its own behind."""

_SUFFIXES: Final = ("", "-wal", "-shm", "-journal")


def claim_folder(folder: Path, evidence: Path) -> None:
    """Make the folder, or take over one that an earlier run left.

    Raises:
        UsageError: Others could write there, it holds something else, or it lies in the evidence.
        UnreachableError: It cannot be made or read.
    """
    if folder.resolve().is_relative_to(evidence.resolve()):
        raise _unfit(folder, "it lies in the evidence, which its keeper could have prepared")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.stat()
        names = {path.name for path in folder.iterdir()}
    except OSError as error:
        raise UnreachableError(
            f"Progress cannot be kept in {folder}: {error.strerror}.",
            slug="state_unwritable",
            next_step="Name another folder with --state.",
        ) from error
    if status.st_uid != os.getuid() or status.st_mode & 0o022:
        raise _unfit(folder, "others can write there")
    if names and PROGRESS_FILE not in names:
        raise _unfit(folder, "it holds something else")


def sweep(folder: Path) -> None:
    """Remove the temporary files of a run that was killed; nobody else may be using the folder."""
    for path in folder.glob(f"{TEMPORARY}*"):
        shutil.rmtree(path)


def forget(folder: Path) -> None:
    """Remove what was kept, but not the folder."""
    for name in (PROGRESS_FILE, REPLAY_FILE):
        for suffix in _SUFFIXES:
            (folder / f"{name}{suffix}").unlink(missing_ok=True)


def discard(folder: Path) -> None:
    """Remove the progress of a run that has ended, and its folder if nothing else is in it."""
    with suppress(OSError):
        forget(folder)
        folder.rmdir()


def _unfit(folder: Path, reason: str) -> UsageError:
    return UsageError(
        f"Progress is not kept in {folder}: {reason}.",
        slug="state_unfit",
        next_step="Name a new folder of your own with --state.",
    )
