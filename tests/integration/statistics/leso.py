# SPDX-License-Identifier: Apache-2.0
"""Twelve states of the LESO register, as a whole or of one State of the Union."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from tests.integration.statistics.registers import DATA, Register, of_state
from tests.unit.api.importing.builders import dicts

STATES: Final = DATA / "open" / "leso1033_firearm_holdings_12snapshots.csv.gz"
ALIKE: Final = (
    *("State", "Station Name (LEA)", "NSN", "Item Name"),
    *("Acquisition Value", "Ship Date"),
)
"""What firearms of the register have in common that nobody can tell apart."""

Row = dict[str, str]


class Leso:
    """What the twelve states show."""

    def __init__(self, state: str | None = None) -> None:
        """Read the states; of one State of the Union, or of all."""
        self.rows = [row for row in dicts(STATES) if state in (None, row["State"])]
        self.dates = [name for name in self.rows[0] if name.startswith("20")]
        self._numbers = cache(self._count)

    def take(self, register: Register, folder: Path) -> int:
        """Import one state after the other; give how many rows that took."""
        taken = 0
        for before, date in pairwise([None, *self.dates]):
            assert date is not None
            if found := list(self._changes(date, before)):
                file = _written(folder / f"{date}.csv", found)
                assert not register.take(file, of_state("leso-1033-states.toml", date)).refused
                taken += len(found)
        return taken

    def issued(self, date: str) -> Counter[str]:
        """Give how many firearms a state shows, by year of issue."""
        found = Counter[str]()
        for row in self.rows:
            found[row["Ship Date"][:4]] += int(row[date]) * int(row["Quantity"])
        return +found

    def _count(self, date: str) -> Counter[tuple[str, ...]]:
        """Give how many alike firearms a state shows."""
        found = Counter[tuple[str, ...]]()
        for row in self.rows:
            found[named(row)] += int(row[date]) * int(row["Quantity"])
        return found

    def _changes(self, date: str, before: str | None) -> Iterator[Row]:
        """Compare a state with the one before it, firearm by firearm."""
        first = {named(row): row for row in self.rows}
        held = {each: self._numbers(each) for each in self.dates if each <= date}
        for key, row in first.items():
            now, then = held[date][key], held[before][key] if before else 0
            most = max((held[each][key] for each in held if each < date), default=0)
            for number in range(min(now, then) + 1, max(now, then) + 1):
                change = "gone" if now < then else "returned" if number <= most else "appeared"
                yield {**row, "Change": change, "Counted On": date, "Number": str(number)}


def named(row: Row) -> tuple[str, ...]:
    """Give what makes firearms of the register alike."""
    return tuple(" ".join(row[name].upper().split()) for name in ALIKE)


def known_issues(register: Register, position: str | None) -> Counter[str]:
    """Count firearms on issue by year, as known at a position."""
    answer = register.count("issues", "year", known=position)
    return +Counter({each.group[0]: each.numerator for each in answer.rows})


def _written(path: Path, found: list[Row]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, found[0])
        writer.writeheader()
        writer.writerows(found)
    return path
