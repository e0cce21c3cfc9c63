# SPDX-License-Identifier: Apache-2.0
"""The tables of lives, and the projection that fills them.

Rows are versions: ``known_to is null`` is what is known now. The moment that counts on a date is
the one of its stream with the highest ``place`` among those whose ``occ_from`` is not later.
"""

from __future__ import annotations

from typing import Final

from projections.lives.fold import fold
from projections.projection import Projection, Table
from projections.versions import MOMENT_COLUMNS, VERSION_COLUMNS

LIVES: Final = Projection(
    name="lives",
    version=2,
    subjects=("firearm",),
    tables=(
        Table(
            name="life",
            columns=(
                ("stream", "uuid not null"),
                ("idx", "bigint not null"),
                *MOMENT_COLUMNS,
                ("technical", 'text collate "C" not null'),
                ("holder", 'text collate "C" not null'),
                ("custody", 'text collate "C" not null'),
                ("alerts", "text[] not null"),
                ("marks", 'text collate "C" not null'),
                ("country", 'text collate "C"'),
                ("holding", 'text collate "C"'),
                ("custodian", 'text collate "C"'),
                ("kind", 'text collate "C"'),
                ("action", 'text collate "C"'),
                ("make", 'text collate "C"'),
                ("model", 'text collate "C"'),
                ("calibre", 'text collate "C"'),
                ("serial", 'text collate "C"'),
                ("made_in", 'text collate "C"'),
                ("category", 'text collate "C"'),
                ("discrepancy", 'text collate "C"'),
                *VERSION_COLUMNS,
            ),
            key="stream, idx, known_from",
            indexes=(
                "(holding) where holding is not null",
                "(custodian) where custodian is not null",
                "(evt, occ_from)",
                "(idx)",
            ),
            versioned=True,
        ),
        Table(
            name="misfit",
            columns=(
                ("stream", "uuid not null"),
                ("idx", "bigint not null"),
                ("number", "int not null"),
                ("rule", 'text collate "C" not null'),
                ("axis", 'text collate "C"'),
                ("found", 'text collate "C"'),
                ("sentence", 'text collate "C" not null'),
                *VERSION_COLUMNS,
            ),
            key="stream, idx, number, known_from",
            indexes=("(rule)",),
            versioned=True,
        ),
    ),
    fold=fold,
    whole=True,
)
"""``life``: one row an entry of a firearm and version. ``misfit``: one a rule that it breaks."""
