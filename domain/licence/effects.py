# SPDX-License-Identifier: Apache-2.0
"""What each event makes of a licence; none of them refuses."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from domain.licence.codes import Status
from domain.licence.events import (
    Applied,
    BanImposed,
    BanLifted,
    BusinessCeased,
    Decision,
    Expired,
    Issued,
    Refused,
    Registered,
    Reinstated,
    Renewed,
    Revoked,
    Suspended,
    Varied,
    Withdrawing,
)
from domain.licence.state import Ban, Licence, Term
from domain.occurrence import UNKNOWN, Occurrence, parse_occurrence

TERMLESS: Final[tuple[Status, ...]] = ("none", "applied", "refused")


def applied(licence: Licence, dat: Applied) -> Licence:
    """Asked for."""
    return replace(
        licence,
        kind=dat.kind,
        status="applied",
        holding=dat.hld,
        firearms=dat.firearms,
        application_no=dat.application_no,
    )


def registered(licence: Licence, dat: Registered) -> Licence:
    """As the older record says."""
    known = replace(
        licence, kind=dat.kind, status=dat.status, holding=dat.hld, firearms=dat.firearms
    )
    if dat.status in TERMLESS:
        return known
    since = UNKNOWN if dat.valid_from is None else parse_occurrence(dat.valid_from)
    term = Term(
        standing=dat.status, since=since, until=_day(dat.valid_to), categories=dat.categories
    )
    return replace(known, terms=(term,))


def issued(licence: Licence, dat: Issued) -> Licence:
    """Valid for its term."""
    term = Term(
        standing="valid",
        since=parse_occurrence(dat.valid_from),
        until=_day(dat.valid_to),
        categories=dat.categories,
    )
    return replace(
        licence,
        status="valid",
        terms=(*licence.terms, term),
        holding=dat.hld or licence.holding,
        firearms=dat.firearms or licence.firearms,
        conditions=dat.conditions,
        number=dat.number,
        ground=dat.ground,
        appeal=None,
    )


def renewed(licence: Licence, dat: Renewed) -> Licence:
    """Valid for a further term of the same scope."""
    term = _term(licence, dat.valid_from, standing="valid")
    return _begin(licence, replace(term, until=_day(dat.valid_to)))


def varied(licence: Licence, dat: Varied) -> Licence:
    """Under changed terms, suspended or not."""
    term = _term(licence, dat.effective_on)
    changed = replace(
        term,
        until=_day(dat.valid_to) or term.until,
        categories=dat.categories or term.categories,
    )
    return replace(
        _begin(licence, changed),
        firearms=dat.firearms or licence.firearms,
        conditions=dat.conditions or licence.conditions,
    )


def suspended(licence: Licence, dat: Suspended) -> Licence:
    """Of no effect; what its holder has is to be placed elsewhere."""
    return _withdrawn(licence, dat, standing="suspended")


def revoked(licence: Licence, dat: Revoked) -> Licence:
    """Taken back; what its holder has is to be placed elsewhere."""
    return _withdrawn(licence, dat, standing="revoked")


def reinstated(licence: Licence, dat: Reinstated) -> Licence:
    """Valid again for the rest of its term."""
    term = _term(licence, dat.effective_on, standing="valid")
    return replace(_decided(_begin(licence, term), dat), place_by=None)


def expired(licence: Licence, dat: Expired) -> Licence:
    """Ended by itself."""
    term = _term(licence, dat.effective_on, standing="expired")
    return replace(_begin(licence, term), ground=dat.ground)


def refused(licence: Licence, dat: Refused) -> Licence:
    """Turned down."""
    return replace(licence, status="refused", ground=dat.ground, appeal=dat.appeal)


def ban_imposed(licence: Licence, dat: BanImposed) -> Licence:
    """Under a ban; the licence itself stays what it was."""
    ban = Ban(parse_occurrence(dat.effective_on))
    return replace(_decided(licence, dat), bans=(*licence.bans, ban), place_by=dat.place_by)


def ban_lifted(licence: Licence, dat: BanLifted) -> Licence:
    """Under no ban any more."""
    ended = tuple(replace(ban, until=_day(dat.effective_on)) for ban in licence.bans[-1:])
    return replace(_decided(licence, dat), bans=(*licence.bans[:-1], *ended))


def business_ceased(licence: Licence, dat: BusinessCeased) -> Licence:
    """Ended with its business; somebody else has the register."""
    term = _term(licence, dat.effective_on, standing="ceased")
    return replace(_begin(licence, term), register_authority=dat.authority, successor=dat.successor)


def _withdrawn(licence: Licence, dat: Withdrawing, *, standing: Status) -> Licence:
    term = _term(licence, dat.effective_on, standing=standing)
    return replace(_decided(_begin(licence, term), dat), place_by=dat.place_by)


def _decided(licence: Licence, dat: Decision) -> Licence:
    return replace(licence, ground=dat.ground, appeal=dat.appeal)


def _term(licence: Licence, since: str, *, standing: Status | None = None) -> Term:
    """Give the newest term as it goes on from a day."""
    last = licence.terms[-1] if licence.terms else Term(standing=licence.status, since=UNKNOWN)
    return replace(last, since=parse_occurrence(since), standing=standing or last.standing)


def _begin(licence: Licence, term: Term) -> Licence:
    return replace(licence, status=term.standing, terms=(*licence.terms, term))


def _day(text: str | None) -> Occurrence | None:
    return None if text is None else parse_occurrence(text)
