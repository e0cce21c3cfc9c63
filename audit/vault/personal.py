# SPDX-License-Identifier: Apache-2.0
"""What the vault holds about persons: found by a document number, read, or told as erased.

Implements the blind index and the reading of the envelope specification, section 6. Who may see
what, and that each look is recorded, is for the door to see to: everything here is shown to whoever
calls. Nothing is kept, printed or logged.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Final, Literal
from uuid import UUID

from audit.arrays import bytea_array, uuid_array
from audit.link import Link, Row
from audit.proof.disclosures import Claim
from audit.proof.encoding import decode, encode
from audit.proof.envelope.payload import parse_payload
from audit.proof.envelope.token import read_token
from audit.vault.blindindex import BlindIndex
from audit.vault.vault import SealedDisclosure, Vault, own_key
from domain.erasure.state import erasure_status
from domain.errors import RefusedError
from domain.identifiers import StreamId

_FOUND: Final = "select distinct hld from vault.disclosure where mac = %b::bytea order by hld"
_SEALED: Final = "select eid, digest, hld, nonce, ciphertext from vault.disclosure"
_OF_EVENTS: Final = f"{_SEALED} where eid = any(%b::bytea[]) order by eid, digest"
_OF_HOLDINGS: Final = f"{_SEALED} where hld = any(%b::uuid[]) order by eid, digest"
_ENTRIES: Final = """
select idx, raw from vault.disclosure d join ledger.event e using (eid)
where d.eid = any(%b::bytea[]) group by idx, raw
"""
_PROOF: Final = """
left join ledger.event e on e.stream = x.stream and e.kind >= 'erasure.executed/'
                        and e.kind < 'erasure.executed0'
"""
_ERASED_EVENTS: Final = f"""
select x.eid, x.stream, e.idx, e.raw from vault.erased_event x {_PROOF}
where x.eid = any(%b::bytea[])
"""  # noqa: S608 - words of ours
_ERASED_HOLDINGS: Final = f"""
select x.hld, x.stream, e.idx, e.raw from vault.erased_holding x {_PROOF}
where x.hld = any(%b::uuid[])
"""  # noqa: S608 - words of ours


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosed:
    """One value about a person.

    Attributes:
        eid: Event that disclosed it.
        holding: Holding, or other name, of the data key that sealed it.
        name: Name of the claim.
        value: What was disclosed.
        text: The disclosure as it travels, with its salt.
    """

    eid: str
    holding: UUID
    name: str
    value: Claim = field(repr=False)
    text: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """That something was erased, and the proof of it.

    Attributes:
        status: ``erasing`` until 30 days after the execution, then ``erased``.
        erasure: Stream of the erasure; nothing while only its keys are destroyed.
        index: Log index of ``erasure.executed``; nothing while it is carried out.
        executed_at: When that was signed, in Unix seconds.
    """

    status: Literal["erasing", "erased"]
    erasure: StreamId | None = None
    index: int | None = None
    executed_at: int | None = None

    def error(self) -> RefusedError:
        """Give the error ``erased`` (410) of whoever asks for it still."""
        proof = "It is being carried out" if self.index is None else f"Entry {self.index} proves it"
        return RefusedError(
            "The personal data was erased.", slug="erased", next_step=f"{proof}; nothing is left."
        )


class PersonalData:
    """Reads the vault of one ledger; safe for several threads."""

    def __init__(
        self,
        conninfo: str,
        vault: Vault,
        index: BlindIndex,
        *,
        prepare: Callable[[], object],
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Bind a role that may read the vault, and the keys.

        Args:
            conninfo: Connects as that role.
            vault: Opens what is sealed.
            index: Finds holdings.
            prepare: Raises unless the log is as its signer knows it, and every erasure in it is
                carried out; asked before the first read, and after each break of the connection,
                behind which an older backup may lie.
            clock: Gives the time in Unix seconds.
        """
        self._link = Link(conninfo)
        self._prepare = prepare
        self._prepared: int | None = None
        self._vault = vault
        self._index = index
        self._clock = clock
        self._lock = Lock()

    def holdings_of(self, document: str) -> tuple[UUID, ...]:
        """Give the holdings under which a document number was disclosed, and is not erased.

        Args:
            document: Number of the person's document, however it is spelt.

        Raises:
            InvalidValueError: ``document_invalid``.
            UnreachableError: The database or the key store does not answer.
        """
        found = [hld for (hld,) in self._read(_FOUND, self._index.of_document(document))]
        gone = self._vault.destroyed(found)
        return tuple(each for each in found if each not in gone)

    def of_events(self, eids: Sequence[str]) -> list[Disclosed]:
        """Give what some events disclosed, but for what is erased.

        Raises:
            UnsafeError: ``vault_tampered``.
            UnreachableError: The database or the key store does not answer.
        """
        return self._opened(_OF_EVENTS, bytea_array([decode(each.encode()) for each in eids]))

    def of_holdings(self, holdings: Collection[UUID]) -> list[Disclosed]:
        """Give everything that was disclosed about holdings; raises as ``of_events`` does."""
        return self._opened(_OF_HOLDINGS, uuid_array(list(holdings)))

    def reveal(self, eid: str) -> list[Disclosed]:
        """Give what an event disclosed; nothing if it never disclosed anything.

        Raises:
            RefusedError: ``erased``.
            UnsafeError: ``vault_tampered``.
            UnreachableError: The database or the key store does not answer.
        """
        found = self.of_events([eid])
        erased = self.erased_events([eid]).get(eid)
        if erased and not found:
            raise erased.error()
        return found

    def erased_events(self, eids: Sequence[str]) -> dict[str, Erased]:
        """Tell which of some events were erased, each with the proof of it."""
        octets = bytea_array([decode(each.encode()) for each in eids])
        rows = self._read(_ERASED_EVENTS, octets)
        found = {encode(eid).decode(): self._told(*proof) for eid, *proof in rows}
        destroyed = self._vault.destroyed({own_key(each) for each in eids})
        being = {each: Erased(status="erasing") for each in eids if own_key(each) in destroyed}
        return being | found

    def erased_holdings(self, holdings: Collection[UUID]) -> dict[UUID, Erased]:
        """Tell which of some holdings were erased, each with the proof of it."""
        rows = self._read(_ERASED_HOLDINGS, uuid_array(list(holdings)))
        found = {hld: self._told(*proof) for hld, *proof in rows}
        destroyed = self._vault.destroyed(holdings)
        return {each: Erased(status="erasing") for each in destroyed} | found

    def entries(self, eids: Collection[str]) -> list[tuple[int, bytes]]:
        """Give index and signed octets of some events."""
        octets = bytea_array([decode(each.encode()) for each in eids])
        return [(index, raw) for index, raw in self._read(_ENTRIES, octets)]

    def close(self) -> None:
        """Close the connection."""
        self._link.close()

    def _told(self, stream: UUID, index: int | None, raw: bytes | None) -> Erased:
        at = None if raw is None else int(parse_payload(read_token(raw).data)["iat"])
        return Erased(
            status=erasure_status(at, self._clock()),
            erasure=StreamId("ers", stream),
            index=index,
            executed_at=at,
        )

    def _opened(self, query: str, wanted: bytes) -> list[Disclosed]:
        rows = [
            SealedDisclosure(eid=eid, digest=digest, hld=hld, nonce=nonce, ciphertext=ciphertext)
            for eid, digest, hld, nonce, ciphertext in self._read(query, wanted)
        ]
        texts = self._vault.open_all(rows)
        return [_disclosed(row, text) for row, text in zip(rows, texts, strict=True) if text]

    def _read(self, query: str, wanted: bytes) -> Sequence[Row]:
        with self._lock:
            rows = self._link.read(query, (wanted,))
            while self._prepared != self._link.breaks:
                breaks = self._link.breaks
                self._prepare()
                rows = self._link.read(query, (wanted,))
                self._prepared = breaks
            return rows


def _disclosed(row: SealedDisclosure, text: bytes) -> Disclosed:
    _, name, value = json.loads(decode(text))
    eid = encode(row.eid).decode()
    return Disclosed(eid=eid, holding=row.hld, name=name, value=value, text=text)
