# SPDX-License-Identifier: Apache-2.0
"""One row of a register becomes the events that a mapping plans for it, or one refusal.

The mapping is worked out once for a header; then each row costs a few look-ups. A plan
does not know the ledger: sequence numbers, signatures and the ledger's own rules come
in ``run``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from api.importing.identity import Identities, RowName
from api.importing.mapping.model import EventPart, Mapping, RowsPart, Value
from api.importing.refusals import Refusal, RowRefusedError, refused
from api.importing.source.rows import Row
from api.importing.transform.events import EventMaker
from api.importing.transform.values import OMITTED, Cells, Compiler
from api.importing.transform.words import fold


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedEvent:
    """One event as the mapping plans it, not yet placed in its stream.

    Attributes:
        line: Line of the row it comes from.
        stream: The firearm, component or licence.
        jti: Its identifier, the same in every run.
        evt: Event type.
        occ: When it happened.
        dat: Its public data; parts of it are shared with other plans, so never change it.
        first_only: Whether it is left out for a stream that the ledger knows.
    """

    line: int
    stream: UUID
    jti: UUID
    evt: str
    occ: str
    dat: dict[str, Any]
    first_only: bool


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """A row and its events, in the order in which they are to be recorded."""

    line: int
    events: tuple[PlannedEvent, ...]


class RowMapper:
    """A mapping made ready for one header."""

    def __init__(self, mapping: Mapping, header: tuple[str, ...], identities: Identities) -> None:
        """Work out every value of the mapping.

        Args:
            mapping: A mapping that was checked against this header.
            header: Names of the columns.
            identities: Where identifiers come from.
        """
        compiler = Compiler(
            header,
            tables=mapping.tables,
            spellings=mapping.spellings,
            holding=identities.holding,
        )
        self._identities = identities
        self._left_out = [
            (compiler.tests(part.when), part.slug, part.sentence) for part in mapping.rows.refuse
        ]
        self._quantity = _quantity(mapping.rows, compiler)
        self._row_columns = [compiler.column(name) for name in mapping.identity.row]
        self._gun_names = _names(mapping.identity.gun, compiler)
        self._licence_names = _names(mapping.identity.licence, compiler)
        self._makers = _makers(mapping.events, compiler)

    def plan(self, row: Row) -> PlannedRow | Refusal:
        """Map one row; it always ends as at least one event or as one refusal."""
        try:
            self._leave_out(row.cells)
            return PlannedRow(row.line, self._events(row))
        except RowRefusedError as error:
            return Refusal(row.line, error.slug, error.sentence)

    def _leave_out(self, cells: Cells) -> None:
        for applies, slug, sentence in self._left_out:
            if applies(cells):
                raise RowRefusedError(slug, sentence)

    def _events(self, row: Row) -> tuple[PlannedEvent, ...]:
        applying = [maker for maker in self._makers if maker.applies(row.cells)]
        if not applying:
            raise refused("event_missing")
        quantity = self._quantity(row.cells)
        name = self._row_name(row)
        streams = self._streams(row.cells, name, quantity=quantity)
        made = [(maker, *maker.make(row.cells)) for maker in applying]
        return tuple(
            PlannedEvent(
                line=row.line,
                stream=streams(maker.kind, number),
                jti=self._identities.event(name, f"{maker.purpose} {number}"),
                evt=maker.evt,
                occ=occ,
                dat=dat,
                first_only=maker.first_only,
            )
            for number in range(quantity)
            for maker, occ, dat in made
            if number == 0 or maker.kind != "lic"
        )

    def _row_name(self, row: Row) -> RowName:
        if self._row_columns:
            return self._identities.named_row([row.cells[place] for place in self._row_columns])
        return self._identities.row(row.line, row.cells)

    def _streams(self, cells: Cells, name: RowName, *, quantity: int) -> Callable[[str, int], UUID]:
        """Give what names the stream of each event of a row, by its kind and its number."""
        gun = self._gun_names(cells) if quantity == 1 else None

        def stream(kind: str, number: int) -> UUID:
            if kind == "lic":
                return self._licence(cells)
            if kind == "cmp":
                return self._identities.component(name, number)
            named = self._identities.named_gun
            return named(gun) if gun is not None else self._identities.gun(name, number)

        return stream

    def _licence(self, cells: Cells) -> UUID:
        names = self._licence_names(cells)
        if names is None:
            raise refused("value_missing", "It names the licence.")
        return self._identities.named_licence(names)


def _makers(parts: Sequence[EventPart], compiler: Compiler) -> list[EventMaker]:
    seen: Counter[str] = Counter()
    makers = []
    for part in parts:
        makers.append(EventMaker(part, compiler, number=seen[part.evt]))
        seen[part.evt] += 1
    return makers


def _quantity(part: RowsPart, compiler: Compiler) -> Callable[[Cells], int]:
    if part.quantity is None:
        return lambda _: 1
    place, most = compiler.column(part.quantity.column), part.quantity.max

    def count(cells: Cells) -> int:
        text = cells[place].strip()
        if text == "1":
            return 1
        if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= most):
            raise refused("quantity_invalid", f"It is from 1 to {most}.")
        return int(text)

    return count


def _names(values: Sequence[Value], compiler: Compiler) -> Callable[[Cells], list[str] | None]:
    """Give what names a stream in a row; nothing where one of the values is missing."""
    getters = [compiler.value(value) for value in values]
    if not getters:
        return lambda _: None

    def names(cells: Cells) -> list[str] | None:
        found = [get(cells) for get in getters]
        return None if OMITTED in found else [fold(str(name)) for name in found]

    return names
