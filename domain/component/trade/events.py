# SPDX-License-Identifier: Apache-2.0
"""What happens to a component that is loose, in the schemas that it shares with a firearm.

Implements trade in essential components of Directive (EU) 2021/555 (article 1: each takes the
category of the firearm that it is for; article 4(5)) and of the Firearms Protocol (articles 6, 7,
9, 10 and 11). What a component goes through inside a firearm is an event of that firearm. Other
disposals than destruction, tracing requests and stays abroad for a time are not part of it.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from domain.codes import Maybe, PhysicalCondition
from domain.firearm.events import alerting, disposing, losing, seizing
from domain.firearm.events.altering import OPERATIONS_MAX, Deactivation, Operation
from domain.firearm.events.common import Observation
from domain.firearm.events.holding import Transfer
from domain.firearm.events.moving import Export, Import
from domain.markings import Markings
from domain.registry.members import Endorsements


class Transferred(Transfer):
    """``component.transferred``: loose, to a holder entitled to it (EU art. 4(5)(c))."""


class LostReported(losing.LossReport):
    """``component.lost-reported``: missing, with no sign of an offence."""


class StolenReported(losing.LossReport):
    """``component.stolen-reported``: taken by an offence."""


class AlertCleared(alerting.AlertCleared):
    """``component.alert-cleared``: one flag closed, and no other."""


class Found(losing.Found):
    """``component.found``: come to hand, with no apparent holder and no planned investigation."""


class Seized(seizing.Seizure):
    """``component.seized``: taken by an authority, even for a time.

    Attributes:
        condition: State in which it was seized.
        described: How it was described when seized.
        markings: Marks as then seen.
    """

    condition: Maybe[PhysicalCondition] = None
    described: Maybe[Observation] = None
    markings: Markings = ()


class Forfeited(disposing.Forfeited):
    """``component.forfeited``: by order of a court it has no owner any more."""


class Returned(disposing.ReturnedToOwner):
    """``component.returned``: given back to somebody who may have it now."""


class Exported(Export):
    """``component.exported``: it left a State for good, in a shipment of components."""


class Imported(Import):
    """``component.imported``: it came into a State to stay."""


class Deactivated(Deactivation):
    """``component.deactivated``: made inoperable for good, verified, certified and marked.

    Who verifies signs; who made it inoperable endorses, and is another person.

    Attributes:
        operations: What was done to it.
        endorsements: Signature of the deactivator, another person than the signer.
    """

    operations: Annotated[
        tuple[Operation, ...], Field(strict=False, min_length=1, max_length=OPERATIONS_MAX)
    ] = ()
    endorsements: Endorsements = ()
