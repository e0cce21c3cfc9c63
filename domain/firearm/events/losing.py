# SPDX-License-Identifier: Apache-2.0
"""How a firearm leaves lawful hands and comes to light again: lost, stolen, diverted, found.

Implements LostReported, StolenReported, PointOfDiversionEstablished, Found and Surrendered of
the domain facts, section 5, with the event window and the discovery date of rule 14. Found and
surrendered are told apart as in SDG indicator 16.4.2: nobody apparent holds what is found, and
what is surrendered is handed over willingly. Deadlines are counted elsewhere, from whichever
date the law of the jurisdiction names.
"""

from __future__ import annotations

from typing import Literal

from domain.codes import LossCause, Maybe, PhysicalCondition, When
from domain.firearm.events.common import Fact, Observation, Place
from domain.markings import Markings
from domain.schema import Country, Digest, HoldingId, Jurisdiction, Stated, Text
from domain.tracing.codes import Circumstance

FoundCircumstance = Literal[
    "lying_open",
    "hidden",
    "abandoned",
    "in_building",
    "in_vehicle",
    "in_water",
    "in_ground",
    "in_transport",
    "in_estate",
    "conflict_remnant",
    "other",
    "unknown",
]
"""How it was found (``found_cause`` of the domain facts, section 7); own list, version 1."""


class LossReport(Fact):
    """What a report of loss or theft states (27 CFR 478.39a; ATF F 3310.11; rule 14).

    Attributes:
        discovered_on: When it was noticed.
        window_from: Start of the time in which it happened, or unknown.
        window_to: End of that time, or unknown.
        cause: Cause by the closed list.
        place: Where it was missed.
        hld: Opaque holding it was missed from; persons are disclosures under it.
        agency: Police that took the report.
        report_no: Number of the report there.
        authority: Other authority to which it was reported.
        authority_ref: Number of the report there.
    """

    discovered_on: When
    window_from: When
    window_to: When
    cause: LossCause
    place: Maybe[Place] = None
    hld: Maybe[HoldingId] = None
    agency: Maybe[Text] = None
    report_no: Maybe[Text] = None
    authority: Maybe[Text] = None
    authority_ref: Maybe[Text] = None


class LostReported(LossReport):
    """``firearm.lost-reported``: missing, with no sign of an offence."""


class StolenReported(LossReport):
    """``firearm.stolen-reported``: taken by an offence."""


class Diversion(Fact):
    """``firearm.point-of-diversion-established``: where it left the lawful circuit.

    For a firearm made, converted or reactivated illicitly that is the place of that act (SDG
    indicator 16.4.2). What a trace found is recorded with its tracing request instead.

    Attributes:
        country: Where.
        place: Which part of that country.
        on: When, as precisely as is known.
        circumstance: How.
        evidence: Digest of the report behind it.
    """

    country: Country
    place: Maybe[Jurisdiction] = None
    on: When
    circumstance: Circumstance
    evidence: Digest


class CameToHand(Fact):
    """What is stated of what came to hand outside a planned investigation.

    Attributes:
        station: Station or agency that has it.
        place: Where it came to hand.
        case_no: Number of the case, as the authority counts.
        hld: Opaque identifier of whoever found it or handed it over; a disclosure under it.
        described: How it was then described.
        markings: Marks as then seen.
    """

    station: Maybe[Text] = None
    place: Maybe[Place] = None
    case_no: Maybe[Text] = None
    hld: Maybe[HoldingId] = None
    described: Maybe[Observation] = None
    markings: Markings = ()


class Found(CameToHand):
    """``firearm.found``: come to hand, with no apparent holder and no planned investigation.

    Attributes:
        circumstance: How it was found.
    """

    circumstance: Maybe[FoundCircumstance] = None


class Surrendered(CameToHand):
    """``firearm.surrendered``: handed over willingly, outside a planned investigation.

    An anonymous surrender names no holding: then ``hld`` is absent.

    Attributes:
        programme: Programme under which it was handed over, unknown, or none.
        anonymous: Whether the person stays unnamed.
        amnesty: Whether the person is exempt from punishment for having held it.
        condition: State in which it was handed over.
    """

    programme: Stated
    anonymous: bool
    amnesty: bool
    condition: Maybe[PhysicalCondition] = None
