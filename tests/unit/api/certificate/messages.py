# SPDX-License-Identifier: Apache-2.0
"""Collects what a certificate can say, as the translators find it."""

from __future__ import annotations

from pathlib import Path

from babel.messages.extract import extract_from_dir

import api.certificate
from api.certificate.labels import CODES
from api.describing.roles import ROLE_NAMES
from api.tracing.names import EVENT_NAMES
from projections.asking.gaps import BEGINNING

SOURCES = Path(api.certificate.__file__).parent


def messages() -> frozenset[str]:
    """Give every message id: those marked in the sources, and the lists that others keep."""
    marked = extract_from_dir(SOURCES, [("**.py", "python")], keywords={"N_": None})
    found = {str(message) for _, _, message, _, _ in marked}
    return frozenset(
        {*found, *CODES.values(), *ROLE_NAMES.values(), *EVENT_NAMES.values(), BEGINNING}
    )
