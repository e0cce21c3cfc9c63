# SPDX-License-Identifier: Apache-2.0
"""What the next event of a tracing request states, as far as the ledger knows it already."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from domain.firearm.events.losing import Diversion
from domain.tracing.codes import Circumstance, LastStatus, Question
from domain.tracing.events import STEPS_MAX, MoreInfoAsked, Requested
from domain.tracing.rules import ANSWERED
from domain.tracing.state import TracingRequest
from domain.tracing.stations import Station, last_lawful, lawful_before

CountryOf = Callable[[Station], str | None]
"""Gives the country of a station, as its entry or the authority behind it says."""

LEFT_BY: Final[Mapping[LastStatus, Circumstance]] = MappingProxyType(
    {"stolen": "theft", "lost": "loss"}
)
ANSWER: Final = "trace.responded"
DIVERSION: Final = "trace.point-of-diversion-established"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a request.

    Attributes:
        request: Where it stands.
        stations: The firearm up to its last legal record; none where it is not told.
        country_of: Tells where a station was.
        diversion: Where the firearm left the lawful circuit, as its own record says.
        documents: Digests of what goes with the answer.
    """

    request: TracingRequest
    stations: tuple[Station, ...] = ()
    country_of: CountryOf = lambda station: station.country
    diversion: Diversion | None = None
    documents: tuple[str, ...] = ()

    @property
    def question(self) -> Requested | None:
        """What is asked, as it counts now."""
        stated = (entry.effective.dat for entry in self.request.entries)
        return next((each for each in stated if isinstance(each, Requested)), None)


def stated_of(evt: str, known: Known) -> dict[str, Any]:
    """Give the members of an event that are known; the case of the request goes with each."""
    own = _STATED[evt](known) if evt in _STATED else {}
    case = known.question.case if known.question else None
    told = {**own, "case": case}
    return {name: value for name, value in told.items() if value not in (None, [])}


def _answer(known: Known) -> dict[str, Any]:
    told = {"documents": [*known.documents]}
    if not known.stations:
        return told
    last, holder = known.stations[-1], last_lawful(known.stations)
    steps = [_step(each, known) for each in lawful_before(known.stations)]
    return {
        **told,
        "last_status": last.status,
        "last_on": last.since.event.occ.text,
        "last_country": known.country_of(last),
        "steps": [each for each in steps if each["country"]][-STEPS_MAX:],
        "hld": holder.holding if holder else None,
    }


def _step(station: Station, known: Known) -> dict[str, Any]:
    return {
        "status": station.status,
        "country": known.country_of(station),
        "on": station.since.event.occ.text,
        "holder": station.holder,
    }


def _more_given(known: Known) -> dict[str, Any]:
    asked = (entry.effective.dat for entry in reversed(known.request.entries))
    questions: tuple[Question, ...] = next(
        (each.questions for each in asked if isinstance(each, MoreInfoAsked)), ()
    )
    return {"answered": [*questions]}


def _forwarded(known: Known) -> dict[str, Any]:
    """Name the State that made it, unless that was asked already."""
    maker = known.question.country_of_origin if known.question else None
    if maker in (None, "unknown", *known.request.trail):
        return {}
    return {"to_country": maker, "reason": "made_there"}


def _diversion(known: Known) -> dict[str, Any]:
    """Name the point that an authority established, else the theft or loss that stands open."""
    method = "traced" if known.request.status in ANSWERED else "other"
    last = known.stations[-1] if known.stations else None
    point = known.diversion
    if point is not None:
        found = {"country": point.country, "place": point.place, "on": point.on}
        return {**found, "circumstance": point.circumstance, "method": method}
    if last is None or last.status not in LEFT_BY:
        return {"method": method}
    when = last.since.event.occ.text
    found = {"country": known.country_of(last), "on": when}
    return {**found, "circumstance": LEFT_BY[last.status], "method": method}


def _closed(known: Known) -> dict[str, Any]:
    return {"outcome": "identified" if known.request.diversion else None}


_STATED: Final[Mapping[str, Callable[[Known], dict[str, Any]]]] = MappingProxyType(
    {
        ANSWER: _answer,
        "trace.more-info-given": _more_given,
        "trace.forwarded": _forwarded,
        DIVERSION: _diversion,
        "trace.closed": _closed,
    }
)
