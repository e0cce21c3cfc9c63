# SPDX-License-Identifier: Apache-2.0
"""What happens to a lot of ammunition: registered, issued, destroyed.

Implements ammunition as the Firearms Protocol, articles 3(c) and 7, follows it, with the marks
of the smallest package (Directive (EU) 2021/555, article 4(2): maker, lot, calibre, type).
Cartridges have no identity of their own, so what counts is how many are left of a lot.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from domain.codes import Maybe
from domain.firearm.events.common import Fact
from domain.registry.members import Endorsements
from domain.schema import Country, HoldingId, Stated, Text, Year

QUANTITY_MAX: Final = 1_000_000_000

Quantity = Annotated[int, Field(ge=1, le=QUANTITY_MAX)]
"""Cartridges."""

IssuePurpose = Literal["service", "training", "testing", "sale", "export", "other", "unknown"]
"""What ammunition is issued for (own list, version 1)."""

AmmunitionMethod = Literal["burn", "detonate", "dismantle", "incinerate", "other"]
"""How ammunition is destroyed (own list, version 1)."""


class AmmunitionRegistered(Fact):
    """``lot.ammunition-registered``: a lot as its smallest package is marked.

    Attributes:
        maker: Maker on the package.
        lot_mark: Mark of the lot on the package.
        calibre: Calibre as written on the package.
        quantity: Cartridges.
        designation: Type of cartridge, as written on the package.
        country: Country of manufacture.
        year: Year of manufacture.
        place: Depot in which it is.
    """

    maker: Stated
    lot_mark: Stated
    calibre: Stated
    quantity: Quantity
    designation: Maybe[Text] = None
    country: Maybe[Country] = None
    year: Maybe[Year] = None
    place: Maybe[Text] = None


class AmmunitionIssued(Fact):
    """``lot.ammunition-issued``: some of it went out.

    Attributes:
        quantity: Cartridges.
        purpose: What for.
        agency: Agency or unit that got it.
        hld: Opaque holding that got it; persons are disclosures under it.
        reference: Reference of the issue.
    """

    quantity: Quantity
    purpose: IssuePurpose
    agency: Maybe[Text] = None
    hld: Maybe[HoldingId] = None
    reference: Maybe[Text] = None


class AmmunitionDestroyed(Fact):
    """``lot.ammunition-destroyed``: some of it was destroyed before a witness.

    Attributes:
        quantity: Cartridges.
        method: How.
        certificate_no: Number of the certificate.
        endorsements: Signature of the witness, another person than the signer.
    """

    quantity: Quantity
    method: AmmunitionMethod
    certificate_no: Text
    endorsements: Endorsements = ()
