# SPDX-License-Identifier: Apache-2.0
"""The values of a mapping as functions of a row's cells.

Everything that a mapping states about a column is worked out once, when the header is
known; a row then costs one look-up a member. The order of the steps is fixed: clean,
pattern, spelling, table, prefix, form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from api.importing.mapping.model import Condition, Precision, Spelling, Table, Value
from api.importing.refusals import RowRefusedError, refused
from api.importing.transform.words import (
    MEMORY_MAX_ENTRIES,
    Understood,
    clean,
    fold,
    reader,
    remembered,
)
from domain.schema import TEXT_MAX_CHARS

Cells = Sequence[str]
Getter = Callable[[Cells], object]
Test = Callable[[Cells], bool]

LIST_MAX_VALUES: Final = 64
YEAR_MIN: Final = 1300


class _Omitted:
    """The value of a member that is left out."""


OMITTED: Final = _Omitted()

_FORMS: Final[dict[Precision, str]] = {
    "instant": "%Y-%m-%dT%H:%M:%SZ",
    "day": "%Y-%m-%d",
    "month": "%Y-%m",
    "year": "%Y",
}


class Compiler:
    """Turns the values and conditions of one mapping into functions, for one header."""

    def __init__(
        self,
        header: Sequence[str],
        *,
        tables: Mapping[str, Table],
        spellings: Mapping[str, Spelling],
        holding: Callable[..., UUID],
    ) -> None:
        """Prepare tables and spellings; every name that a value uses must exist.

        Args:
            header: Names of the columns.
            tables: Value tables by name.
            spellings: Lists of spellings by name.
            holding: Gives the holding of whom a column names.
        """
        self._holding = holding
        self._columns = {name: place for place, name in enumerate(header)}
        self._tables = {name: _Lookup(table) for name, table in tables.items()}
        self._readers = {name: reader(spelling) for name, spelling in spellings.items()}

    def column(self, name: str) -> int:
        """Give the place of a column, from 0."""
        return self._columns[name]

    def value(self, value: Value) -> Getter:
        """Give the function that finds a value in a row, or ``OMITTED``."""
        if value.column is None:
            fixed = {"known": value.const} if value.give == "stated" else value.const
            return lambda _: fixed
        return _getter(
            self._conversion(value), place=self._columns[value.column], name=value.column
        )

    def test(self, condition: Condition) -> Test:
        """Give the function that tests one condition on a row."""
        place = self._columns[condition.column]
        holds = remembered(self._holds(condition))
        return lambda cells: holds(cells[place])

    def tests(self, conditions: Sequence[Condition]) -> Test:
        """Give the function that tells whether every condition holds."""
        each = [self.test(condition) for condition in conditions]
        if not each:
            return lambda _: True
        return each[0] if len(each) == 1 else lambda cells: all(test(cells) for test in each)

    def _holds(self, condition: Condition) -> Callable[[str], bool]:
        if condition.spelling is not None:
            read, means = self._readers[condition.spelling], condition.means or ()
            return lambda cell: read(cell).meaning in means
        if condition.filled is not None:
            return lambda cell: bool(cell.strip()) is condition.filled
        if condition.in_table or condition.not_in_table:
            table = self._tables[condition.in_table or condition.not_in_table or ""]
            return lambda cell: table.knows(cell) is bool(condition.in_table)
        listed = {fold(text) for text in condition.is_in or condition.not_in or ()}
        return lambda cell: (fold(cell) in listed) is (condition.is_in is not None)

    def _conversion(self, value: Value) -> Callable[[str], object]:
        if value.formats:
            return _date_conversion(value)
        if value.split is None:
            return self._single(value)
        one, separator = self._single(value), value.split

        def convert(cell: str) -> object:
            found = dict.fromkeys(map(one, cell.split(separator)))
            found.pop(OMITTED, None)
            if len(found) > LIST_MAX_VALUES:
                raise refused("value_unmatched", "It lists too many values.")
            return list(found) or OMITTED

        return convert

    def _single(self, value: Value) -> Callable[[str], object]:
        pattern = re.compile(value.pattern) if value.pattern else None
        read = self._readers[value.spelling] if value.spelling else _plainly
        table = self._tables[value.table] if value.table else None
        omit = {*value.omit}

        def convert(cell: str) -> object:
            understood = read(_part(pattern, cell) if pattern else cell)
            text = understood.meaning if value.give == "meaning" else understood.text
            if value.give in ("stated", "known") and understood.meaning != "legible":
                return _unstated(understood, value)
            code = table.find(text, value.empty) if table else text
            code = _empty(value) if code == "" else code
            if code is OMITTED or code in omit:
                return OMITTED
            if value.give == "holding":
                return f"hld.{self._holding(str(value.column), fold(str(code)))}"
            return _formed(code, value)

        return convert


def _getter(convert: Callable[[str], object], *, place: int, name: str) -> Getter:
    """Look the cell up among the remembered ones; this runs once for every member written."""
    memory: dict[str, object] = {}

    def get(cells: Cells) -> object:
        cell = cells[place]
        found = memory.get(cell, memory)
        if found is not memory:
            return found
        try:
            found = convert(cell)
        except RowRefusedError as error:
            raise RowRefusedError(error.slug, f"Column {name}: {error.sentence}") from None
        if len(memory) >= MEMORY_MAX_ENTRIES:
            memory.clear()
        memory[cell] = found
        return found

    return get


class _Lookup:
    """One value table, compared without case and accents."""

    def __init__(self, table: Table) -> None:
        self._codes = {fold(key): code for key, code in table.values.items()}
        self._missing = table.missing

    def knows(self, cell: str) -> bool:
        return fold(cell) in self._codes

    def find(self, text: str, empty: str | None) -> object:
        code = self._codes.get(fold(text))
        if code is not None:
            return code
        if not text and empty is not None:
            return ""
        if self._missing == "refuse":
            raise refused("value_not_in_table" if text else "value_missing")
        return OMITTED if self._missing == "omit" else self._missing


def _plainly(cell: str) -> Understood:
    text = clean(cell)
    return Understood("legible" if text else "unknown", text)


def _part(pattern: re.Pattern[str], cell: str) -> str:
    found = pattern.search(clean(cell))
    return (found[1] if found.re.groups else found[0]) if found else ""


def _unstated(understood: Understood, value: Value) -> object:
    if value.give == "known" or (not understood.text and value.empty is not None):
        return _empty(value)
    return "none" if understood.meaning == "none" else "unknown"


def _empty(value: Value) -> object:
    if value.empty == "refuse":
        raise refused("value_missing")
    if value.empty in ("unknown", "none"):
        return value.empty
    return OMITTED


def _formed(code: object, value: Value) -> object:
    if value.give == "integer":
        return _integer(str(code))
    if isinstance(code, str):
        code = value.prefix + code if code not in ("unknown", "none") else code
        if len(code) > TEXT_MAX_CHARS:
            raise refused("text_too_long")
    if value.give == "stated" and code not in ("unknown", "none"):
        return {"known": code}
    return code


def _integer(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise refused("number_unreadable")
    return int(text)


def _date_conversion(value: Value) -> Callable[[str], object]:
    pattern = re.compile(value.pattern) if value.pattern else None
    reshape = remembered(_date_reshaping(value))

    def convert(cell: str) -> object:
        text = _part(pattern, cell) if pattern else clean(cell)
        return reshape(text) if text else _empty(value)

    return convert


def _date_reshaping(value: Value) -> Callable[[str], str]:
    form = _FORMS[value.precision or "day"]

    def reshape(text: str) -> str:
        moment = _parsed(text, value.formats)
        if value.precision == "instant":
            moment = moment.astimezone(UTC)
        if moment.year < YEAR_MIN:
            raise refused("date_unreadable")
        return moment.strftime(form)

    return reshape


def _parsed(text: str, formats: Sequence[str]) -> datetime:
    for form in formats:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007  # the precision decides
        except ValueError:
            continue
    raise refused("date_unreadable")
