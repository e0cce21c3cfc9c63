# SPDX-License-Identifier: Apache-2.0
"""The secret of a webhook and the signature that is made with it (Standard Webhooks 1.0).

HMAC-SHA-256 over ``id.timestamp.body``, so that neither the time nor the body can be changed,
and an old request cannot be sent again later. The secret is shown once and kept sealed.
"""

from __future__ import annotations

import hmac
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.errors import ProofError, UnsafeError

SECRET_BYTES: Final = 32
SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - says what follows
NONCE_BYTES: Final = 12
TOLERANCE_SECONDS: Final = 5 * 60

ID: Final = "webhook-id"
TIMESTAMP: Final = "webhook-timestamp"
SIGNATURE: Final = "webhook-signature"

_SECONDS: Final = re.compile(r"[0-9]{1,12}")


def shown(secret: bytes) -> str:
    """Give a secret the form in which it is shown, once."""
    return SECRET_PREFIX + b64encode(secret).decode()


def read_secret(text: str) -> bytes:
    """Read a secret that was shown.

    Raises:
        ValueError: It is none.
    """
    if not text.startswith(SECRET_PREFIX):
        raise ValueError("A webhook's secret begins with whsec_.")
    return b64decode(text.removeprefix(SECRET_PREFIX), validate=True)


def sign(secret: bytes, *, identifier: str, moment: int, body: bytes) -> dict[str, str]:
    """Give the headers that show that a request is ours.

    Args:
        secret: The webhook's secret.
        identifier: What is delivered; the same at every attempt.
        moment: When this attempt is made, Unix seconds.
        body: The octets that are sent.
    """
    return {
        ID: identifier,
        TIMESTAMP: str(moment),
        SIGNATURE: "v1," + b64encode(_tag(secret, f"{identifier}.{moment}.", body)).decode(),
    }


def verify(secret: bytes, headers: Mapping[str, str], body: bytes, *, now: int) -> str:
    """Verify a request, as whoever is told does; give what it delivers, to know it again.

    Args:
        secret: The webhook's secret.
        headers: Those of the request, by lower-case name.
        body: Its octets, as they came.
        now: Unix seconds.

    Raises:
        ProofError: ``webhook_invalid``, it is not signed with the secret, or too long ago.
    """
    identifier, stated = headers.get(ID, ""), headers.get(TIMESTAMP, "")
    if not _SECONDS.fullmatch(stated) or abs(now - int(stated)) > TOLERANCE_SECONDS:
        raise _invalid("it was not sent in the last five minutes")
    expected = sign(secret, identifier=identifier, moment=int(stated), body=body)[SIGNATURE]
    given = headers.get(SIGNATURE, "").split(" ")
    if not any(hmac.compare_digest(each.encode(), expected.encode()) for each in given):
        raise _invalid("no signature is made with this secret")
    return identifier


def seal(key: bytes, subscription: UUID, secret: bytes, *, nonce: bytes) -> bytes:
    """Seal a secret for the database; nobody opens it without the key, or for another one."""
    return nonce + AESGCM(key).encrypt(nonce, secret, subscription.bytes)


def unseal(key: bytes, subscription: UUID, sealed: bytes) -> bytes:
    """Open a sealed secret.

    Raises:
        UnsafeError: ``webhook_secret``, the key is another, or the row was changed.
    """
    nonce, ciphertext = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, subscription.bytes)
    except InvalidTag as error:
        raise UnsafeError(
            f"The secret of the webhook {subscription} cannot be opened.",
            slug="webhook_secret",
            next_step="Put keys/service.secret back, or let the authority subscribe anew.",
        ) from error


def _tag(secret: bytes, prefix: str, body: bytes) -> bytes:
    return hmac.digest(secret, prefix.encode() + body, "sha256")


def _invalid(reason: str) -> ProofError:
    return ProofError(
        f"The notice cannot be believed: {reason}.",
        slug="webhook_invalid",
        next_step="Throw it away; read the feed, which is the contract.",
    )
