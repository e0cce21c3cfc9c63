# SPDX-License-Identifier: Apache-2.0
"""The caps that every submission must respect before anything is parsed.

Implements the caps of the envelope specification, section 4.1, and the windows of
``iat`` and ``occ`` in section 4.3. ``_sd`` needs no cap: its length is
fixed by the event type. Rate limits and batch sizes belong to the service.
"""

from __future__ import annotations

from typing import Final

BODY_OCTETS_MAX: Final = 131_072
"""A whole submission: token, disclosures and separators."""

JWS_OCTETS_MAX: Final = 16_384
HEADER_SEGMENT_OCTETS_MAX: Final = 512
DISCLOSURE_OCTETS_MAX: Final = 4_096
DISCLOSURES_MAX: Final = 32
JSON_DEPTH_MAX: Final = 6
"""Containers inside one another, the outermost counted as one."""

DATA_TEXT_CHARS_MAX: Final = 64
"""Any one string inside ``dat``."""

SALT_OCTETS: Final = 32
"""256 bits: a salt as long as the digest keeps most wrong values possible (section 6)."""

CLOCK_SKEW_SECONDS_MAX: Final = 300
"""How far the signer's clock may be from the ledger's, in either direction."""

OFFLINE_SECONDS_MAX: Final = 72 * 3_600
"""How old a signature may be when its key was granted ``offline``."""
