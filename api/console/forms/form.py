# SPDX-License-Identifier: Apache-2.0
"""The form of one event type: its questions in pages, its answers made into an event and back.

Answers are the whole form, each page of it; they are read again each time, so that nothing that a
browser sends is believed. ``read_form`` and ``write_form`` undo each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from api.console.forms.answers import Answers, Problem, Reading, Said, is_under
from api.console.forms.compounds import Group, Member, Node
from api.console.forms.deriving import group_of
from api.console.forms.labels.persons import CLAIMS
from api.console.forms.problems import first_of_each, problems_of
from api.console.forms.scalars import Fields, Flag, Number, Text, When
from api.console.forms.steps import Question, Step, steps_of
from api.languages import marked as _
from audit.proof.disclosures import Claim, check_claim
from domain.catalogue import CATALOGUE
from domain.errors import EnvelopeError, InvalidValueError
from domain.occurrence import parse_occurrence
from domain.schema import ClaimForm, EventType

DAT: Final = "dat"
WHO: Final = "who"
OCC: Final = "occ"
CLAIM_CHARS_MAX: Final = 200

OCCURRED: Final = Question(
    path=OCC,
    member=Member(
        name=OCC,
        label="When it happened",
        hint="Only as exactly as is known: leave out the day, or the day and the month, if not.",
        required=True,
        node=When(vague=True),
    ),
)
_CLAIM: Final[Mapping[ClaimForm, Node]] = {
    "string": Text(form="personal", most=CLAIM_CHARS_MAX),
    "integer": Number(),
    "boolean": Flag(),
}
_SEALED: Final = "Sealed in the vault, never written into the log."
_TOO_LONG: Final = Said(_("Write at most %(most)s characters."), {"most": CLAIM_CHARS_MAX})
_DAY: Final = Said(_("There is no such day."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Everything that is asked about one event.

    Attributes:
        kind: Its type.
        data: The questions about its public data.
        claims: The questions about persons.
        steps: All of them in pages.
    """

    kind: EventType
    data: Group
    claims: Group
    steps: tuple[Step, ...]

    def step_of(self, path: str) -> Step:
        """Give the page on which a field is asked for; the first for what concerns all."""
        return next((each for each in self.steps if each.holds(path)), self.steps[0])

    def place_of(self, path: str) -> int:
        """Tell how many questions come before that of a field."""
        paths = (path for step in self.steps for path in step.paths)
        return next((at for at, each in enumerate(paths) if is_under(path, each)), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the answers to a whole form come to.

    Attributes:
        occ: When it happened.
        dat: Public data, to be signed where there is no problem.
        disclosures: Personal data by claim name.
        problems: What is wrong, one for each field, in the order of the questions.
    """

    occ: str
    dat: Mapping[str, Any]
    disclosures: Mapping[str, Claim]
    problems: tuple[Problem, ...]


@cache
def form_of(evt: str) -> Form:
    """Make the form of an event type, of its newest version.

    Raises:
        InvalidValueError: ``schema_unknown``.
    """
    kind = CATALOGUE.latest(evt)
    data = group_of(kind.dat)
    claims = Group(members=tuple(_claim(name, form) for name, form in kind.claims.items()))
    return Form(kind=kind, data=data, claims=claims, steps=steps_of(OCCURRED, data, claims))


def read_form(form: Form, answers: Answers) -> Reply:
    """Read the answers to all pages.

    Raises:
        UsageError: ``request_invalid``, the browser sent what nobody asked for.
    """
    reading = Reading(answers)
    occ = OCCURRED.member.node.read(OCC, reading)
    dat = form.data.read(DAT, reading)
    disclosures = form.claims.read(WHO, reading)
    reading.check_all_taken()
    told = [*reading.problems, *occurred_problems(occ), *problems_of(form.kind, form.data, dat)]
    told += _personal(form.kind, disclosures)
    problems = sorted(first_of_each(told), key=lambda each: form.place_of(each.path))
    return Reply(occ=occ or "", dat=dat, disclosures=disclosures, problems=tuple(problems))


def labels_of(form: Form, problems: Iterable[Problem]) -> dict[str, str]:
    """Name the question to which each problem belongs."""
    asked = [each for step in form.steps for part in step.sections for each in part.questions]
    return {
        problem.path: each.member.label
        for problem in problems
        for each in asked
        if is_under(problem.path, each.path)
    }


def write_form(
    form: Form, *, occ: str, dat: Mapping[str, Any], disclosures: Mapping[str, Claim]
) -> Answers:
    """Give the answers that an event comes from, for example to show one that is to be changed."""
    fields: Fields = OCCURRED.member.node.write(OCC, occ) if occ else {}
    fields |= form.data.write(DAT, dat) | form.claims.write(WHO, disclosures)
    return Answers(fields)


def _claim(name: str, form: ClaimForm) -> Member:
    label = CLAIMS[name]
    return Member(name=name, label=label, hint=_SEALED, required=False, node=_CLAIM[form])


def occurred_problems(occ: str | None) -> list[Problem]:
    """Tell what is wrong with when something happened."""
    if occ is None:
        return [Problem(OCC, Said(_("Say when it happened, or tick that nobody knows.")))]
    try:
        parse_occurrence(occ)
    except InvalidValueError:
        return [Problem(OCC, _DAY)]
    return []


def _personal(kind: EventType, disclosures: Mapping[str, Claim]) -> list[Problem]:
    found = []
    for name, value in disclosures.items():
        path = f"{WHO}.{name}"
        try:
            check_claim(name, value, claims=kind.claims)
        except EnvelopeError as error:
            found.append(Problem(path, Said(error.sentence)))
        if isinstance(value, str) and len(value) > CLAIM_CHARS_MAX:
            found.append(Problem(path, _TOO_LONG))
    return found
