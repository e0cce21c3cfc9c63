# SPDX-License-Identifier: Apache-2.0
"""Carrying out what an approved erasure says, and again whatever a restored backup brought back.

Implements the worker of the envelope specification, section 6: data keys are destroyed first, then
the rows of the vault with the keyed digests in them. Both may be repeated, so that whoever is
killed in between goes on where he stopped. An erasure is believed only by its signatures: whoever
can merely write rows destroys no key.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Final, cast
from uuid import UUID

from audit.link import Link, Row
from audit.proof.envelope.opening import Reading, open_stored, read_stored
from audit.proof.keys import PublicKey, public_key
from audit.vault.keystore import KeyStore
from audit.vault.vault import own_key
from domain.catalogue import CATALOGUE
from domain.erasure.events import Approved, Proposed
from domain.errors import EnvelopeError, UnsafeError
from domain.event import Event
from domain.identifiers import StreamId
from domain.registry.state import Registry

_APPROVED: Final = "kind >= 'erasure.approved/' and kind < 'erasure.approved0'"
_EXECUTED: Final = "kind >= 'erasure.executed/' and kind < 'erasure.executed0'"
_OF_ERASURE: Final = "split_part(kind, '.', 1) = 'erasure'"
_WAITING: Final = f"""
select stream from ledger.event a where {_OF_ERASURE} and {_APPROVED} and not exists (
  select from ledger.event where stream = a.stream and {_EXECUTED}
) order by idx
"""  # noqa: S608 - words of ours
_DONE: Final = f"""
select stream from ledger.event where {_OF_ERASURE} and {_EXECUTED} and idx >= %b::int8
order by idx
"""  # noqa: S608 - words of ours
_HISTORY: Final = "select raw from ledger.event where stream = %b::uuid order by seq"
_ALL: Final = f"""
select array_agg(raw order by seq), array_agg(idx order by seq) from ledger.event
where {_OF_ERASURE} group by stream order by min(idx)
"""  # noqa: S608 - words of ours
_SIZES: Final = "select h.size, f.size from ledger.head h, vault.forgotten f"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An erasure that two persons decided, by its signed events.

    Attributes:
        stream: The erasure.
        dat: What is to be erased.
    """

    stream: StreamId
    dat: Proposed

    @property
    def keys(self) -> set[UUID]:
        """Names of the data keys that are to be destroyed: of holdings, and of single events."""
        holdings = {UUID(each.partition(".")[2]) for each in self.dat.holdings}
        return holdings.union(own_key(each) for each in self.dat.events)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where one erasure stands.

    Attributes:
        proposal: The event that began it.
        newest: Its newest event.
        index: Log index of that.
    """

    proposal: Event
    newest: Event
    index: int

    @property
    def dat(self) -> Proposed:
        """What is to be erased."""
        return cast("Proposed", self.proposal.dat)


class Eraser:
    """Destroys keys and deletes rows by order of the log; safe for several threads."""

    def __init__(
        self,
        conninfo: str,
        keys: KeyStore,
        *,
        audience: str,
        registry: Callable[[], Registry],
    ) -> None:
        """Bind the role ``ledger_eraser``, the key store and who may sign."""
        self._link = Link(conninfo)
        self._keys = keys
        self._audience = audience
        self._registry = registry
        self._lock = Lock()

    def waiting(self) -> list[Order]:
        """Give the erasures that are approved and not executed, in the order of approval.

        Raises:
            UnsafeError: ``erasure_unfit``.
            UnreachableError: The database does not answer.
        """
        with self._lock:
            return [self._order(stream) for (stream,) in self._link.read(_WAITING)]

    def standings(self) -> list[Standing]:
        """Tell where every erasure stands, in the order in which they were proposed.

        Raises:
            UnreachableError: The database does not answer.
        """
        with self._lock:
            rows = self._link.read(_ALL)
        return [
            Standing(
                proposal=read_stored(raws[0], CATALOGUE),
                newest=read_stored(raws[-1], CATALOGUE),
                index=indexes[-1],
            )
            for raws, indexes in rows
        ]

    def carry_out(self, order: Order) -> None:
        """Destroy the keys, then delete the rows; once this returns nobody can read them.

        Raises:
            UnreachableError: ``keystore_unavailable``, or the database does not answer.
        """
        with self._lock:
            self._carry_out(order)

    def forget_again(self) -> int:
        """Carry out once more what the log says was executed, as far as this is not known here.

        A database or a key store that was restored from a backup brings its own memory along of
        how far it has forgotten, and so is held to everything that was erased since.

        Returns:
            How many erasures were looked at again.

        Raises:
            UnsafeError: ``erasure_unfit``.
            UnreachableError: ``keystore_unavailable``, or the database does not answer.
        """
        with self._lock:
            sizes = self._link.read(_SIZES)
            if not sizes:
                return 0  # its head row is gone, which is told wherever the log is used
            ((size, forgotten),) = sizes
            start = min(forgotten, self._keys.forgotten())
            done = self._link.read(_DONE, (start,))
            for (stream,) in done:
                self._carry_out(self._order(stream))
            if done:
                self._keys.advance(size)
                self._link.read("select vault.advance(%b::int8)", (size,))
            return len(done)

    def compact(self) -> None:
        """Write the key store anew, without what was destroyed in it."""
        self._keys.compact()

    def close(self) -> None:
        """Close the connection."""
        self._link.close()

    def _carry_out(self, order: Order) -> None:
        self._keys.destroy(order.keys)
        self._link.read("select vault.erase(%b::uuid)", (order.stream.uuid,))

    def _order(self, stream: UUID) -> Order:
        """Read an erasure, and check that two persons have signed it."""
        try:
            events = [self._event(row) for row in self._link.read(_HISTORY, (stream,))]
        except EnvelopeError as error:
            raise _unfit(stream, error.sentence) from error
        proposals = {each.eid: each for each in events if isinstance(each.dat, Proposed)}
        for each in events:
            proposal = proposals.get(each.dat.target) if isinstance(each.dat, Approved) else None
            if proposal and isinstance(proposal.dat, Proposed) and self._by_two(proposal, each):
                return Order(stream=proposal.sub, dat=proposal.dat)
        raise _unfit(stream, "No two persons have signed it.")

    def _event(self, row: Row) -> Event:
        reading = Reading(self._key, CATALOGUE, self._audience, founding=False)
        return open_stored(row[0], reading).event

    def _by_two(self, proposal: Event, approval: Event) -> bool:
        keys = self._registry().keys
        one, other = keys[proposal.kid], keys[approval.kid]
        return one.officer != other.officer and proposal.sub == approval.sub

    def _key(self, kid: str) -> PublicKey | None:
        record = self._registry().keys.get(kid)
        return public_key(record.jwk) if record else None


def _unfit(stream: UUID, reason: str) -> UnsafeError:
    return UnsafeError(
        f"The erasure ers.{stream} cannot be believed, and nothing of it is erased: {reason}",
        slug="erasure_unfit",
        next_step="Keep the database as evidence and run `muniment fsck`.",
    )
