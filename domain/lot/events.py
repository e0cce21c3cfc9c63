# SPDX-License-Identifier: Apache-2.0
"""What happens to a lot of firearms to be destroyed: scheduled, reconciled, destroyed.

Implements DestructionScheduled and Destroyed of the domain facts, section 5, for the lot as a
whole (MOSAIC 05.50: inventory by serial before, verified at the site, independent witness,
certificate, method recorded; rule 16 of section 9). Each firearm's own part in it is an event
of its own stream.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from domain.codes import Maybe, When
from domain.firearm.events.common import Fact, Photos
from domain.firearm.events.correcting import Corrected
from domain.firearm.events.disposing import DestructionMethod
from domain.registry.members import Endorsements
from domain.schema import FirearmId, Text

FIREARMS_MAX: Final = 64
"""Firearms that one event names; a longer list is several events."""

LOT_FIREARMS_MAX: Final = 4_096
"""Firearms of one lot, so that one certificate stays one that a person can check."""

LotBasis = Literal["forfeiture", "amnesty", "owner_consent", "state_surplus", "mixed", "other"]
"""What entitles to destroy the firearms of a lot (own list, version 1)."""

CancelReason = Literal[
    "site_not_available", "list_wrong", "disposal_changed", "evidence_needed", "other"
]
"""Why a lot is not destroyed (own list, version 1)."""


def _each_once(identifiers: Sequence[str]) -> Sequence[str]:
    if len(set(identifiers)) != len(identifiers):
        message = "each firearm is named once"
        raise ValueError(message)
    return identifiers


Firearms = Annotated[
    tuple[FirearmId, ...],
    Field(strict=False, min_length=1, max_length=FIREARMS_MAX),
    AfterValidator(_each_once),
]
"""Firearms by their streams, each once."""


class Scheduled(Fact):
    """``lot.scheduled``: firearms listed to be destroyed together.

    Attributes:
        place: Site at which they are to be destroyed.
        basis: What entitles to destroy them.
        firearms: The first of the list.
        planned_on: Day that is planned.
        reference: Reference of the order or decision.
    """

    place: Text
    basis: LotBasis
    firearms: Firearms
    planned_on: Maybe[When] = None
    reference: Maybe[Text] = None


class Extended(Fact):
    """``lot.extended``: more firearms on the list.

    Attributes:
        firearms: Which.
    """

    firearms: Firearms


class Reconciled(Fact):
    """``lot.reconciled``: at the site, serial by serial, the list held against what is there.

    Several such events reconcile a long list. What was not found and comes to light later is
    stated again as found.

    Attributes:
        found: Listed firearms that are there.
        not_found: Listed firearms that are not.
        extra: Firearms of this ledger that are there and not listed.
        unidentified: Number of firearms there that nobody can identify.
        place: Site, where it is another one than planned.
    """

    found: Firearms = ()
    not_found: Firearms = ()
    extra: Firearms = ()
    unidentified: Maybe[Annotated[int, Field(ge=1, le=LOT_FIREARMS_MAX)]] = None
    place: Maybe[Text] = None


class LotDestroyed(Fact):
    """``lot.destroyed``: everything that was reconciled as found was destroyed.

    Attributes:
        method: How.
        destroyed_on: When.
        certificate_no: Number of the certificate.
        count: Number of firearms destroyed, by the certificate.
        residue_checked: Whether the remains were checked for usable parts.
        photos: Digests of the photographs.
        endorsements: Signature of the witness, another person than the signer.
    """

    method: DestructionMethod
    destroyed_on: When
    certificate_no: Text
    count: Annotated[int, Field(ge=1, le=LOT_FIREARMS_MAX)]
    residue_checked: Maybe[bool] = None
    photos: Photos = ()
    endorsements: Endorsements = ()


class Cancelled(Fact):
    """``lot.cancelled``: the lot is not destroyed; its firearms can be listed elsewhere.

    Attributes:
        reason: Why.
    """

    reason: CancelReason


class LotCorrected(Corrected):
    """``lot.corrected``: an earlier event of this lot was wrong."""
