# SPDX-License-Identifier: Apache-2.0
"""An officer's own keys, as the registry has them: those that may sign now, and all the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.condition import state_of
from api.people.desk import Desk
from domain.errors import RefusedError
from domain.registry.state import KeyRecord, Registry


def own_keys(desk: Desk, officer: str) -> Sequence[KeyRecord]:
    """Give every key for events that an officer ever had, the newest first."""
    registry, _ = desk.registry()
    return sorted(desk.keys(registry, officer), key=lambda each: each.proposed, reverse=True)


def signing_keys(desk: Desk, officer: str, *, but: str = "") -> Sequence[KeyRecord]:
    """Give an officer's keys that may sign events now, the newest first.

    Args:
        desk: Has the registry.
        officer: Whose.
        but: Thumbprint of a key that is to be left out: none is heard about itself.

    Raises:
        RefusedError: ``key_missing``, there is none.
    """
    standing = desk.standing()
    found = [each for each in own_keys(desk, officer) if standing.counts(each) and each.kid != but]
    if not found:
        raise RefusedError(
            "You have no key that may sign this now.",
            slug="key_missing",
            next_step="Ask another officer of your authority, or have a key enrolled.",
        )
    return found


def key_of_signer(registry: Registry, kid: str, officer: str) -> KeyRecord:
    """Give the key that signs, if it is one of the officer who sits there.

    Raises:
        RefusedError: ``key_foreign``.
    """
    key = registry.keys.get(kid)
    if key is None or key.officer != officer:
        raise RefusedError(
            "The key is not one of yours.",
            slug="key_foreign",
            next_step="Choose one of your own keys, and sign again.",
        )
    return key


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownKey:
    """A key as a page shows it.

    Attributes:
        record: What the registry says.
        state: In a word; see ``KEY_STATES``.
        mandates: Roles that it holds, each with its places.
    """

    record: KeyRecord
    state: str
    mandates: Sequence[tuple[str, Sequence[str]]]


def shown_key(record: KeyRecord, index: int, now: int) -> ShownKey:
    """Give a key as it stands at a place of the log and a time."""
    held = [(each.role, each.jurisdictions) for each in record.grants if each.stands(index, now)]
    return ShownKey(record=record, state=state_of(record, index=index, now=now), mandates=held)
