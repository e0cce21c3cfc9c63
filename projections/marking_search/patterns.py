# SPDX-License-Identifier: Apache-2.0
"""What the SQL pattern of a reading names, and the ways by which it can be looked up.

Numbers are counted up, so the end of a key tells more of them apart than its front does. A way
is worth what it names; two that name little are tried before the parts in the middle are.
"""

from __future__ import annotations

import re
from typing import Any, Final

from domain.schema import TEXT_MAX_CHARS

ANCHOR_CHARS: Final = 3
"""Three tell thousands of damaged numbers apart, and a text has few runs of three."""

PAIR_CHARS: Final = 2
"""Characters in front by which keys with one end are told apart."""

WORTH_MIN: Final = 4
"""Characters that a second range must have in common to be worth reading."""

KEY_CHARS_MAX: Final = 2 * TEXT_MAX_CHARS
"""Length of a key; letters of other scripts can become two Latin ones."""


def anchor_of(like: str) -> str:
    """Give the first characters of the longest run that an SQL pattern names."""
    return max(_OPEN.split(like), key=len)[:ANCHOR_CHARS]


def has_trigrams(*likes: str) -> bool:
    """Tell whether SQL patterns can be looked up by three Latin letters or digits in a row.

    Of other letters PostgreSQL makes trigrams only in some locales. The embedded server has the
    locale C, in which a pattern of such letters would be compared with every key on record.
    """
    return all(_TRIGRAM.search(like) for like in likes)


def anchors_in(*texts: str) -> set[str]:
    """Give every anchor that a pattern could have which admits one of some texts."""
    runs = {
        text[at : at + length]
        for text in set(texts)
        for length in range(1, ANCHOR_CHARS + 1)
        for at in range(len(text) - length + 1)
    }
    return {"", *(run for run in runs if run.isalnum())}


def ways(like: str) -> list[str]:
    """Give the ways by which an SQL pattern is looked up, the narrowest first.

    A second one where it names something; what names next to nothing is read once at most.
    """
    front, end = len(_front(like)), len(_front(like[::-1]))
    worth = {
        "ends": PAIR_CHARS + _END_WORTH * end if front >= PAIR_CHARS and end else 0,
        "front": front,
        "end": _END_WORTH * end + ("%" not in like) if end else 0,
    }
    best, second, *_ = sorted(worth, key=lambda way: -worth[way])
    return [best, second] if worth[second] >= WORTH_MIN else [best] if worth[best] else []


def pattern_terms(*likes: str) -> dict[str, Any]:
    """Give the terms of a statement that looks for patterns, each with its number."""
    terms: dict[str, Any] = {}
    for number, like in enumerate(likes):
        front, end = _front(like), _front(like[::-1])
        least = len(like.replace("%", ""))
        terms |= {
            f"like{number}": like,
            f"pair{number}": front[:PAIR_CHARS],
            f"front{number}": front,
            f"front_high{number}": front + _LAST,
            f"end{number}": end,
            f"end_high{number}": end + _LAST,
            f"shortest{number}": least,
            f"longest{number}": KEY_CHARS_MAX if "%" in like else least,
        }
    return terms


def _front(like: str) -> str:
    return _OPEN.split(like, maxsplit=1)[0]


_OPEN = re.compile("[_%]")
_TRIGRAM = re.compile("[A-Z0-9]{3}", re.ASCII)
_END_WORTH: Final = 1.5
_LAST: Final = "\U0010ffff"
"""Stands after every character of a key."""
