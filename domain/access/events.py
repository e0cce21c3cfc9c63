# SPDX-License-Identifier: Apache-2.0
"""The statement that somebody consulted the record.

Implements RecordAccessed of the domain facts, section 5 and rule 20 (WaffRG 25), and the access
audit of the envelope specification, section 7. Who consulted it is the signer; persons never
occur, neither those who looked nor those who were looked at.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from domain.codes import Maybe
from domain.firearm.events.common import Fact
from domain.schema import Code, Digest, FirearmId, LicenceId, TracingRequestId

READ_MAX: Final = 8
CLAIMS_MAX: Final = 16
ANSWERS_MAX: Final = 1_000_000

Purpose = Literal[
    "tracing",
    "criminal_investigation",
    "prosecution",
    "court",
    "licensing",
    "customs_control",
    "inspection",
    "public_safety",
    "audit",
    "data_subject_request",
    "statistics",
    "maintenance",
]
"""What the record was consulted for (WaffRG 25; domain facts, section 9, rule 20)."""

Subject = Literal["history", "markings", "holder", "licence", "tracing_request", "statistics"]
"""What was looked at."""


class Accessed(Fact):
    """``record.accessed``: the record was consulted, or somebody was kept from it.

    Attributes:
        purpose: What for.
        legal_basis: Code of the rule of law that allows it.
        read: What was looked at.
        granted: Whether it was shown; a refused attempt is stated too.
        answers: Number of records shown.
        claims: Names of the disclosures of persons that were shown.
        firearm: Firearm it was about.
        licence: Licence it was about.
        request: Tracing request it was about.
        selector: Keyed digest of what was searched for, so that it can be recognised, not read.
    """

    purpose: Purpose
    legal_basis: Code
    read: Annotated[tuple[Subject, ...], Field(strict=False, min_length=1, max_length=READ_MAX)]
    granted: bool
    answers: Annotated[int, Field(ge=0, le=ANSWERS_MAX)]
    claims: Annotated[
        tuple[Code, ...], Field(strict=False, min_length=1, max_length=CLAIMS_MAX)
    ] = ()
    firearm: Maybe[FirearmId] = None
    licence: Maybe[LicenceId] = None
    request: Maybe[TracingRequestId] = None
    selector: Maybe[Digest] = None
