# SPDX-License-Identifier: Apache-2.0
"""Every error is a problem with a status that fits it, and a page that explains it."""

from __future__ import annotations

import pytest

from api.gate.status import BY_CLASS, BY_SLUG, UnknownError, status_of
from api.http.answering.problem import TITLES, problem, problem_response
from domain import errors
from domain.errors import MunimentError, UnreachableError, UsageError

KINDS = [
    each
    for each in vars(errors).values()
    if isinstance(each, type) and issubclass(each, MunimentError)
]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_error_has_a_status_with_a_title(kind: type[MunimentError]) -> None:
    assert status_of(kind("Something.")) in TITLES


def test_every_status_in_the_tables_has_a_title() -> None:
    assert {*BY_SLUG.values(), *BY_CLASS.values()} <= TITLES.keys()


def test_a_problem_names_its_page_and_what_to_do_next() -> None:
    told = problem(UsageError("It is wrong.", slug="usage", next_step="Put it right."))
    assert told["type"] == "/v1/problems/usage"
    assert (told["status"], told["detail"]) == (400, "It is wrong.")
    assert told["next_step"] == "Put it right."


def test_what_cannot_be_reached_says_when_to_ask_again() -> None:
    response = problem_response(UnreachableError("The database is away."))
    assert response.status_code == 503
    assert int(response.headers["retry-after"]) > 0
    assert response.headers["cache-control"] == "no-store"


def test_what_is_unknown_and_what_is_hidden_have_one_status() -> None:
    assert status_of(UnknownError("There is no such thing.", slug="not_found")) == 404
