# SPDX-License-Identifier: Apache-2.0
"""Whether an event was recorded late, as far as its time bracket makes that certain.

Implements the flags of the log specification, section 2.7: ``occ`` and ``rcv`` outside the
bracket, by an allowance that a policy names, are told and never altered. In doubt nothing is
flagged: an unknown date, or a bracket without the bound that matters, proves no lateness.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from audit.proof.timestamps.bracket import Bracket
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
