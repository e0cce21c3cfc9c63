# SPDX-License-Identifier: Apache-2.0
"""Approval evidence as it is handed out: who approved, and what the passkey signed.

The same JSON stands as ``approval`` in an event's answer and as ``approvals/<index>.json`` in an
export (envelope specification, section 7).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Final
from urllib.parse import urlsplit

from audit.proof.approvals.assertion import (
    AUTHENTICATOR_DATA_OCTETS_MAX,
    CLIENT_DATA_OCTETS_MAX,
    Approval,
    Party,
)
from audit.proof.encoding import decode, encode, strict_json
from domain.errors import EnvelopeError, InvalidValueError, ProofError

APPROVAL_OCTETS_MAX: Final = 2 * (CLIENT_DATA_OCTETS_MAX + AUTHENTICATOR_DATA_OCTETS_MAX)
"""In base64url with everything around it."""

OFFICER: Final = "officer"
_OCTETS: Final = tuple(each.name for each in fields(Approval))


def approval_record(officer: str, approval: Approval) -> dict[str, str]:
    """Give who approved an event, and the evidence in base64url, as JSON values."""
    octets = {name: encode(getattr(approval, name)).decode() for name in _OCTETS}
    return {OFFICER: officer, **octets}


def encode_approval(officer: str, approval: Approval) -> bytes:
    """Give the file of an approval; the same evidence gives the same octets."""
    return json.dumps(approval_record(officer, approval), indent=2).encode() + b"\n"


def parse_approval(octets: bytes) -> tuple[str, Approval]:
    """Read the file of an approval: the officer who is said to have approved, and the evidence.

    Raises:
        ProofError: ``approval_malformed``.
    """
    try:
        record = strict_json(octets)
        officer, approval = _read(record if isinstance(record, dict) else {})
    except (InvalidValueError, EnvelopeError, LookupError, AttributeError, ValueError) as error:
        raise _malformed() from error
    if len(octets) > APPROVAL_OCTETS_MAX or octets != encode_approval(officer, approval):
        raise _malformed()
    return officer, approval


def stated_party(approval: Approval) -> Party:
    """Give whom a passkey says that it was used at; whether that is right, its reader has to say.

    Raises:
        ProofError: ``approval_malformed``, it names no origin.
    """
    try:
        origin = json.loads(approval.client_data.decode())["origin"]
        host = urlsplit(origin).hostname
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise _malformed() from error
    if not isinstance(origin, str) or not host:
        raise _malformed()
    return Party(id=host, origin=origin)


def _read(record: Mapping[str, str]) -> tuple[str, Approval]:
    if not isinstance(record[OFFICER], str):
        raise ValueError("an officer is a text")  # noqa: TRY004 - the file is wrong, not the program
    return record[OFFICER], Approval(**{name: decode(record[name].encode()) for name in _OCTETS})


def _malformed() -> ProofError:
    return ProofError(
        "The evidence of an approval has not the form that Muniment writes.",
        slug="approval_malformed",
        next_step="Export it again.",
    )
