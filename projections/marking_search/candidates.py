# SPDX-License-Identifier: Apache-2.0
"""A firearm that may be the one that is looked for: why, how near, and what speaks against it.

Implements rules 10 and 11 of the domain facts, section 9, and the tiers T6 and T7 of section
6: every candidate says why it is one, and nothing is ever merged. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple
from uuid import UUID

from domain.identifiers import StreamId
from domain.markings import canonical
from projections.marking_search.question import (
    FIELDS,
    Agreement,
    Calibres,
    Field,
    OnRecord,
    Question,
    as_written,
    corroborated,
)
from projections.marking_search.reading import is_registry_number
from projections.marking_search.righting.outcome import Outcome
from projections.marking_search.scoring import Place, score
from projections.marking_search.tiers import Likeness, Tier, likeness, restored_likeness

FIREARM: Final = "arm"
COMPONENT: Final = "cmp"


class Found(NamedTuple):
    """A text on record, as the search gives it.

    Attributes:
        stream: The record that states it.
        role: Whether it is the serial, a marking or another number of a firearm, a mark that
            was restored in part, or stands on a component or a lot of ammunition.
        kind: Kind of that marking or component, or scheme of that number.
        text: The text; of a restored mark its pattern.
        entry: Log index of the entry that states it.
        fitted_to: The firearm that a component is in by the newest entry that tells.
        particulars: What entries state of it besides, each in the order of ``FIELDS``.
        put_right: Whether a text of its record was corrected, or an entry of it reversed.
    """

    stream: UUID
    role: str
    kind: str
    text: str
    entry: int
    fitted_to: UUID | None
    particulars: tuple[tuple[Any, ...], ...] = ()
    put_right: bool | None = None

    @property
    def record(self) -> OnRecord:
        """Every value on record of each field."""
        columns = zip(*self.particulars, strict=True) if self.particulars else [()] * len(FIELDS)
        return {
            field: tuple(dict.fromkeys(each for each in column if each is not None))
            for field, column in zip(FIELDS, columns, strict=True)
        }


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A record that may be of what is looked for.

    Attributes:
        found: The text on record that is alike.
        likeness: How alike it is.
        agreements: Whether what was asked for is on record, by field.
        calibres: Tells what calibres on record mean.
        outcome: What became of the text, if it was corrected or the entry that states it reversed.
    """

    found: Found
    likeness: Likeness
    agreements: Mapping[Field, Agreement]
    calibres: Calibres = as_written
    outcome: Outcome | None = None

    @property
    def subject(self) -> StreamId:
        """What bears the text: a firearm, a component or a lot."""
        return StreamId(_SUBJECTS.get(self.found.role, FIREARM), self.found.stream)

    @property
    def firearm(self) -> UUID | None:
        """The firearm that it leads to; none for a loose component or a lot."""
        return self.found.stream if self.subject.kind == FIREARM else self.found.fitted_to

    @property
    def text(self) -> str:
        """The text on record that is alike."""
        return self.found.text

    @property
    def index(self) -> int:
        """Log index of the entry that states it."""
        return self.found.entry

    @property
    def make(self) -> Agreement | None:
        """Whether the make that was asked for is on record; none where none was."""
        return self.agreements.get("make")

    @cached_property
    def place(self) -> Place:
        """Where on record the text stands."""
        role, kind = self.found.role, self.found.kind
        if role in _SUBJECTS or kind in _OF_COMPONENTS:
            return "lot" if role == "lot" else "component"
        if role == "marking":
            return "shared mark" if kind in _SHARED else "marking"
        if role == "number" or is_registry_number(self.text):
            return "number"
        return "serial"

    @cached_property
    def score(self) -> int:
        """How well it fits what was asked, from 0 to 100."""
        return score(self.likeness, self.place, self.agreements)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Say why it is a candidate, and what speaks against it."""
        return tuple(self._reasons())

    def _reasons(self) -> Iterator[str]:
        found = self.found
        yield f"{_named(found)} {self.text} {self.likeness.reason}"
        if found.role == "serial" and is_registry_number(self.text):
            yield "it has the form of a registry or ticket number, entered as the serial"
        if self.place == "shared mark":
            yield "many firearms bear such a mark"
        if self.outcome is not None:
            yield from self.outcome.reasons
        if self.place == "component":
            yield _fitting(self)
        for field, agreement in self.agreements.items():
            told = ", ".join(self._spelled(field, each) for each in found.record[field])
            yield _AGREEMENTS[agreement].format(_FIELDS.get(field, field), told)

    def _spelled(self, field: Field, value: str | int) -> str:
        """Give a value as it is on record and, of a calibre, its name where that is another."""
        name = self.calibres(str(value)).name if field == "calibre" else None
        if name is None or canonical(name) == canonical(str(value)):
            return str(value)
        return f"{value} ({name})"

    @cached_property
    def rank(self) -> tuple[Any, ...]:
        """Its place: by the score, then by what that is made of, then by age; never by chance."""
        return (
            -self.score,
            self.likeness.tier,
            self.likeness.differences,
            _PLACES.index(self.place),
            self.index,
            self.found.stream.int,
            self.found.role,
            self.found.kind,
            self.found.text,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """The answer to a search.

    Attributes:
        size: Size of the log that it is about.
        found: The candidates, the best first.
        more: Whether there are more than these.
        hints: What to know about the question, or to try next.
    """

    size: int
    found: tuple[Candidate, ...]
    more: bool
    hints: tuple[str, ...] = ()


def ranked(
    question: Question, texts: Iterable[Found], calibres: Calibres = as_written
) -> list[Candidate]:
    """Give one candidate a record, by the text that fits best, and order them."""
    best: dict[UUID, Candidate] = {}
    for found in texts:
        candidate = _candidate(question, found, calibres)
        if candidate is None:
            continue
        known = best.get(found.stream)
        if known is None or candidate.rank < known.rank:
            best[found.stream] = candidate
    return sorted(best.values(), key=lambda each: each.rank)


def hints(question: Question, found: Sequence[Candidate], *, more: bool = False) -> Iterator[str]:
    """Say what to know about a question, or to try next."""
    if is_registry_number(question.text):
        yield (
            "This has the form of a registry or ticket number, a year and a running number. "
            "Look for the number on the metal too."
        )
    if more and not found:
        yield (
            "Too little is known to look through everything. Name three Latin letters or digits in "
            "a row, or more of how it begins or ends."
        )
    elif not found and not question.reading.is_pattern and not question.can_be_misread:
        yield (
            "Numbers with one other character are tried where two of make, model, calibre, kind "
            "and year are given."
        )


def _candidate(question: Question, found: Found, calibres: Calibres) -> Candidate | None:
    compare = restored_likeness if found.role == "restored" else likeness
    alike = compare(question.reading, found.text)
    if alike is None:
        return None
    agreements = question.agreements(found.record, calibres) if question.asked else {}
    if alike.tier is Tier.ONE_CHARACTER and not corroborated(agreements):
        return None
    return Candidate(found=found, likeness=alike, agreements=agreements, calibres=calibres)


def _named(found: Found) -> str:
    if found.role in _ROLES:
        return _ROLES[found.role]
    return f"{found.role} ({found.kind.replace('_', ' ')})"


def _fitting(candidate: Candidate) -> str:
    if candidate.subject.kind == FIREARM:
        return "parts are changed: it may be on another firearm today"
    if candidate.firearm is None:
        return f"component {candidate.subject}, in no firearm by the record"
    return f"component {candidate.subject}, in firearm arm.{candidate.firearm} by the record"


_SUBJECTS: Final = {"component": COMPONENT, "lot": "lot"}
_OF_COMPONENTS: Final = ("component",)
_SHARED: Final = ("import", "proof")
_ROLES: Final = {"serial": "serial", "restored": "damaged mark", "lot": "mark of a lot"}
_PLACES: Final[tuple[Place, ...]] = (
    "serial",
    "marking",
    "number",
    "component",
    "lot",
    "shared mark",
)
_FIELDS: Final[Mapping[Field, str]] = {
    "kind": "kind of gun",
    "year": "year of manufacture",
    "country": "country of manufacture",
}
_AGREEMENTS: Final[Mapping[Agreement, str]] = {
    "agrees": "the {0} agrees: {1}",
    "may agree": "the {0} may agree: {1}; one of the two names is used for several",
    "alike": "a {0} that is alike and not the same is on record: {1}",
    "not on record": "no {0} is on record",
    "differs": "another {0} is on record: {1}",
}
