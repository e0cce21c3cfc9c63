# SPDX-License-Identifier: Apache-2.0
"""Recording events, as flows: signed at the head of their stream, sent, proved.

Implements the client's half of the envelope specification, section 4.7: a submission that is sent
again is the very same one, and an event that is signed anew keeps its ``jti``, so that neither can
be recorded twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from api.client.calling.flow import Call, Flow, done
from api.client.calling.problems import STALE, error_of, strange, values_of
from api.client.calling.reading import ask, head
from api.client.calling.receipts import Receipt, receipt_of
from api.client.desk import Desk
from api.client.ids import uuid7
from api.client.outbox import Head
from api.client.signer import Draft, Submission, sign
from audit.proof.disclosures import Claim
from domain.errors import ConflictError, MunimentError, UsageError

SUBMISSION: Final = "application/sd-jwt"
SUBMISSIONS: Final = "application/vnd.muniment.submissions"

BATCH_EVENTS_MAX: Final = 256
"""Events of one batch, as many as the service takes at once."""

BATCH_OCTETS_MAX: Final = 4 * 1024 * 1024
"""Octets of one batch, as many as the service takes at once."""

RENEWALS_MAX: Final = 8
"""How often an event is signed anew for a stream that keeps moving on."""

Outcome = Receipt | MunimentError
"""What became of one of many events."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What happened, before it is known at which place of its stream it stands.

    Attributes:
        evt: Event type.
        sub: Stream, ``<kind>.<uuid>``.
        dat: Public data.
        disclosures: Personal data by claim name; each gets a salt of its own.
        occ: When it happened, as precisely as is known.
        jti: UUIDv7 that stays the same however often it is signed.
    """

    evt: str
    sub: str
    dat: Mapping[str, Any]
    disclosures: Mapping[str, Claim] = field(default_factory=dict, repr=False)
    occ: str
    jti: str


def new_id(desk: Desk, kind: str = "") -> str:
    """Draw a UUIDv7; with a kind, the identifier of a new stream."""
    unique = str(uuid7(int(desk.world.clock() * 1_000), desk.world.randomness))
    return f"{kind}.{unique}" if kind else unique


def happened(
    desk: Desk,
    evt: str,
    stream: str,
    *,
    dat: Mapping[str, Any],
    more: tuple[Mapping[str, Claim] | None, str | None],
) -> Act:
    """Say what happened, under an identifier of its own.

    Args:
        desk: Where it is recorded.
        evt: Event type.
        stream: Its stream.
        dat: Public data.
        more: Personal data by claim name, and when it happened: now where that is not said.
    """
    disclosures, occ = more
    return Act(
        evt=evt,
        sub=stream,
        dat=dat,
        disclosures=disclosures or {},
        occ=occ or _now(desk),
        jti=new_id(desk),
    )


def signed(desk: Desk, act: Act, at: Head) -> Submission:
    """Sign what happened as the next event after a head.

    Raises:
        EnvelopeError: What the ledger would refuse, with its code; nothing was signed.
        UsageError: ``event_key_missing``.
    """
    draft = Draft(
        evt=act.evt,
        iss=desk.authority,
        aud=desk.ledger.audience,
        sub=act.sub,
        seq=at.seq + 1,
        prev=at.eid,
        jti=act.jti,
        iat=int(desk.world.clock()),
        occ=act.occ,
        dat=act.dat,
    )
    return signed_draft(desk, draft, act.disclosures)


def signed_draft(desk: Desk, draft: Draft, disclosures: Mapping[str, Claim]) -> Submission:
    """Sign a draft with the officer's key.

    Raises:
        EnvelopeError: As for ``signed``.
        UsageError: ``event_key_missing``.
    """
    if desk.event_key is None:
        raise UsageError(
            "Nobody signs events at this desk.",
            slug="event_key_missing",
            next_step="Open the client with the officer's event key.",
        )
    return sign(
        draft,
        disclosures,
        desk.event_key,
        catalogue=desk.catalogue,
        randomness=desk.world.randomness,
    )


def append_draft(
    desk: Desk, draft: Draft, disclosures: Mapping[str, Claim] | None
) -> Flow[Receipt]:
    """Sign a draft, send it and verify its receipt; raises as ``signed`` and ``append`` do."""
    submission = yield from done(partial(signed_draft, desk, draft, disclosures or {}))
    return (yield from append(desk, submission))


def append(desk: Desk, submission: Submission) -> Flow[Receipt]:
    """Send one event and verify its receipt.

    Raises:
        MunimentError: Why it was refused; ``ReceiptError`` where the receipt does not verify.
    """
    query = (("policy", desk.policy),) if desk.policy else ()
    call = Call(
        path="/v1/events",
        method="POST",
        query=query,
        body=submission.to_bytes(),
        media_type=SUBMISSION,
    )
    answer = yield from ask(call, desk)
    return receipt_of(values_of(answer), submission, desk.ledger, answer=answer.body)


def record(desk: Desk, act: Act) -> Flow[Receipt]:
    """Read the head, sign, send; where the desk says so, again at the head that is there by then.

    Raises:
        ConflictError: ``seq_conflict`` or ``prev_mismatch``, the stream has moved on.
        MunimentError: As for ``append``.
    """
    renewals = RENEWALS_MAX if desk.retry_stale else 0
    while True:
        at = yield from head(desk, act.sub)
        submission = yield from done(partial(signed, desk, act, at))
        try:
            return (yield from append(desk, submission))
        except ConflictError as error:
            if error.slug not in STALE or renewals == 0:
                raise
        renewals -= 1


def batches(submissions: Iterable[Submission]) -> Iterator[list[Submission]]:
    """Give submissions in their order, in batches that the service takes."""
    batch: list[Submission] = []
    octets = 0
    for each in submissions:
        length = len(each.to_bytes()) + 1
        if batch and (len(batch) == BATCH_EVENTS_MAX or octets + length > BATCH_OCTETS_MAX):
            yield batch
            batch, octets = [], 0
        batch.append(each)
        octets += length
    if batch:
        yield batch


def append_batch(desk: Desk, batch: Sequence[Submission]) -> Flow[list[Outcome]]:
    """Send one batch; give what became of each event, in their order.

    Raises:
        MunimentError: The batch as a whole was refused, or not answered.
    """
    body = b"".join(each.to_bytes() + b"\n" for each in batch)
    call = Call(path="/v1/events/batch", method="POST", body=body, media_type=SUBMISSIONS)
    answer = yield from ask(call, desk)
    told = values_of(answer)
    try:
        results = list(told["results"])
    except (KeyError, TypeError):
        raise strange() from None
    if len(results) != len(batch):
        raise strange()
    read: Callable[[Any, Submission], Outcome] = partial(_outcome, desk, answer=answer.body)
    return [read(item, each) for item, each in zip(results, batch, strict=True)]


def _now(desk: Desk) -> str:
    return datetime.fromtimestamp(int(desk.world.clock()), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _outcome(desk: Desk, item: Any, submission: Submission, *, answer: bytes) -> Outcome:
    try:
        if item.get("receipt") is None:
            return error_of(item["problem"], item["status"])
        return receipt_of(item["receipt"], submission, desk.ledger, answer=answer)
    except MunimentError as error:
        return error
    except (KeyError, TypeError, AttributeError):
        return strange()
