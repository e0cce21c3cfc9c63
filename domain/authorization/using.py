# SPDX-License-Identifier: Apache-2.0
"""How an authorization is used and ends: drawn, varied, revoked, expired; and who brokered.

Implements rule 6 of the domain facts, section 9 (quantity and dates over many partial
shipments), and articles 10 and 15 of the Firearms Protocol. What is drawn stands in the
authorization's own stream, so that two shipments can never draw the same piece: the second
is judged at a head that holds the first.
"""

from __future__ import annotations

from domain.authorization.codes import AuthorizationGround, DrawReason
from domain.authorization.terms import Countries, Day, Items, Parties, Party, Portions
from domain.codes import Maybe
from domain.firearm.events.common import Fact
from domain.firearm.events.correcting import Corrected
from domain.schema import HoldingId, LicenceId, ShipmentId, Text


class Drawn(Fact):
    """``authorization.drawn``: a quantity set aside for one shipment.

    Attributes:
        shipment: The shipment, which is declared after this.
        portions: How much of which line.
    """

    shipment: ShipmentId
    portions: Portions


class DrawCancelled(Fact):
    """``authorization.draw-cancelled``: the shipment was never declared; its quantity is free.

    Attributes:
        shipment: The shipment.
        reason: Why.
    """

    shipment: ShipmentId
    reason: DrawReason


class Varied(Fact):
    """``authorization.varied``: the State changes what it authorized; the rest stays.

    Attributes:
        ground: Why.
        on: Date of the decision.
        expires_on: New last day.
        final_recipient: New final recipient.
        transit_countries: New States on the way, or ``none``.
        items: All lines anew; never less than what was drawn.
    """

    ground: AuthorizationGround
    on: Day
    expires_on: Maybe[Day] = None
    final_recipient: Maybe[Party] = None
    transit_countries: Maybe[Countries] = None
    items: Maybe[Items] = None


class Revoked(Fact):
    """``authorization.revoked``: the State takes it back.

    Attributes:
        ground: Why.
        effective_on: First day on which it is worth nothing.
    """

    ground: AuthorizationGround
    effective_on: Day


class Expired(Fact):
    """``authorization.expired``: its last day has passed, and the file is closed."""


class BrokeringRecorded(Fact):
    """``authorization.brokering-recorded``: a broker brought the parties together.

    Attributes:
        broker: Who arranged it.
        parties: Between whom.
        licence: The broker's licence, where this ledger holds it.
        registration_no: Number under which a State registered the broker.
        hld: Opaque holding of the file; the persons named in it are disclosures under it.
    """

    broker: Party
    parties: Parties
    licence: Maybe[LicenceId] = None
    registration_no: Maybe[Text] = None
    hld: Maybe[HoldingId] = None


class AuthorizationCorrected(Corrected):
    """``authorization.corrected``: an earlier event of this authorization was wrong."""
