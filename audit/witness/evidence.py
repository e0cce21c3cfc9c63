# SPDX-License-Identifier: Apache-2.0
"""Checkpoints that a witness refused although the log had signed them, kept as files.

Implements the evidence store of `log.md` 2.6. Two signed heads of one size with different roots
prove by themselves that a log shows two histories, and so do two of which hashes prove that the
larger does not begin with the smaller. A smaller head than before, or one with a proof that fails,
shows nothing: whoever has an old or a new checkpoint of the log can send it so. Each is kept once,
with the checkpoint that the witness held then; there is a limit, so that nobody fills the disk.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal

from audit.files import FOLDER_MODE
from audit.proof.checkpoint import Checkpoint, contradicts
from audit.proof.cosignature import signed_text
from audit.signer.files import create_file
from audit.witness.message import AddCheckpoint
from audit.witness.store import Held
from domain.errors import UnreachableError

FOLDER: Final = "evidence"

Kind = Literal["fork", "inconsistent", "unproved", "rollback"]
"""Another root at the size held; proved not to have grown out of it; a proof that fails; a smaller
size than the one held."""

PROOFS: Final[frozenset[Kind]] = frozenset(("fork", "inconsistent"))
"""What only the holder of a log's key can bring about; anybody can send the others."""

KEPT_MAX: Final[Mapping[Kind, int]] = {
    "fork": 1_000,
    "inconsistent": 1_000,
    "unproved": 20,
    "rollback": 20,
}
"""Refused checkpoints of one log and kind; whoever repeats old ones crowds out no proof."""

_DIGITS: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """One refused checkpoint, as it is kept.

    Attributes:
        kind: Why it was refused.
        size: Size that it states.
        note: File of the refused checkpoint; the request is beside it as ``.request``, and the
            hashes of an inconsistent one as ``.proof``.
        held: File of the checkpoint that the witness held then; empty before the first.
    """

    kind: str
    size: int
    note: Path
    held: Path


class EvidenceStore:
    """The folder in which a witness keeps what it refused."""

    def __init__(self, folder: Path) -> None:
        """Remember the folder of the witness; the evidence has one of its own in it."""
        self._folder = folder / FOLDER

    def keep(self, kind: Kind, request: AddCheckpoint, held: Held, *, size: int) -> Path | None:
        """Keep a refused request, durably; one that is kept already is not kept again.

        Returns:
            The file of the refused checkpoint, or None when as many are kept as may be.

        Raises:
            UnreachableError: The disk refuses.
        """
        # Signatures may be made anew at will, so the signed text says what is the same.
        digest = sha256(signed_text(request.note).encode()).hexdigest()[:_DIGITS]
        folder = self._folder / origin_hash(held.origin)[:_DIGITS]
        note = folder / f"{kind}-{size}-{digest}.note"
        if note.exists():
            return note
        try:
            folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
            kept = sum(1 for _ in folder.glob(f"{kind}-*.note"))
        except OSError as error:
            raise UnreachableError(f"{folder} cannot be written: {error.strerror}.") from error
        if kept >= KEPT_MAX[kind]:
            return None
        create_file(note.with_suffix(".held"), held.note)
        create_file(note.with_suffix(".request"), request.encode())
        if kind == "inconsistent":
            create_file(note.with_suffix(".proof"), request.proof())
        create_file(note, request.note)
        return note

    def of(self, origin: str) -> Iterator[Refused]:
        """Give everything that is kept about a log, by kind and size."""
        for note in sorted((self._folder / origin_hash(origin)[:_DIGITS]).glob("*.note")):
            kind, size, _ = note.stem.split("-")
            yield Refused(kind=kind, size=int(size), note=note, held=note.with_suffix(".held"))


def kind_of(found: Checkpoint, held: Held, path: Sequence[bytes]) -> Kind | None:
    """Tell what a signed checkpoint is beside the one held, by sizes, roots and hashes alone."""
    if found.size < held.size:
        return "rollback"
    if found.size == held.size:
        return "fork" if found.root != held.root else None
    return "inconsistent" if contradicts(held, found, path) else None


def origin_hash(origin: str) -> str:
    """Give the name of a log in paths: SHA-256 of its origin in hex, as tlog-witness has it."""
    return sha256(origin.encode()).hexdigest()
