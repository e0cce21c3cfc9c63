# SPDX-License-Identifier: Apache-2.0
"""Every sentence that forms are made of, for whoever translates them.

Labels, hints and codes come from schemas and tables, where no tool that reads calls of ``_`` finds
them; so they are listed here by what they are. What is said of wrong answers is marked by ``_``.
"""

from __future__ import annotations

from collections.abc import Iterator

from api.console.forms import steps
from api.console.forms.compounds import Alternatives, Group, Member, Node, Several, Ticks
from api.console.forms.form import OCCURRED, form_of
from api.console.forms.labels.finding import TOPICS
from api.console.forms.labels.kinds import GROUPS, SUBJECTS, title_of
from api.console.forms.scalars import Choice, Flag
from api.describing.shapes import summary_of
from domain.catalogue import CATALOGUE
from domain.schema import EventType


def labels() -> frozenset[str]:
    """Give the label of every question, and what else names things: titles, topics, subjects."""
    names = {each.label for kind in CATALOGUE for each in _asked(kind)}
    titles = {title_of(kind) for kind in CATALOGUE} | {each.title for each in TOPICS}
    own = {steps.WHEN, steps.PERSONAL, steps.MORE}
    return frozenset(names | titles | own | {*GROUPS, *SUBJECTS.values()})


def words() -> frozenset[str]:
    """Give every code of a closed list in words."""
    asked = (each.node for kind in CATALOGUE for each in _asked(kind))
    return frozenset(each for node in asked for each in _choices(node))


def hints() -> frozenset[str]:
    """Give what the schemas say of each member and event."""
    told = {each.hint for kind in CATALOGUE for each in _asked(kind)}
    return frozenset(told | {plain_summary(kind) for kind in CATALOGUE}) - {""}


def plain_summary(kind: EventType) -> str:
    """Say in one sentence what an event is, without code marks."""
    return summary_of(kind.dat).replace("`", "")


def _asked(kind: EventType) -> Iterator[Member]:
    whole = form_of(kind.evt)
    yield OCCURRED.member
    yield from _members(whole.data)
    yield from whole.claims.members


def _members(node: Node) -> Iterator[Member]:
    members = node.members if isinstance(node, Group) else ()
    yield from members
    for inside in (*(each.node for each in members), *_inside(node)):
        yield from _members(inside)


def _inside(node: Node) -> Iterator[Node]:
    """Give the questions inside of one that has no members of its own."""
    if isinstance(node, Several):
        yield node.item
    elif isinstance(node, Alternatives):
        yield from (each.node for each in node.options if each.node)


def _choices(node: Node) -> Iterator[str]:
    if isinstance(node, Choice | Ticks | Flag):
        yield from (words for _, words in node.options)
    elif isinstance(node, Alternatives):
        yield from (each.label for each in node.options)
    for inside in _inside(node):
        yield from _choices(inside)
