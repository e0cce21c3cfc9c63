# SPDX-License-Identifier: Apache-2.0
"""New identifiers from an injected clock and injected randomness.

Implements UUID version 7 of RFC 9562, section 5.7, for ``jti`` and new streams (envelope
specification, section 4.3). Identifiers are never secrets; nonces and salts are not made
here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from uuid import UUID

Randomness = Callable[[int], bytes]
"""Gives so many octets of a cryptographic generator, as ``secrets.token_bytes`` does."""

RANDOM_OCTETS: Final = 10
MILLISECONDS_MAX: Final = 2**48 - 1

_VERSION: Final = 7 << 76
_VARIANT: Final = 2 << 62
_RANDOM: Final = (1 << 76) - 1 ^ 3 << 62


def uuid7(milliseconds: int, randomness: Randomness) -> UUID:
    """Make a UUID of version 7: a time to sort by, and 74 random bits.

    Args:
        milliseconds: Unix time in milliseconds, 48 bits.
        randomness: Source of ``RANDOM_OCTETS`` octets.
    """
    if not 0 <= milliseconds <= MILLISECONDS_MAX:
        raise ValueError("A UUID of version 7 holds 48 bits of milliseconds.")
    noise = int.from_bytes(randomness(RANDOM_OCTETS)) & _RANDOM
    return UUID(int=milliseconds << 80 | _VERSION | _VARIANT | noise)
