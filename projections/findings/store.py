# SPDX-License-Identifier: Apache-2.0
"""The tables of findings, and the projection that fills them."""

from __future__ import annotations

from typing import Final

from projections.findings.fold import fold
from projections.projection import Projection, Table
from projections.versions import VERSION_COLUMNS

FINDINGS: Final = Projection(
    name="findings",
    version=1,
    subjects=("firearm",),
    tables=(
        Table(
            name="remark",
            columns=(
                ("stream", "uuid not null"),
                ("idx", "bigint not null"),
                ("number", "int not null"),
                ("code", 'text collate "C" not null'),
                ("sentence", 'text collate "C" not null'),
                ("other", 'text collate "C"'),
                ("occ_from", "bigint not null"),
                ("occ_to", "bigint not null"),
                *VERSION_COLUMNS,
            ),
            key="stream, idx, number, known_from",
            indexes=("(code)",),
            versioned=True,
        ),
        Table(
            name="claim",
            columns=(
                ("stream", "uuid not null"),
                ("idx", "bigint not null"),
                ("claim", 'text collate "C" not null'),
                ("settled", "text[] not null"),
                *VERSION_COLUMNS,
            ),
            key="stream, idx, claim, known_from",
            indexes=("(claim)",),
            versioned=True,
        ),
    ),
    fold=fold,
    whole=True,
)
"""``remark``: one row a thing to be said of an entry. ``claim``: one a firearm's maker and serial,
with the other records that were looked into beside it."""
