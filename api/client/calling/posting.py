# SPDX-License-Identifier: Apache-2.0
"""Recording by way of the outbox: sealed first, sent in order, purged when the receipt is there."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Final

from api.client.calling.flow import Flow, done
from api.client.calling.problems import STALE, RateLimitedError, error_of, strange
from api.client.calling.reading import head
from api.client.calling.receipts import Receipt, ReceiptError
from api.client.calling.recording import (
    RENEWALS_MAX,
    Act,
    Outcome,
    append,
    append_batch,
    batches,
    signed,
)
from api.client.desk import Desk
from api.client.outbox import Entry, Outbox
from audit.proof.disclosures import Claim
from audit.proof.encoding import decode
from domain.errors import MunimentError, UnreachableError, UsageError

REFUSED: Final = 409
"""HTTP status that stands for a refusal of which the code alone was kept."""

LATE: Final = STALE | {"iat_window"}
"""Codes of what waited too long: signed now and at the present head, it may be fine."""

WAITS: Final = (UnreachableError, RateLimitedError, ReceiptError)
"""After these an entry stays where it is: nobody knows yet that it is refused."""


@dataclass(slots=True)
class Sent:
    """What became of an outbox.

    Attributes:
        receipts: Of what is recorded now and purged, by the number of the entry.
        refused: What was refused, and is kept aside.
        held_back: Why the rest still waits; nothing where nothing does.
        held: Streams of which something still waits, in the batch that was held back.
    """

    receipts: dict[int, Receipt] = field(default_factory=dict)
    refused: list[Entry] = field(default_factory=list)
    held_back: MunimentError | None = None
    held: set[str] = field(default_factory=set)


def keep(desk: Desk, act: Act) -> Flow[Entry]:
    """Sign what happened and seal it, behind what waits of its stream.

    The service is asked for the head of that stream alone of which nothing is known.

    Raises:
        EnvelopeError: What the ledger would refuse, with its code; nothing was signed.
        UnreachableError: The head is not known, and the service does not answer.
    """
    outbox = outbox_of(desk)
    chained = partial(outbox.chain, act.sub, partial(signed, desk, act))
    entry = yield from done(chained)
    if entry is None:
        yield from remember(desk, act.sub)
        entry = yield from done(chained)
    if entry is None:
        raise strange()
    return entry


def remember(desk: Desk, stream: str) -> Flow[None]:
    """Learn the head of a stream, so that its next event can be recorded offline."""
    at = yield from head(desk, stream)
    yield from done(partial(outbox_of(desk).know, stream, at))


def send(desk: Desk) -> Flow[Sent]:
    """Send what waits, oldest first, until all is sent or the service cannot be reached.

    What is refused stands aside, and with it what was signed behind it in its stream. Where the
    desk signs anew what is stale, that is done for streams of which nothing else was refused.
    """
    waiting = yield from done(outbox_of(desk).waiting)
    entries = iter(waiting)
    sent = Sent()
    for batch in batches(each.submission for each in waiting):
        try:
            outcomes = yield from append_batch(desk, batch)
        except MunimentError as error:
            sent.held_back = error
        else:
            for entry, outcome in zip(islice(entries, len(batch)), outcomes, strict=True):
                yield from _settle(desk, entry, outcome, sent=sent)
        if sent.held_back is not None:
            break
    return sent


def record_kept(desk: Desk, act: Act) -> Flow[Receipt]:
    """Record with a copy in the outbox until the receipt is there.

    Raises:
        UnreachableError: It is kept, and sent with the next ``send``.
        MunimentError: Why it was refused; it is kept aside.
    """
    waiting = yield from done(outbox_of(desk).waiting)
    if not any(each.stream == act.sub for each in waiting):
        with suppress(UnreachableError):  # what is known of the stream may do
            yield from remember(desk, act.sub)
    entry = yield from keep(desk, act)
    sent = yield from send(desk)
    if entry.number in sent.receipts:
        return sent.receipts[entry.number]
    for refused in sent.refused:
        if refused.number == entry.number:
            raise error_of(refused.refusal, REFUSED)
    raise sent.held_back or strange()


def outbox_of(desk: Desk) -> Outbox:
    """Give the outbox of a desk.

    Raises:
        UsageError: ``outbox_missing``.
    """
    if desk.outbox is None:
        raise UsageError(
            "This desk has no outbox.",
            slug="outbox_missing",
            next_step="Open one with Outbox.open, and give it to the desk.",
        )
    return desk.outbox


def _settle(desk: Desk, entry: Entry, outcome: Outcome, *, sent: Sent) -> Flow[None]:
    """Purge what is recorded, keep aside what is refused, let the rest wait."""
    outbox = outbox_of(desk)
    if entry.stream in sent.held:
        return
    if _may_be_renewed(desk, entry, outcome, sent=sent):
        entry, outcome = yield from _renewed(desk, entry, outcome)
    if isinstance(outcome, Receipt):
        yield from done(partial(outbox.recorded, entry))
        sent.receipts[entry.number] = outcome
    elif isinstance(outcome, WAITS):
        sent.held.add(entry.stream)
        sent.held_back = outcome
    else:
        sent.refused.append((yield from done(partial(outbox.set_aside, entry, outcome))))


def _may_be_renewed(desk: Desk, entry: Entry, outcome: Outcome, *, sent: Sent) -> bool:
    late = isinstance(outcome, MunimentError) and outcome.slug in LATE
    return desk.retry_stale and late and entry.stream not in {each.stream for each in sent.refused}


def _renewed(desk: Desk, entry: Entry, outcome: Outcome) -> Flow[tuple[Entry, Outcome]]:
    """Sign an entry anew at the present head of its stream, on disk first, and send it."""
    outbox = outbox_of(desk)
    for _ in range(RENEWALS_MAX):
        try:
            at = yield from head(desk, entry.stream)
            submission = yield from done(partial(signed, desk, _act_of(entry), at))
            entry = yield from done(partial(outbox.renew, entry, submission))
            return entry, (yield from append(desk, entry.submission))
        except MunimentError as error:
            outcome = error
            if error.slug not in LATE:
                break
    return entry, outcome


def _act_of(entry: Entry) -> Act:
    """Read what happened out of an entry, to sign it anew with fresh salts."""
    stated = entry.stated()
    claims = (json.loads(decode(each)) for each in entry.submission.disclosures)
    disclosures: dict[str, Claim] = {name: value for _, name, value in claims}
    members = {name: stated[name] for name in ("evt", "sub", "dat", "occ", "jti")}
    return Act(disclosures=disclosures, **members)
