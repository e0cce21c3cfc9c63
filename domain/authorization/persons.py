# SPDX-License-Identifier: Apache-2.0
"""What may be disclosed of the persons in an authorization's file, under its holding."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from domain.schema import ClaimForm

PARTIES: Final[Mapping[str, ClaimForm]] = MappingProxyType(
    {
        "exporter_address": "string",
        "exporter_name": "string",
        "final_recipient_address": "string",
        "final_recipient_name": "string",
        "importer_address": "string",
        "importer_name": "string",
    }
)
"""Names and addresses that accompany a transfer (Directive (EU) 2021/555, article 16(2))."""

BROKER: Final[Mapping[str, ClaimForm]] = MappingProxyType(
    {"broker_address": "string", "broker_name": "string"}
)
"""Who arranged it (Firearms Protocol, article 15)."""
