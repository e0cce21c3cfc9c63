# SPDX-License-Identifier: Apache-2.0
"""How a firearm leaves lawful hands and comes to light again: lost, stolen, diverted, found.

Implements LostReported, StolenReported, PointOfDiversionEstablished, Found and Surrendered of
the domain facts, section 5, with the event window and the discovery date of rule 14. Found and
surrendered are told apart as in SDG indicator 16.4.2: nobody apparent holds what is found, and
what is surrendered is handed over willingly. Deadlines are counted elsewhere, from whichever
date the law of the jurisdiction names.
"""

from __future__ import annotations

from domain.codes import LossCause, Maybe, PhysicalCondition, When
from domain.firearm.events.common import Fact, Observation
from domain.markings import Markings
from domain.schema import Country, Digest, HoldingId, Jurisdiction, Stated, Text
from domain.tracing.codes import Circumstance


class LossReport(Fact):
    """What a report of loss or theft states.

    Attributes:
        discovered_on: When it was noticed.
        window_from: Start of the time in which it happened.
        window_to: End of that time.
        cause: Cause by the closed list.
        hld: Opaque holding it was missed from; persons are disclosures under it.
        agency: Agency that took the report.
        report_no: Number of the report there.
    """

    discovered_on: When
    window_from: Maybe[When] = None
    window_to: Maybe[When] = None
    cause: Maybe[LossCause] = None
    hld: Maybe[HoldingId] = None
    agency: Maybe[Text] = None
    report_no: Maybe[Text] = None


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


class Found(Fact):
    """``firearm.found``: come to hand, with no apparent holder and no planned investigation.

    Attributes:
        station: Station or agency that has it.
        case_no: Number of the case, as the authority counts.
        hld: Opaque identifier of the finder; persons are disclosures under it.
        described: How it was described when found.
        markings: Marks as then seen.
    """

    station: Maybe[Text] = None
    case_no: Maybe[Text] = None
    hld: Maybe[HoldingId] = None
    described: Maybe[Observation] = None
    markings: Markings = ()


class Surrendered(Found):
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
