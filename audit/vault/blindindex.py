# SPDX-License-Identifier: Apache-2.0
"""The blind index: finds a person's holdings by a document number that nobody else can guess.

Implements "HMAC(K_idx, normalised doc no) -> hld lives in the vault, dies with it" of the
envelope specification, section 6. Without the key, which never is in the database, a document
number can neither be read from the index nor tried against it.
"""

from __future__ import annotations

import hmac
import unicodedata
from hashlib import sha256
from typing import Final

from audit.proof.disclosures import Disclosure
from domain.errors import InvalidValueError
from domain.firearm.lines.persons import DOCUMENTS

_CONTEXT: Final = b"fle-blind-index-1\0"


class BlindIndex:
    """Keyed digests of document numbers, of one ledger."""

    def __init__(self, key: bytes, *, audience: str) -> None:
        """Bind the key to a ledger: another ledger has other digests of the same number."""
        self._key = key
        self._context = _CONTEXT + audience.encode() + b"\0"

    def of_document(self, document: str) -> bytes:
        """Give the keyed digest of a document number, however it is spaced or spelt.

        Raises:
            InvalidValueError: ``document_invalid``; the number itself is never repeated.
        """
        number = normalised(document)
        if not number:
            raise InvalidValueError(
                "That is no number of a document.",
                slug="document_invalid",
                next_step="Give its letters and digits.",
            )
        return hmac.digest(self._key, self._context + number.encode(), sha256)

    def of_disclosure(self, disclosure: Disclosure) -> bytes | None:
        """Give the keyed digest of what a disclosure says, if it says who somebody is."""
        value = str(disclosure.value)
        if disclosure.name not in DOCUMENTS or not normalised(value):
            return None
        return self.of_document(value)


def normalised(document: str) -> str:
    """Give a document number without what people add or leave out: case, spaces, hyphens."""
    folded = unicodedata.normalize("NFKC", document).casefold()
    return "".join(each for each in folded if each.isalnum())
