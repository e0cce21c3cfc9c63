# SPDX-License-Identifier: Apache-2.0
"""What a calibre as written means, by the list ``calibres`` and the registry's additions to it.

One calibre has many names: ``9x19``, ``9 mm Luger`` and ``9 Para`` are one, and ``9 mm`` may be
several. Calibres that are taken for each other and are not the same are told as alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Final

from api.lists.model import PART, Entry
from api.lists.shelf import Shelf
from projections.marking_search.question import Calibres, Meaning

LIST: Final = "calibres"
MEANINGS_MAX: Final = 4_096
"""How many texts are remembered with what they mean."""


def calibres(home: Path | None = None) -> Calibres:
    """Give what tells the meaning of calibres; the list is read once one is asked for.

    Args:
        home: The registry's data directory; without one, the list of the software alone.
    """
    shelf = Shelf(home)

    @lru_cache(MEANINGS_MAX)
    def meaning(text: str) -> Meaning:
        listed = shelf.get(LIST)
        found = [each.entry for each in listed.find(text) if each.reason != PART]
        one = listed.normalise(text)
        return Meaning(
            keys=frozenset(each.key for each in found),
            name=one.label if one else None,
            alike=_alike(found, listed.entries),
        )

    return meaning


def _alike(found: Iterable[Entry], entries: Iterable[Entry]) -> frozenset[str]:
    """Give the keys that some entries name as related, and of those which name one of them."""
    keys = {each.key for each in found}
    named = {key for each in found for key in each.related}
    naming = {each.key for each in entries if keys.intersection(each.related)}
    return frozenset((named | naming) - keys)
