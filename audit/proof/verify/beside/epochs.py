# SPDX-License-Identifier: Apache-2.0
"""Whether a bundle shows the newest event of its firearm, as of an epoch of the log.

Implements the light verifier of the log specification, section 2.2: a head proof says which
event was a stream's newest among the entries that an epoch covers. It has to lead to one of
the bundle's own checkpoints, or it could be of another history. What came after the epoch
it cannot say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from audit.proof.heads.epochs import HEADS
from audit.proof.heads.head import read_head
from audit.proof.heads.proof import HeadVerdict, check_head, compare_head, parse_head_proof
from audit.proof.verify.beside.history import Heads
from audit.proof.verify.book import Book
from audit.proof.verify.evidence import MANIFEST_FILE, read_manifest
from audit.proof.verify.findings import Finding, counted
from audit.proof.verify.members import numbered
from domain.errors import ProofError
from domain.registry.state import Registry

_NONE: Final = (
    "No head proof of what the bundle is about was presented, so newer events may have been left "
    "out; ask for a bundle from after the log's next epoch of newest events."
)


def check_heads(
    book: Book,
    files: Mapping[str, bytes],
    *,
    entries: Mapping[int, bytes],
    heads: Heads,
    registry: Registry | None,
) -> None:
    """Conclude whether the newest events are shown, as far as head proofs are there.

    Args:
        book: Where findings and the conclusion go.
        files: Head proofs in ``heads/<number>.head-proof``.
        entries: The tokens shown, by index.
        heads: Checkpoints that are proved to be of one history.
        registry: Who may sign, where the bundle tells.
    """
    manifest = read_manifest(files.get(MANIFEST_FILE, b""))
    said, about = [], set()
    for name in numbered(files, "heads/").values():
        try:
            _check_history(book, files[name], heads)
            verdict = check_head(files[name], trust=book.trust, registry=registry)
        except ProofError as error:
            book.tally.add(Finding(check=HEADS, code=error.slug, sentence=error.sentence))
            continue
        finding = _compare(verdict, entries)
        if finding:
            book.tally.add(finding)
        said.append(str(verdict))
        about.add(verdict.sub)
    undone = None if manifest and manifest.subject in about else _NONE
    book.conclude(HEADS, " ".join(said), undone=undone)


def _check_history(book: Book, octets: bytes, heads: Heads) -> None:
    found = book.trust.open(parse_head_proof(octets).receipt.checkpoint_note)
    known = heads.get(found.size)
    if known is None or known.root != found.root:
        raise ProofError(
            f"The head proof leads to a checkpoint of {counted(found.size)} that is not in the "
            "bundle.",
            slug="head_elsewhere",
        )


def _compare(verdict: HeadVerdict, entries: Mapping[int, bytes]) -> Finding | None:
    """Compare what the epoch says with the events of that stream that are shown."""
    found = ((index, read_head(jws)) for index, jws in entries.items())
    own = {index: head for index, head in found if head and head.sub == verdict.sub}
    return compare_head(verdict, own)
