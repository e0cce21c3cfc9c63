# SPDX-License-Identifier: Apache-2.0
"""A service as a client sees it: events recorded and proved, questions asked, in ten lines.

    with Client.open(address, officer, machine, authority=..., ledger=...) as dealer:
        receipt = dealer.record("firearm.transferred", firearm, dat=..., disclosures=...)

Everything is decided in ``calling``; ``asynchronous`` is the same for an event loop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from time import sleep as wait_for
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
from api.client.calling.transport import Carrier
from api.client.desk import Desk
from api.client.outbox import Entry, Head
from api.client.signer import Draft, SigningKey, Submission
from audit.proof.disclosures import Claim
from domain.firearm.history import View


class Client:
    """A service, asked in the thread of the caller; several threads may share it."""

    def __init__(
        self,
        desk: Desk,
        http: httpx.Client | None = None,
        *,
        sleep: Callable[[float], object] = wait_for,
    ) -> None:
        """Work from a desk.

        Args:
            desk: Which service, with which keys, why, and how patiently.
            http: Carries the requests, and is closed with this; a new one by default. Proxies and
                certificates are its matter.
            sleep: Waits for so many seconds.
        """
        self.desk = desk
        self._http = http or httpx.Client()
        self._sleep = sleep
        self._carrier = Carrier(self._http, sleep)

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
        """Work from an ordinary desk; ``Desk`` says what each of these is, and what else there is.

        Raises:
            UsageError: ``address_insecure``.
        """
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

    def close(self) -> None:
        """Close the connections; an outbox is its opener's to close."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def record(
        self,
        evt: str,
        stream: str,
        *,
        dat: Mapping[str, Any],
        disclosures: Mapping[str, Claim] | None = None,
        occ: str | None = None,
    ) -> Receipt:
        """Sign an event at the head of its stream, send it, and give its verified receipt.

        With an outbox it is sealed there first, and purged when the receipt is there.

        Args:
            evt: Event type, as docs/events.md names it.
            stream: ``<kind>.<uuid>``; one that nobody has used yet begins a new stream.
            dat: Public data.
            disclosures: Personal data by claim name.
            occ: When it happened; now by default.

        Raises:
            ConflictError: ``seq_conflict`` or ``prev_mismatch``, and the desk does not retry.
            EnvelopeError: What is wrong with the event.
            RefusedError: Which rule refused it.
            ReceiptError: The receipt does not verify.
            UnreachableError: The service does not answer, however often it was tried.
        """
        act = happened(self.desk, evt, stream, dat=dat, more=(disclosures, occ))
        kept = self.desk.outbox is not None
        return self._run((posting.record_kept if kept else recording.record)(self.desk, act))

    def note(
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
        return self._run(posting.keep(self.desk, act))

    def remember(self, stream: str) -> None:
        """Learn the head of a stream, so that its next event can be recorded offline."""
        self._run(posting.remember(self.desk, stream))

    def send(self) -> posting.Sent:
        """Send what waits in the outbox, oldest first."""
        return self._run(posting.send(self.desk))

    def sign(self, draft: Draft, disclosures: Mapping[str, Claim] | None = None) -> Submission:
        """Sign a draft of which the place in its stream is known."""
        return recording.signed_draft(self.desk, draft, disclosures or {})

    def append(self, draft: Draft, disclosures: Mapping[str, Claim] | None = None) -> Receipt:
        """Sign a draft, send it, and give its verified receipt; raises as ``record`` does."""
        return self._run(recording.append_draft(self.desk, draft, disclosures))

    def append_all(self, submissions: Iterable[Submission]) -> Iterator[Outcome]:
        """Send signed events in batches; give a receipt or an error for each, in their order.

        Raises:
            MunimentError: A whole batch was refused, or not answered; send the rest again.
        """
        for batch in recording.batches(submissions):
            yield from self._run(recording.append_batch(self.desk, batch))

    def head(self, stream: str) -> Head:
        """Give what the next event of a stream continues."""
        return self._run(reading.head(self.desk, stream))

    def firearm(self, name: str) -> Firearm:
        """Give what a firearm is now, by its id or its short form."""
        return self._run(reading.firearm(self.desk, name))

    def timeline(
        self,
        name: str,
        *,
        as_at: str | None = None,
        as_known_on: str | None = None,
        view: View = "corrected",
    ) -> Record:
        """Give the whole history of a firearm with its proofs, as docs/tracing.md has it."""
        asked = {"as_at": as_at, "as_known_on": as_known_on, "view": view}
        return self._run(reading.timeline(self.desk, name, **asked))

    def search(self, text: str, **seen: Unpack[Seen]) -> Record:
        """Find what may bear a number or a mark, the most alike first."""
        return self._run(reading.search(self.desk, text, seen))

    def items(self, name: ListName, **by: Parameter) -> Iterator[Record]:
        """Give a list whole, page by page, as it was when the first page was told."""
        cursor = None
        while True:
            page = self._run(reading.page(self.desk, name, **{**by, "cursor": cursor}))
            yield from page.items
            cursor = page.next
            if cursor is None:
                return

    def feed(self, name: str = "events", *, after: str | None = None, wait: int = 0) -> FeedPage:
        """Give what follows a cursor of a feed, waiting for it up to 30 seconds."""
        return self._run(reading.feed(self.desk, name, after=after, wait=wait))

    def checkpoint(self) -> SignedCheckpoint:
        """Give the newest checkpoint, verified."""
        return self._run(reading.checkpoint(self.desk))

    def receipt(self, index: int, jws: bytes) -> bytes:
        """Give the tlog-proof of an event to a checkpoint of now, verified against its bytes."""
        return self._run(reading.receipt(self.desk, index, jws))

    def new(self, kind: str) -> str:
        """Draw the identifier of a new stream, such as ``arm.<uuid>``."""
        return recording.new_id(self.desk, kind)

    def _run(self, flow: Flow[T]) -> T:
        return self._carrier.run(flow, self.desk)
