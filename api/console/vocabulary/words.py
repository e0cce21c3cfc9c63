# SPDX-License-Identifier: Apache-2.0
"""What the console calls by words and the ledger by codes: purposes, roles, proof states.

The words are message ids; ``_`` marks them for whoever gathers what has to be translated.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from api.languages import marked as _
from domain.access.events import Purpose

PURPOSE_WORDS: Final[Mapping[Purpose, str]] = MappingProxyType(
    {
        "tracing": _("Tracing"),
        "criminal_investigation": _("Criminal investigation"),
        "prosecution": _("Prosecution"),
        "court": _("Court proceedings"),
        "licensing": _("Licensing"),
        "customs_control": _("Customs control"),
        "inspection": _("Inspection of a business"),
        "public_safety": _("Public safety"),
        "audit": _("Audit"),
        "data_subject_request": _("Request of the person concerned"),
        "statistics": _("Statistics"),
        "maintenance": _("Maintenance of the record"),
    }
)

PROOF_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "signed": _("signed"),
        "chained": _("chained"),
        "checkpointed": _("checkpointed"),
        "witnessed": _("witnessed"),
        "failed": _("failed"),
    }
)
"""The five proof states, weakest last but one and the failure last (console conventions, 2)."""

PROOF_SIGNS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "signed": "\u25cb",
        "chained": "\u25d0",
        "checkpointed": "\u25cf",
        "witnessed": "\u2713",
        "failed": "\u2717",
    }
)
"""A sign beside each word, so that colour is never alone in saying it."""
