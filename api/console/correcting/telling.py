# SPDX-License-Identifier: Apache-2.0
"""A correction told in the words of what it corrects, before it is signed and ever after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from api.console.forms.compounds import Alternatives, Group, Lines, Node, Several, Ticks
from api.console.forms.deriving import group_of
from api.console.forms.form import OCC, OCCURRED
from api.console.forms.labels.codes import words_of
from api.console.forms.labels.kinds import title_of
from api.console.forms.scalars import Choice
from api.console.forms.telling import Line, Row, Told, stated, told_lines, told_values
from api.languages import marked as _
from domain.aggregate.recorded import Entry
from domain.event import Event
from domain.firearm.events.correcting import Corrected

BEFORE: Final = _("Value before")
AFTER: Final = "Right value"
ABSENT: Final = Told(form="words", text="Not stated")
TARGET: Final = "dat.target"
CHANGES: Final = "dat.changes"


def stated_in(event: Event, entries: Iterable[Entry]) -> tuple[Row, ...]:
    """Tell an event as its questions were answered; a correction by those of its target."""
    rows, dat = stated(event), event.dat
    if not isinstance(dat, Corrected):
        return rows
    target = next((each for each in entries if each.event.eid == dat.target), None)
    changes = [each.model_dump(mode="json", exclude_unset=True) for each in dat.changes]
    return corrected_rows(rows, target, changes) if target else rows


def corrected_rows(
    rows: Iterable[Row], target: Entry, changes: Sequence[Mapping[str, Any]], *, step: int = 0
) -> tuple[Row, ...]:
    """Tell a correction by the entry that it is about.

    Args:
        rows: How its own questions were answered.
        target: The entry.
        changes: What is put right.
        step: Page on which that is asked.
    """
    others = [each for each in rows if each.path != CHANGES]
    told = [each for change in changes for each in _change(target, change, step)]
    at = next((n for n, each in enumerate(others) if each.path == TARGET), -1)
    named = [row for each in others[at : at + 1] for row in _named(each, target)]
    return (*others[: max(at, 0)], *named, *told, *others[at + 1 :])


def at_present(node: Node, value: Any) -> tuple[Row, ...]:
    """Tell an answer as it stands; nothing where there is none."""
    lines = told_lines(node, value) if value is not None else ()
    return tuple(Row(path="", labels=labels, values=values, step=0) for labels, values in lines)


def _named(row: Row, target: Entry) -> Iterator[Row]:
    title, occ = title_of(target.event.type), target.effective.occ.text
    yield replace(row, values=(Told(form="words", text=title),))
    labels = (*row.labels, OCCURRED.member.label)
    yield replace(row, labels=labels, values=(Told(form="day", text=occ),))


def _change(target: Entry, change: Mapping[str, Any], step: int) -> Iterator[Row]:
    name, *parts = str(change["field"]).split(".")
    members = {each.name: each for each in group_of(target.event.type.dat).members}
    member = OCCURRED.member if name == OCC else members.get(name)
    for label, value in ((BEFORE, change.get("old")), (AFTER, change.get("new"))):
        own = (member.label,) if member else (str(change["field"]),)
        inner, values = _at(member.node if member else None, parts, value)
        path = f"{CHANGES}.{name}"
        yield Row(path=path, labels=(*own, *inner, label), values=values, step=step)


def _at(node: Node | None, parts: Sequence[str], value: Any) -> Line:
    """Tell a value at a place within an answer, and the questions on the way there."""
    if isinstance(node, Alternatives):
        return _at(_option(node, parts, value), parts, value)
    if not parts or node is None:
        return (), _values(node, value)
    head, *rest = parts
    if isinstance(node, Group):
        member = next((each for each in node.members if each.name == head), None)
        labels, values = _at(member.node if member else None, rest, value)
        return (member.label if member else head, *labels), values
    labels, values = _at(_item(node), rest, value)
    return (int(head) + 1 if head.isdigit() else head, *labels), values


def _option(node: Alternatives, parts: Sequence[str], value: Any) -> Node | None:
    """Give the form of an answer that has such a place, or such a value."""
    groups = (each.node for each in node.options if isinstance(each.node, Group))
    held = (each for each in groups if parts and parts[0] in {m.name for m in each.members})
    return next(held, None) or node.of(value).node


def _item(node: Node) -> Node | None:
    if isinstance(node, Several | Lines):
        return node.item
    return Choice(codes=node.codes) if isinstance(node, Ticks) else None


def _values(node: Node | None, value: Any) -> tuple[Told, ...]:
    if value is None:
        return (ABSENT,)
    if node is None:
        text = words_of(value) if isinstance(value, str) else str(value)
        return (Told(form="words", text=text),)
    return tuple(told_values(node, value))
