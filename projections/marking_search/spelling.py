# SPDX-License-Identifier: Apache-2.0
"""Every key that is one misread character away from another, or that a short pattern admits.

Looked up one by one in an index of equal keys they cost the same in every register, however
many of its numbers begin or end alike, which a search by parts of the key would not.
"""

from __future__ import annotations

import string
from functools import lru_cache
from itertools import chain, product, zip_longest
from typing import Final

from domain.markings import canonical, lookalike_fold
from domain.script.letters import Script, script_of

EDIT_CHARS_MIN: Final = 4
"""Length from which on a text with one other character still says something."""

OPEN_PLACES_MAX: Final = 2
"""Open places of a pattern for which every key that it admits is looked up."""

EDIT_CHARS_MAX: Final = 32
"""Length up to which every neighbour of a key is looked up."""


def neighbours(key: str) -> tuple[str, ...]:
    """Give every key with one character other, more or fewer, or two neighbours swapped.

    A character can be any Latin letter or digit and, where the key holds Greek, Cyrillic or
    Arabic letters, any of that script.
    """
    alphabet = _alphabet(key)
    found: set[str] = set()
    for at in range(len(key) + 1):
        front, back = key[:at], key[at:]
        found.update(f"{front}{each}{back}" for each in alphabet)
        if back:
            found.update(f"{front}{each}{back[1:]}" for each in alphabet)
            found.add(f"{front}{back[1:]}")
            found.add(f"{front}{back[1::-1]}{back[2:]}")
    return tuple(sorted(found - {key}))


def spellings(like: str) -> tuple[str, ...]:
    """Give every key that an SQL pattern of keys with look-alikes made equal admits.

    None where it has no fixed length or more than two open places. A place can hold any Latin
    letter or digit, and where just one is open any letter of a script that the pattern names.
    """
    parts = like.split("_")
    if "%" in like or len(parts) > OPEN_PLACES_MAX + 1:
        return ()
    named = "".join(parts) if len(parts) == len("_") + 1 else ""
    letters = sorted(set(lookalike_fold(_alphabet(named))))
    return tuple(
        "".join(chain.from_iterable(zip_longest(parts, filling, fillvalue="")))
        for filling in product(letters, repeat=len(parts) - 1)
    )


def _alphabet(key: str) -> str:
    if key.isascii():
        return _LATIN
    scripts = sorted({script_of(character) for character in key if not character.isascii()})
    return _LATIN + "".join(map(_letters, scripts))


@lru_cache
def _letters(script: Script) -> str:
    """Give the letters of a script that keys can hold beside Latin ones."""
    folded = {canonical(chr(code)) for code in _BLOCKS if script_of(chr(code)) == script}
    return "".join(sorted(each for each in folded if len(each) == 1 and not each.isascii()))


_LATIN: Final = string.digits + string.ascii_uppercase
_BLOCKS: Final = range(0x370, 0x700)
"""Greek, Cyrillic and Arabic, with what stands between them."""
