# SPDX-License-Identifier: Apache-2.0
"""What was signed, as far as it can be known without the rows.

Serves `muniment fsck` (log specification, section 2.4): the signer's own state and refusal, the
log's verifier key, and the checkpoint of a published copy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from audit.fsck.marks import NEVER_RESET, Mark
from audit.fsck.published import PUBLISHED, read_published_note
from audit.proof.checkpoint import Checkpoint
from audit.proof.verify.findings import Finding, counted
from audit.proof.verify.trust import LogKey, open_log_checkpoint
from audit.signer.client import SignerClient
from audit.signer.files import socket_path
from audit.signer.keys.known import known_log_keys
from audit.signer.state import signed_tree
from domain.errors import MunimentError, ProofError, UnreachableError, UnsafeError

SIGNER: Final = "signer"
CHECKPOINTS: Final = "checkpoints"

STATUS_SECONDS_MAX: Final = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What was signed.

    Attributes:
        origin: Name of the log.
        keys: Keys of the log and the sizes that each signs; none if they are not at hand.
        marks: What the signer and the published checkpoint state.
        findings: What could not be read or does not hold.
    """

    origin: str
    keys: tuple[LogKey, ...]
    marks: tuple[Mark, ...]
    findings: tuple[Finding, ...]

    def open(self, note: bytes) -> Checkpoint:
        """Check a checkpoint note of this log.

        Raises:
            ProofError: It does not hold.
        """
        return open_log_checkpoint(note, self.keys, self.origin)


def standing_of(signer_folder: Path, *, origin: str, published: Path | None) -> Standing:
    """Read what the signer and a published copy say.

    Raises:
        UsageError: The published folder holds no log.
    """
    keys = _keys(signer_folder)
    found = [*_signer(signer_folder), *_refusal(signer_folder)]
    if published is not None:
        found.append(_published(read_published_note(published), origin, keys))
    return Standing(
        origin=origin,
        keys=keys,
        marks=tuple(each for each in found if isinstance(each, Mark)),
        findings=tuple(each for each in found if isinstance(each, Finding)),
    )


def signed_elsewhere(folder: Path, newest: int) -> Finding | None:
    """Say that something was signed that the signer does not remember, if it was.

    Args:
        folder: The signer's folder, read anew: what it signed meanwhile is no mystery.
        newest: Largest size of a signed checkpoint that was met.
    """
    known = next((each for each in _signer(folder) if isinstance(each, Mark)), None)
    if known is None or newest <= known.size:
        return None
    return Finding(
        check=SIGNER,
        code="signed_elsewhere",
        sentence=f"A checkpoint of {counted(newest)} bears the log's signature, but the "
        f"signer remembers no more than {known.size}: its state was put back, or its key was used "
        "elsewhere.",
        index=known.size,
        next_step="Stop the signer before it signs again. Restore its folder from its own newest "
        "backup, and treat the log key as stolen if there is none.",
    )


def kept_marks(kept: Iterable[tuple[int, bytes]], standing: Standing) -> Iterator[Mark | Finding]:
    """Give what kept checkpoints state, or what is wrong with one; nothing without a key."""
    for size, note in kept if standing.keys else ():
        try:
            checkpoint = standing.open(note)
        except ProofError as error:
            yield _unsound(CHECKPOINTS, error, size)
            continue
        if checkpoint.size != size:
            wrong = ProofError("It is of another size than its row says.", slug="checkpoint_size")
            yield _unsound(CHECKPOINTS, wrong, size)
            continue
        yield Mark(origin=CHECKPOINTS, size=size, root=checkpoint.root)


def _keys(folder: Path) -> tuple[LogKey, ...]:
    try:
        return known_log_keys(folder)
    except MunimentError:
        return ()


def _signer(folder: Path) -> Iterator[Mark | Finding]:
    try:
        tree = signed_tree(folder)
    except UnsafeError as error:
        yield Finding(
            check=SIGNER,
            code=error.slug,
            sentence=f"{error.sentence} Nothing in the database can replace it.",
            missing=True,
            next_step=error.next_step,
        )
        return
    yield Mark(origin=SIGNER, size=tree.size, root=tree.root())


def _refusal(folder: Path) -> Iterator[Finding]:
    """Say that a running signer has stopped signing, if it has."""
    try:
        with SignerClient(socket_path(folder), seconds_max=STATUS_SECONDS_MAX) as client:
            refusal = client.status().refusal
    except UnreachableError:
        return
    if refusal:
        yield Finding(check=SIGNER, code="signer_refuses", sentence=refusal, next_step=NEVER_RESET)


def _published(note: bytes, origin: str, keys: tuple[LogKey, ...]) -> Mark | Finding:
    try:
        checkpoint = open_log_checkpoint(note, keys, origin)
    except ProofError as error:
        return _unsound(PUBLISHED, error, None)
    return Mark(origin=PUBLISHED, size=checkpoint.size, root=checkpoint.root)


def _unsound(check: str, error: ProofError, size: int | None) -> Finding:
    of = "" if size is None else f" of {counted(size)}"
    return Finding(
        check=check,
        code=error.slug,
        sentence=f"The checkpoint{of} does not hold: {error.sentence}",
        index=None,
        next_step="Keep it as evidence, and find out who wrote it.",
    )
