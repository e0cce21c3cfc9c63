# SPDX-License-Identifier: Apache-2.0
"""May this caller do this, here, for this reason? The one place that decides it.

Judges by the lines of ``table`` (envelope specification, sections 7 and 8: ASVS 5.0 V8, 14.2.6).
Checks come in an order that tells a stranger nothing: who asks, role, place, and only then purpose
and fresh factor, which somebody hears of who may know the thing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, get_args

from api.access.caller import Caller, Reason
from api.access.table import CLAIMS, LINES, NAMED, STRANGERS, Action, Line
from domain.access.retention import (
    ANY_ROLE_YEARS,
    CRIMINAL_JUSTICE,
    CRIMINAL_JUSTICE_YEARS,
    years_after,
)
from domain.registry.state import covers

Code = Literal[
    "unknown_caller",
    "role_denied",
    "jurisdiction_denied",
    "purpose_missing",
    "purpose_denied",
    "step_up_needed",
]
"""Why something is refused, in the order of the checks."""

STEP_UP_SECONDS: Final = 300
"""For how long a fresh factor counts."""

CLOCK_SKEW_SECONDS: Final = 5
"""How far the clocks of two of our own hosts may be apart."""

NOWHERE: Final = ""
"""The place of a thing of which no place is on record: no mandate covers it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What one line of the policy opens to a caller.

    Attributes:
        places: Jurisdictions; nothing for the whole ledger.
        authority: The authority that has to answer for a thing; nothing for any.
        claims: Names of the disclosures that may be shown.
    """

    places: tuple[str, ...] | None = None
    authority: str | None = None
    claims: frozenset[str] = frozenset()

    def admits(self, place: str | None, authority: str | None) -> bool:
        """Tell whether a thing in a place, for which an authority answers, is within it."""
        if self.authority is not None and authority != self.authority:
            return False
        return self.places is None or (place is not None and covers(self.places, place))


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the policy says to one question.

    Attributes:
        code: Why it is refused; nothing where it is allowed.
        hidden: Whether a refusal has to look as if the thing did not exist (404, not 403).
        reach: Where what is allowed holds. A door shows a thing, and each row of a list, only if
            ``admits`` says so, and of a person only what ``claims`` names.
    """

    code: Code | None = None
    hidden: bool = False
    reach: tuple[Reach, ...] = ()

    @property
    def allowed(self) -> bool:
        """Whether it may be done."""
        return self.code is None

    def admits(self, place: str | None, authority: str | None = None) -> bool:
        """Tell whether a thing may be shown.

        Args:
            place: Jurisdiction of the thing; nothing, or ``NOWHERE``, where none is on record.
            authority: The authority that answers for it now.
        """
        return any(each.admits(place, authority) for each in self.reach)

    def claims(self, place: str | None, authority: str | None = None) -> frozenset[str]:
        """Give the names of the disclosures about a thing that may be shown."""
        within = (each.claims for each in self.reach if each.admits(place, authority))
        return frozenset().union(*within)


def decide(
    caller: Caller, action: Action, *, place: str | None, reason: Reason | None, now: int
) -> Decision:
    """Judge one question.

    Args:
        caller: Who asks.
        action: What for.
        place: Jurisdiction of the thing that is asked for, ``NOWHERE`` if none is on record;
            nothing where the question names no place, and the answer is kept to ``reach``.
        reason: Purpose and legal basis, if they were stated.
        now: Unix seconds.
    """
    question = _Question(caller, place, reason, now)
    judged = [(_objection(question, each), each) for each in _lines(caller, action)]
    granted = [each for code, each in judged if code is None]
    if granted:
        return Decision(reach=tuple(dict.fromkeys(_reach(caller, each) for each in granted)))
    if caller.means == "stranger":
        return Decision(code="unknown_caller", hidden=True)
    # The line that came furthest says what is missing.
    codes = [code for code, _ in judged if code is not None]
    code: Code = max(codes, key=_ORDER.index, default="role_denied")
    untold = code in ("role_denied", "jurisdiction_denied")
    return Decision(code=code, hidden=untold and action in NAMED)


def persons_open(caller: Caller, destroyed: int | None, now: int) -> bool:
    """Tell whether a caller may still see the persons behind a firearm.

    Implements rule 17 of the domain facts, section 9: ten years after the destruction for any
    role, thirty for criminal justice.

    Args:
        caller: Who asks.
        destroyed: When it was destroyed, in Unix seconds (``destroyed_at``); nothing if it is not.
        now: Unix seconds.
    """
    if destroyed is None:
        return True
    longer = not caller.roles.isdisjoint(CRIMINAL_JUSTICE)
    return now <= years_after(destroyed, CRIMINAL_JUSTICE_YEARS if longer else ANY_ROLE_YEARS)


class _Question(NamedTuple):
    caller: Caller
    place: str | None
    reason: Reason | None
    now: int


class _Held(NamedTuple):
    """A line by one of the roles that a caller holds."""

    role: str
    line: Line


def _lines(caller: Caller, action: Action) -> Iterator[_Held]:
    """Give the lines that speak of a caller's roles; everybody has those of strangers."""
    held = () if caller.means == "stranger" else sorted(caller.roles)
    for role in (STRANGERS, *held):
        yield from _BY_ROLE.get((action, role), ())


def _objection(asked: _Question, held: _Held) -> Code | None:
    """Give the first check that a line does not pass."""
    line = held.line
    if not _in_place(asked, held):
        return "jurisdiction_denied"
    if line.purposes and (asked.reason is None or not asked.reason.legal_basis):
        return "purpose_missing"
    if line.purposes and asked.reason and asked.reason.purpose not in line.purposes_named():
        return "purpose_denied"
    if line.step_up and not _fresh(asked.caller, asked.now):
        return "step_up_needed"
    return None


def _in_place(asked: _Question, held: _Held) -> bool:
    if held.line.scope == "anywhere":
        return True
    places = asked.caller.places(held.role)
    return bool(places) if asked.place is None else covers(places, asked.place)


def _fresh(caller: Caller, now: int) -> bool:
    """Tell whether a fresh factor stands behind the question; a machine signs each of its own."""
    if caller.means != "session":
        return True
    at = caller.stepped_up_at
    return at is not None and -CLOCK_SKEW_SECONDS <= now - at <= STEP_UP_SECONDS


def _reach(caller: Caller, held: _Held) -> Reach:
    line = held.line
    return Reach(
        places=None if line.scope == "anywhere" else caller.places(held.role),
        authority=caller.authority if line.scope == "own" else None,
        claims=_CLAIMS_OF[line],
    )


def _by_role() -> dict[tuple[Action, str], tuple[_Held, ...]]:
    found: dict[tuple[Action, str], list[_Held]] = defaultdict(list)
    for line in LINES:
        for role in line.roles_named():
            found[line.action, role].append(_Held(role, line))
    return {key: tuple(lines) for key, lines in found.items()}


_ORDER: Final[tuple[Code, ...]] = get_args(Code)
_BY_ROLE: Final = _by_role()
_CLAIMS_OF: Final = {
    line: frozenset[str]().union(*(CLAIMS[group] for group in line.groups())) for line in LINES
}
