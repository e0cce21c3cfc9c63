# SPDX-License-Identifier: Apache-2.0
"""The witness: it cosigns a checkpoint only if the tree grew out of the one it cosigned last.

Implements C2SP tlog-witness 1.1 for `log.md` 2.6, apart from the HTTP around it: the checks in
the order of the specification and the answer to each outcome. The new state is on disk before
the cosignature leaves; the time in it never goes back. Refused checkpoints that the log did
sign are kept as evidence.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from audit.proof.checkpoint import Checkpoint, parse_checkpoint, verify_growth
from audit.proof.cosignature import signed_text
from audit.proof.note import VerifiedNote, open_note, signature_line
from audit.witness.evidence import EvidenceStore, Kind, kind_of, origin_hash
from audit.witness.key import Cosigner
from audit.witness.message import (
    INCONSISTENT,
    MALFORMED,
    OK,
    SIZE_TYPE,
    STALE,
    UNAVAILABLE,
    UNKNOWN,
    UNTRUSTED,
    AddCheckpoint,
    size_body,
)
from audit.witness.store import Held, WitnessStore
from domain.errors import MunimentError, ProofError, UnreachableError

TEXT_TYPE: Final = "text/plain; charset=utf-8"

_ORIGIN_HASH: Final = re.compile(r"[0-9a-f]{64}")
_SIGNATURE_SLUGS: Final = frozenset({"note_signature", "note_unsigned"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back over HTTP: status, body and its type."""

    status: int
    body: bytes
    content_type: str = TEXT_TYPE


class Witness:
    """Answers requests; safe for several threads, and for several processes of one folder."""

    def __init__(
        self,
        cosigner: Cosigner,
        store: WitnessStore,
        evidence: EvidenceStore,
        *,
        clock: Callable[[], float],
    ) -> None:
        """Bind the key, the memory and the clock (seconds since 1970 UTC)."""
        self._cosigner = cosigner
        self._store = store
        self._evidence = evidence
        self._clock = clock

    def add_checkpoint(self, body: bytes) -> Answer:
        """Answer a request to cosign, whatever octets it has."""
        try:
            return self._add(AddCheckpoint.parse(body))
        except ProofError as error:
            return _told(MALFORMED, error)
        except UnreachableError as error:
            return _told(UNAVAILABLE, error)

    def checkpoint(self, name: str) -> Answer:
        """Answer with the newest cosigned checkpoint of a log.

        Args:
            name: SHA-256 of its origin in hex.
        """
        if not _ORIGIN_HASH.fullmatch(name):
            return Answer(UNKNOWN, b"There is no such page.\n")
        try:
            known = [each for each in self._store.all() if origin_hash(each.origin) == name]
        except UnreachableError as error:
            return _told(UNAVAILABLE, error)
        if not known or known[0].at == 0:
            return Answer(UNKNOWN, b"No checkpoint of that log was cosigned here.\n")
        return Answer(OK, known[0].note)

    def _add(self, request: AddCheckpoint) -> Answer:
        found = parse_checkpoint(signed_text(request.note))
        held = self._store.held(found.origin)
        keys = self._store.keys(found.origin) if held else ()
        try:
            verified = open_note(request.note, keys)
        except ProofError as error:
            if error.slug not in _SIGNATURE_SLUGS:
                raise
            return _told(UNTRUSTED if held else UNKNOWN, error)
        if held is None or request.old > found.size:
            return Answer(MALFORMED, b"The old size is larger than that of the checkpoint.\n")
        if request.old != held.size:
            return self._stale(request, found, held)
        try:
            _check_growth(request, found, held)
        except ProofError as error:
            kind = kind_of(found, held, request.path) or "unproved"
            self._keep(kind, request, held, size=found.size)
            return _told(INCONSISTENT, error)
        return self._cosign(verified, found, held)

    def _cosign(self, verified: VerifiedNote, found: Checkpoint, held: Held) -> Answer:
        """Remember the checkpoint, then answer with its cosignature."""
        now = int(self._clock())
        line = self._cosigner.line(verified.text, now)
        signed = "".join(map(signature_line, verified.signers, verified.signatures))
        after = Held(
            origin=held.origin,
            size=found.size,
            root=found.root,
            note=f"{verified.text}\n{signed}{line}".encode(),
            at=now,
        )
        # Asked twice within a second, it says the same again and has nothing to remember.
        same = (after.size, after.root, after.at) == (held.size, held.root, held.at)
        if same or self._store.move(held, after):
            return Answer(OK, line.encode())
        if now < held.at:
            raise UnreachableError(
                "The clock of the witness went back.",
                slug="witness_clock",
                next_step="Set it right; the witness goes on once it has passed its last time.",
            )
        present = self._store.held(held.origin) or held
        return Answer(STALE, size_body(present.size), SIZE_TYPE)

    def _stale(self, request: AddCheckpoint, found: Checkpoint, held: Held) -> Answer:
        kind = kind_of(found, held, request.path)
        if kind is not None:
            self._keep(kind, request, held, size=found.size)
        return Answer(STALE, size_body(held.size), SIZE_TYPE)

    def _keep(self, kind: Kind, request: AddCheckpoint, held: Held, *, size: int) -> None:
        """Keep evidence; the refusal stands even where the disk has no room for it."""
        try:
            kept = self._evidence.keep(kind, request, held, size=size)
            where = str(kept) if kept else "not kept: there is too much of it already"
        except MunimentError as error:
            where = f"not kept: {error.sentence}"
        words = f"refused {kind} of {held.origin}: size {size}, held {held.size}; {where}"
        print(words, file=sys.stderr, flush=True)  # noqa: T201 - the witness's log


def _check_growth(request: AddCheckpoint, found: Checkpoint, held: Held) -> None:
    """Check that the tree grew out of the one held; from the empty tree every tree does."""
    if held.size > 0:
        verify_growth(held, found, request.path)
    elif request.path:
        raise ProofError("A proof from the empty tree has no hashes.")


def _told(status: int, error: MunimentError) -> Answer:
    return Answer(status, f"{error.sentence}\n".encode())
