# SPDX-License-Identifier: Apache-2.0
"""Replacing a small file as a whole: nobody ever sees half of it, not even after a power cut.

For what is read by others while it is written: checkpoints, trust files, receipts. Files that
must never be replaced are made by ``audit.signer.files``, and tiles by ``audit.proof.tiles``.
"""

from __future__ import annotations

import os
from pathlib import Path


def replace_durably(path: Path, octets: bytes) -> None:
    """Put octets in the place of a file, on disk when this returns.

    Raises:
        OSError: The disk refuses; the file is as it was.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("wb") as file:
        file.write(octets)
        file.flush()
        os.fsync(file.fileno())
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        draft.replace(path)
        os.fsync(folder)
    finally:
        os.close(folder)


def replace_changed(path: Path, octets: bytes) -> None:
    """Do so unless the file holds those octets already.

    Raises:
        OSError: The disk refuses; the file is as it was.
    """
    if not path.is_file() or path.read_bytes() != octets:
        replace_durably(path, octets)
