# SPDX-License-Identifier: Apache-2.0
"""One event of a mapping, made ready to build its public data from the cells of a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.importing.mapping.model import EventPart, Item, Value
from api.importing.mapping.walk import stream_kind
from api.importing.transform.values import OMITTED, Cells, Compiler, Getter


class EventMaker:
    """Builds one kind of event.

    Attributes:
        evt: Event type.
        kind: Kind of the stream it belongs to.
        first_only: Whether it is only for a stream that the ledger does not know.
        purpose: What tells this event from the others of its row.
    """

    def __init__(self, part: EventPart, compiler: Compiler, *, number: int) -> None:
        """Work out the values of the event.

        Args:
            part: The event of the mapping.
            compiler: Turns its values into functions.
            number: Which event of this type it is in the mapping, from 0.
        """
        self.evt = part.evt
        self.kind = stream_kind(part.evt)
        self.first_only = part.first_only
        self.purpose = f"{part.evt} {number}"
        self.applies = compiler.tests(part.when)
        self._occ = compiler.value(_needed(part.occ))
        self._nodes = _nodes(part.fields, compiler)
        self._items = [_ItemMaker(item, compiler) for item in part.items]

    def make(self, cells: Cells) -> tuple[str, dict[str, Any]]:
        """Give when it happened and its public data.

        Raises:
            RowRefusedError: A cell does not have the form that the mapping states.
        """
        dat = _filled(self._nodes, cells)
        for item in self._items:
            item.add(dat, cells)
        return str(self._occ(cells)), dat


class _ItemMaker:
    def __init__(self, item: Item, compiler: Compiler) -> None:
        *self._parents, self._leaf = item.at.split(".")
        self._applies = compiler.tests(item.when)
        self._nodes = _nodes(item.fields, compiler)

    def add(self, dat: dict[str, Any], cells: Cells) -> None:
        if self._applies(cells):
            node = _node(dat, self._parents)
            node.setdefault(self._leaf, []).append(_filled(self._nodes, cells))


def _needed(occ: Value) -> Value:
    """A time is never left out: an empty cell refuses the row unless the mapping says more."""
    if occ.column is None or occ.empty is not None:
        return occ
    return occ.model_copy(update={"empty": "refuse"})


@dataclass(frozen=True, slots=True)
class _Node:
    """The members of one object inside an event: the fixed ones, and the others."""

    parents: tuple[str, ...]
    fixed: dict[str, Any]
    getters: list[tuple[str, Getter]]

    def fill(self, dat: dict[str, Any], cells: Cells) -> None:
        node = self.fixed.copy()
        for leaf, get in self.getters:
            found = get(cells)
            if found is not OMITTED:
                node[leaf] = found
        if not self.parents:
            dat.update(node)
        elif node:
            *above, name = self.parents
            (_node(dat, above) if above else dat)[name] = node


def _nodes(fields: Mapping[str, Value], compiler: Compiler) -> list[_Node]:
    nodes: dict[tuple[str, ...], _Node] = {}
    for path, value in fields.items():
        *above, leaf = path.split(".")
        node = nodes.setdefault(tuple(above), _Node(tuple(above), {}, []))
        get = compiler.value(value)
        if value.column is None:
            node.fixed[leaf] = get(())
        else:
            node.getters.append((leaf, get))
    return sorted(nodes.values(), key=lambda node: len(node.parents))


def _filled(nodes: list[_Node], cells: Cells) -> dict[str, Any]:
    dat: dict[str, Any] = {}
    for node in nodes:
        node.fill(dat, cells)
    return dat


def _node(dat: dict[str, Any], parents: Sequence[str]) -> dict[str, Any]:
    for parent in parents:
        dat = dat.setdefault(parent, {})
    return dat
