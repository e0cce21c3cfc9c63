# SPDX-License-Identifier: Apache-2.0
"""Answers told again, each under its question, for whoever checks them before signing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from api.console.forms.compounds import Alternatives, Group, Known, Lines, Node, Several, Ticks
from api.console.forms.form import OCCURRED, Form, Reply, form_of
from api.console.forms.labels.codes import words_of
from api.console.forms.scalars import PLACES, Choice, Fixed, Flag, Instant, Text, When
from api.console.languages import ENGLISH
from api.console.vocabulary.countries import place_entry
from api.languages import Translate, written_list
from domain.event import Event

Shape = Literal["words", "data", "place", "day", "moment"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One value of an answer.

    Attributes:
        form: ``words`` of ours, ``data`` of whoever answered, the code of a ``place``, a ``day`` or
            a ``moment``.
        text: The value.
    """

    form: Shape
    text: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One answer.

    Attributes:
        path: Name of the field, or of the group of fields, of the whole question.
        labels: The question, from the whole to the part; numbers tell parts of a list apart.
        values: What was answered.
        step: Page on which it was asked.
    """

    path: str
    labels: tuple[str | int, ...]
    values: tuple[Told, ...]
    step: int


Line = tuple[tuple[str | int, ...], tuple[Told, ...]]


def rows_of(form: Form, reply: Reply) -> tuple[Row, ...]:
    """Tell the answers to a whole form, in the order in which they were asked."""
    given: dict[str, Any] = {OCCURRED.path: reply.occ}
    given |= {f"dat.{name}": value for name, value in reply.dat.items()}
    given |= {f"who.{name}": value for name, value in reply.disclosures.items()}
    return tuple(
        Row(
            path=each.path,
            labels=(each.member.label, *labels),
            values=values,
            step=step.number,
        )
        for step in form.steps
        for section in step.sections
        for each in section.questions
        if each.path in given
        for labels, values in told_lines(each.member.node, given[each.path])
    )


def stated(event: Event) -> tuple[Row, ...]:
    """Tell an event as its questions were answered; when it happened stands above them."""
    dat = event.dat.model_dump(mode="json", exclude_unset=True)
    reply = Reply(occ=event.occ.text, dat=dat, disclosures={}, problems=())
    rows = rows_of(form_of(event.evt), reply)
    return tuple(row for row in rows if row.path != OCCURRED.path)


def in_words(row: Row, translate: Translate, language: str = ENGLISH) -> tuple[str, str]:
    """Give a row as two texts, for a page that shows nothing else."""
    values = (_in_words(each, translate, language) for each in row.values)
    first, *rest = row.labels
    label = translate(str(first))
    for each in rest:
        label += f" {each}" if isinstance(each, int) else f": {translate(each)}"
    return label, written_list(values, language)


def _in_words(told: Told, translate: Translate, language: str) -> str:
    if told.form == "place":
        return place_entry(str(told.text), language)
    return translate(told.text) if told.form == "words" else str(told.text)


def told_lines(node: Node, value: Any) -> Iterator[Line]:
    """Tell one answer, each part of it under the questions that lead to it."""
    if isinstance(node, Group):
        yield from _members(node, value)
    elif isinstance(node, Several):
        for number, each in enumerate(value, start=1):
            for labels, values in told_lines(node.item, each):
                yield (number, *labels), values
    elif isinstance(node, Alternatives):
        option = node.of(value)
        inside = told_lines(option.node, value) if option.node else [((), (_words(option.label),))]
        yield from inside
    elif not isinstance(node, Fixed):
        yield (), tuple(told_values(node, value))


def _members(node: Group, value: Mapping[str, Any]) -> Iterator[Line]:
    for each in node.members:
        if each.name in value:
            for labels, values in told_lines(each.node, value[each.name]):
                yield (each.label, *labels), values


def told_values(node: Node, value: Any) -> Sequence[Told]:
    """Tell an answer that has no parts of its own."""
    if isinstance(node, Ticks):
        return [_words(words_of(each)) for each in value]
    if isinstance(node, Lines):
        return [Told(form=_shape(node.item), text=each) for each in value]
    if isinstance(node, Choice):
        return [_words(words_of(value))]
    if isinstance(node, Flag):
        return [_words("Yes" if value else "No")]
    if isinstance(node, When | Instant):
        return [Told(form="day" if isinstance(node, When) else "moment", text=value)]
    if isinstance(node, Known):
        return [Told(form="data", text=value["known"])]
    return [Told(form=_shape(node), text=value)]


def _shape(node: Node) -> Shape:
    return "place" if isinstance(node, Text) and node.form in PLACES else "data"


def _words(text: str) -> Told:
    return Told(form="words", text=text)
