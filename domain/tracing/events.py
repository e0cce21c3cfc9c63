# SPDX-License-Identifier: Apache-2.0
"""The schemas of a tracing request's events.

Implements the tracing rows of the domain facts, section 5, and paragraphs 16 to 23 of the
International Tracing Instrument (ITI). Persons never occur here; a holder who is named in an
answer is a disclosure under an opaque holding.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from domain.codes import GunKind, HolderClass, Maybe, When
from domain.firearm.events.common import Fact, Observation, Place
from domain.firearm.events.correcting import Corrected
from domain.markings import Markings
from domain.schema import (
    Closed,
    Code,
    Country,
    Digest,
    FirearmId,
    HoldingId,
    Jurisdiction,
    Stated,
    Text,
)
from domain.tracing.codes import (
    Cause,
    Certainty,
    Circumstance,
    DiversionMethod,
    ForwardReason,
    IllicitGround,
    IntendedUse,
    LastStatus,
    Outcome,
    OutcomeReason,
    Question,
    RefusalGround,
    Restriction,
    Urgency,
    UrgencyReason,
)

USES_MAX: Final = 5
QUESTIONS_MAX: Final = 9
STEPS_MAX: Final = 32
RESTRICTIONS_MAX: Final = 4


class Requested(Fact):
    """``trace.requested``: another State is asked where a firearm left the lawful circuit.

    Attributes:
        ground: Why the firearm is held to be illicit (ITI 17 a).
        recipient: State that is asked.
        requesting_state: State that asks, where that is another one than the authority's own.
        kind: Kind of firearm (ITI 17 b).
        calibre: Calibre as seen.
        described: Make, model and serial as seen, at the time of the request.
        markings: Marks as seen.
        uses: What the answer is wanted for (ITI 17 c).
        urgency: Whether it cannot wait.
        urgency_reason: Why it cannot.
        firearm: The firearm, if it is on record here.
        cause: What makes the question lawful, where the record of the firearm does not show that it
            was seized, found or surrendered.
        agency: Agency for which it is asked (ATF F 3312.1).
        case_no: Number of the case, as the asking authority counts.
        crime: Code of the offence, by the list ``linked-crimes``.
        country_of_origin: Country of manufacture as seen, unknown where no mark names it.
        importer: Importer as marked, unknown or none.
        recovered_on: When it was recovered.
        recovered_at: Where it was recovered.
    """

    ground: IllicitGround
    recipient: Country
    requesting_state: Maybe[Country] = None
    kind: GunKind
    calibre: Stated
    described: Observation
    markings: Markings = ()
    uses: Annotated[tuple[IntendedUse, ...], Field(strict=False, min_length=1, max_length=USES_MAX)]
    urgency: Urgency
    urgency_reason: Maybe[UrgencyReason] = None
    firearm: Maybe[FirearmId] = None
    cause: Maybe[Cause] = None
    agency: Maybe[Text] = None
    case_no: Maybe[Text] = None
    crime: Maybe[Code] = None
    country_of_origin: Maybe[Country | Literal["unknown"]] = None
    importer: Maybe[Stated] = None
    recovered_on: Maybe[When] = None
    recovered_at: Maybe[Place] = None


class Acknowledged(Fact):
    """``trace.acknowledged``: the requested State has it in hand (ITI 18).

    Attributes:
        due_on: When an answer is to be expected.
        reference: Number under which the requested State works on it.
    """

    due_on: When
    reference: Maybe[Text] = None


class MoreInfoAsked(Fact):
    """``trace.more-info-asked``: the requested State needs to know more (ITI 20).

    Attributes:
        questions: What it needs.
    """

    questions: Annotated[
        tuple[Question, ...], Field(strict=False, min_length=1, max_length=QUESTIONS_MAX)
    ]


class MoreInfoGiven(Fact):
    """``trace.more-info-given``: the asking State answers, as far as it can.

    Attributes:
        answered: Which questions are answered.
        described: What more was seen of the firearm.
        markings: Further marks as seen.
    """

    answered: Annotated[
        tuple[Question, ...], Field(strict=False, min_length=1, max_length=QUESTIONS_MAX)
    ]
    described: Maybe[Observation] = None
    markings: Markings = ()


class Forwarded(Fact):
    """``trace.forwarded``: the trail leads to a further State (ITI 21).

    Attributes:
        to_country: That State.
        reason: Why it is the next to ask.
    """

    to_country: Country
    reason: ForwardReason


class Step(Closed):
    """One lawful station of the firearm, as the answering State's records say.

    Attributes:
        status: What it was there.
        country: Where.
        on: Since when.
        holder: Class of its holder.
    """

    status: LastStatus
    country: Country
    on: When
    holder: Maybe[HolderClass] = None


class Responded(Fact):
    """``trace.responded``: the last legal record, and what led to it (ITI 20).

    Attributes:
        last_status: Status of the last legal record.
        last_on: When that was recorded.
        last_country: Where.
        certainty: How sure the answer is.
        steps: The lawful stations before it, oldest first.
        restrictions: What the asking State must not do with the answer.
        hld: Opaque holding of the last lawful holder; the person is a disclosure.
    """

    last_status: LastStatus
    last_on: When
    last_country: Country
    certainty: Certainty
    steps: Annotated[tuple[Step, ...], Field(strict=False, min_length=1, max_length=STEPS_MAX)] = ()
    restrictions: Annotated[
        tuple[Restriction, ...], Field(strict=False, min_length=1, max_length=RESTRICTIONS_MAX)
    ] = ()
    hld: Maybe[HoldingId] = None


class Withheld(Fact):
    """What a restriction and a refusal have in common: no answer without a reason (ITI 23).

    Attributes:
        ground: Which of the four grounds (ITI 22).
        reason: Code of the rule of law or the fact behind it.
    """

    ground: RefusalGround
    reason: Code


class Restricted(Withheld):
    """``trace.restricted``: only a part is answered, or only later."""


class Refused(Withheld):
    """``trace.refused``: nothing is answered."""


class DiversionEstablished(Fact):
    """``trace.point-of-diversion-established``: where it left the lawful circuit.

    Attributes:
        country: Where.
        place: Which part of that country.
        on: When, as precisely as is known.
        circumstance: How.
        method: By tracing, or established otherwise.
        evidence: Digest of the report behind it.
    """

    country: Country
    place: Maybe[Jurisdiction] = None
    on: When
    circumstance: Circumstance
    method: DiversionMethod
    evidence: Maybe[Digest] = None


class Ended(Fact):
    """``trace.closed``: nothing more is done.

    Attributes:
        outcome: Whether the point of diversion was identified.
        reason: Why it was not.
    """

    outcome: Outcome
    reason: Maybe[OutcomeReason] = None


class Reopened(Fact):
    """``trace.reopened``: something new turned up.

    Attributes:
        reason: Code of what turned up.
    """

    reason: Code


class OnwardDisclosed(Fact):
    """``trace.onward-disclosed``: the answer goes to somebody else, within its limits (ITI 15).

    Attributes:
        to_country: State that receives it.
        purpose: Code of what it is for.
        in_court: Whether it is used before a court.
    """

    to_country: Country
    purpose: Code
    in_court: bool


class TraceCorrected(Corrected):
    """``trace.corrected``: an earlier event of this tracing request was wrong."""
