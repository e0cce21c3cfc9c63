# SPDX-License-Identifier: Apache-2.0
"""The code lists of licences, and the scope of a licence.

Implements the licence events of the domain facts, section 5, in the terms of Directive (EU)
2021/555 (articles 4, 6, 9, 10, 17), Delegated Regulation (EU) 2021/1423 and the German
Weapons Act (WaffG, sections 5, 6, 41). Permit classes of one State are not repeated here: a
scheme with its codes names them.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from domain.codes import When
from domain.schema import Closed, Code, Text

CATEGORIES_MAX: Final = 32
CONDITIONS_MAX: Final = 16

LicenceKind = Literal[
    "acquisition",
    "possession",
    "carrying",
    "hunting",
    "target_shooting",
    "collecting",
    "museum",
    "firearms_pass",
    "dealer",
    "broker",
    "maker",
    "other",
    "unknown",
]
"""What a licence permits: Directive (EU) 2021/555, articles 4(3) dealers and brokers, 5 and 6
acquisition and possession, 6(3) collectors and museums, 17 European firearms pass; Firearms
Protocol, article 15, brokers."""

BUSINESS: Final[tuple[LicenceKind, ...]] = ("dealer", "broker", "maker")
"""Kinds whose holders keep a register and hand it over when they cease."""

TRADE: Final[tuple[LicenceKind, ...]] = ("dealer", "maker")
"""Kinds whose holders have firearms in stock; a broker need not have any in hand."""

PRIVATE: Final[tuple[LicenceKind, ...]] = (
    "acquisition",
    "possession",
    "target_shooting",
    "collecting",
    "other",
    "unknown",
)
"""Kinds that let a person have a firearm. Neither a licence to hunt or carry nor a European
firearms pass does by itself; where a law asks for nothing else, it asks for no licence."""

Exemption = Literal["exempt_body", "foreign_permit", "not_required"]
"""Why somebody shows no licence of this ledger: a public body that needs none, the permit of
another State, or a law that asks for none (domain facts, section 5; own list, version 1)."""

Status = Literal["none", "applied", "refused", "valid", "suspended", "revoked", "expired", "ceased"]
"""Where a licence is in its life (domain facts, section 5, state diagram); ``none`` for a
person on record without one, for example under a ban."""

Standing = Literal[
    "none",
    "applied",
    "refused",
    "valid",
    "suspended",
    "revoked",
    "expired",
    "ceased",
    "not_yet_valid",
    "banned",
]
"""What a licence is worth on a date."""

Ground = Literal[
    "age",
    "no_good_cause",
    "danger_to_self_or_others",
    "public_order",
    "violent_crime",
    "other_crime",
    "unreliable",
    "unfit",
    "medical",
    "insecure_storage",
    "false_statement",
    "breach_of_conditions",
    "not_used",
    "holder_request",
    "holder_died",
    "business_ended",
    "term_ended",
    "ground_ended",
    "appeal_allowed",
    "other",
    "unknown",
]
"""Why a licence was decided upon: Directive (EU) 2021/555, articles 6 and 9; Delegated
Regulation (EU) 2021/1423 (refusals on security and reliability); WaffG, sections 5, 6, 36, 45."""

Appeal = Literal["open", "lodged", "allowed", "dismissed", "withdrawn", "final", "unknown"]
"""Where a decision stands with the courts: ``open`` while it can still be appealed against,
``final`` when nobody did in time."""


class Category(Closed):
    """A category of firearms by one law, as that law stood on a date.

    National schedules renumber, and category D of Directive 91/477/EEC survives in old data,
    so a code means nothing without its scheme and its date (domain facts, section 4).

    Attributes:
        scheme: Code of the law, for example ``eu_2021_555``.
        as_of: Version of that law.
        code: The law's own code, for example ``B4``.
    """

    scheme: Code
    as_of: When
    code: Text


Categories = Annotated[
    tuple[Category, ...], Field(strict=False, min_length=1, max_length=CATEGORIES_MAX)
]
Conditions = Annotated[
    tuple[Code, ...], Field(strict=False, min_length=1, max_length=CONDITIONS_MAX)
]
Count = Annotated[int, Field(ge=1, le=1_000_000)]
"""A number of firearms or of register entries."""


def covers(scope: Category, category: Category) -> bool:
    """Tell whether a category is within the scope of a licence.

    A scope that is a whole letter, such as ``B``, covers its numbers ``B1`` to ``B9`` and on.
    """
    if (scope.scheme, scope.as_of) != (category.scheme, category.as_of):
        return False
    if scope.code == category.code:
        return True
    return scope.code.isalpha() and category.code.removeprefix(scope.code).isdigit()
