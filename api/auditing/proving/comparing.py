# SPDX-License-Identifier: Apache-2.0
"""Checkpoints that somebody kept, compared with the log as this server holds it now.

For each, the stored tree is asked for its root, and so are the entries' bytes themselves where
there are few enough. Where both agree, the proof of growth to the newest checkpoint is given; where
one does not, where the histories part (log specification, sections 2.8 and 2.10).
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from api.auditing.proving.anchor import Anchor, anchor_of
from api.auditing.proving.bytes import Stored, stored_bytes
from api.beside import ledger_trust
from api.bootstrap import Office
from audit.link import Link
from audit.proof.checkpoint import Checkpoint, read_body, verify_growth
from audit.proof.note import NOTE_OCTETS_MAX
from audit.proof.verify.fraud import Verdict, judge_heads
from audit.proof.verify.trust import Trust
from audit.tree import DamagedTreeError, read_edge, tree_at
from domain.errors import InvalidValueError, ProofError

NOTES_MAX: Final = 20

Result = Literal["same", "grown", "differs", "larger", "elsewhere"]
"""The same tree as the newest; one that it grew out of; another one; more entries than are here; a
checkpoint of another log."""

_SIGNATURE: Final = "\N{EM DASH} "


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One checkpoint beside the log.

    Attributes:
        stated: What it states.
        result: How it stands to the log.
        signed: Whether a key of the log signed it.
        tree: Whether the stored tree has that root at that size; nothing where there is none.
        entries: Whether the entries' bytes give it; nothing where there are too many to look.
        path: Proof of growth to the newest checkpoint; verified where it is given.
        verdict: What it proves to anybody beside the newest checkpoint, where it differs and is
            signed.
    """

    stated: Checkpoint
    result: Result
    signed: bool
    tree: bool | None = None
    entries: bool | None = None
    path: tuple[bytes, ...] = ()
    verdict: Verdict | None = None

    @property
    def root(self) -> str:
        """The root that it states, in base64 as notes write it."""
        return b64encode(self.stated.root).decode()

    @property
    def agrees(self) -> bool:
        """Whether the log is the one that it states, or has grown out of it."""
        return self.result in ("same", "grown")

    @property
    def proof(self) -> str:
        """The proof of growth as a file, a base64 hash a line."""
        return _lines(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Everything that was compared.

    Attributes:
        anchor: The newest checkpoint.
        trust: Under whose keys signatures were looked at.
        compared: The checkpoints, the smallest first.
        changed: First entry whose stored bytes are not those of its stored hash, if any.
    """

    anchor: Anchor
    trust: Trust
    compared: tuple[Compared, ...]
    changed: int | None

    @property
    def parted(self) -> Compared | None:
        """The smallest checkpoint of another history, one that the log signed before others."""
        differing = [each for each in self.compared if each.result == "differs"]
        signed = [each for each in differing if each.signed]
        return next(iter(signed or differing), None)

    @property
    def agrees_to(self) -> int:
        """Up to how many entries the histories are one before they part."""
        end = self.parted.stated.size if self.parted else self.anchor.checkpoint.size
        sizes = (each.stated.size for each in self.compared if each.agrees)
        return max((size for size in sizes if size <= end), default=0)


def compare(office: Office, link: Link, text: str) -> Comparison:
    """Compare checkpoints with the log.

    Args:
        office: The open ledger.
        link: A connection that may read the log.
        text: Signed notes as they were kept, one after another; or their first three lines.

    Raises:
        InvalidValueError: ``checkpoints_unreadable``.
        MunimentError: The log has no signed checkpoint, or the database does not answer.
    """
    notes = [_read(each) for each in split_notes(text)]
    if not 0 < len(notes) <= NOTES_MAX:
        raise _unreadable()
    anchor, trust = anchor_of(office, link), ledger_trust(office, link)
    ours = [found for _, found in notes if found.origin == trust.origin]
    stored = stored_bytes(link, [each.size for each in ours], upto=anchor.checkpoint.size)
    log = _Log(link, anchor, trust, stored)
    compared = [log.compare(note, found) for note, found in notes]
    return Comparison(
        anchor=anchor,
        trust=trust,
        compared=tuple(sorted(compared, key=lambda each: each.stated.size)),
        changed=stored.changed,
    )


def split_notes(text: str) -> list[bytes]:
    """Part a text into notes: a line that follows signatures begins the next one."""
    notes, signed = [""], False
    for line in text.replace("\r\n", "\n").strip().split("\n"):
        is_signature = line.startswith(_SIGNATURE)
        if signed and not is_signature:
            if not line.strip():
                continue
            notes.append("")
        signed = is_signature
        notes[-1] += f"{line.rstrip()}\n"
    return [each.encode() for each in notes if each.strip()]


@dataclass(frozen=True, slots=True)
class _Log:
    link: Link
    anchor: Anchor
    trust: Trust
    stored: Stored

    def compare(self, note: bytes, stated: Checkpoint) -> Compared:
        signed = self._signed(note)
        if stated.origin != self.trust.origin:
            return Compared(stated=stated, result="elsewhere", signed=False)
        if stated.size > self.anchor.checkpoint.size:
            return Compared(stated=stated, result="larger", signed=signed)
        tree, root = self._tree(stated), self.stored.roots.get(stated.size)
        entries = None if root is None else root == stated.root
        path = self._growth(stated) if tree and entries is not False else None
        if path is not None:
            result: Result = "same" if stated == self.anchor.checkpoint else "grown"
            return Compared(
                stated=stated, result=result, signed=signed, tree=tree, entries=entries, path=path
            )
        verdict = self._verdict(note, stated) if signed else None
        return Compared(
            stated=stated,
            result="differs",
            signed=signed,
            tree=tree,
            entries=entries,
            verdict=verdict,
        )

    def _signed(self, note: bytes) -> bool:
        try:
            self.trust.open(note)
        except ProofError:
            return False
        return True

    def _tree(self, stated: Checkpoint) -> bool:
        try:
            return read_edge(self.link, stated.size).root() == stated.root
        except (DamagedTreeError, ProofError):
            return False

    def _growth(self, stated: Checkpoint) -> tuple[bytes, ...] | None:
        """Prove that the newest checkpoint grew out of this one; nothing where it cannot."""
        newest = self.anchor.checkpoint
        if stated.size == 0:
            return ()
        try:
            path = tree_at(self.link, newest.size).consistency(stated.size)
            verify_growth(stated, newest, path)
        except (DamagedTreeError, ProofError):
            return None
        return tuple(path)

    def _verdict(self, note: bytes, stated: Checkpoint) -> Verdict | None:
        """Judge both heads as anybody would who is handed them."""
        try:
            path = tree_at(self.link, self.anchor.checkpoint.size).consistency(stated.size)
        except (DamagedTreeError, ProofError):
            path = ()
        proof = _lines(path).encode() if path else None
        return judge_heads((note, self.anchor.note), self.trust, proof)


def _read(note: bytes) -> tuple[bytes, Checkpoint]:
    try:
        if len(note) > NOTE_OCTETS_MAX:
            raise _unreadable()
        body, separator, _ = note.partition(b"\n\n")
        return note, read_body(note if separator else body.rstrip(b"\n") + b"\n\n")
    except ProofError as error:
        raise _unreadable(error.sentence) from error


def _unreadable(reason: str = "") -> InvalidValueError:
    return InvalidValueError(
        f"That is no checkpoint. {reason}".strip(),
        slug="checkpoints_unreadable",
        next_step=f"Paste 1 to {NOTES_MAX} checkpoints as they were kept: the name of the log, "
        "the number of entries and the root, a line each, then an empty line and the signatures.",
    )


def _lines(path: Sequence[bytes]) -> str:
    return "".join(f"{b64encode(each).decode()}\n" for each in path)
