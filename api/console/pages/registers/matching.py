# SPDX-License-Identifier: Apache-2.0
"""Which firearms a tracing request may be about: the search by marking, through its own gate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from api.console.spelling import spelled
from api.gate.asking import Asked
from api.gate.tracing import found_within
from domain.errors import MunimentError
from projections.marking_search.question import Question

CANDIDATES_SHOWN: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """What the search says of some requests.

    Attributes:
        found: Candidates of each request, the most alike first, each record once.
        withheld: Why nothing was searched for, as an error; nothing where it was.
    """

    found: Mapping[str, Sequence[Mapping[str, Any]]]
    withheld: MunimentError | None = None


def matches(asked: Asked, wanted: Mapping[str, Sequence[Question]]) -> Matches:
    """Search for the marks of some requests, as far as the caller may.

    Args:
        asked: The caller, for the action ``marking.search``.
        wanted: Questions by the request that they come from.
    """
    texts = [each.text for questions in wanted.values() for each in questions]
    if not texts:
        return Matches(found=dict.fromkeys(wanted, ()))
    try:
        with asked.admitted(text="\n".join(texts)) as note, asked.service.queries() as queries:
            found = {
                request: _merged(
                    candidate
                    for question in questions
                    for candidate in _spelled(
                        question,
                        found_within(
                            asked, note, queries, question=question, limit=CANDIDATES_SHOWN
                        ),
                    )
                )
                for request, questions in wanted.items()
            }
            note.told(answers=sum(map(len, found.values())))
    except MunimentError as error:
        return Matches(found={}, withheld=error)
    return Matches(found=found)


def _spelled(question: Question, record: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {**each, "spelled": spelled(question.text, each["text"])} for each in record["candidates"]
    ]


def _merged(candidates: Any) -> tuple[Mapping[str, Any], ...]:
    """Give each record once, by the text that fits best."""
    best: dict[str, Mapping[str, Any]] = {}
    for each in candidates:
        known = best.get(each["record"])
        if known is None or each["score"] > known["score"]:
            best[each["record"]] = each
    ordered = sorted(best.values(), key=lambda each: -int(each["score"]))
    return tuple(ordered[:CANDIDATES_SHOWN])
