# SPDX-License-Identifier: Apache-2.0
"""The form of a correction once its record is known: the entry, what was wrong, what is right.

It depends on the answers themselves: whose questions it asks, and which of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from api.console.correcting.nodes import Amending, Entries
from api.console.correcting.telling import at_present
from api.console.forms.answers import FORM, Answers, is_under
from api.console.forms.compounds import Group, Member, Node
from api.console.forms.deriving import group_of
from api.console.forms.form import DAT, OCCURRED, Form
from api.console.forms.steps import PAPERS, Question, Section, Step
from api.console.forms.telling import Row
from api.languages import marked as _
from domain.aggregate.recorded import Entry
from domain.firearm.events.correcting import Corrected

TARGET: Final = f"{DAT}.target"
CHANGES: Final = f"{DAT}.changes"
REASON: Final = f"{DAT}.reason"
ENTRY_PAGE: Final = 2
"""Where it begins for who comes from a record."""

WHICH: Final = _("Which entry was wrong")
WRONG: Final = _("What was wrong in it")
RIGHT: Final = _("What is right")
WHY: Final = _("When and why it is put right")


def is_correction(form: Form) -> bool:
    """Tell whether an event puts another one right."""
    return issubclass(form.kind.dat, Corrected)


def correction_form(form: Form, entries: Sequence[Entry], answers: Answers) -> Form:
    """Give the form of a correction of one of some entries, as far as it is answered."""
    which = Entries(entries=tuple(entries))
    amending = Amending(entry=which.find(answers.one(TARGET)))
    nodes: dict[str, Node] = {TARGET: which, CHANGES: amending}
    asked = group_of(form.kind.dat).members
    members = [replace(each, node=nodes.get(f"{DAT}.{each.name}", each.node)) for each in asked]
    ticked = answers.fields.get(amending.base(CHANGES) + FORM, ())
    data = Group(members=tuple(members))
    return replace(form, data=data, steps=_steps(data, amending, ticked))


def amending_in(form: Form) -> Amending | None:
    """Give the question for the right answers, where the form is one of a correction."""
    nodes = (each.node for each in form.data.members)
    return next((each for each in nodes if isinstance(each, Amending)), None)


def answers_to(form: Form, answers: Answers) -> Answers:
    """Give the answers without those to another entry, which was chosen before."""
    amending = amending_in(form)
    if amending is None:
        return answers
    base = amending.base(CHANGES)
    others = [each for each in answers.fields if is_under(each, CHANGES)]
    return answers.but(each for each in others if not is_under(each, base))


def begun(form: Form, answers: Answers, step: Step) -> Answers:
    """Give answers in which each question that a page shows anew says what stands at present."""
    amending = amending_in(form)
    if amending is None:
        return answers
    fields = dict(answers.fields)
    for question in step.sections[0].questions if step.sections else ():
        here, name = question.path, question.member.name
        fresh = is_under(here, amending.base(CHANGES)) and not here.endswith(FORM)
        if fresh and name in amending.stated and not any(is_under(each, here) for each in fields):
            fields |= question.member.node.write(here, amending.stated[name])
    return Answers(fields)


def standing(form: Form) -> dict[str, tuple[Row, ...]]:
    """Tell every answer as it stands, by the name of the field that puts it right."""
    amending = amending_in(form)
    if amending is None:
        return {}
    base, stated = amending.base(CHANGES), amending.stated
    return {
        f"{base}.{each.name}": at_present(each.node, stated.get(each.name))
        for each in amending.asked
    }


def _steps(data: Group, amending: Amending, ticked: Sequence[str]) -> tuple[Step, ...]:
    asked = {f"{DAT}.{each.name}": each for each in data.members}
    own = (TARGET, CHANGES, REASON)
    further = {path: each for path, each in asked.items() if path not in own}
    wrong = {amending.base(CHANGES) + FORM: asked[CHANGES]}
    why = {OCCURRED.path: OCCURRED.member, REASON: asked[REASON]}
    pages: tuple[tuple[Section, ...], ...] = (
        (),
        (_section(WHICH, {TARGET: asked[TARGET]}),),
        (_section(WRONG, wrong),),
        (
            _section(RIGHT, amending.chosen(CHANGES, ticked)),
            _section(WHY, why),
            replace(_section(PAPERS, further), folded=True),
        ),
    )
    return tuple(Step(number=at, sections=page) for at, page in enumerate(pages, start=1))


def _section(title: str, asked: Mapping[str, Member]) -> Section:
    questions: list[Any] = [Question(path=path, member=each) for path, each in asked.items()]
    return Section(title=title, questions=tuple(questions))
