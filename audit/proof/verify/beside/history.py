# SPDX-License-Identifier: Apache-2.0
"""Several checkpoints of one log: whether they are of one history.

Implements "consistency between every pair of adjacent checkpoints given and the auditor's
saved one" of the log specification, section 2.9. Where the whole log is at hand its own
entries give the root of every size; a bundle of one history carries proofs between them.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

from audit.proof.checkpoint import Checkpoint, verify_growth
from audit.proof.merkle import PATH_HASHES_MAX
from audit.proof.note import decode_base64
from audit.proof.verify.book import CHECKPOINT, CONSISTENCY, Book
from audit.proof.verify.findings import Finding, counted
from audit.proof.verify.log.tree import consistency_problem
from audit.proof.verify.members import CONSISTENCY_OCTETS_MAX, numbered
from domain.errors import ProofError

NOTES: Final = "checkpoints/"
NO_SAVED: Final = "No saved checkpoint was given; with --checkpoint a rewritten past shows."

_LAST: Final = re.compile(rf"{NOTES}.*\.last\.note")

Heads = Mapping[int, Checkpoint]
"""Checkpoints by their sizes, in order."""


def open_heads(book: Book, files: Mapping[str, bytes]) -> dict[int, Checkpoint]:
    """Check the signature of every checkpoint among some files; give those that hold."""
    heads: dict[int, Checkpoint] = {}
    for size, name in numbered(files, NOTES).items():
        head = book.open_checkpoint(files[name])
        if head and head.size == size:
            heads[size] = head
        elif head:
            sentence = f"The checkpoint {name} is not of the size in its name."
            _find(book, CHECKPOINT, "checkpoint_size", sentence=sentence)
    return heads


def open_last(book: Book, files: Mapping[str, bytes], heads: Heads) -> dict[int, bytes]:
    """Give the notes of checkpoints as they were cosigned last; each has to be of the same tree."""
    found: dict[int, bytes] = {}
    for name in sorted(name for name in files if _LAST.fullmatch(name)):
        head = book.open_checkpoint(files[name])
        if head and head == heads.get(head.size) and name == last_name(head.size):
            found[head.size] = files[name]
        elif head:
            sentence = f"The checkpoint {name} is not of the same tree as the one beside it."
            _find(book, CHECKPOINT, "checkpoint_size", sentence=sentence)
    return found


def compare_with_log(
    book: Book, heads: Heads, *, roots: Mapping[int, bytes], present: Checkpoint
) -> dict[int, Checkpoint]:
    """Compare checkpoints with the roots that the log's own entries give.

    Returns:
        Those that are of this history.
    """
    proved = {}
    for size, head in heads.items():
        if size > present.size:
            sentence = f"There is a checkpoint of {counted(size)}, but the log has only"
            _find(
                book,
                CONSISTENCY,
                "log_behind",
                sentence=f"{sentence} {present.size}.",
                missing=True,
            )
        elif problem := consistency_problem(roots.get(size), head, present):
            book.tally.add(problem)
        else:
            proved[size] = head
    return proved


def link_heads(book: Book, heads: Heads, files: Mapping[str, bytes]) -> dict[int, Checkpoint]:
    """Check the proof between every two adjacent checkpoints of a bundle.

    Returns:
        The newest, and those that are proved to be of its history.
    """
    proved = dict(list(heads.items())[-1:])
    for newer, older in pairwise([*heads.values()][::-1]):
        if not _linked(book, older, newer, files=files):
            break
        proved[older.size] = older
    return dict(sorted(proved.items()))


def link_saved(
    book: Book, saved: Checkpoint | None, *, heads: Heads, files: Mapping[str, bytes]
) -> str | None:
    """Compare the auditor's own checkpoint with those of a bundle; say why, if it cannot."""
    if saved is None:
        return NO_SAVED
    same = heads.get(saved.size)
    if same:
        if problem := consistency_problem(same.root, saved, same):
            book.tally.add(problem)
        return None
    found = next((each for each in heads.values() if _proof(files, saved, each)), None)
    if found is None:
        return "The bundle holds no proof between the saved checkpoint and its own."
    older, newer = sorted((saved, found), key=lambda each: each.size)
    _linked(book, older, newer, files=files)
    return None


def adjacent(heads: Heads) -> str:
    """Say that several checkpoints agree, if there are several."""
    count = len(heads)
    return f" All {count} checkpoints here are of one history." if count > 1 else ""


def encode_consistency(path: Sequence[bytes]) -> bytes:
    """Write a consistency proof: a base64 hash a line."""
    return b"".join(b64encode(each) + b"\n" for each in path)


def parse_consistency(octets: bytes) -> tuple[bytes, ...]:
    """Read a consistency proof in its one spelling.

    Raises:
        ProofError: It is not at most 63 base64 hashes, one a line.
    """
    try:
        lines = octets.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise ProofError("The consistency proof is not ASCII.") from error
    if len(octets) > CONSISTENCY_OCTETS_MAX or lines.pop() or len(lines) > PATH_HASHES_MAX:
        raise ProofError(f"A consistency proof is at most {PATH_HASHES_MAX} hashes, one a line.")
    return tuple(decode_base64(line) for line in lines)


def note_name(size: int) -> str:
    """Name the file of a checkpoint."""
    return f"{NOTES}{size}.note"


def last_name(size: int) -> str:
    """Name the file of the same checkpoint as witnesses cosigned it last, where it is another."""
    return f"{NOTES}{size}.last.note"


def consistency_name(old: int, new: int) -> str:
    """Name the file of the proof between two sizes."""
    return f"consistency/{old}-{new}.proof"


def _proof(files: Mapping[str, bytes], one: Checkpoint, other: Checkpoint) -> bytes | None:
    old, new = sorted((one.size, other.size))
    return files.get(consistency_name(old, new))


def _linked(
    book: Book, older: Checkpoint, newer: Checkpoint, *, files: Mapping[str, bytes]
) -> bool:
    """Check that one tree grew out of another; every tree begins with the empty one."""
    if not older.size:
        return True
    proof = _proof(files, older, newer)
    if proof is None:
        sentence = f"The proof from size {older.size} to size {newer.size} is missing."
        _find(book, CONSISTENCY, "consistency_missing", sentence=sentence, missing=True)
        return False
    try:
        verify_growth(older, newer, parse_consistency(proof))
    except ProofError as error:
        _find(book, CONSISTENCY, "not_a_prefix", sentence=error.sentence)
        return False
    return True


def _find(book: Book, check: str, code: str, *, sentence: str, missing: bool = False) -> None:
    book.tally.add(Finding(check=check, code=code, sentence=sentence, missing=missing))
