# SPDX-License-Identifier: Apache-2.0
"""What happens to a component: made, registered, marked, installed, removed, destroyed.

Implements ComponentManufactured of the domain facts, section 5 (article 4(1) of Directive (EU)
2021/555: an essential component bears a mark of its own), and the part streams that outlive a
dismantled firearm (NWR 2.14). What happens to it while it is loose is in ``trade.events``.
"""

from __future__ import annotations

from typing import Literal

from domain.codes import HolderClass, Maybe
from domain.component.parts import PartKind
from domain.firearm.events.common import Fact, Source
from domain.firearm.events.correcting import Corrected
from domain.firearm.events.making import MarkApplied
from domain.licence.codes import Exemption
from domain.markings import Markings, Serial
from domain.registry.members import Endorsements
from domain.schema import Country, FirearmId, HoldingId, LicenceId, Stated, Text, Year

RemovalReason = Literal[
    "replaced", "dismantled", "repair", "examination", "destruction", "other", "unknown"
]
"""Why a component leaves a firearm; own list, version 1."""

DestructionMethod = Literal["melt", "shred", "cut", "crush", "other"]
"""How it was destroyed; the destroying part of ``disposal_method`` in domain facts, section 7."""


class PartDescription(Fact):
    """By what a component is identified, each member known, unknown or none.

    Attributes:
        part: What kind of part it is.
        make: Manufacturer or brand as written in the source.
        serial: The number on it.
        model: Model or type that it is made for.
        calibre: Calibre as written in the source, where it has one.
        year: Year of manufacture.
        country: ISO code of the country of manufacture.
        marks: Marks on it.
    """

    part: PartKind
    make: Stated
    serial: Serial
    model: Maybe[Stated] = None
    calibre: Maybe[Stated] = None
    year: Maybe[Year] = None
    country: Maybe[Country] = None
    marks: Markings = ()


class Manufactured(PartDescription):
    """``component.manufactured``: made by a licensed maker, not yet in a firearm.

    Attributes:
        licence: Licence of the maker.
        exemption: Why none is shown.
    """

    licence: Maybe[LicenceId] = None
    exemption: Maybe[Exemption] = None


class Registered(PartDescription):
    """``component.registered``: taken over from a record that existed before this ledger.

    Attributes:
        source: How it was found.
        technical: What it is technically, where the record says so.
        firearm: The firearm that it is in, by the record.
        installed_before: Whether it was ever in a firearm, where the record says so.
        holder: Class of the holder by the record.
        custodian: Agency or unit that has it.
        hld: Opaque holding; persons are disclosures under it.
        presence: Country in which it is.
    """

    source: Source
    technical: Maybe[Literal["unfinished", "complete", "deactivated", "unknown"]] = None
    firearm: Maybe[FirearmId] = None
    installed_before: Maybe[bool] = None
    holder: Maybe[HolderClass] = None
    custodian: Maybe[Text] = None
    hld: Maybe[HoldingId] = None
    presence: Maybe[Country] = None


class Marked(MarkApplied):
    """``component.marked``: one mark applied to it."""


class Installed(Fact):
    """``component.installed``: put into a firearm.

    Attributes:
        firearm: The firearm that it is in from now on.
    """

    firearm: FirearmId


class Removed(Fact):
    """``component.removed``: taken out of a firearm, and loose from now on.

    Attributes:
        firearm: The firearm that it leaves.
        reason: Why.
    """

    firearm: FirearmId
    reason: Maybe[RemovalReason] = None


class Destroyed(Fact):
    """``component.destroyed``: made unusable for good, before a witness.

    Attributes:
        method: How.
        certificate_no: Number of the certificate.
        place: Site at which it was done.
        endorsements: The witness, who is another person than the signer.
    """

    method: DestructionMethod
    certificate_no: Text
    place: Maybe[Text] = None
    endorsements: Endorsements = ()


class ComponentCorrected(Corrected):
    """``component.corrected``: an earlier event of this component was wrong."""
