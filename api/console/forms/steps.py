# SPDX-License-Identifier: Apache-2.0
"""The questions of one event in a few short pages, those that belong together on one page.

Papers, which every event may have and few do, stand folded at the end of the last page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from api.console.forms.answers import is_under
from api.console.forms.compounds import Alternatives, Group, Member, Node, Several, Ticks
from api.console.forms.labels.finding import TOPICS, Topic, topic_of
from api.console.forms.labels.persons import PERSON
from api.console.forms.scalars import PLACES, Fixed, Text

WEIGHT_MAX: Final = 10
"""Questions on one page, about; a list of groups weighs more than a line."""

LONG: Final = 12
"""From this weight on, what need not be answered is folded."""

WHEN: Final = "When it happened"
PERSONAL: Final = "Personal data"
PAPERS: Final = "What it rests on"
MORE: Final = "More, if it is known"
WHO: Final = next(each.title for each in TOPICS if each.names == frozenset(PERSON))


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question of a page.

    Attributes:
        path: Name of its field, or of its group of fields.
        member: The question.
    """

    path: str
    member: Member


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Questions of a page under one heading.

    Attributes:
        title: The heading.
        questions: The questions, those first that must be answered.
        folded: Whether they are shown only to who wants to answer them.
    """

    title: str
    questions: tuple[Question, ...]
    folded: bool = False

    @property
    def weight(self) -> int:
        """About how much there is to read and to fill in."""
        return 0 if self.folded else sum(_weight(each.member) for each in self.questions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One page of questions.

    Attributes:
        number: Its number, from 1.
        sections: What it asks.
    """

    number: int
    sections: tuple[Section, ...]

    @property
    def paths(self) -> tuple[str, ...]:
        """Names of its fields and groups of fields."""
        return tuple(each.path for section in self.sections for each in section.questions)

    @property
    def asks_places(self) -> bool:
        """Whether it asks for a country anywhere."""
        asked = (each.member.node for part in self.sections for each in part.questions)
        return any(map(_asks_place, asked))

    def holds(self, path: str) -> bool:
        """Tell whether a field is asked for on this page."""
        return any(is_under(path, each) for each in self.paths)


def steps_of(occurred: Question, data: Group, claims: Group) -> tuple[Step, ...]:
    """Divide the questions of an event into pages."""
    first = Section(title=WHEN, questions=(occurred,))
    sections = [first, *_sections(data, claims)]
    pages: list[tuple[Section, ...]] = [()]
    for each in sections:
        alone = pages[-1] in ((), (first,))
        if not alone and sum(own.weight for own in (*pages[-1], each)) > WEIGHT_MAX:
            pages.append(())
        pages[-1] = (*pages[-1], each)
    return tuple(Step(number=at, sections=page) for at, page in enumerate(pages, start=1))


def _sections(data: Group, claims: Group) -> Iterator[Section]:
    personal = tuple(_questions("who", claims.members))
    for topic in TOPICS:
        yield from _parted(topic, tuple(_questions("dat", _members(topic, data))))
        if topic.title == WHO and personal:
            yield Section(title=PERSONAL, questions=personal)


def _parted(topic: Topic, questions: tuple[Question, ...]) -> Iterator[Section]:
    """Fold what need not be answered, where it is papers or much."""
    whole = Section(title=topic.title, questions=questions)
    required = tuple(each for each in questions if each.member.required)
    further = questions[len(required) :]
    if topic.title != PAPERS and (whole.weight <= LONG or not required):
        yield from (whole,) if questions else ()
        return
    if required:
        yield Section(title=topic.title, questions=required)
    if further:
        yield Section(title=MORE if required else topic.title, questions=further, folded=True)


def _members(topic: Topic, data: Group) -> list[Member]:
    topical = (each for each in data.members if topic_of(each.name) is topic)
    asked = [each for each in topical if not isinstance(each.node, Fixed)]
    return sorted(asked, key=lambda each: not each.required)


def _questions(path: str, members: Iterable[Member]) -> Iterator[Question]:
    return (Question(path=f"{path}.{each.name}", member=each) for each in members)


def _asks_place(node: Node) -> bool:
    if isinstance(node, Text):
        return node.form in PLACES
    if isinstance(node, Group):
        return any(_asks_place(each.node) for each in node.members)
    if isinstance(node, Alternatives):
        return any(_asks_place(each.node) for each in node.options if each.node)
    return isinstance(node, Several) and _asks_place(node.item)


def _weight(member: Member) -> int:
    if isinstance(member.node, Group):
        return 1 + len(member.node.members) // 2
    return 3 if isinstance(member.node, Several | Ticks) else 1
