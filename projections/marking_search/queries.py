# SPDX-License-Identifier: Apache-2.0
"""Which firearms, components and lots may bear a text that was read, the best first.

Implements rules 10 and 11 of the domain facts, section 9, and the tiers of section 6: every
candidate says why it is one, another make does not rule a firearm out, and nothing is ever
merged. What is equal under a fold is asked for first, of all questions of a batch at once;
patterns and misread characters only where needed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, Final, LiteralString, NamedTuple
from uuid import UUID

from audit.link import Row
from domain.markings import latin_fold, lookalike_fold
from projections.fact import Fact
from projections.marking_search.candidates import (
    COMPONENT,
    Candidate,
    Candidates,
    Found,
    hints,
    ranked,
)
from projections.marking_search.parts.standing import Standing, standings
from projections.marking_search.patterns import anchors_in, has_trigrams, pattern_terms, ways
from projections.marking_search.question import Calibres, Question, as_written, corroborated
from projections.marking_search.righting.outcome import Righting, outcome
from projections.marking_search.spelling import (
    EDIT_CHARS_MAX,
    EDIT_CHARS_MIN,
    neighbours,
    spellings,
)
from projections.marking_search.statements import (
    EQUAL,
    FITTING,
    NAMED,
    PARTS,
    RIGHTINGS,
    SPELLED,
)
from projections.marking_search.store import MARKING_SEARCH
from projections.view import View

CANDIDATES_MAX: Final = 20

TEXTS_MAX: Final = 60
"""Texts of one likeness that are compared; more of them ask for a narrower search."""

ENOUGH: Final = 30
"""Texts that fit a pattern after which no other way is tried, though there may be more."""

SCANNED_MAX: Final = 350
"""Texts of a range that are read to find those that fit a pattern."""

DEEPER_MAX: Final = 20_000
"""Texts of a range that are read where little is known and nothing was found in fewer."""

EQUAL_MAX: Final = 1_000
"""Equal texts that are read to find those of the make that was asked for."""

KEYS_MAX: Final = 2_000
"""Texts that are read of those with one of many keys."""

PARTICULARS_TYPICAL: Final = 8
"""Sets of particulars that a record with a long life states."""

BATCH_QUESTIONS: Final = 500


class _Texts(NamedTuple):
    """Texts on record, and whether there may be more of them."""

    found: Sequence[Found]
    more: bool


class MarkingSearch:
    """The search by marking as it can be asked."""

    def __init__(self, view: View, calibres: Calibres = as_written) -> None:
        """Bind the view that keeps answers current, and what tells the names of calibres."""
        self._view = view
        self._calibres = calibres

    def search(self, question: Question) -> Candidates:
        """Find what may bear a text.

        Raises:
            InvalidValueError: The question cannot be asked (``Question.check``).
        """
        (found,) = self.search_many([question])
        return found

    def search_many(self, questions: Iterable[Question]) -> Iterator[Candidates]:
        """Answer many questions, in their order, as they come.

        Whatever is equal to any of a batch is one statement; only patterns, and misread
        characters where nothing nearer is found, are asked for one by one.

        Raises:
            InvalidValueError: A question cannot be asked (``Question.check``).
        """
        remaining = iter(questions)
        while batch := list(islice(remaining, BATCH_QUESTIONS)):
            for question in batch:
                question.check()
            size, texts = self._equal(batch)
            for question, equal in zip(batch, texts, strict=True):
                yield self._answer(question, equal, size=size)

    def _answer(self, question: Question, equal: _Texts, *, size: int) -> Candidates:
        found, more = equal
        if question.reading.is_pattern:
            fitting = self._fitting(question)
            found, more = [*found, *fitting.found], more or fitting.more
        candidates = ranked(question, found, self._calibres)
        if _may_be_misread(question, candidates):
            near = self._neighbours(question)
            candidates = ranked(question, [*found, *near.found], self._calibres)
            more = more or near.more
        return Candidates(
            size=size,
            found=self._put_right(candidates[:CANDIDATES_MAX]),
            more=more or len(candidates) > CANDIDATES_MAX,
            hints=tuple(hints(question, candidates, more=more)),
        )

    def _put_right(self, candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
        """Tell what corrections and reversals left of each text, and where its part is."""
        return tuple(self._fitted(self._righted(candidates)))

    def _righted(self, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
        """Tell which texts were corrected or reversed; asked only of records with such entries."""
        streams = {each.found.stream for each in candidates if each.found.put_right}
        if not streams:
            return candidates
        said: dict[UUID, list[Righting]] = {stream: [] for stream in streams}
        for stream, *row in self._ask(RIGHTINGS, {"streams": list(streams), "hits": TEXTS_MAX}):
            said[stream].append(Righting(*row))
        return [_told(each, said.get(each.found.stream, ())) for each in candidates]

    def _fitted(self, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
        """Tell in which firearm parts are, as corrections and reversals left their records."""
        parts = list({each.found.stream for each in candidates if each.subject.kind == COMPONENT})
        if not parts:
            return candidates
        rows = self._ask(PARTS, {"parts": parts, "hits": TEXTS_MAX})
        found = standings((part, Fact._make((*fact, False))) for part, *fact in rows)
        return [_placed(each, found.get(each.found.stream)) for each in candidates]

    def _equal(self, questions: Sequence[Question]) -> tuple[int, list[_Texts]]:
        """Find what is equal to the text of each question under any fold."""
        size, rows = self._view.ask_dated(MARKING_SEARCH, EQUAL, _terms(questions))
        of_each: list[list[Row]] = [[] for _ in questions]
        for _, _, number, *row in rows:
            of_each[number].append(tuple(row))
        return size, [_texts(each) for each in of_each]

    def _neighbours(self, question: Question) -> _Texts:
        """Find what is one character away."""
        keys = neighbours(question.reading.key)
        return self._spelled("canonical", keys, {**_limits(question.make_key), "hits": KEYS_MAX})

    def _spelled(self, column: str, keys: Sequence[str], terms: Mapping[str, Any]) -> _Texts:
        return _texts(self._ask(SPELLED[column], {**terms, "keys": list(keys)}))

    def _fitting(self, question: Question) -> _Texts:
        """Find what fits a pattern, as it was read and, if another script was, in Latin letters."""
        reading = question.reading
        latin = reading.like(latin_fold)
        make = question.make_key
        likes = list(dict.fromkeys(reading.like(f) for f in (lookalike_fold, _latin_lookalike)))
        each = [self._along(like, latin, make) for like in likes]
        found = [text for texts in each for text in texts.found]
        if not found and any(texts.more for texts in each):
            return self._deeper(likes[0], latin, make)
        return _Texts(found, more=any(texts.more for texts in each))

    def _along(self, like: str, latin: str, make: str | None) -> _Texts:
        """Find what is like a pattern: in the narrowest range first, then by what it names.

        A pattern that names no three Latin letters or digits in a row is not looked for by its
        parts: it would have to be compared with every text on record. One of another script is
        looked for by them as it reads in Latin letters.
        """
        terms = {**pattern_terms(like, latin), **_limits(make)}
        found: list[Found] = []
        for way in ways(like):
            rows = self._ask(FITTING[way], terms)
            texts = _texts(row[1:] for row in rows)
            length = rows[0][0]
            if length is None or length < SCANNED_MAX:
                return texts
            found += texts.found
            if len(found) >= ENOUGH:
                return _Texts(found, more=True)
        if keys := spellings(like):
            texts = self._spelled("lookalike", keys, terms)
        elif has_trigrams(like, latin):
            texts = _texts(self._ask(NAMED, terms))
        else:
            texts = _Texts((), more=not has_trigrams(latin))
        return _Texts([*found, *texts.found], more=texts.more)

    def _deeper(self, like: str, latin: str, make: str | None) -> _Texts:
        """Look further where next to nothing is known and nothing was found."""
        terms = {**pattern_terms(like, latin), **_limits(make), "scanned": DEEPER_MAX}
        for way in ways(like)[:1]:
            rows = self._ask(FITTING[way], terms)
            more = rows[0][0] is None or rows[0][0] >= DEEPER_MAX
            return _texts(row[1:] for row in rows)._replace(more=more)
        return _Texts((), more=True)

    def _ask(self, statement: LiteralString, terms: Mapping[str, Any]) -> Sequence[Row]:
        return self._view.ask(MARKING_SEARCH, statement, terms)[1]


def _terms(questions: Sequence[Question]) -> dict[str, Any]:
    terms = [_term(number, question) for number, question in enumerate(questions)]
    make = next((term["make"] for term in terms if term["make"]), None)
    return {"questions": json.dumps(terms), **_limits(make)}


def _limits(make: str | None) -> dict[str, Any]:
    """Give the make and how many rows are read; more where those of a make come first."""
    return {
        "make": make,
        "hits": EQUAL_MAX if make else TEXTS_MAX,
        "scanned": SCANNED_MAX,
        "rows": TEXTS_MAX * PARTICULARS_TYPICAL,
    }


def _term(number: int, question: Question) -> dict[str, Any]:
    reading = question.reading
    upper = reading.text.upper()
    return {
        "no": number,
        "canonical": reading.key,
        "latin": reading.latin,
        "embedded": reading.embedded,
        "lookalike": reading.lookalike,
        "upper": upper,
        "anchors": " ".join(sorted(anchors_in(reading.key, upper))),
        "make": question.make_key,
    }


def _latin_lookalike(text: str) -> str:
    return lookalike_fold(latin_fold(text))


def _may_be_misread(question: Question, found: Iterable[Candidate]) -> bool:
    """One other character says something only where other fields agree and nothing nearer does."""
    reading = question.reading
    if reading.is_pattern or not question.can_be_misread:
        return False
    if not EDIT_CHARS_MIN <= len(reading.key) <= EDIT_CHARS_MAX:
        return False
    return not any(corroborated(each.agreements) for each in found)


def _told(candidate: Candidate, said: Sequence[Righting]) -> Candidate:
    found = candidate.found
    return replace(candidate, outcome=outcome(said, found.entry, role=found.role, text=found.text))


def _placed(candidate: Candidate, standing: Standing | None) -> Candidate:
    if standing is None:
        return candidate
    found = candidate.found
    return replace(candidate, found=found._replace(fitted_to=standing.firearm(found.stream)))


def _texts(rows: Iterable[Row]) -> _Texts:
    """Put the rows of one text, one for each of its record's particulars, together."""
    known: dict[Row, list[Row]] = {}
    for row in rows:
        if row[0] is not None:
            known.setdefault(row[:_OF_TEXT], []).append(row[_OF_TEXT:])
    found = [
        Found._make((*text[:-1], tuple(particulars), text[-1]))
        for text, particulars in known.items()
    ]
    return _Texts(found, more=len(found) >= TEXTS_MAX)


_OF_TEXT: Final = 7
"""Columns of a row that are of the text; the others are of particulars."""
