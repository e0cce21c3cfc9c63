# SPDX-License-Identifier: Apache-2.0
"""Putting a signature that a browser made to the octets that it covers.

Whether the signature holds, and whether the event is legal, the ledger itself says.
"""

from __future__ import annotations

from api.client.signer import Submission
from api.console.signing.sheets import Sheet
from audit.proof.encoding import decode
from audit.proof.keys import SIGNATURE_OCTETS
from domain.errors import EnvelopeError


def assemble(sheet: Sheet, signature: str) -> Submission:
    """Give the submission of a sheet and its signature.

    Args:
        sheet: What was signed.
        signature: 64 octets in base64url.

    Raises:
        EnvelopeError: ``sig_form``, ``b64url_invalid`` or ``too_large``.
    """
    octets = decode(signature.encode())
    if len(octets) != SIGNATURE_OCTETS:
        raise EnvelopeError("A signature has 64 octets.", slug="sig_form")
    return sheet.unsigned.signed(octets)
