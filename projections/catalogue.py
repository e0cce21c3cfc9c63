# SPDX-License-Identifier: Apache-2.0
"""Every projection of this version, in one table."""

from __future__ import annotations

from typing import Final

from projections.marking_search.store import MARKING_SEARCH
from projections.projection import Projection
from projections.timeline.store import TIMELINE

PROJECTIONS: Final[tuple[Projection, ...]] = (MARKING_SEARCH, TIMELINE)
"""The projections that are kept up to date together."""
