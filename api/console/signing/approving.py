# SPDX-License-Identifier: Apache-2.0
"""Which events take the officer's passkey besides the signing key (envelope specification, 7).

A script that was slipped into a page could use the signing key of this browser; it cannot verify
a person to an authenticator.
"""

from __future__ import annotations

from api.service.service import Service


def approval_needed(service: Service, evt: str) -> bool:
    """Tell whether the service takes an event of a type only with a passkey's approval."""
    return evt in getattr(service.settings, "approvals", ())
