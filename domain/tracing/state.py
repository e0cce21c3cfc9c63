# SPDX-License-Identifier: Apache-2.0
"""What a tracing request has come to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from domain.aggregate.recorded import RecordState
from domain.tracing.codes import (
    Circumstance,
    DiversionMethod,
    Outcome,
    OutcomeReason,
    Restriction,
    Status,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Diversion:
    """Where a firearm left the lawful circuit.

    Attributes:
        country: Where.
        on: When, as an occurrence.
        circumstance: How.
        method: By tracing, or established otherwise.
    """

    country: str
    on: str
    circumstance: Circumstance
    method: DiversionMethod


@dataclass(frozen=True, slots=True, kw_only=True)
class TracingRequest(RecordState):
    """One request, from the question to its end.

    Attributes:
        status: Where it stands.
        asked_by: Authority that asked.
        asked_at: Log index of the question.
        firearm: The firearm, if it is on record.
        trail: States that were asked, in order.
        due_on: When an answer is to be expected, as an occurrence.
        restrictions: What must not be done with the answer.
        diversion: The point of diversion, once it is established.
        outcome: What it ended with; nothing while it is open.
        reason: Why the point of diversion was not identified.
    """

    status: Status = "requested"
    asked_by: str = ""
    asked_at: int | None = None
    firearm: str | None = None
    trail: tuple[str, ...] = ()
    due_on: str | None = None
    restrictions: frozenset[Restriction] = frozenset()
    diversion: Diversion | None = None
    outcome: Outcome | None = None
    reason: OutcomeReason | None = None

    @property
    def open(self) -> bool:
        """Whether anything is still to be done."""
        return self.status != "closed"


BLANK: Final = TracingRequest()
"""Before it is asked."""
