# SPDX-License-Identifier: Apache-2.0
"""The tables of the search by marking, and the projection that fills them.

Whatever is equal under a fold meets in the index of its key; the canonical key stands second,
so that those which are equal under it too can be left out without being read. Patterns with
known characters in front or at the end are looked up by these, the end in a key that is
written backwards, together with the length or the first two characters; those that name only
the middle by trigrams, which every supported server has. A pattern is compared with the keys
in which look-alikes are equal, since whatever fits the canonical key fits these. Only few
texts have another key in Latin letters. What laboratories made visible again is found by its
anchor, the first characters of its longest run.
"""

from __future__ import annotations

from typing import Final

from projections.marking_search.fold import fold
from projections.projection import Projection, Table

MARKING: Final = Table(
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
        "(canonical)",
        "(embedded, canonical)",
        "(lookalike, canonical)",
        "(length(lookalike), reverse(lookalike))",
        "(left(lookalike, 2), reverse(lookalike))",
        "using gin (lookalike gin_trgm_ops)",
        "(latin) where latin is not null",
        "(length(latin), reverse(latin)) where latin is not null",
        "(left(latin, 2), reverse(latin)) where latin is not null",
        "using gin (latin gin_trgm_ops) where latin is not null",
    ),
)

RESTORED: Final = Table(
    name="restored",
    columns=(
        ("idx", "bigint not null"),
        ("place", "int not null"),
        ("stream", "uuid not null"),
        ("kind", 'text collate "C" not null'),
        ("text", 'text collate "C" not null'),
        ("form", 'text collate "C" not null'),
        ("anchor", 'text collate "C" not null'),
    ),
    key="idx, place",
    indexes=("(anchor)",),
)

PARTICULARS: Final = Table(
    name="particulars",
    columns=(
        ("idx", "bigint not null"),
        ("place", "int not null"),
        ("stream", "uuid not null"),
        ("make", 'text collate "C"'),
        ("model", 'text collate "C"'),
        ("calibre", 'text collate "C"'),
        ("kind", 'text collate "C"'),
        ("year", "int"),
        ("country", 'text collate "C"'),
        ("make_key", 'text collate "C"'),
    ),
    key="idx, place",
    indexes=("(stream)",),
)

FITTING: Final = Table(
    name="fitting",
    columns=(
        ("idx", "bigint not null"),
        ("place", "int not null"),
        ("component", "uuid not null"),
        ("firearm", "uuid"),
    ),
    key="idx, place",
    indexes=("(component, idx, place)",),
)

RIGHTING: Final = Table(
    name="righting",
    columns=(
        ("idx", "bigint not null"),
        ("place", "int not null"),
        ("stream", "uuid not null"),
        ("target", "bytea not null"),
        ("field", 'text collate "C"'),
        ("role", 'text collate "C"'),
        ("old", 'text collate "C"'),
        ("new", 'text collate "C"'),
    ),
    key="idx, place",
    indexes=("(stream, idx, place)",),
)

MARKING_SEARCH: Final = Projection(
    name="marking_search",
    version=5,
    subjects=("firearm", "component", "lot"),
    tables=(MARKING, RESTORED, PARTICULARS, FITTING, RIGHTING),
    fold=fold,
)
"""One row a text, damaged number, set of particulars, fitting or text that was put right, and
entry that states it."""
