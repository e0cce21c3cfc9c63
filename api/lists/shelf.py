# SPDX-License-Identifier: Apache-2.0
"""The code lists that a registry works with: those of the software and its own additions.

Each list is read when it is asked for. The list of countries comes from the library
pycountry (``countries``); all others are files (``files``).
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from api.lists.countries import country_list
from api.lists.files import DATA, extended, read_list
from api.lists.model import CodeList, Entry
from domain.errors import UsageError

FOLDER: Final = "lists"
COUNTRIES: Final = "countries"
NAMES: Final = tuple(sorted((*(path.stem for path in DATA.glob("*.toml")), COUNTRIES)))
"""Names of the lists that come with the software."""


class Shelf:
    """The lists of one registry, each read once."""

    def __init__(self, home: Path | None = None) -> None:
        """Name the registry's data directory; without one, the lists of the software alone."""
        self._folder = home / FOLDER if home else None
        self._read: dict[str, CodeList] = {}

    def __iter__(self) -> Iterator[CodeList]:
        """Give every list, in the order of their names."""
        return (self.get(name) for name in NAMES)

    def get(self, name: str) -> CodeList:
        """Give a list.

        Raises:
            UnreachableError: A file cannot be read.
            UsageError: ``list_unknown``, ``list_invalid`` or ``list_conflict``.
        """
        if name not in NAMES:
            raise _unknown(name)
        if name not in self._read:
            self._read[name] = self._extended(_shipped(name))
        return self._read[name]

    def normalise(self, name: str, text: str, *, year: int | None = None) -> Entry | None:
        """Give the one entry of a list that a text means, or nothing."""
        return self.get(name).normalise(text, year=year)

    def check(self) -> None:
        """Check every file of the registry, those of no list included.

        Raises:
            UsageError: As for ``get``.
        """
        for path in sorted(self._folder.glob("*.toml")) if self._folder else ():
            self.get(path.stem)

    def _extended(self, base: CodeList) -> CodeList:
        path = self._folder / f"{base.name}.toml" if self._folder else None
        return extended(base, path) if path and path.exists() else base


def normalise(list_name: str, text: str) -> Entry | None:
    """Give the one entry of a list of the software that a text means, or nothing."""
    return _SHIPPED.normalise(list_name, text)


_SHIPPED: Final = Shelf()


def _shipped(name: str) -> CodeList:
    return country_list() if name == COUNTRIES else read_list(DATA / f"{name}.toml")


def _unknown(name: str) -> UsageError:
    near = get_close_matches(name, NAMES, n=3)
    return UsageError(
        f"There is no list {name}; {'near it' if near else 'there are'}:"
        f" {', '.join(near or NAMES)}.",
        slug="list_unknown",
        next_step="List them with `muniment lists`.",
    )
