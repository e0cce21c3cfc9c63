# SPDX-License-Identifier: Apache-2.0
"""The client of ``service`` for an event loop; everything is decided in ``calling``."""

from __future__ import annotations

from asyncio import sleep as wait_for
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from types import TracebackType
from typing import Any, Self, Unpack

import httpx

from api.access.caller import Reason
from api.access.signing import RequestKey
from api.client.calling import posting, reading, recording
from api.client.calling.flow import Flow, T
from api.client.calling.reading import (
    FeedPage,
    Firearm,
    ListName,
    Parameter,
    Seen,
    SignedCheckpoint,
)
from api.client.calling.receipts import KnownLedger, Receipt, Record
from api.client.calling.recording import Outcome, happened
from api.client.calling.transport import AsyncCarrier
from api.client.desk import Desk
from api.client.outbox import Entry, Head
from api.client.signer import Draft, SigningKey, Submission
from audit.proof.disclosures import Claim
from domain.firearm.history import View


class AsyncClient:
    """A service, asked in an event loop; signing and disks are waited for in threads."""

    def __init__(
        self,
        desk: Desk,
        http: httpx.AsyncClient | None = None,
        *,
        sleep: Callable[[float], Awaitable[object]] = wait_for,
    ) -> None:
        """Work from a desk, as ``Client`` does."""
        self.desk = desk
        self._http = http or httpx.AsyncClient()
        self._sleep = sleep
        self._carrier = AsyncCarrier(self._http, sleep)

    @classmethod
    def open(
        cls,
        address: str,
        event_key: SigningKey | None,
        http_key: RequestKey | None,
        *,
        authority: str,
        ledger: KnownLedger,
    ) -> Self:
        """Work from an ordinary desk, as ``Client.open`` does."""
        return cls(
            Desk(
                address=address,
                event_key=event_key,
                http_key=http_key,
                authority=authority,
                ledger=ledger,
            )
        )

    def because(self, reason: Reason) -> Self:
        """Give the same client stating a reason; closing either closes both."""
        return type(self)(replace(self.desk, reason=reason), self._http, sleep=self._sleep)

    async def close(self) -> None:
        """Close the connections; an outbox is its opener's to close."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def record(
        self,
        evt: str,
        stream: str,
        *,
        dat: Mapping[str, Any],
        disclosures: Mapping[str, Claim] | None = None,
        occ: str | None = None,
    ) -> Receipt:
        """Record an event as ``Client.record`` does; give its verified receipt."""
        act = happened(self.desk, evt, stream, dat=dat, more=(disclosures, occ))
        kept = self.desk.outbox is not None
        return await self._run((posting.record_kept if kept else recording.record)(self.desk, act))

    async def note(
        self,
        evt: str,
        stream: str,
        *,
        dat: Mapping[str, Any],
        disclosures: Mapping[str, Claim] | None = None,
        occ: str | None = None,
    ) -> Entry:
        """Sign an event and seal it in the outbox, to be sent by ``send``; ``record`` tells how."""
        act = happened(self.desk, evt, stream, dat=dat, more=(disclosures, occ))
        return await self._run(posting.keep(self.desk, act))

    async def remember(self, stream: str) -> None:
        """Learn the head of a stream, so that its next event can be recorded offline."""
        await self._run(posting.remember(self.desk, stream))

    async def send(self) -> posting.Sent:
        """Send what waits in the outbox, oldest first."""
        return await self._run(posting.send(self.desk))

    def sign(self, draft: Draft, disclosures: Mapping[str, Claim] | None = None) -> Submission:
        """Sign a draft of which the place in its stream is known."""
        return recording.signed_draft(self.desk, draft, disclosures or {})

    async def append(self, draft: Draft, disclosures: Mapping[str, Claim] | None = None) -> Receipt:
        """Sign a draft, send it, and give its verified receipt; raises as ``record`` does."""
        return await self._run(recording.append_draft(self.desk, draft, disclosures))

    async def append_all(self, submissions: Iterable[Submission]) -> AsyncIterator[Outcome]:
        """Send signed events in batches; give a receipt or an error for each, in their order.

        Raises:
            MunimentError: A whole batch was refused, or not answered; send the rest again.
        """
        for batch in recording.batches(submissions):
            for outcome in await self._run(recording.append_batch(self.desk, batch)):
                yield outcome

    async def head(self, stream: str) -> Head:
        """Give what the next event of a stream continues."""
        return await self._run(reading.head(self.desk, stream))

    async def firearm(self, name: str) -> Firearm:
        """Give what a firearm is now, by its id or its short form."""
        return await self._run(reading.firearm(self.desk, name))

    async def timeline(
        self,
        name: str,
        *,
        as_at: str | None = None,
        as_known_on: str | None = None,
        view: View = "corrected",
    ) -> Record:
        """Give the whole history of a firearm with its proofs, as docs/tracing.md has it."""
        asked = {"as_at": as_at, "as_known_on": as_known_on, "view": view}
        return await self._run(reading.timeline(self.desk, name, **asked))

    async def search(self, text: str, **seen: Unpack[Seen]) -> Record:
        """Find what may bear a number or a mark, the most alike first."""
        return await self._run(reading.search(self.desk, text, seen))

    async def items(self, name: ListName, **by: Parameter) -> AsyncIterator[Record]:
        """Give a list whole, page by page, as it was when the first page was told."""
        cursor = None
        while True:
            page = await self._run(reading.page(self.desk, name, **{**by, "cursor": cursor}))
            for each in page.items:
                yield each
            cursor = page.next
            if cursor is None:
                return

    async def feed(
        self, name: str = "events", *, after: str | None = None, wait: int = 0
    ) -> FeedPage:
        """Give what follows a cursor of a feed, waiting for it up to 30 seconds."""
        return await self._run(reading.feed(self.desk, name, after=after, wait=wait))

    async def checkpoint(self) -> SignedCheckpoint:
        """Give the newest checkpoint, verified."""
        return await self._run(reading.checkpoint(self.desk))

    async def receipt(self, index: int, jws: bytes) -> bytes:
        """Give the tlog-proof of an event to a checkpoint of now, verified against its bytes."""
        return await self._run(reading.receipt(self.desk, index, jws))

    def new(self, kind: str) -> str:
        """Draw the identifier of a new stream, such as ``arm.<uuid>``."""
        return recording.new_id(self.desk, kind)

    async def _run(self, flow: Flow[T]) -> T:
        return await self._carrier.run(flow, self.desk)
