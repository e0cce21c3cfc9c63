# SPDX-License-Identifier: Apache-2.0
"""What a tracing request asks the search by marking: each number and mark as seen.

Implements "markings as seen" of the International Tracing Instrument, paragraph 17 b, as questions
(domain facts, section 6). What was seen later adds questions, and takes none away.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from domain.errors import InvalidValueError
from domain.event import Event
from domain.firearm.events.common import Observation
from domain.markings import Marking
from domain.schema import Stated, value_of
from domain.tracing.events import MoreInfoGiven, Requested
from projections.marking_search.question import Question

QUESTIONS_MAX: Final = 8
"""Questions of one request; further marks are searched for by hand."""


def questions_of(events: Iterable[Event]) -> tuple[Question, ...]:
    """Give the questions of a request, the serial first; what cannot be asked is left out.

    Args:
        events: The events of its stream, as they count now.
    """
    found: dict[str, Question] = {}
    for dat in (event.dat for event in events):
        if isinstance(dat, Requested | MoreInfoGiven):
            for text in _texts(dat.described, dat.markings):
                found.setdefault(text, _question(text, dat))
    return tuple(filter(_askable, found.values()))[:QUESTIONS_MAX]


def _texts(described: Observation | None, markings: Iterable[Marking]) -> Iterator[str]:
    serial = _known(described.serial) if described else None
    texts = (serial, *(_known(each.text) for each in markings))
    return (each for each in texts if each)


def _question(text: str, dat: Requested | MoreInfoGiven) -> Question:
    seen = dat.described
    request = dat if isinstance(dat, Requested) else None
    country = request.country_of_origin if request else None
    return Question(
        text=text,
        make=_known(seen.make) if seen else None,
        model=_known(seen.model) if seen else None,
        calibre=_known(request.calibre) if request else None,
        kind=request.kind if request and request.kind != "unknown" else None,
        country=country if country != "unknown" else None,
    )


def _known(value: Stated | None) -> str | None:
    return None if value is None else value_of(value)


def _askable(question: Question) -> bool:
    try:
        question.check()
    except InvalidValueError:
        return False
    return True
