# SPDX-License-Identifier: Apache-2.0
"""What a code list is, and how a text as seen finds its entry.

Implements the lists of the domain facts, section 7: each with source, version and licence,
entries with synonyms and former names, and spellings that several entries share, which are
offered and never taken for one of them. The text as seen is always kept by the caller; a
list only says which entry it means. What a list file looks like on disk is in ``files``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Final, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from domain.markings import canonical

COMPARABLE_MAX: Final = 100_000
"""Texts whose keys a list remembers; a service is asked for ever new ones."""

Words = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]
Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\d$")]

_SEVERAL: Final = Field(default=(), strict=False)
_TIMES: Final = str.maketrans(dict.fromkeys("\N{MULTIPLICATION SIGN}\N{MULTIPLICATION X}*", "x"))


class Entry(BaseModel):
    """One entry of a code list.

    Attributes:
        key: Code by which this software names it.
        label: Its name for a person.
        synonyms: Other names that mean this entry and nothing else.
        former: Names that it had before.
        vague: Spellings that several entries share.
        code: Code of the standard, where that is not the key.
        kind: Whether a make is a maker or only a brand.
        group: Group of entries within the list.
        country: ISO code of its country.
        related: Keys of related entries: makers of a brand, successors of a State, a heading,
            calibres that are taken for this one and are not the same.
        valid_from: First day on which the entry counts.
        valid_until: Last day on which it counts.
        note: What to know before using it.
        description: What it looks like, for an entry of a picture list.
        source: Where the entry comes from, where that is another source than that of the list.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    key: Key
    label: Words
    synonyms: tuple[Words, ...] = _SEVERAL
    former: tuple[Words, ...] = _SEVERAL
    vague: tuple[Words, ...] = _SEVERAL
    code: Words | None = None
    kind: Literal["maker", "brand"] | None = None
    group: Words | None = None
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None
    related: tuple[Key, ...] = _SEVERAL
    valid_from: Day | None = None
    valid_until: Day | None = None
    note: Words | None = None
    description: Words | None = None
    source: Words | None = None

    def counts_in(self, year: int | None) -> bool:
        """Tell whether the entry counted on some day of a year; without a year, always."""
        if year is None:
            return True
        first = int((self.valid_from or "0000")[:4])
        last = int((self.valid_until or "9999")[:4])
        return first <= year <= last


class Found(NamedTuple):
    """An entry that a text may mean, and why."""

    entry: Entry
    reason: str


NAME: Final = "is a name of it"
VAGUE: Final = "may mean it, and others"
PART: Final = "is part of a name of it"


@dataclass(frozen=True, kw_only=True)
class CodeList:
    """A code list with its source.

    Attributes:
        name: Name of the list.
        title: What it lists, for a person.
        source: Where its entries come from.
        version: Version or date of the source.
        licence: What may be done with it.
        note: What to know before using it.
        drop: Regular expressions of what is cut away before texts are compared.
        closed: Whether the schemas of events fix its codes, so that a registry adds names alone.
        entries: The entries, in the order of the source.
        extended_by: Source and version of the registry's own file, if it has one.
    """

    name: str
    title: str
    source: str
    version: str
    licence: str
    note: str = ""
    drop: tuple[re.Pattern[str], ...] = ()
    closed: bool = False
    entries: tuple[Entry, ...] = ()
    extended_by: str = ""
    _comparable: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    def normalise(self, text: str, *, year: int | None = None) -> Entry | None:
        """Give the one entry that a text means, or nothing; several are never chosen from.

        Where entries that share a spelling counted at different times, the year decides.
        """
        certain, vague = self._meant(text, year=year)
        if certain:
            return certain[0] if len(certain) == 1 else None
        _, ever = self._meant(text, year=None)
        return vague[0] if len(vague) == 1 < len(ever) else None

    def find(self, text: str, *, year: int | None = None) -> tuple[Found, ...]:
        """Give every entry that a text may mean, each with the reason, the likely ones first."""
        certain, vague = self._meant(text, year=year)
        found = [*(Found(each, NAME) for each in certain), *(Found(each, VAGUE) for each in vague)]
        if found:
            return tuple(found)
        key = self.comparable(text)
        return tuple(
            Found(entry, PART)
            for entry in self.entries
            if key and entry.counts_in(year) and any(key in each for each in self._names(entry))
        )

    def comparable(self, text: str) -> str:
        """Give the key under which spellings of one thing meet: case, signs and script folded."""
        if text not in self._comparable:
            if len(self._comparable) >= COMPARABLE_MAX:
                self._comparable.clear()
            rest = text.translate(_TIMES)
            for pattern in self.drop:
                rest = pattern.sub(" ", rest)
            self._comparable[text] = canonical(rest) or canonical(text)
        return self._comparable[text]

    def conflicts(self) -> Iterator[str]:
        """Give every spelling that two entries claim as theirs alone."""
        owners: dict[str, tuple[Entry, str]] = {}
        for entry in self.entries:
            names = {self.comparable(name): name for name in self._claimed(entry)}
            for key, name in names.items():
                owner, spelling = owners.setdefault(key, (entry, name))
                if owner is not entry:
                    yield f"{name!r} of {entry.key} is {spelling!r} of {owner.key} already"

    def _meant(self, text: str, *, year: int | None) -> tuple[list[Entry], list[Entry]]:
        key = self.comparable(text)
        certain, vague = self._index.get(key, ((), ()))
        return (
            [entry for entry in certain if entry.counts_in(year)],
            [entry for entry in vague if entry.counts_in(year) and entry not in certain],
        )

    def _names(self, entry: Entry) -> Sequence[str]:
        return [self.comparable(name) for name in (*self._claimed(entry), *entry.vague)]

    def _claimed(self, entry: Entry) -> tuple[str, ...]:
        """Names that mean this entry alone; not even the key does, where it is vague."""
        vague = {self.comparable(name) for name in entry.vague}
        names = (entry.key, entry.label, *entry.synonyms, *entry.former)
        return tuple(name for name in names if self.comparable(name) not in vague)

    @cached_property
    def _index(self) -> dict[str, tuple[list[Entry], list[Entry]]]:
        index: dict[str, tuple[list[Entry], list[Entry]]] = {}
        for entry in self.entries:
            for place, names in enumerate((self._claimed(entry), entry.vague)):
                for key in dict.fromkeys(map(self.comparable, names)):
                    index.setdefault(key, ([], []))[place].append(entry)
        _add_codes(index, self.entries)
        return index


def _add_codes(index: dict[str, tuple[list[Entry], list[Entry]]], entries: Sequence[Entry]) -> None:
    """A code of the standard names its entry, unless another entry has the same one."""
    coded: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.code is not None:
            coded.setdefault(canonical(entry.code), []).append(entry)
    for key, owners in coded.items():
        certain, vague = index.setdefault(key, ([], []))
        alone = not certain and len(owners) == 1
        (certain if alone else vague).extend(owners)
