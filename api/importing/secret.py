# SPDX-License-Identifier: Apache-2.0
"""The secret that makes the identifiers of an import repeatable, in a file of the ledger.

Losing it loses no event; a register imported again would then be recorded a second time.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from api.importing.identity import SECRET_BYTES
from audit.files import kept_secret
from domain.errors import UnreachableError, UnsafeError


def import_secret(path: Path, randomness: Callable[[int], bytes]) -> bytes:
    """Read the secret of a ledger, or make it at the first import.

    Args:
        path: The file, beside the ledger's other keys.
        randomness: A cryptographic generator, asked for ``SECRET_BYTES`` octets once.

    Raises:
        UnreachableError: The file can be neither read nor written.
        UnsafeError: The file does not hold a secret.
    """
    try:
        secret = kept_secret(path, SECRET_BYTES, randomness)
    except OSError as error:
        raise UnreachableError(
            f"The import secret {path.name} cannot be used: {error.strerror}.",
            next_step="Check who may read and write the ledger's folder of keys.",
        ) from error
    if len(secret) != SECRET_BYTES:
        raise UnsafeError(
            f"The import secret {path.name} is damaged; importing would record rows twice.",
            slug="secret_invalid",
            next_step="Restore the file from your backup of the ledger's keys.",
        )
    return secret


def passing_secret(path: Path, randomness: Callable[[int], bytes]) -> bytes:
    """Give the secret for a dry run: the ledger's if it has one, else one that is not kept."""
    return import_secret(path, randomness) if path.exists() else randomness(SECRET_BYTES)
