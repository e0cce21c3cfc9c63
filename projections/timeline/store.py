# SPDX-License-Identifier: Apache-2.0
"""The table of the timeline, and the projection that fills it."""

from __future__ import annotations

from typing import Final

from projections.projection import Projection, Table
from projections.timeline.fold import fold

TIMELINE: Final = Projection(
    name="timeline",
    version=1,
    subjects=("firearm",),
    tables=(
        Table(
            name="timeline",
            columns=(
                ("stream", "uuid not null"),
                ("seq", "bigint not null"),
                ("idx", "bigint not null"),
                ("kind", 'text collate "C" not null'),
                ("at", "timestamptz not null"),
                ("iss", 'text collate "C"'),
                ("kid", 'text collate "C"'),
                ("eid", "bytea"),
                ("occ", 'text collate "C"'),
                ("short", "bigint"),
            ),
            key="stream, seq",
            indexes=("(short) where short is not null", "(idx)"),
        ),
    ),
    fold=fold,
)
"""One row an entry of a firearm; ``short`` is set on a stream's first entry."""
