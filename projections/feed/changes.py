# SPDX-License-Identifier: Apache-2.0
"""What changes in a projection, from a cursor on, in the order of the log.

A row of versions begins at one entry and may end at a later one; a row of another table is
added at its entry. Whoever applies the changes in their order has the tables themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, LiteralString, NamedTuple

from psycopg.sql import SQL, Composed, Identifier, Literal

from audit.link import Link
from audit.proof.encoding import encode
from projections.feed.cursor import Cursor, no_cursor
from projections.feed.events import Item, check_place
from projections.projection import Projection, Table
from projections.tables import SCHEMA


class Side(NamedTuple):
    """One way in which rows of a table change.

    Attributes:
        table: Which table.
        change: What it is called.
        at: Column of the log index at which it happens.
    """

    table: Table
    change: LiteralString
    at: LiteralString

    @property
    def key(self) -> tuple[str, ...]:
        """By what changes of one index are told apart, and ordered."""
        return tuple(self.table.key.split(", "))

    @property
    def place(self) -> Identifier:
        """The column of the log index, to be put into a statement."""
        return Identifier(self.at)


def changes(link: Link, projection: Projection, after: Cursor | None, *, limit: int) -> list[Item]:
    """Give the changes of a projection that follow a cursor, its first ones without one.

    Args:
        link: May read the log and the projection.
        projection: Which one; it gives what it has read so far.
        after: The last change that was given.
        limit: At most so many.

    Raises:
        UsageError: The log does not hold the entry of the cursor.
        UnreachableError: The database does not answer.
    """
    check_place(link, after)
    sides = list(_sides(projection))
    given = _place(sides, after)
    parts: list[Composed] = []
    parameters: list[str | int] = []
    for number, side in enumerate(sides):
        condition, values = (
            _following(side, after, number - given) if after else (_ALL.format(at=side.place), ())
        )
        parts.append(_select(number, side, condition=condition, limit=limit))
        parameters += values
    # One statement sees one moment: else a change could slip in behind a cursor.
    query = SQL("select * from ({}) as u order by at, side, n limit {}").format(
        SQL(" union all ").join(parts), Literal(limit)
    )
    rows = link.read(_WITH_EID.format(query).as_string(), parameters)
    return [_item(sides[number], rest) for number, *rest in rows]


def _sides(projection: Projection) -> Iterator[Side]:
    """Give the ways in which rows change, in their order: what ends makes room for what begins."""
    for table in projection.tables:
        if table.versioned:
            yield Side(table, "ended", "known_to")
            yield Side(table, "began", "known_from")
        else:
            yield Side(table, "added", "idx")


def _place(sides: Sequence[Side], after: Cursor | None) -> int:
    """Give which side the last change was of.

    Raises:
        UsageError: The cursor names no change of this projection.
    """
    if after is None:
        return 0
    for number, side in enumerate(sides):
        named = (side.table.name, side.change)
        if after.key[:2] == named and len(after.key) == len((*named, *side.key)):
            return number
    raise no_cursor()


def _following(side: Side, after: Cursor, later: int) -> tuple[Composed, Sequence[str | int]]:
    """Say which changes come after the last one given: by index, then side, then key."""
    at = side.place
    if later:
        sign = SQL(">=") if later > 0 else SQL(">")
        return SQL("{} {} %b::int8").format(at, sign), (after.index,)
    return (
        SQL("{at} >= %b::int8 and ({at}, {key}) > (%b::int8, {given})").format(
            at=at,
            key=SQL(", ").join(map(Identifier, side.key)),
            given=SQL(", ").join(SQL("%b::text::{}").format(SQL(each)) for each in _types(side)),
        ),
        (after.index, after.index, *after.key[2:]),
    )


def _select(number: int, side: Side, *, condition: Composed, limit: int) -> Composed:
    return SQL(
        "(select {at} as at, {number} as side, row_number() over (order by {at}, {key}) as n,"
        " array[{texts}] as key, {row} as row"
        " from {table} as t where {condition} order by {at}, {key} limit {limit})"
    ).format(
        at=side.place,
        number=Literal(number),
        key=SQL(", ").join(map(Identifier, side.key)),
        texts=SQL(", ").join(SQL("{}::text").format(Identifier(each)) for each in side.key),
        row=_row(side),
        table=Identifier(SCHEMA, side.table.name),
        condition=condition,
        limit=Literal(limit),
    )


def _row(side: Side) -> Composed:
    """Give a row as it was when it changed: one that begins is not yet known to end."""
    if side.change == "ended":
        names = (*side.key, side.at)
        pairs = [SQL("{}, {}").format(Literal(each), Identifier(each)) for each in names]
        return SQL("jsonb_build_object({})").format(SQL(", ").join(pairs))
    return SQL("to_jsonb(t) - {}").format(Literal("known_to"))


def _types(side: Side) -> Iterator[LiteralString]:
    forms = dict(zip((name for name, _ in side.table.columns), side.table.types, strict=True))
    return (forms[each] for each in side.key)


def _item(side: Side, found: Sequence[Any]) -> Item:
    index, eid, key, row = found
    name = side.table.name
    cursor = Cursor(index=index, eid=encode(eid).decode(), key=(name, side.change, *key))
    return cursor, {"index": index, "table": name, "change": side.change, "row": row}


_ALL: Final = SQL("{at} is not null")

_WITH_EID: Final = SQL("""
select c.side, c.at, e.eid, c.key, c.row from ({}) as c
join ledger.event e on e.idx = c.at order by c.at, c.side, c.n
""")
