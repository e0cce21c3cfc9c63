# SPDX-License-Identifier: Apache-2.0
"""The request by which somebody asks for a key of his own making to be enrolled.

Implements enrolment with proof of possession (envelope specification, section 7). The private half
stays where it was made. The request is one JSON object, so that it can wait in the service or be
handed over as a file; whoever proposes the key compares its fingerprint with its holder.
"""

from __future__ import annotations

from typing import Any, Final

from pydantic import ValidationError

from audit.proof.attestation import verify_attestations
from domain.errors import InvalidValueError, RefusedError
from domain.registry.members import AuthorityId, KeyMaterial
from domain.schema import OfficerId, Text

REQUEST_OCTETS_MAX: Final = 4_096


class KeyRequest(KeyMaterial):
    """A public key, the proof that its holder has the private one, and what it is for.

    Attributes:
        aud: The ledger.
        authority: The authority that it is to sign for.
        officer: Who asks, where the ledger knows that person.
    """

    aud: Text
    authority: AuthorityId
    officer: OfficerId | None = None

    def checked(self, audience: str) -> dict[str, Any]:
        """Verify the proof of possession; give what a proposal takes over.

        Raises:
            RefusedError: ``aud_mismatch``, it was made for another ledger.
            EnvelopeError: ``key_weak``, ``alg_mismatch``, ``sig_form`` or ``sig_invalid``.
        """
        if self.aud != audience:
            raise RefusedError(
                "The key was made for another ledger.",
                slug="aud_mismatch",
                next_step="Make a new key at this ledger.",
            )
        material = self.model_dump(include={"kid", "alg", "jwk", "pop"})
        payload = {"aud": self.aud, "iss": self.authority, "dat": material}
        verify_attestations(payload, lambda _: None)
        return material


def read_request(octets: bytes) -> KeyRequest:
    """Read a request; its proof is not verified yet.

    Raises:
        InvalidValueError: ``key_request_invalid``.
    """
    try:
        if len(octets) <= REQUEST_OCTETS_MAX:
            return KeyRequest.model_validate_json(octets)
    except ValidationError:
        pass
    raise InvalidValueError(
        "That is no request for a key.",
        slug="key_request_invalid",
        next_step="Take the file that the page of the new key gave, whole and unchanged.",
    )
