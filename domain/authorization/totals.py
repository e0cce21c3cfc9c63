# SPDX-License-Identifier: Apache-2.0
"""How much of an authorization was used, and what it is on a day: quantity and dates.

Implements rule 6 of the domain facts, section 9, for whoever looks over many authorizations:
pieces of firearms, of components and rounds of ammunition are never added up together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from domain.authorization.codes import Goods, Stage, Use
from domain.authorization.state import Authorization

UseState = Literal[
    "applied",
    "refused",
    "not_yet_valid",
    "issued",
    "used_part",
    "used_up",
    "expired",
    "revoked",
]
"""The last decision on an authorization, and what its days make of it."""


@dataclass(frozen=True, slots=True)
class Total:
    """The quantities of one sort of goods; pieces, or rounds for ammunition.

    Attributes:
        authorized: How much was authorized, or applied for while it is not issued.
        drawn: How much shipments drew.
        left: How much may still be drawn.
    """

    authorized: int = 0
    drawn: int = 0
    left: int = 0


def totals(authorization: Authorization) -> Mapping[Goods, Total]:
    """Give the quantities of each sort of goods that an authorization names."""
    found: dict[Goods, Total] = {}
    for item in authorization.items:
        before = found.get(item.goods, Total())
        found[item.goods] = Total(
            before.authorized + item.quantity,
            before.drawn + authorization.drawn(item.line),
            before.left + authorization.left(item.line),
        )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """The days of an authorization, each YYYY-MM-DD.

    Attributes:
        issued_on: Its first day; nothing where it was not issued.
        expires_on: Its last day.
        revoked_from: First day on which it is worth nothing, once it is revoked.
    """

    issued_on: str | None = None
    expires_on: str | None = None
    revoked_from: str | None = None


def validity(authorization: Authorization) -> Validity:
    """Give the days of an authorization."""
    document, revoked = authorization.document, authorization.revoked_from
    return Validity(
        issued_on=document.issued_on.text if document else None,
        expires_on=document.expires_on.text if document else None,
        revoked_from=revoked.text if revoked else None,
    )


def state_on(day: str, *, stage: Stage, use: Use, valid: Validity) -> UseState:
    """Tell what an authorization is on a day.

    Args:
        day: The day, YYYY-MM-DD.
        stage: The last decision.
        use: How much of it was drawn.
        valid: Its days.
    """
    if valid.issued_on is None or valid.expires_on is None:
        return stage
    if day < valid.issued_on:
        return "not_yet_valid"
    if valid.revoked_from is not None and day >= valid.revoked_from:
        return "revoked"
    return "expired" if day > valid.expires_on else use
