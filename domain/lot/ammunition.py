# SPDX-License-Identifier: Apache-2.0
"""What happens to a lot of ammunition: registered, issued, missed, seized, moved, destroyed.

Implements ammunition as the Firearms Protocol follows it (article 3(c); 6 confiscation; 7
records; 10 export and import; 11 theft and loss), with the marks of the smallest package
(Directive (EU) 2021/555, article 4(2): maker, lot, calibre, type). Cartridges have no identity of
their own, so what counts is how many of a lot are where. They are neither traced nor given back:
the Instrument does not cover ammunition, and no instrument read here names a return.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from domain.codes import Maybe
from domain.firearm.events.common import Fact
from domain.firearm.events.losing import LossReport
from domain.firearm.events.moving import Export, Import
from domain.firearm.events.seizing import Seizure
from domain.registry.members import Endorsements
from domain.schema import Country, HoldingId, Stated, Text, Year

QUANTITY_MAX: Final = 1_000_000_000

Quantity = Annotated[int, Field(ge=1, le=QUANTITY_MAX)]
"""Cartridges."""

IssuePurpose = Literal["service", "training", "testing", "sale", "export", "other", "unknown"]
"""What ammunition is issued for (own list, version 1)."""

Whereabouts = Literal["stock", "issued", "missing", "seized", "abroad"]
"""Where cartridges of a lot are by the record; ``missing`` are those lost or stolen."""

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


class AmmunitionMissing(LossReport):
    """What a report of lost or stolen ammunition states.

    Attributes:
        quantity: Cartridges.
        out_of: Whether they were in stock, or issued before; in stock where absent.
    """

    quantity: Quantity
    out_of: Maybe[Literal["stock", "issued"]] = None


class AmmunitionLost(AmmunitionMissing):
    """``lot.ammunition-lost-reported``: some of it is missing, with no sign of an offence."""


class AmmunitionStolen(AmmunitionMissing):
    """``lot.ammunition-stolen-reported``: some of it was taken by an offence."""


class AmmunitionSeized(Seizure):
    """``lot.ammunition-seized``: some of it was taken by an authority.

    Attributes:
        quantity: Cartridges.
        out_of: Where they were by the record; among what was issued where absent.
    """

    quantity: Quantity
    out_of: Maybe[Literal["stock", "issued", "missing"]] = None


class AmmunitionExported(Export):
    """``lot.ammunition-exported``: some of it left a State for good, in a shipment of ammunition.

    Attributes:
        quantity: Cartridges.
    """

    quantity: Quantity


class AmmunitionImported(Import):
    """``lot.ammunition-imported``: some of it came into a State to stay.

    What was registered when it arrived is not counted twice: only cartridges that had left
    before come back into stock.

    Attributes:
        quantity: Cartridges.
    """

    quantity: Quantity


class AmmunitionDestroyed(Fact):
    """``lot.ammunition-destroyed``: some of it was destroyed before a witness.

    Attributes:
        quantity: Cartridges.
        out_of: Whether they were in stock, or seized before; in stock where absent.
        method: How.
        certificate_no: Number of the certificate.
        endorsements: Signature of the witness, another person than the signer.
    """

    quantity: Quantity
    out_of: Maybe[Literal["stock", "seized"]] = None
    method: AmmunitionMethod
    certificate_no: Text
    endorsements: Endorsements = ()
