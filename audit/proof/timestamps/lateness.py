# SPDX-License-Identifier: Apache-2.0
"""Whether an event was recorded late, as far as that is certain; told, and never altered.

Implements the flags of the log specification, section 2.7: ``occ`` and ``rcv`` outside the
bracket, by the term of a policy. In doubt nothing is flagged: an unknown date, or a bracket
without the bound that matters, proves no lateness. That an event is late by the date of its own
signature its signer says against himself, so it needs no bracket.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from audit.proof.timestamps.bracket import Bracket, told
from audit.proof.timestamps.terms import Term
from domain.event import Event
from domain.occurrence import Occurrence

Flag = Literal["late", "suspect"]
"""Recorded certainly too long afterwards; or said to be of a time certainly after recording."""

CLOCKS_SECONDS: Final = 300
"""How far clocks may differ, where nobody chooses another number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What a policy leaves room for.

    Attributes:
        late_after: Seconds between occurrence and recording after which recording is late;
            nothing where no term is set.
        clocks: Seconds by which clocks may differ.
    """

    late_after: int | None = None
    clocks: int = CLOCKS_SECONDS


class Stated(NamedTuple):
    """What an event says about time.

    Attributes:
        occ: When it happened.
        signed: When it was signed, Unix seconds.
        taken_over: Whether it was taken over from an older record, which is never late here.
    """

    occ: Occurrence
    signed: int
    taken_over: bool


@dataclass(frozen=True, slots=True)
class Remark:
    """What is to be said about the times of an event."""

    flag: Flag
    sentence: str


def stated(event: Event) -> Stated:
    """Give what an event says about time."""
    return Stated(event.occ, event.iat, getattr(event.dat, "source", None) is not None)


def remarks(said: Stated, bracket: Bracket, term: Term) -> Iterator[Remark]:
    """Tell what is wrong with the times that an event states.

    Args:
        said: What it states.
        bracket: When it was recorded.
        term: Within which time it had to be.
    """
    allowance = Allowance(late_after=None if said.taken_over else term.seconds)
    flag = flag_occurrence(said.occ, bracket, allowance)
    if flag == "suspect":
        text = f"It is said to have happened {said.occ}, and was recorded before"
        yield Remark("suspect", f"{text} {bracket.not_after}.")
    elif flag == "late":
        text = f"It happened {said.occ}, and was recorded only after {bracket.not_before}"
        yield Remark("late", f"{text}; {term}.")
    elif not said.taken_over and said.signed - said.occ.latest > term.seconds:
        text = f"It happened {said.occ}, and by its own date was signed only {told(said.signed)}"
        yield Remark("late", f"{text}; {term}.")
    if bracket.not_after and said.signed > bracket.not_after.at + allowance.clocks:
        text = f"It is dated as signed {told(said.signed)}, and was recorded before"
        yield Remark("suspect", f"{text} {bracket.not_after}.")


def flag_occurrence(occ: Occurrence, bracket: Bracket, allowance: Allowance) -> Flag | None:
    """Flag the time at which something is said to have happened."""
    if occ.precision == "unknown":
        return None
    before, after = bracket.not_before, bracket.not_after
    if after and occ.earliest > after.at + allowance.clocks:
        return "suspect"
    term = allowance.late_after
    if term is not None and before and before.at - occ.latest > term + allowance.clocks:
        return "late"
    return None


def flag_instant(at: int, bracket: Bracket, allowance: Allowance) -> Flag | None:
    """Flag a time that has to lie in the bracket itself, such as that of receipt.

    Args:
        at: The time, in Unix seconds.
        bracket: When the event was recorded.
        allowance: How far clocks may differ; its term is not looked at.
    """
    before, after = bracket.not_before, bracket.not_after
    early = before is not None and at < before.at - allowance.clocks
    ahead = after is not None and at > after.at + allowance.clocks
    return "suspect" if early or ahead else None
