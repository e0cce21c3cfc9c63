# SPDX-License-Identifier: Apache-2.0
"""Two states of the Ukrainian register of losses, as a whole or of one region."""

from __future__ import annotations

import csv
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Final

from api.importing.report import Tally
from tests.integration.statistics.registers import DATA, Register, of_state
from tests.unit.api.importing.builders import dicts

FIRST: Final = "2023-02-05"
SECOND: Final = "2024-01-01"
FIREARMS: Final = frozenset({"Handguns", "Light firearms", "Heavy firearms"})
ROW_MAX: Final = 10_000
"""Of how many firearms the mapping takes a row."""

Reports = Counter[tuple[str, str, str, str]]


def file_of(state: str) -> Path:
    """Give the file of a state."""
    return DATA / "restricted" / f"ua_lost_stolen_weapons_snapshot_{state}.csv.gz"


class Ukraine:
    """What the two states list."""

    def __init__(self, region: str | None = None) -> None:
        """Read nothing yet; of one region, or of all."""
        self._region = region
        self._rows = cache(self._read)

    def take(self, register: Register, folder: Path, state: str) -> Tally:
        """Import a state as it is."""
        path = folder / f"{state}.csv"
        with path.open("w", encoding="utf-8", newline="") as text:
            writer = csv.DictWriter(text, self._rows(state)[0])
            writer.writeheader()
            writer.writerows(self._rows(state))
        return register.take(path, of_state("ua-lost-stolen.toml", state))

    def reports(self, *states: str) -> Reports:
        """Give the number of firearms that states list, by what a row says; the most of each."""
        found: Reports = Counter()
        for state in states:
            listed: Reports = Counter()
            for row in self._rows(state):
                if row["weaponcategory"] in FIREARMS and int(row["n"]) <= ROW_MAX:
                    key = (row["date"], row["report"], row["weaponcategory"], row["region"])
                    listed[key] += int(row["n"])
            found |= listed
        return found

    def _read(self, state: str) -> list[dict[str, str]]:
        return [row for row in dicts(file_of(state)) if self._region in (None, row["region"])]


def quarters(found: Reports) -> Counter[str]:
    """Add reports up by quarter."""
    told = Counter[str]()
    for (date, *_), number in found.items():
        told[f"{date[:4]}-Q{(int(date[5:7]) + 2) // 3}"] += number
    return told


def known_losses(register: Register, position: str | None) -> Counter[str]:
    """Count losses by quarter, as known at a position."""
    answer = register.count("losses", "quarter", known=position)
    return Counter({each.group[0]: each.denominator for each in answer.rows})
