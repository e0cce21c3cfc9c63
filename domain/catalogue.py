# SPDX-License-Identifier: Apache-2.0
"""Every event type that this version of the ledger admits, in one table.

The lines stand beside the aggregates they concern; this module only joins them.
"""

from __future__ import annotations

from typing import Final

from domain.firearm.table import FIREARM_EVENTS
from domain.registry.events import REGISTRY_EVENTS
from domain.schema import Catalogue

CATALOGUE: Final = Catalogue((*REGISTRY_EVENTS, *FIREARM_EVENTS))
"""The catalogue of events."""
