# SPDX-License-Identifier: Apache-2.0
"""Every event type that this version of the ledger admits, in one table.

The lines stand beside the aggregates they concern; this module only joins them. Registry
events have their own aggregate, since they say who may sign.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from domain.access.table import ACCESS
from domain.aggregate.aggregate import Aggregate
from domain.authorization.shipment.table import SHIPMENT
from domain.authorization.table import AUTHORIZATION
from domain.component.table import COMPONENT
from domain.erasure.officers import OFFICER
from domain.erasure.table import ERASURE
from domain.firearm.aggregate import FIREARM
from domain.licence.table import LICENCE
from domain.lot.table import LOT
from domain.policy.table import POLICY
from domain.registry.events import REGISTRY_EVENTS
from domain.schema import Catalogue
from domain.stocktake.table import STOCKTAKE
from domain.tracing.table import TRACING

AGGREGATES: Final[Mapping[str, Aggregate[Any]]] = MappingProxyType(
    {
        each.kind: each
        for each in (
            FIREARM,
            COMPONENT,
            LOT,
            STOCKTAKE,
            LICENCE,
            AUTHORIZATION,
            SHIPMENT,
            TRACING,
            ACCESS,
            OFFICER,
            ERASURE,
            POLICY,
        )
    }
)
"""Every kind of stream but those of the registry."""

CATALOGUE: Final = Catalogue(
    (
        *REGISTRY_EVENTS,
        *(line.type for aggregate in AGGREGATES.values() for line in aggregate.lines.values()),
    )
)
"""The catalogue of events."""
