# SPDX-License-Identifier: Apache-2.0
"""Who may record what: the roles by their full names, and one table of roles and events.

Implements the role codes of the domain facts, section 5, as the catalogue hands them out. In
which jurisdiction and between which dates a key holds a role is said by the registry.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from domain.registry.members import ANY_ROLE
from domain.schema import Catalogue, EventType

ROLE_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "MFR": "maker",
        "PRF": "proof house",
        "DLR": "dealer",
        "BRK": "broker",
        "IMX": "importer or exporter",
        "LIC": "licensing authority",
        "CUS": "customs",
        "POL": "police",
        "LAB": "laboratory",
        "EVC": "evidence custodian",
        "CRT": "court",
        "DEA": "deactivation body",
        "VER": "verifying entity",
        "DST": "destruction body",
        "STK": "state stock authority",
        "TRC": "tracing centre",
        "STW": "data steward",
        "AUD": "auditor",
        "root": "root key",
        "registry-admin": "registry administrator",
        "supervisor": "supervisor",
        "service": "service",
    }
)
"""Every role with its name, in the order of the domain facts; the registry's own come last."""

HELD: Final = "x"
NOT_HELD: Final = "."


def in_order(roles: Iterable[str]) -> list[str]:
    """Give roles in the order of the table."""
    held = set(roles)
    return [role for role in ROLE_NAMES if role in held]


def roles_in_words(kind: EventType) -> str:
    """Name the roles that may record a type by their codes."""
    return "any role" if kind.roles >= ANY_ROLE else " ".join(in_order(kind.roles))


def roles_by_name(kind: EventType) -> str:
    """Name the roles that may record a type in full."""
    if kind.roles >= ANY_ROLE:
        return "any role"
    return ", ".join(f"{ROLE_NAMES[role]} ({role})" for role in in_order(kind.roles))


def role_rows(catalogue: Catalogue) -> tuple[list[str], list[list[str]]]:
    """Give the table of roles and events: its columns, and a row for each event type."""
    columns = ["event", *ROLE_NAMES]
    rows = [
        [kind.kind, *(HELD if role in kind.roles else NOT_HELD for role in ROLE_NAMES)]
        for kind in catalogue
    ]
    return columns, rows
