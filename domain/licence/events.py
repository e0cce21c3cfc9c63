# SPDX-License-Identifier: Apache-2.0
"""What happens to a licence: applied for, decided upon, renewed, ended, and bans.

Implements LicenceApplied to BanImposed and BusinessCeased of the domain facts, section 5.
The person never occurs: disclosures stand under the opaque ``hld`` of the licence. Fees,
tests and medical certificates are left to the authority's own files.
"""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from domain.codes import Maybe, When
from domain.firearm.events.common import Fact, Source
from domain.firearm.events.correcting import Corrected
from domain.licence.codes import (
    Appeal,
    Categories,
    Conditions,
    Count,
    Ground,
    LicenceKind,
    Status,
)
from domain.registry.members import AuthorityId
from domain.schema import FirearmId, HoldingId, LicenceId, Text

STOCK_MAX: Final = 512
"""Firearms that one event can list."""


class Applied(Fact):
    """``licence.applied``: a person or business asks for a licence.

    Directive (EU) 2021/555, articles 5 and 6; Maryland Public Safety Code 5-117 and 5-118,
    whose one application may be for several regulated firearms.

    Attributes:
        kind: What it is to permit.
        hld: Opaque identifier of the applicant; the person is a disclosure.
        categories: Categories asked for.
        firearms: Number of firearms asked for.
        application_no: Number of the application in the authority's register.
        dealer: Dealer through whom it was made, as written in the source.
    """

    kind: LicenceKind
    hld: Maybe[HoldingId] = None
    categories: Categories = ()
    firearms: Maybe[Count] = None
    application_no: Maybe[Text] = None
    dealer: Maybe[Text] = None


class Registered(Fact):
    """``licence.registered``: taken over from a record that existed before this ledger.

    Also begins the record of a person who has no licence but is to be banned (WaffG 41).

    Attributes:
        kind: What it permits.
        status: Where it is in its life by the record.
        source: The record it was taken over from.
        hld: Opaque identifier of the holder; the person is a disclosure.
        valid_from: First day of its term; not stated where the record does not say.
        valid_to: Last day of its term; absent for one without an end.
        categories: Categories it covers; none stated covers what its kind covers.
        firearms: Number of firearms it admits.
    """

    kind: LicenceKind
    status: Status
    source: Source
    hld: Maybe[HoldingId] = None
    valid_from: Maybe[When] = None
    valid_to: Maybe[When] = None
    categories: Categories = ()
    firearms: Maybe[Count] = None


class Issued(Fact):
    """``licence.issued``: granted (Directive (EU) 2021/555, articles 4(3), 6 and 9).

    Attributes:
        valid_from: First day of its term.
        valid_to: Last day of its term; absent for one without an end.
        categories: Categories it covers; none stated covers what its kind covers.
        firearms: Number of firearms it admits.
        conditions: Codes of its conditions.
        number: Public number of a business's licence; a person's is a disclosure.
        hld: Opaque identifier of the holder; the person is a disclosure.
        ground: ``appeal_allowed`` where it was refused at first.
    """

    valid_from: When
    valid_to: Maybe[When] = None
    categories: Categories = ()
    firearms: Maybe[Count] = None
    conditions: Conditions = ()
    number: Maybe[Text] = None
    hld: Maybe[HoldingId] = None
    ground: Maybe[Ground] = None


class Renewed(Fact):
    """``licence.renewed``: a further term (Directive (EU) 2021/555, article 6(4): at most 5 years).

    Attributes:
        valid_from: First day of the further term.
        valid_to: Last day of it; absent for one without an end.
    """

    valid_from: When
    valid_to: Maybe[When] = None


class Varied(Fact):
    """``licence.varied``: its terms change; what is absent stays as it was.

    Attributes:
        effective_on: First day of the changed terms.
        valid_to: Last day of its term.
        categories: Categories it covers from then on.
        firearms: Number of firearms it admits from then on.
        conditions: Codes of its conditions from then on.
    """

    effective_on: When
    valid_to: Maybe[When] = None
    categories: Categories = ()
    firearms: Maybe[Count] = None
    conditions: Conditions = ()


class Decision(Fact):
    """What every decision on a licence states.

    Attributes:
        effective_on: From which day it counts; often another than that of the decision.
        ground: Why.
        appeal: Where the decision stands with the courts.
    """

    effective_on: When
    ground: Ground
    appeal: Maybe[Appeal] = None


class Withdrawing(Decision):
    """A decision after which the holder may no longer have the firearms.

    Attributes:
        place_by: Day by which they are to be placed with somebody entitled (WaffG 46).
    """

    place_by: Maybe[When] = None


class Suspended(Withdrawing):
    """``licence.suspended``: of no effect until it is reinstated or revoked."""


class Reinstated(Decision):
    """``licence.reinstated``: of effect again, after a suspension or a successful appeal."""


class Revoked(Withdrawing):
    """``licence.revoked``: taken back for good (WaffG 45)."""


class Expired(Fact):
    """``licence.expired``: ended by itself, by its term, by its holder's wish or death.

    Attributes:
        effective_on: First day without it.
        ground: Why it ended.
    """

    effective_on: When
    ground: Ground


class Refused(Fact):
    """``licence.refused``: the application is turned down (Delegated Regulation (EU) 2021/1423).

    Attributes:
        ground: Why.
        appeal: Where the decision stands with the courts.
    """

    ground: Ground
    appeal: Maybe[Appeal] = None


class BanImposed(Withdrawing):
    """``licence.ban-imposed``: the person may have no firearms, licence or not (WaffG 41)."""


class BanLifted(Decision):
    """``licence.ban-lifted``: the ban counts no longer."""


class BusinessCeased(Fact):
    """``licence.business-ceased``: a dealer, broker or maker ceased, its register handed over.

    Directive (EU) 2021/555, article 4(4); ITI 13; 27 CFR 478.127: to the successor, or where
    there is none to the authority.

    Attributes:
        effective_on: First day without the business.
        authority: Authority that has the register now.
        successor: Licence of the business that goes on and has the register now.
        entries: Number of entries handed over.
        stock: Firearms that the business still had, which the successor takes over or which are to
            be placed elsewhere; one of a larger stock is found by its holding or licence.
    """

    effective_on: When
    authority: Maybe[AuthorityId] = None
    successor: Maybe[LicenceId] = None
    entries: Maybe[Count] = None
    stock: Annotated[
        tuple[FirearmId, ...], Field(strict=False, min_length=1, max_length=STOCK_MAX)
    ] = ()


class LicenceCorrected(Corrected):
    """``licence.corrected``: an earlier event of this licence was wrong."""
