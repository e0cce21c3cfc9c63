# SPDX-License-Identifier: Apache-2.0
"""Which answers of a form were filled in from the record and are still as they were filled in.

The marks travel in the form beside the answers. Whoever changes an answer takes its mark off; a
mark that a browser made up says of an answer what anybody may say of it, and is never signed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Final

from api.console.forms.answers import Answers, Reading
from api.console.forms.form import Form
from api.console.forms.steps import Question

MARK_CHARS: Final = 16


def marked_in(form: Form, answers: Answers) -> str:
    """Give the marks of every question that is answered."""
    asked = (each for each in _questions(form) if answers.touched(each.path))
    return " ".join(_mark(each, answers) for each in asked)


def still_filled(form: Form, answers: Answers, marks: str) -> frozenset[str]:
    """Give the questions whose answers are as their marks say.

    Raises:
        UsageError: ``request_invalid``, the browser sent what nobody asked for.
    """
    given = {*marks.split()}
    named = {each.partition("=")[0] for each in given}
    asked = (each for each in _questions(form) if each.path in named)
    return frozenset(each.path for each in asked if _mark(each, answers) in given)


def _questions(form: Form) -> Iterator[Question]:
    return (each for step in form.steps for part in step.sections for each in part.questions)


def _mark(question: Question, answers: Answers) -> str:
    """Mark the value of an answer, however its fields spell it."""
    value = question.member.node.read(question.path, Reading(answers))
    spelled = json.dumps(value, sort_keys=True).encode()
    return f"{question.path}={sha256(spelled).hexdigest()[:MARK_CHARS]}"
