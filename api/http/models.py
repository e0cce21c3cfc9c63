# SPDX-License-Identifier: Apache-2.0
"""The shapes of answers, for the OpenAPI document; what is answered is held against them.

Records of the ledger have their own documentation (docs/events.md, docs/tracing.md); here their
members are named as far as every program needs them.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

EID: Final = "st8N6qhSEbI3LMYOdPOTF51VHEVeDKtDBN24qVUyHnU"
ARM: Final = "arm.01a2076b-4018-7111-8222-333333333333"
PROOF: Final = "c2sp.org/tlog-proof@v1\nindex 41\n...\n\nlog.example/xa\n42\n..."
JWS: Final = "eyJhbGciOiJFZDI1NTE5Iiwia2lkIjoi..."
CURSOR: Final = "WyJFQ3dXclNsN0dSZTgiLDQ4MjEzLCIyMDI2LTExLTIzIiwxMDBd"

Record = dict[str, Any]
"""Members as the documentation of that record names them."""


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Part(_Shape):
    """One part of a request that is wrong."""

    pointer: Annotated[str, Field(examples=["/query/limit"])]
    detail: Annotated[str, Field(examples=["Input should be less than or equal to 500"])]


class Problem(_Shape):
    """What went wrong (RFC 9457)."""

    type: Annotated[str, Field(examples=["/v1/problems/seq_conflict"])]
    title: Annotated[str, Field(examples=["The present state forbids it"])]
    status: Annotated[int, Field(ge=400, le=599, examples=[409])]
    code: Annotated[str, Field(examples=["seq_conflict"])]
    detail: Annotated[str, Field(examples=["The stream's head is sequence 7, event st8N...."])]
    next_step: Annotated[str, Field(examples=["Fetch the present head, sign again and retry."])]
    errors: list[Part] = []


class Hit(_Shape):
    """An open alert on what an event touches, and who listed it."""

    alert: Annotated[str, Field(examples=["stolen"])]
    authority: Annotated[str, Field(examples=["auth.xa.0410"])]
    index: Annotated[int, Field(ge=0, examples=[17])]
    record: Annotated[str, Field(examples=[ARM])]


class Note(_Shape):
    """Something that was recorded and does not fit the rest."""

    code: Annotated[str, Field(examples=["already_in_hand"])]
    sentence: Annotated[str, Field(examples=["It is in that custody already."])]
    axis: Annotated[str, Field(examples=["custody"])]
    found: Annotated[str, Field(examples=["evidence"])]
    legal: list[str]


class ReceiptAnswer(_Shape):
    """That an event is in the log, with the proof and what it has set off."""

    eid: Annotated[str, Field(examples=[EID])]
    index: Annotated[int, Field(ge=0, examples=[41])]
    repeated: Annotated[bool, Field(description="Whether it had been recorded before.")]
    proof: Annotated[str, Field(description="A C2SP tlog-proof.", examples=[PROOF])]
    hits: list[Hit] = []
    findings: list[Note] = []
    duties: Annotated[
        list[Record], Field(description="Opened by it, under the policy that was named.")
    ] = []


class BatchItem(_Shape):
    """What became of one submission of a batch: a receipt, or a problem."""

    line: Annotated[int, Field(ge=1, examples=[1])]
    status: Annotated[int, Field(examples=[201])]
    receipt: ReceiptAnswer | None = None
    problem: Problem | None = None


class BatchAnswer(_Shape):
    """What became of each submission, in their order."""

    recorded: Annotated[int, Field(ge=0, examples=[99])]
    refused: Annotated[int, Field(ge=0, examples=[1])]
    results: list[BatchItem]


class ApprovalEvidence(_Shape):
    """An officer's passkey over the event: base64url, verified by the event's own SHA-256."""

    officer: Annotated[str, Field(examples=["off.01a2076b-4018-7111-8222-000000000001"])]
    public_key: Annotated[str, Field(description="SubjectPublicKeyInfo.", examples=["MFkwEwYH..."])]
    authenticator_data: Annotated[str, Field(examples=["SZYN5YgO..."])]
    client_data: Annotated[str, Field(examples=["eyJ0eXBl..."])]
    signature: Annotated[str, Field(examples=["MEUCIQD..."])]


class EventAnswer(_Shape):
    """One event of the log, whole."""

    index: Annotated[int, Field(ge=0, examples=[41])]
    eid: Annotated[str, Field(examples=[EID])]
    at: Annotated[str, Field(examples=["2026-11-23T09:00:01.250000+00:00"])]
    type: Annotated[str, Field(examples=["firearm.transferred/1"])]
    authority: Annotated[str, Field(examples=["auth.xa.0410"])]
    stream: Annotated[str, Field(examples=["01a2076b-4018-7111-8222-333333333333"])]
    seq: Annotated[int, Field(ge=1, examples=[2])]
    jws: Annotated[str, Field(description="The signed bytes, verbatim.", examples=[JWS])]
    approval: Annotated[
        ApprovalEvidence | None, Field(description="Where the officer approved it by a passkey.")
    ] = None


class StreamAnswer(_Shape):
    """The head of a stream: what the next event has to continue."""

    stream: Annotated[str, Field(examples=[ARM])]
    seq: Annotated[int, Field(ge=0, examples=[7])]
    eid: Annotated[str, Field(examples=[EID])]


class PageAnswer(_Shape):
    """One page of a list."""

    items: list[Record]
    log_size: Annotated[int, Field(ge=0, examples=[48213])]
    on: Annotated[str, Field(examples=["2026-11-23"])]
    next: Annotated[
        str | None, Field(description="The cursor of the next page.", examples=[CURSOR])
    ] = None


class FeedItem(BaseModel):
    """One thing of a feed, with the cursor behind it."""

    cursor: Annotated[str, Field(examples=[CURSOR])]
    index: Annotated[int, Field(ge=0, examples=[41])]


class FeedAnswer(_Shape):
    """What follows a cursor."""

    items: list[FeedItem]
    after: Annotated[str | None, Field(description="The cursor to go on with.", examples=[CURSOR])]


class ProofAnswer(_Shape):
    """A proof as C2SP and RFC 6962 make it: hashes in base64, from the leaf up."""

    first: Annotated[int, Field(ge=0, examples=[41])]
    size: Annotated[int, Field(ge=0, examples=[48213])]
    hashes: list[str]


class LimitAnswer(_Shape):
    """One limit."""

    name: Annotated[str, Field(examples=["body"])]
    value: Annotated[float, Field(examples=[131072])]
    unit: Annotated[str, Field(examples=["octets"])]
    what: str


class HealthAnswer(_Shape):
    """Whether the service can do its work; part by part."""

    ready: bool
    checks: Annotated[dict[str, str], Field(examples=[{"database": "ok", "signer": "ok"}])]
