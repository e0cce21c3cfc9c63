# SPDX-License-Identifier: Apache-2.0
"""What the log remembers of its witnesses: the newest checkpoint that each has cosigned.

Implements "per witness keep last cosigned size" of `log.md` 2.6. The memory is the cosigned
note itself, one file a witness, checked when it is read; losing it costs one more question.
What a witness answered that must not be is kept beside it as evidence.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Final

from audit.files import replace_durably
from audit.proof.checkpoint import Checkpoint, parse_checkpoint
from audit.proof.note import NOTE_OCTETS_MAX, VerifierKey, open_note
from audit.signer.files import create_file
from domain.errors import ProofError, UnreachableError

EVIDENCE_FOLDER: Final = "evidence"

_DIGITS: Final = 16


class WitnessMemory:
    """The folder in which the log remembers one witness."""

    def __init__(self, folder: Path, key: VerifierKey) -> None:
        """Remember the folder, shared with other witnesses, and the witness's key."""
        self._key = key
        name = sha256(str(key).encode()).hexdigest()[:_DIGITS]
        self._file = folder / f"{name}.note"
        self._evidence = folder / EVIDENCE_FOLDER / name

    def newest(self, origin: str) -> Checkpoint | None:
        """Give the newest checkpoint of a log that the witness is known to have cosigned.

        None where there is none, or none that verifies: it is only asked once more then.
        """
        try:
            with self._file.open("rb") as file:
                note = file.read(NOTE_OCTETS_MAX + 1)
            found = parse_checkpoint(open_note(note, (self._key,)).text)
        except (OSError, ProofError):
            return None
        return found if found.origin == origin else None

    def remember(self, note: bytes) -> None:
        """Remember a checkpoint that the witness has cosigned, durably.

        Args:
            note: The checkpoint with that cosignature.

        Raises:
            UnreachableError: The disk refuses.
        """
        replace_file(self._file, note)

    def keep_evidence(self, request: bytes, answer: bytes) -> Path:
        """Keep what was asked and what was answered, durably; give the file of the request.

        Raises:
            UnreachableError: The disk refuses.
        """
        try:
            self._evidence.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(self._evidence, error) from error
        kept = self._evidence / f"{sha256(request).hexdigest()[:_DIGITS]}.request"
        create_file(kept, request)
        create_file(kept.with_suffix(".answer"), answer)
        return kept


def replace_file(path: Path, octets: bytes) -> None:
    """Replace a small file as a whole, durably; nobody ever sees half of it.

    Raises:
        UnreachableError: The disk refuses.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_durably(path, octets)
    except OSError as error:
        raise unwritable(path, error) from error


def unwritable(path: Path, error: OSError) -> UnreachableError:
    """Say that a file or folder of the log's side cannot be written."""
    return UnreachableError(
        f"{path} cannot be written: {error.strerror}.",
        slug="witness_memory",
        next_step="Free space or correct the rights of the folder, and run it again.",
    )
