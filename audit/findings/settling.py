# SPDX-License-Identifier: Apache-2.0
"""Looking up what a word on disputed entries has to name, before anybody signs it.

Serves the key compromise drill of the log specification, section 2.8. The rule of the registry
knows indexes alone; that each entry is what is meant, and that what supersedes it is a later
event of the same stream, is looked up here in the signed bytes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from audit.arrays import int8_array
from audit.link import Link
from audit.proof.heads.head import Head, read_head
from domain.errors import UsageError
from domain.registry.members import SETTLED_MAX

_ENTRIES: Final = "select idx, raw from ledger.event where idx = any(%b::int8[])"

_INDEX: Final = re.compile(r"[0-9]{1,15}")

Word = tuple[int, int | None]
"""Index of a disputed entry, and of the event that supersedes it, if one does."""


def parse_word(text: str) -> Word:
    """Read ``INDEX`` for a confirmed entry, or ``INDEX=INDEX`` for a superseded one.

    Raises:
        UsageError: ``settlement_form``.
    """
    index, mark, by = text.partition("=")
    numbers = [index, by] if mark else [index]
    if not all(
        each.isascii() and each.isdigit() and len(each) <= len("9" * 15) for each in numbers
    ):
        raise UsageError(
            f"{text[:40]} is neither INDEX nor INDEX=INDEX.",
            slug="settlement_form",
            next_step="Name an entry that counts as 17, and one that entry 42 supersedes as 17=42.",
        )
    return int(index), int(by) if mark else None


def settled_entries(link: Link, words: Sequence[Word]) -> list[Mapping[str, object]]:
    """Give the entries of a ``key.dispute-settled`` event.

    Raises:
        UsageError: There are too many, or an entry or its successor is not what it has to be.
        UnreachableError: The database does not answer.
    """
    if not 1 <= len(words) <= SETTLED_MAX:
        raise UsageError(
            f"One event settles 1 to {SETTLED_MAX} entries, not {len(words)}.",
            slug="settlement_size",
            next_step="Settle them in several events.",
        )
    indexes = sorted({each for word in words for each in word if each is not None})
    rows = link.read(_ENTRIES, (int8_array(indexes),))
    heads = {index: read_head(bytes(raw)) for index, raw in rows}
    return [_entry(heads, *word) for word in sorted(words, key=lambda word: word[0])]


def _entry(
    heads: Mapping[int, Head | None], index: int, successor: int | None
) -> Mapping[str, object]:
    head = heads.get(index)
    if head is None:
        raise _unfit(f"The log holds no readable entry at index {index}.")
    if successor is None:
        return {"index": index, "eid": head.eid}
    by = heads.get(successor)
    if by is None or successor <= index or by.sub != head.sub:
        raise _unfit(f"Entry {successor} is no later event of the stream of entry {index}.")
    return {"index": index, "eid": head.eid, "by": by.eid}


def _unfit(sentence: str) -> UsageError:
    return UsageError(
        sentence,
        slug="settlement_unfit",
        next_step="List disputed entries with `muniment disputes`; record the correction or "
        "reversal first.",
    )
