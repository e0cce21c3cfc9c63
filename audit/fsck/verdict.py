# SPDX-License-Identifier: Apache-2.0
"""Which telling is wrong where several disagree, and from where it can be restored.

Serves `muniment fsck` (log specification, section 2.10): a source that gives the newest signed
root is right about every entry below it, and each other source is judged by it. Above what was
signed nobody can tell, and that is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from audit.fsck.marks import Judged
from audit.fsck.published import PUBLISHED, Published
from audit.fsck.row import ROWS
from audit.fsck.sources import Difference, Source, Trees
from audit.fsck.walk import TILES
from audit.proof.verify.findings import Finding, counted

_CHECKS: Final[Mapping[Source, str]] = {"rows": ROWS, "tiles": TILES, "published": PUBLISHED}
_NAMES: Final[Mapping[Source, str]] = {
    "rows": "The row",
    "tiles": "The stored leaf hash",
    "published": "The published entry",
}
_CODES: Final[Mapping[Source, str]] = {
    "rows": "row_differs",
    "tiles": "leaf_differs",
    "published": "published_differs",
}


def verdicts(trees: Trees, judged: Judged, published: Published | None) -> Iterator[Finding]:
    """Say of each difference who is wrong."""
    for difference in trees.differences:
        right = _right(difference, judged)
        if right is None:
            yield _undecided(difference, judged)
        else:
            yield from _wrong(difference, right, published)
    more = trees.count - len(trees.differences)
    if more:
        sentence = f"The sources differ at {counted(more, 'further entry', 'further entries')}."
        last = trees.differences[-1].index
        yield Finding(check=ROWS, code="sources_differ", sentence=sentence, index=last + 1)


def _right(difference: Difference, judged: Judged) -> bytes | None:
    """Give the leaf that the newest signed root covers; nothing if none can be told."""
    if difference.index >= judged.signed or not judged.right:
        return None
    leaves = difference.leaves
    named = [leaves[source] for source in _NAMES if source in judged.right and source in leaves]
    # A source that has nothing here was grown with what the others have.
    return named[0] if named else next(iter(leaves.values()))


def _wrong(difference: Difference, right: bytes, published: Published | None) -> Iterator[Finding]:
    place = _place(difference, right, published)
    if "rows" not in difference.leaves:
        yield Finding(
            check=ROWS,
            code="row_missing",
            sentence="The row is gone.",
            index=difference.index,
            evidence=f"signed leaf {right.hex()}",
            next_step=f"Restore it from {place}.",
        )
    for source, leaf in difference.leaves.items():
        if leaf != right:
            yield Finding(
                check=_CHECKS[source],
                code=_CODES[source],
                sentence=f"{_NAMES[source]} is not what was signed.",
                index=difference.index,
                evidence="; ".join(filter(None, (_hashes(leaf, right), difference.octets))),
                next_step=f"Restore it from {place}.",
            )


def _place(difference: Difference, right: bytes, published: Published | None) -> str:
    """Name where the signed entry can be taken from."""
    if difference.leaves.get("rows") == right:
        return "the row, whose bytes are the signed ones"
    if published and difference.leaves.get("published") == right:
        return published.place(difference.index)
    return f"an export, a mirror or a backup: its entry has the leaf hash {right.hex()}"


def _undecided(difference: Difference, judged: Judged) -> Finding:
    signed = f"up to {counted(judged.signed)}" if judged.signed else "at all"
    reason = (
        "no signed root covers it yet"
        if difference.index >= judged.signed
        else "none of them gives the signed root"
    )
    told = "; ".join(f"{source} {leaf.hex()}" for source, leaf in difference.leaves.items())
    return Finding(
        check=ROWS,
        code="row_missing" if "rows" not in difference.leaves else "sources_differ",
        sentence=f"The row, the stored hash and the published copy do not agree, and {reason} "
        f"(signed {signed}).",
        index=difference.index,
        evidence="; ".join(filter(None, (told, difference.octets))),
        next_step="Keep all of them, and compare with an export or mirror made elsewhere.",
    )


def _hashes(leaf: bytes, right: bytes) -> str:
    return f"leaf {leaf.hex()}, signed leaf {right.hex()}"
