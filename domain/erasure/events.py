# SPDX-License-Identifier: Apache-2.0
"""What is recorded of an erasure: proposed, approved by another person, executed.

Implements PersonalDataErased of the domain facts, section 5, by the procedure of the envelope
specification, section 6 (Directive (EU) 2021/555, article 4(5); WaffRG 27). The log holds salted
digests alone, so that an erasure destroys the data keys of holdings, and every proof still
verifies. These events say what two persons decided and what was done. The worker of the service
(``api.erasing``) destroys the keys of the vault by them and signs ``erasure.executed``.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from domain.codes import Maybe, When
from domain.firearm.events.common import Fact
from domain.policy.model import ClockStart, PolicyCode, PolicyVersion, Years
from domain.schema import Closed, Code, DataKeyId, Digest, PersonsId, Text

EVENTS_MAX: Final = 64
HOLDINGS_MAX: Final = 32

ErasureBasis = Literal["retention_ended", "rectified", "ordered"]
"""Why personal data is erased; what was rectified stands in a new event (own list, version 1)."""

Events = Annotated[tuple[Digest, ...], Field(strict=False, min_length=1, max_length=EVENTS_MAX)]
"""Event ids; all disclosures of each, since single digests would tell the real from decoys."""

Holdings = Annotated[tuple[DataKeyId, ...], Field(strict=False, max_length=HOLDINGS_MAX)]
"""Holdings, each of which has one data key, named by the holding, and an officer's name likewise;
what an event disclosed under neither has a key of its own, which is destroyed with the event."""


class Clock(Closed):
    """The retention that has run out.

    Attributes:
        policy: Policy that sets it.
        version: Version of that policy.
        rule: Code of the rule in it.
        starts: What it counts from.
        began_on: When that was.
        years: How many years it runs.
    """

    policy: PolicyCode
    version: PolicyVersion
    rule: Code
    starts: ClockStart
    began_on: When
    years: Years


class Erasure(Fact):
    """Whose personal data an erasure is about: of one record, or of one officer.

    Attributes:
        record: The record whose persons they are, or the officer.
    """

    record: PersonsId


class Proposed(Erasure):
    """``erasure.proposed``: a data steward finds that personal data is to be erased.

    Attributes:
        scope: ``all`` disclosures of the events.
        basis: Why.
        events: Events whose disclosures are to be erased.
        holdings: Holdings whose data keys are to be destroyed.
        clock: The retention that has run out; needed for the basis ``retention_ended``.
        reference: Reference of the order, or of the request of the person.
    """

    scope: Literal["all"]
    basis: ErasureBasis
    events: Events
    holdings: Holdings
    clock: Maybe[Clock] = None
    reference: Maybe[Text] = None


class Approved(Erasure):
    """``erasure.approved``: another person agrees, within 14 days.

    Attributes:
        target: Event id of the proposal.
    """

    target: Digest


class Executed(Erasure):
    """``erasure.executed``: the data keys are destroyed, and the personal data with them.

    Attributes:
        scope: ``all`` disclosures of the events.
        events: Events whose disclosures nobody can read any more.
        holdings: Holdings whose data keys are destroyed.
    """

    scope: Literal["all"]
    events: Events
    holdings: Holdings
