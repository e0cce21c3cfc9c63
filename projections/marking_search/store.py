# SPDX-License-Identifier: Apache-2.0
"""The tables of the search by marking, and the projection that fills them.

The folds meet in two equality keys; parts of texts and single misread characters are
found by trigrams of the canonical key, which every supported server has.
"""

from __future__ import annotations

from typing import Final

from projections.marking_search.fold import fold
from projections.projection import Projection, Table

MARKING_SEARCH: Final = Projection(
    name="marking_search",
    version=1,
    subject="firearm",
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
                ("embedded", 'text collate "C" not null'),
                ("lookalike", 'text collate "C" not null'),
            ),
            key="idx, place",
            indexes=(
                "(lookalike)",
                "(embedded)",
                "(canonical)",
                "using gin (canonical gin_trgm_ops, lookalike gin_trgm_ops)",
            ),
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
