# SPDX-License-Identifier: Apache-2.0
"""Small files as a whole: nobody ever sees half of one, not even after a power cut.

Some are replaced while others read them: checkpoints, trust files, receipts. Others are made once
and never replaced: keys and secrets. Tiles are written by ``audit.proof.tiles``.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Final

FOLDER_MODE: Final = 0o700
FILE_MODE: Final = 0o600

_DRAFT_OCTETS: Final = 8


def kept_secret(path: Path, octets: int, randomness: Callable[[int], bytes]) -> bytes:
    """Read a secret, or make it when it is first needed; whatever its file holds is given.

    Args:
        path: The file; its folder is made for its owner alone.
        octets: Length of a new one.
        randomness: A cryptographic generator.

    Raises:
        OSError: The file can be neither read nor made.
    """
    path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    if not path.exists():
        create_durably(path, randomness(octets))
    return path.read_bytes()


def create_durably(path: Path, octets: bytes) -> bool:
    """Make a private file with these octets, unless one of that name exists.

    The name appears only with all its octets on disk. Gives False, and changes nothing, when
    there is such a file already.

    Raises:
        OSError: The disk refuses.
    """
    # A name of its own each time: a killed maker leaves a file that disturbs nobody.
    draft = path.with_name(f".{path.name}.{secrets.token_hex(_DRAFT_OCTETS)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(octets)
            file.flush()
            os.fsync(descriptor)
        path.hardlink_to(draft)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    sync_folder(path.parent)
    return True


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
    draft.replace(path)
    sync_folder(path.parent)


def replace_changed(path: Path, octets: bytes) -> None:
    """Do so unless the file holds those octets already.

    Raises:
        OSError: The disk refuses; the file is as it was.
    """
    if not path.is_file() or path.read_bytes() != octets:
        replace_durably(path, octets)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder last: those that are new, and that others are gone.

    Raises:
        OSError: The disk refuses.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
