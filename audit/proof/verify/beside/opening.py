# SPDX-License-Identifier: Apache-2.0
"""Opening what an auditor was handed, packed or unpacked, as files by their names."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from audit.proof.verify.beside.folder import Folder
from audit.proof.verify.container import Archive
from audit.proof.verify.log.layout import CHECKPOINT_FILE
from domain.errors import UsageError

EVIDENCE_OCTETS_MAX: Final = 256 * 1024 * 1024
"""What the evidence about one firearm may have, since all of it is compared at once."""


@contextmanager
def open_files(path: Path) -> Iterator[Archive | Folder]:
    """Open a bundle; of a packed one nothing but its headers is read before it is asked for.

    Raises:
        UsageError: It cannot be read, or is no bundle of this kind.
        UnreachableError: It is cut short.
    """
    if path.is_dir():
        yield Folder(path)
        return
    try:
        # A pipe or a device would be waited for; neither has a size to be compared with.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror}.",
            slug="unreadable",
            next_step="Name an export's directory or a bundle.",
        ) from error
    with os.fdopen(handle, "rb"):
        state = os.fstat(handle)
        octets = state.st_size if stat.S_ISREG(state.st_mode) else 0
        files = Archive(lambda at, count: os.pread(handle, count, at) if octets else b"", octets)
        if octets > EVIDENCE_OCTETS_MAX and CHECKPOINT_FILE not in files:
            sentence = f"{path} has more than {EVIDENCE_OCTETS_MAX} octets."
            raise UsageError(sentence, slug="bundle_too_large")
        yield files
