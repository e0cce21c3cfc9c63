# SPDX-License-Identifier: Apache-2.0
"""One sentence about a key, for a person who asks who signed and with what right.

Serves the commands and the offline verifier. It states what the log says at a
position; names of officers are not in the log and so never appear here.
"""

from __future__ import annotations

from domain.registry.state import KeyRecord, Registry


def describe(registry: Registry, kid: str, *, index: int) -> str:
    """Say whose key it is, what it may do and how it stands at a position of the log."""
    key = registry.keys.get(kid)
    if key is None or index <= key.proposed:
        return f"Key {kid} is not enrolled in this ledger."
    name = registry.authorities[key.authority].name
    parts = [
        f"Key {kid} of officer {key.officer} at {name} ({key.authority})",
        _standing(key, index),
        _mandate(key, index),
    ]
    if registry.disputed(kid, index):
        parts.append(f"its entries from index {key.compromised_since} on are disputed")
    return "; ".join(parts) + "."


def _standing(key: KeyRecord, index: int) -> str:
    state = key.state_at(index)
    if state == "ended":
        return f"ended at index {key.ended} ({key.end_reason})"
    if state == "proposed":
        return "proposed and not yet approved"
    return f"{state}, enrolled since index {key.approved}"


def _mandate(key: KeyRecord, index: int) -> str:
    held = [each for each in key.grants if index in each.during]
    if not held:
        return "without a role"
    return ", ".join(f"{each.role} in {' '.join(each.jurisdictions)}" for each in held)
