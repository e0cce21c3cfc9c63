# SPDX-License-Identifier: Apache-2.0
"""How a firearm comes to be known and marked: manufactured, registered, marked.

Implements FirearmManufactured, LegacyRegistered and MarkApplied of the domain facts,
section 5. Components, proof and restored marks follow with the full catalogue.
"""

from __future__ import annotations

from domain.codes import Custody, DuplicateReason, HolderClass, Maybe, Technical
from domain.firearm.events.common import Description, Fact, Source
from domain.markings import Marking
from domain.schema import Country, HoldingId, Text


class Manufactured(Description):
    """``firearm.manufactured``: made, or assembled, by a licensed maker.

    Attributes:
        duplicate_reason: Why it is registered although maker and serial occur already.
    """

    duplicate_reason: Maybe[DuplicateReason] = None


class Registered(Description):
    """``firearm.registered``: taken over from a record that existed before this ledger.

    It sets only what the record says; an absent member changes nothing.

    Attributes:
        source: How it was found, which is what makes a legacy record worth something.
        holder: Class of the holder by the record.
        hld: Opaque holding; persons are disclosures under it.
        custodian: Agency or unit that has it.
        custody: Where it is by the record.
        technical: What it is technically, where the record says so.
        presence: Country in which it is.
        duplicate_reason: Why it is registered although maker and serial occur already.
    """

    source: Source
    holder: Maybe[HolderClass] = None
    hld: Maybe[HoldingId] = None
    custodian: Maybe[Text] = None
    custody: Maybe[Custody] = None
    technical: Maybe[Technical] = None
    presence: Maybe[Country] = None
    duplicate_reason: Maybe[DuplicateReason] = None


class Marked(Fact):
    """``firearm.marked``: one mark applied.

    Attributes:
        mark: The mark as applied.
        authority_ref: Reference of the order or authorization to apply it.
        duplicate_reason: Why a mark is applied although maker and serial occur already.
    """

    mark: Marking
    authority_ref: Maybe[Text] = None
    duplicate_reason: Maybe[DuplicateReason] = None
