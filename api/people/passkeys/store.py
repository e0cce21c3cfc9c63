# SPDX-License-Identifier: Apache-2.0
"""The passkeys of officers: public keys and counters, nothing that opens anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from api.people.desk import Desk
from api.people.sessions import end_sessions
from api.service.store import Row

PASSKEYS_MAX: Final = 10
"""Passkeys of one officer at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """One passkey.

    Attributes:
        id: The credential's identifier.
        officer: Whose it is.
        public_key: COSE key.
        sign_count: What its authenticator last counted.
        synced: Whether it can leave its device.
        made_at: When it was registered, Unix seconds.
        used_at: When it was last used.
    """

    id: bytes
    officer: str
    public_key: bytes
    sign_count: int
    synced: bool
    made_at: int
    used_at: int


def find(desk: Desk, identifier: bytes) -> Passkey | None:
    """Give a passkey by the identifier of its credential."""
    with desk.store.transaction() as transaction:
        row = transaction.row(_FIND, (identifier,))
    return _passkey(row) if row else None


def passkeys_of(desk: Desk, officer: str | None) -> Sequence[Passkey]:
    """List the passkeys of an officer, or of everybody, the oldest first."""
    with desk.store.transaction() as transaction:
        return [_passkey(row) for row in transaction.rows(_OF, (officer, officer))]


def add(desk: Desk, passkey: Passkey, invitation: bytes | None) -> bool:
    """Keep a new passkey, and take the invitation that it was made by, together.

    Returns:
        False, and nothing is kept, if the invitation is gone, the identifier is taken, or the
        officer has as many passkeys as are allowed.
    """
    values = (*(getattr(passkey, name) for name in Passkey.__slots__), passkey.officer)
    with desk.store.transaction() as transaction:
        taken = invitation is None or transaction.change(_TAKE, (invitation, passkey.made_at))
        return bool(taken and transaction.change(_ADD, (*values, PASSKEYS_MAX)))


def count(desk: Desk, passkey: Passkey, sign_count: int) -> bool:
    """Note a use; tell whether the passkey still stands as it was read before."""
    values = (sign_count, desk.now(), passkey.id, passkey.sign_count)
    with desk.store.transaction() as transaction:
        return bool(transaction.change(_COUNT, values))


def remove(desk: Desk, officer: str, identifier: bytes) -> bool:
    """Remove a passkey of an officer, and end every session of the officer; tell if it was there.

    A lost passkey may have begun any of them.
    """
    with desk.store.transaction() as transaction:
        found = transaction.change(_REMOVE, (identifier, officer))
    if found:
        end_sessions(desk, officer)
    return bool(found)


def _passkey(row: Row) -> Passkey:
    return Passkey(**dict(zip(Passkey.__slots__, row, strict=True)))


_FIND: Final = """
select id, officer, public_key, sign_count, synced, made_at, used_at
from people.passkey where id = %s
"""
_OF: Final = """
select id, officer, public_key, sign_count, synced, made_at, used_at
from people.passkey where officer = %s or %s::text is null order by made_at, id
"""
_TAKE: Final = "delete from people.invitation where code = %s and expires_at > %s"
_ADD: Final = """
insert into people.passkey (id, officer, public_key, sign_count, synced, made_at, used_at)
select %s, %s, %s, %s, %s, %s, %s
where (select count(*) from people.passkey where officer = %s) < %s
on conflict (id) do nothing
"""
_COUNT: Final = """
update people.passkey set sign_count = %s, used_at = %s where id = %s and sign_count = %s
"""
_REMOVE: Final = "delete from people.passkey where id = %s and officer = %s"
