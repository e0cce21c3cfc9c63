# SPDX-License-Identifier: Apache-2.0
"""Which records hold persons, and when the retention of each kind begins.

Implements rule 17 of the domain facts, section 9, and the retention classes of section 5: the
persons behind a firearm or a component are counted from its destruction, else from its last
export; those behind a licence or an authorization from its lapse or a refusal, and for a licence
from the end of a ban; those behind ammunition from the day on which nothing was left of the lot;
those whom a tracing request named from its end; and an officer from the end of the last key. One
line a kind of record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
from types import MappingProxyType
from typing import Any, Final

from domain.access.retention import LAST_SECOND, destroyed_at
from domain.aggregate.recorded import Entry, RecordState
from domain.authorization.state import Authorization
from domain.component.state import Component
from domain.erasure.officers import Officer
from domain.firearm.state import Firearm
from domain.licence.codes import Standing
from domain.licence.state import Licence
from domain.lot.state import Lot
from domain.occurrence import Occurrence
from domain.policy.duties import DAY_SECONDS
from domain.policy.model import ClockStart
from domain.tracing.state import TracingRequest

Begun = Iterator[tuple[ClockStart, int | None]]
"""What began, and the last second at which it may have; nothing where no date is known."""

IDENTIFYING_YEARS_MIN: Final = 10
"""Records by which firearms, parts and ammunition are traced, and those of transactions across
borders, are kept for not less than ten years (Firearms Protocol, article 7)."""

LAPSED: Final[tuple[Standing, ...]] = ("expired", "revoked", "ceased")
"""What a licence is worth once it has lapsed."""

ABROAD: Final = ("exported", "imported", "returned-from-abroad")
"""Events of which the last one tells whether something left for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One kind of record that can hold persons.

    Attributes:
        state: Its state.
        begun: Gives what began for a record by a day.
        years_min: For how many years its persons are kept at least, whatever a policy says.
    """

    state: type[Firearm | RecordState]
    begun: Callable[[Any, Occurrence], Begun]
    years_min: int = 0


def kept(record: str) -> Kept | None:
    """Give how a record keeps persons, by its identifier; nothing where it keeps none so."""
    return KEPT.get(record.partition(".")[0])


def begun(record: Firearm | RecordState, on: Occurrence) -> dict[ClockStart, int | None]:
    """Give what began for a record by a day, of whichever kind it is."""
    found = (each for each in KEPT.values() if isinstance(record, each.state))
    return {start: moment for each in found for start, moment in each.begun(record, on)}


def holds_on(record: Firearm | RecordState) -> tuple[str, ...]:
    """Give the numbers of the holds that are open on a record."""
    return record.state.holds if isinstance(record, Firearm) else record.holds


def newest(entries: Iterable[Entry], *evts: str) -> int | None:
    """Give when the newest event of some types happened, no later than it was signed."""
    found = (each for each in entries if each.event.evt in evts and each.stands)
    return max((min(each.effective.occ.latest, each.event.iat) for each in found), default=None)


def lapsed_at(licence: Licence, on: Occurrence) -> int | None:
    """Give the last second at which a lapsed licence may have lapsed, if one is known.

    One that ends by its term lapses on the day after its last one.
    """
    begun = [each for each in licence.terms if not on.certainly_before(each.since)]
    ended = list(takewhile(lambda each: each.standing in LAPSED, reversed(begun)))
    moments = [each.since.latest for each in ended[-1:]]
    before = begun[: len(begun) - len(ended)]
    if before and before[-1].standing == "valid" and before[-1].until:
        moments.append(before[-1].until.latest + DAY_SECONDS)
    return _known(min(moments, default=LAST_SECOND))


def _of_firearm(firearm: Firearm, _: Occurrence) -> Begun:
    if firearm.state.technical == "destroyed":
        yield "destruction", destroyed_at(firearm)
    elif _left(firearm.entries, "firearm"):
        yield "export", newest(firearm.entries, "firearm.exported")


def _of_component(component: Component, _: Occurrence) -> Begun:
    if component.technical == "destroyed":
        yield "destruction", newest(component.entries, "component.destroyed")
    elif _left(component.entries, "component"):
        yield "export", newest(component.entries, "component.exported")


def _of_licence(licence: Licence, on: Occurrence) -> Begun:
    if licence.standing_on(on) in LAPSED:
        yield "lapse", lapsed_at(licence, on)
    if licence.status == "refused":
        yield "refusal", newest(licence.entries, "licence.refused")
    if licence.bans and not licence.banned:
        yield "ban_end", newest(licence.entries, "licence.ban-lifted")


def _of_authorization(authorization: Authorization, on: Occurrence) -> Begun:
    if authorization.stage == "refused":
        yield "refusal", newest(authorization.entries, "authorization.refused")
    elif authorization.document and authorization.standing_on(on) in LAPSED:
        moments = [authorization.document.expires_on.latest + DAY_SECONDS]
        if authorization.revoked_from:
            moments.append(authorization.revoked_from.latest)
        yield "authorization_end", _known(min(moments))


def _of_lot(lot: Lot, _: Occurrence) -> Begun:
    """Count from the last event after which nothing of the ammunition is in stock."""
    if lot.status == "used_up":
        counted = {each.event.evt for each in lot.entries} - {"lot.corrected"}
        yield "lot_end", newest(lot.entries, *(each for each in counted if "hold" not in each))


def _of_request(request: TracingRequest, _: Occurrence) -> Begun:
    if not request.open:
        yield "trace_end", newest(request.entries, "trace.closed")


def _of_officer(officer: Officer, on: Occurrence) -> Begun:
    """Count from the end of the last key, by which the officer could sign and log in."""
    left = officer.left_at
    if left is not None and left <= on.latest:
        yield "service_end", left


def _left(entries: Iterable[Entry], family: str) -> bool:
    names = {f"{family}.{each}" for each in ABROAD}
    moves = [each.event.evt for each in entries if each.stands and each.event.evt in names]
    return moves[-1:] == [f"{family}.exported"]


def _known(moment: int) -> int | None:
    return moment if moment < LAST_SECOND else None


KEPT: Final[Mapping[str, Kept]] = MappingProxyType(
    {
        "arm": Kept(state=Firearm, begun=_of_firearm, years_min=IDENTIFYING_YEARS_MIN),
        "cmp": Kept(state=Component, begun=_of_component, years_min=IDENTIFYING_YEARS_MIN),
        "lot": Kept(state=Lot, begun=_of_lot, years_min=IDENTIFYING_YEARS_MIN),
        "lic": Kept(state=Licence, begun=_of_licence),
        "aut": Kept(state=Authorization, begun=_of_authorization, years_min=IDENTIFYING_YEARS_MIN),
        "trc": Kept(state=TracingRequest, begun=_of_request),
        "off": Kept(state=Officer, begun=_of_officer),
    }
)
"""Every kind of record whose events disclose persons, and the officers of the registry."""
