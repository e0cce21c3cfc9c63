# SPDX-License-Identifier: Apache-2.0
"""The one secret of the service, from which the keys of its parts are derived (RFC 5869).

It lies with the ledger's other keys, apart from the database. Lost, no event is lost: people
are bound to their log-ins once more, and webhooks get new secrets.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from audit.files import kept_secret
from domain.errors import UnreachableError, UnsafeError

SECRET_FILE: Final = "service.secret"  # noqa: S105 - the name of a file
SECRET_BYTES: Final = 32

Part = Literal["subjects", "user handles", "webhook secrets", "key questions"]


def service_secret(folder: Path, randomness: Callable[[int], bytes]) -> bytes:
    """Read the secret of a ledger's service, or make it when it is first needed.

    Args:
        folder: The ledger's folder of keys.
        randomness: A cryptographic generator.

    Raises:
        UnreachableError: The file can be neither read nor written.
        UnsafeError: ``service_secret_invalid``, the file holds no secret.
    """
    path = folder / SECRET_FILE
    try:
        secret = kept_secret(path, SECRET_BYTES, randomness)
    except OSError as error:
        raise UnreachableError(f"{path} cannot be used: {error.strerror}.") from error
    if len(secret) != SECRET_BYTES:
        raise UnsafeError(
            f"The secret of the service in {path} is damaged; nobody could log in by it.",
            slug="service_secret_invalid",
            next_step="Restore the file from your backup of the ledger's keys.",
        )
    return secret


def part_key(secret: bytes, part: Part) -> bytes:
    """Derive the 32-octet key of one part, which tells nothing about the others."""
    info = f"muniment {part}".encode()
    return HKDF(algorithm=SHA256(), length=SECRET_BYTES, salt=None, info=info).derive(secret)
