# SPDX-License-Identifier: Apache-2.0
"""What may be disclosed of persons, under the opaque holding of an event."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from domain.schema import ClaimForm

PERSON: Final[Mapping[str, ClaimForm]] = MappingProxyType(
    {
        "holder_birth_date": "string",
        "holder_doc_no": "string",
        "holder_name": "string",
        "permit_no": "string",
    }
)
"""What may be disclosed of a holder, under the holding of the event."""

REPORTER: Final[Mapping[str, ClaimForm]] = MappingProxyType(
    {"person_birth_date": "string", "person_doc_no": "string", "person_name": "string"}
)
"""What may be disclosed of a reporter, finder or possessor, under the ``hld`` of the event."""

DOCUMENTS: Final = frozenset({"holder_doc_no", "person_doc_no"})
"""Which of these claims say who somebody is, so that all holdings of a person can be found by it.

A number of a permit is not among them: it names a permit, and another State may use it again.
"""
