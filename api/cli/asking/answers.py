# SPDX-License-Identifier: Apache-2.0
"""The answers of the search by marking: for a person, as JSON lines and as rows of CSV.

Each writer takes answers as they come and gives lines, so that a long list needs no memory.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Any, Final, TypeAlias

from api.cli.asking.listing import Form
from api.cli.asking.questions import Asked
from api.reporting.writing import harmless
from api.tracing.candidates import candidates_record, short, told
from projections.marking_search.candidates import Candidate, Candidates
from projections.marking_search.question import FIELDS

COLUMNS: Final = (
    *("question", "ref", "asked", "rank", "score", "likeness", "text", "role", "kind", "record"),
    *("short_form", "firearm", "make", "model", "calibre", "gun_kind", "year", "country"),
    *("reasons", "error"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of one question.

    Attributes:
        asked: The question.
        candidates: The answer; none where it could not be asked.
    """

    asked: Asked
    candidates: Candidates | None

    def best(self, limit: int) -> Iterator[tuple[int, Candidate]]:
        """Give the first candidates with their ranks."""
        return enumerate(self.candidates.found[:limit] if self.candidates else (), start=1)


Writer: TypeAlias = Callable[[Iterable[Answer], int], Iterator[str]]


def as_text(answers: Iterable[Answer], limit: int) -> Iterator[str]:
    """Tell answers to a person; at most so many candidates a question."""
    for answer in answers:
        asked, found = answer.asked, answer.candidates
        # A list may come from elsewhere; what it calls a question must not steer the terminal.
        ref = _CONTROLS.sub(" ", asked.ref or "")
        number = f"{ref or asked.number}: " if ref or asked.number > 1 else ""
        if asked.refusal is not None:
            yield f"{number}{asked.refusal}"
            continue
        yield f"{number}{asked.text}: {_counted(answer, limit)}"
        for rank, candidate in answer.best(limit):
            yield f"{rank:>3}. score {candidate.score}  {short(candidate)}  {candidate.subject}"
            yield f"     {_described(candidate)}"
            yield f"     {'; '.join(candidate.reasons)}"
        yield from (f"     {hint}" for hint in (found.hints if found else ()))


def as_json(answers: Iterable[Answer], limit: int) -> Iterator[str]:
    """Give one object a question; at most so many candidates in it."""
    for answer in answers:
        yield json.dumps(_record(answer, limit), ensure_ascii=False)


def as_csv(answers: Iterable[Answer], limit: int) -> Iterator[str]:
    """Give one row a candidate, and one for a question without any."""
    yield _row(COLUMNS)
    for answer in answers:
        asked = answer.asked
        head = {"question": asked.number, "ref": asked.ref, "asked": asked.text}
        rows = [{**head, **_cells(rank, each)} for rank, each in answer.best(limit)]
        refusal = asked.refusal.slug if asked.refusal else None
        for row in rows or [{**head, "error": refusal}]:
            yield _row([row.get(name) for name in COLUMNS])


def _record(answer: Answer, limit: int) -> dict[str, Any]:
    asked, found = answer.asked, answer.candidates
    head = {"question": asked.number, "ref": asked.ref, "asked": asked.text}
    if found is None:
        refusal = asked.refusal
        return {**head, "error": refusal and refusal.slug, "sentence": str(refusal)}
    return {**head, **candidates_record(found, limit)}


def _cells(rank: int, candidate: Candidate) -> dict[str, Any]:
    record = candidate.found.record
    # The kind of gun has a column of its own beside the kind of the mark.
    names = {name: "gun_kind" if name == "kind" else name for name in FIELDS}
    known = {column: " | ".join(map(str, record[name])) for name, column in names.items()}
    return {**told(rank, candidate), **known, "reasons": "; ".join(candidate.reasons)}


def _described(candidate: Candidate) -> str:
    record = candidate.found.record
    known = ("/".join(map(str, record[name])) for name in FIELDS if record[name])
    return ", ".join(known) or "no description"


def _counted(answer: Answer, limit: int) -> str:
    found = answer.candidates
    number = len(found.found[:limit]) if found else 0
    if not found or not number:
        return "nothing on record is like it"
    more = (
        ", and there are more: name more characters or the make"
        if found.more or len(found.found) > limit
        else ""
    )
    return f"{number} candidate{'' if number == 1 else 's'}{more}"


def _row(values: Iterable[Any]) -> str:
    line = StringIO()
    plain = [harmless(each) if isinstance(each, str) else each for each in values]
    csv.writer(line, lineterminator="").writerow(plain)
    return line.getvalue()


_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
WRITERS: Final[Mapping[Form, Writer]] = {"table": as_text, "json": as_json, "csv": as_csv}
