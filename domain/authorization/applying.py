# SPDX-License-Identifier: Apache-2.0
"""How an authorization comes about: applied for, its preconditions recorded, issued or refused.

Implements the Firearms Protocol, articles 7(b) and 10(2) and (3) (rules 5 and 6 of the domain
facts, section 9), and the prior consent of Directive (EU) 2021/555, article 16, with Delegated
Regulation 2019/686. How it is used and ends is in ``using``.
"""

from __future__ import annotations

from domain.authorization.codes import (
    AuthorizationGround,
    AuthorizationKind,
    MovePurpose,
    WrittenReply,
)
from domain.authorization.terms import Carriage, Countries, Day, Items, Party
from domain.codes import Maybe
from domain.firearm.events.common import Fact
from domain.schema import AuthorizationId, Country, HoldingId, Text


class Applied(Fact):
    """``authorization.applied``: somebody asks a State to let goods cross its border.

    Attributes:
        kind: What is asked for.
        export_country: State from which the goods leave.
        import_country: State into which they go.
        hld: Opaque holding of the file; the persons named in it are disclosures under it.
        purpose: Lawful purpose, for a temporary movement.
        transit_countries: States on the way, as far as they are planned.
        items: Goods applied for.
    """

    kind: AuthorizationKind
    export_country: Country
    import_country: Country
    hld: Maybe[HoldingId] = None
    purpose: Maybe[MovePurpose] = None
    transit_countries: Maybe[Countries] = None
    items: Maybe[Items] = None


class ImportLicenceRecorded(Fact):
    """``authorization.import-licence-recorded``: the importing State has licensed it.

    For a transfer within the Union it is the prior consent of the receiving State.

    Attributes:
        country: Importing State.
        issued_on: Date of issue.
        expires_on: Date of expiry.
        authorization: The licence, where this ledger holds it.
        foreign_number: Its number, where another State's records hold it.
    """

    country: Country
    issued_on: Day
    expires_on: Day
    authorization: Maybe[AuthorizationId] = None
    foreign_number: Maybe[Text] = None


class TransitReply(Fact):
    """What every reply of a transit State tells.

    Attributes:
        country: The State.
        on: Date of the reply.
        reference: Its reference there.
    """

    country: Country
    on: Day
    reference: Maybe[Text] = None


class TransitNoObjectionRecorded(TransitReply):
    """``authorization.transit-no-objection-recorded``: it does not object, in writing.

    Attributes:
        reply: Kind of the written reply.
    """

    reply: WrittenReply


class TransitObjectionRecorded(TransitReply):
    """``authorization.transit-objection-recorded``: it objects."""


class TransitObjectionWithdrawn(TransitReply):
    """``authorization.transit-objection-withdrawn``: it takes its objection back."""


class Issued(Fact):
    """``authorization.issued``: a State authorizes, with all that article 10(3) demands.

    Attributes:
        number: Number of the document.
        place_of_issue: Where it was issued.
        issued_on: Date of issue, its first day.
        expires_on: Date of expiry, its last day.
        exporter: Who sends.
        importer: Who receives at the border of the importing State.
        final_recipient: Who has the goods in the end.
        export_country: State from which they leave.
        import_country: State into which they go.
        transit_countries: States on the way, or ``none``.
        items: Goods authorized, with description and quantity.
        hld: Opaque holding of the file; the persons named in it are disclosures under it.
        consent_exempt: Whether the receiving State lists these arms as needing no consent.
        carriage: How the goods are moved; noted as missing in a transfer within the Union.
    """

    number: Text
    place_of_issue: Text
    issued_on: Day
    expires_on: Day
    exporter: Party
    importer: Party
    final_recipient: Party
    export_country: Country
    import_country: Country
    transit_countries: Countries
    items: Items
    hld: Maybe[HoldingId] = None
    consent_exempt: Maybe[bool] = None
    carriage: Maybe[Carriage] = None


class Refused(Fact):
    """``authorization.refused``: a State does not authorize.

    Attributes:
        ground: Why.
        on: Date of the decision.
    """

    ground: AuthorizationGround
    on: Day
