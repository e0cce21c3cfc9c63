# SPDX-License-Identifier: Apache-2.0
"""The tables of records other than firearms, and the projection that fills it."""

from __future__ import annotations

from typing import Final

from projections.projection import Projection, Table
from projections.records.fold import fold
from projections.versions import MOMENT_COLUMNS, VERSION_COLUMNS

RECORDS: Final = Projection(
    name="records",
    version=2,
    subjects=(
        "authorization",
        "component",
        "erasure",
        "licence",
        "lot",
        "officer",
        "policy",
        "record",
        "shipment",
        "stocktake",
        "trace",
    ),
    tables=(
        Table(
            name="record",
            columns=(
                ("stream", "uuid not null"),
                ("idx", "bigint not null"),
                ("subject", 'text collate "C" not null'),
                *MOMENT_COLUMNS,
                ("status", 'text collate "C"'),
                ("state", "jsonb not null"),
                *VERSION_COLUMNS,
            ),
            key="stream, idx, known_from",
            indexes=("(subject, stream)", "(evt, occ_from)", "(idx)"),
            versioned=True,
        ),
        Table(
            name="record_misfit",
            columns=(
                ("stream", "uuid not null"),
                ("idx", "bigint not null"),
                ("number", "int not null"),
                ("subject", 'text collate "C" not null'),
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
"""``record``: one row an entry of a record and version, with what the record was after it.
``record_misfit``: one a rule that an entry does not fit."""
