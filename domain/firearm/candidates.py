# SPDX-License-Identifier: Apache-2.0
"""Characters of a damaged mark, position by position, as they were left or made visible again.

Implements "partial and obliterated" of the domain facts, section 6: a laboratory gives a set of
candidates for each position, of a number whose length is known or not, in the form
``A?[5S]14..``. Restored text is evidence with a confidence; it replaces nothing that was seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final

from pydantic import AfterValidator, Field, StringConstraints

from domain.codes import Maybe
from domain.errors import InvalidValueError
from domain.markings import canonical
from domain.schema import Closed

POSITIONS_MAX: Final = 32
CANDIDATES_MAX: Final = 12

Position = Annotated[int, Field(ge=1, le=POSITIONS_MAX)]
"""Place of a character in the number, from 1, in the direction in which it is read."""

Character = Annotated[str, StringConstraints(min_length=1, max_length=1, pattern=r"^\S$")]
"""One character as seen, in its own script."""


class Candidates(Closed):
    """What one position may hold.

    Attributes:
        position: Place in the number, from 1.
        characters: The characters it may be, likeliest first; one where there is no doubt.
    """

    position: Position
    characters: Annotated[
        tuple[Character, ...], Field(strict=False, min_length=1, max_length=CANDIDATES_MAX)
    ]


def _in_order(candidates: tuple[Candidates, ...]) -> tuple[Candidates, ...]:
    places = [each.position for each in candidates]
    if places != sorted(set(places)):
        raise InvalidValueError(
            "Positions are given once each, in rising order.", slug="positions_invalid"
        )
    return candidates


Reading = Annotated[
    tuple[Candidates, ...],
    Field(strict=False, min_length=1, max_length=POSITIONS_MAX),
    AfterValidator(_in_order),
]
"""The positions of which something is known; one that is left out can hold anything."""


class Damaged(Closed):
    """What can be read of a number, and how long it was.

    Attributes:
        reading: The positions of which something is known.
        length: How many characters it had; absent where nobody knows.
    """

    reading: Reading
    length: Maybe[Position] = None

    @property
    def pattern(self) -> str:
        """The reading as a pattern: ``?`` for any character, ``..`` where the end is unknown."""
        told = "".join(_told(each) for each in self._by_position())
        return told if self.length else f"{told}.."

    @property
    def is_within_its_length(self) -> bool:
        """Whether every position lies in the number."""
        return self.length is None or self.reading[-1].position <= self.length

    def admits(self, text: str) -> bool:
        """Tell whether a number may be the damaged one, up to case, separators and script."""
        return any(self._admits(form) for form in (text.upper(), canonical(text)))

    def _admits(self, form: str) -> bool:
        if len(form) < self.reading[-1].position or self.length not in (None, len(form)):
            return False
        return all(
            any(_same(form[each.position - 1], one) for one in each.characters)
            for each in self.reading
        )

    def _by_position(self) -> Iterator[Candidates | None]:
        known = {each.position: each for each in self.reading}
        last = self.length or self.reading[-1].position
        return (known.get(position) for position in range(1, last + 1))


def _same(first: str, second: str) -> bool:
    return first == second.upper() or (canonical(first) or "-") == canonical(second)


def _told(candidates: Candidates | None) -> str:
    if candidates is None:
        return "?"
    characters = "".join(candidates.characters)
    return characters if len(characters) == 1 else f"[{characters}]"
