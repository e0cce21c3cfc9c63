# SPDX-License-Identifier: Apache-2.0
"""Long lists in order without holding them: sorted in parts that are kept in files, then merged."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from itertools import islice
from tempfile import TemporaryFile
from typing import IO, Any, Final, NamedTuple

import orjson

PART_ROWS: Final = 20_000
"""How many rows are held in memory at once."""


class Placed(NamedTuple):
    """A row with what it is ordered by.

    Attributes:
        key: Numbers and texts, in one form for all rows.
        row: What JSON can say.
    """

    key: list[Any]
    row: dict[str, Any]


def in_order(rows: Iterable[Placed], *, at_once: int = PART_ROWS) -> Iterator[dict[str, Any]]:
    """Give rows by their keys, smallest first, and those of one key as they came."""
    coming = iter(rows)
    parts: list[Iterator[Placed]] = []
    while part := sorted(islice(coming, at_once), key=_key):
        whole = not parts and len(part) < at_once
        parts.append(iter(part) if whole else _kept(part))
    return (each.row for each in heapq.merge(*parts, key=_key))


def _kept(part: Iterable[Placed]) -> Iterator[Placed]:
    """Write a part to a file that nobody else sees, and read it back when it is asked for."""
    file = TemporaryFile()  # noqa: SIM115 - closed where its last row was read
    for each in part:
        file.write(orjson.dumps([*each]) + b"\n")
    file.seek(0)
    return _read(file)


def _read(file: IO[bytes]) -> Iterator[Placed]:
    with file:
        for line in file:
            yield Placed(*orjson.loads(line))


def _key(placed: Placed) -> list[Any]:
    return placed.key
