# SPDX-License-Identifier: Apache-2.0
"""The tables of the search by marking, and the projection that fills them.

The folds meet in equality keys; parts of texts and single misread characters are found by
trigrams of the canonical key, which every supported server has. Only few texts have another
key in Latin letters. What laboratories made visible again is one row a report, and is looked
through as it is.
"""

from __future__ import annotations

from typing import Final

from projections.marking_search.fold import fold
from projections.projection import Projection, Table

MARKING_SEARCH: Final = Projection(
    name="marking_search",
    version=2,
    subjects=("firearm",),
    tables=(
        Table(
            name="marking",
            columns=(
                ("idx", "bigint not null"),
                ("place", "int not null"),
                ("stream", "uuid not null"),
                ("role", 'text collate "C" not null'),
                ("kind", 'text collate "C" not null'),
                ("text", 'text collate "C" not null'),
                ("canonical", 'text collate "C" not null'),
                ("latin", 'text collate "C"'),
                ("embedded", 'text collate "C" not null'),
                ("lookalike", 'text collate "C" not null'),
            ),
            key="idx, place",
            indexes=(
                "(lookalike)",
                "(embedded)",
                "(canonical)",
                "(latin) where latin is not null",
                "using gin (canonical gin_trgm_ops, lookalike gin_trgm_ops, latin gin_trgm_ops)",
            ),
        ),
        Table(
            name="restored",
            columns=(
                ("idx", "bigint not null"),
                ("place", "int not null"),
                ("stream", "uuid not null"),
                ("kind", 'text collate "C" not null'),
                ("text", 'text collate "C" not null'),
                ("form", 'text collate "C" not null'),
            ),
            key="idx, place",
        ),
        Table(
            name="maker",
            columns=(
                ("idx", "bigint not null"),
                ("place", "int not null"),
                ("stream", "uuid not null"),
                ("make", 'text collate "C" not null'),
                ("canonical", 'text collate "C" not null'),
            ),
            key="idx, place",
            indexes=("(stream)",),
        ),
    ),
    fold=fold,
)
"""``marking``: one row a text and entry. ``maker``: one row a stated maker and entry."""
