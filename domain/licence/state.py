# SPDX-License-Identifier: Apache-2.0
"""The state of a licence, and what it is worth on a date.

Implements the licence of the domain facts, section 5. Its events count in the order of the
log, each with the day from which it has effect; so a late report of a lawful transfer is
judged by what was valid on its own day, and a decision that reaches back counts from the
day it names.
"""

from __future__ import annotations

from dataclasses import dataclass

from domain.aggregate.recorded import RecordState
from domain.licence.codes import Appeal, Category, Ground, LicenceKind, Standing, Status, covers
from domain.occurrence import Occurrence


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """What a licence is from a day on, until a later term says otherwise.

    Attributes:
        standing: Valid, suspended or ended.
        since: First day.
        until: Last day of validity, where it has one.
        categories: What it covers; none stated covers what its kind covers.
    """

    standing: Status
    since: Occurrence
    until: Occurrence | None = None
    categories: tuple[Category, ...] = ()


@dataclass(frozen=True, slots=True)
class Ban:
    """A time in which the person may have no firearms.

    Attributes:
        since: First day.
        until: Day on which it was lifted.
    """

    since: Occurrence
    until: Occurrence | None = None

    def covers(self, date: Occurrence) -> bool:
        """Tell whether the date may lie within it."""
        over = self.until is not None and self.until.certainly_before(date)
        return not over and not date.certainly_before(self.since)


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence(RecordState):
    """One licence as the ledger knows it.

    Attributes:
        kind: What it permits.
        status: Where it is in its life.
        terms: What it was from which day on, in the order in which the ledger learned it.
        bans: Bans of its holder, the newest last.
        holding: Opaque identifier of its holder.
        firearms: Number of firearms asked for or admitted.
        conditions: Codes of its conditions.
        number: Public number, for a business.
        application_no: Number of the application.
        ground: Ground of the newest decision.
        appeal: Where that decision stands with the courts.
        place_by: Day by which the holder's firearms are to be placed elsewhere.
        register_authority: Authority that has the register of a business that ceased.
        successor: Licence of the business that has that register.
    """

    kind: LicenceKind = "unknown"
    status: Status = "none"
    terms: tuple[Term, ...] = ()
    bans: tuple[Ban, ...] = ()
    holding: str | None = None
    firearms: int | None = None
    conditions: tuple[str, ...] = ()
    number: str | None = None
    application_no: str | None = None
    ground: Ground | None = None
    appeal: Appeal | None = None
    place_by: str | None = None
    register_authority: str | None = None
    successor: str | None = None

    @property
    def banned(self) -> bool:
        """Whether a ban is open."""
        return bool(self.bans) and self.bans[-1].until is None

    def valid_on(self, date: Occurrence) -> bool:
        """Tell whether it is certainly not invalid on a date, as far as is known by now."""
        return self.standing_on(date) == "valid"

    def standing_on(self, date: Occurrence) -> Standing:
        """Tell what it is worth on a date: what may already have counted then, counts."""
        if any(ban.covers(date) for ban in self.bans):
            return "banned"
        term = self.term_on(date)
        if term is None:
            return "not_yet_valid" if self.terms else self.status
        if term.standing == "valid" and term.until and term.until.certainly_before(date):
            return "expired"
        return term.standing

    def term_on(self, date: Occurrence) -> Term | None:
        """Give the newest term that may have begun by a date."""
        begun = (term for term in reversed(self.terms) if not date.certainly_before(term.since))
        return next(begun, None)

    def admits(self, category: Category, date: Occurrence) -> bool:
        """Tell whether its scope on a date covers a category; no stated scope covers all."""
        term = self.term_on(date)
        scope = term.categories if term else ()
        return not scope or any(covers(each, category) for each in scope)


def is_limited(state: object) -> bool:
    """Tell whether a state is that of a licence which admits a number of firearms only."""
    return isinstance(state, Licence) and state.firearms is not None


BLANK = Licence()
"""Before anything is known."""
