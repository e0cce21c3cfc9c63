# SPDX-License-Identifier: Apache-2.0
"""Every projection of this version, in one table."""

from __future__ import annotations

from typing import Final

from projections.findings.store import FINDINGS
from projections.lives.store import LIVES
from projections.marking_search.store import MARKING_SEARCH
from projections.projection import Projection
from projections.records.store import RECORDS
from projections.timeline.store import TIMELINE

PROJECTIONS: Final[tuple[Projection, ...]] = (TIMELINE, MARKING_SEARCH, LIVES, RECORDS, FINDINGS)
"""The projections that are kept up to date together."""
