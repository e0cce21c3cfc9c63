# SPDX-License-Identifier: Apache-2.0
"""What a mapping of the right shape may still get wrong, found before any row is read.

Tables, spellings, regular expressions and date formats that it refers to, and the event
types with their members, which are checked against the closed schemas of the catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from api.importing.mapping.members import Members
from api.importing.mapping.model import Condition, EventPart, Mapping, Spelling, Table, Value
from api.importing.mapping.walk import conditions, events, stream_kind, values
from api.importing.transform.words import fold
from domain.errors import InvalidValueError, MunimentError
from domain.occurrence import parse_occurrence
from domain.schema import Catalogue

SUBJECTS = ("arm", "cmp", "lic")
"""Kinds of streams that a row may be about: a firearm, a component, a licence."""
_TESTS = ("filled", "is_in", "not_in", "in_table", "not_in_table", "spelling")


def problems(mapping: Mapping, catalogue: Catalogue) -> list[str]:
    """Give every problem of a mapping, each with its place in words."""
    found = [*_source(mapping), *_tables(mapping.tables), *_spellings(mapping.spellings)]
    for place, value in values(mapping):
        found += [f"{place}: {problem}" for problem in _value(value, mapping)]
    for place, condition in conditions(mapping):
        found += [f"{place}: {problem}" for problem in _condition(condition, mapping)]
    for place, event in events(mapping):
        found += [f"{place}: {problem}" for problem in _event(event, catalogue)]
        if stream_kind(event.evt) == "lic" and not mapping.identity.licence:
            found.append(f"{place}: state in identity, licence, what names a licence")
    return found


def _source(mapping: Mapping) -> Iterator[str]:
    try:
        if parse_occurrence(mapping.source.as_of).precision == "unknown":
            yield "source, as_of: state a day, month or year"
    except InvalidValueError as error:
        yield f"source, as_of: {error.sentence}"


def _tables(tables: dict[str, Table]) -> Iterator[str]:
    for name, table in tables.items():
        seen: dict[str, object] = {}
        for key, code in table.values.items():
            if seen.setdefault(fold(key), code) != code:
                yield f"tables, {name}: {key!r} differs from another key only in case or accents"


def _spellings(spellings: dict[str, Spelling]) -> Iterator[str]:
    for name, spelling in spellings.items():
        for pattern in spelling.drop:
            yield from _pattern(f"spellings, {name}, drop: ", pattern)
        for number, read in enumerate(spelling.read, 1):
            for pattern in read.patterns:
                yield from _pattern(f"spellings, {name}, read number {number}: ", pattern)


def _pattern(place: str, pattern: str) -> Iterator[str]:
    try:
        re.compile(pattern)
    except re.error as error:
        yield f"{place}{pattern!r} is not a regular expression: {error}"


def _value(value: Value, mapping: Mapping) -> Iterator[str]:
    if (value.const is None) == (value.column is None):
        yield "state either const or column"
    if value.table and value.table not in mapping.tables:
        yield f"there is no table {value.table}"
    if value.spelling and value.spelling not in mapping.spellings:
        yield f"there is no spelling {value.spelling}"
    if value.give == "meaning" and not value.spelling:
        yield "to give the meaning, name the spelling that reads it"
    if value.split is not None and (value.give == "stated" or not value.split):
        yield "split needs a text between values, and cannot give a stated value"
    if value.pattern:
        yield from _pattern("", value.pattern)
    yield from _date(value)


def _date(value: Value) -> Iterator[str]:
    if bool(value.formats) != (value.precision is not None):
        yield "a date has both formats and precision"
    if value.precision == "instant" and any("%z" not in each for each in value.formats):
        yield "an instant needs the time zone (%z); without it the source knows the day"


def _condition(condition: Condition, mapping: Mapping) -> Iterator[str]:
    tests = [name for name in _TESTS if getattr(condition, name) is not None]
    if len(tests) != 1:
        yield "state exactly one of filled, in, not_in, in_table, not_in_table, spelling"
    if (condition.spelling is None) != (condition.means is None):
        yield "spelling and means go together"
    for table in (condition.in_table, condition.not_in_table):
        if table and table not in mapping.tables:
            yield f"there is no table {table}"
    if condition.spelling and condition.spelling not in mapping.spellings:
        yield f"there is no spelling {condition.spelling}"


def _event(event: EventPart, catalogue: Catalogue) -> Iterator[str]:
    try:
        kind = catalogue.latest(event.evt)
    except MunimentError as error:
        yield error.sentence
        return
    if kind.subject not in SUBJECTS:
        yield "this event is not about a firearm, a component or a licence"
        return
    members = Members(kind)
    for path in event.fields:
        yield from members.check(path)
    for item in event.items:
        yield from members.check(item.at)
        for path in item.fields:
            yield from members.check(f"{item.at}.0.{path}")
    stated = {path.split(".")[0] for path in (*event.fields, *(item.at for item in event.items))}
    for name in sorted(members.required - stated):
        yield f"fields: {name} is missing, which the event demands"
    if event.occ.column is None:
        yield from _fixed_occ(event.occ)


def _fixed_occ(occ: Value) -> Iterator[str]:
    try:
        parse_occurrence(str(occ.const))
    except InvalidValueError as error:
        yield f"occ: {error.sentence}"
