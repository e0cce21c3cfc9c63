# SPDX-License-Identifier: Apache-2.0
"""The worker: carries out what was approved, and has the service say so in the log.

Implements the procedure of the envelope specification, section 6. Before anything is destroyed the
ledger is asked whether it would record ``erasure.executed`` now: so a hold, or a key that may not
sign, stops the erasure while everything is still there. The statement is appended only once the
key store has acknowledged. Killed at any step, the worker goes on from the events.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from api.bootstrap import Office
from api.client.keyfile import FileKey
from api.explaining import Question, explain
from api.registrar import Act, perform
from audit.vault.erasing import Order
from domain.catalogue import CATALOGUE
from domain.errors import ConflictError, RefusedError

EXECUTED = "erasure.executed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What became of an approved erasure.

    Attributes:
        erasure: Its stream.
        record: The record whose persons it is about.
        outcome: ``executed``; ``stopped``, nothing was touched; or ``destroyed``, everything is
            gone, and the ledger takes the statement of it once what is in its way has ended.
        index: Log index of ``erasure.executed``.
        rule: The rule that stands in its way.
        sentence: That rule in words.
    """

    erasure: str
    record: str
    outcome: Literal["executed", "stopped", "destroyed"]
    index: int | None = None
    rule: str | None = None
    sentence: str | None = None


def execute(office: Office, key: FileKey) -> Iterator[Carried]:
    """Carry out every approved erasure; what was executed elsewhere is carried out here too.

    Args:
        office: The open ledger.
        key: Key of the ledger's service, or of a data steward.

    Raises:
        UnsafeError: ``erasure_unfit``, an erasure was not signed by two persons.
        UnreachableError: ``keystore_unavailable``, or the database or the signer is away; nothing
            more was destroyed or said, and running it again goes on.
    """
    office.eraser.forget_again()
    for order in office.eraser.waiting():
        yield _carry_out(office, order, key)


def _carry_out(office: Office, order: Order, key: FileKey) -> Carried:
    statement = _statement(order)
    question = Question(
        kind=CATALOGUE.latest(EXECUTED), stream=order.stream, dat=statement, kid=key.kid
    )
    found = explain(office.ledger, question)
    refusal = found.mandate or found.foresight.refusal
    if refusal:
        return Carried(
            erasure=str(order.stream),
            record=order.dat.record,
            outcome="stopped",
            rule=refusal.rule,
            sentence=refusal.sentence,
        )
    office.eraser.carry_out(order)
    return _say(office, order, key)


def _say(office: Office, order: Order, key: FileKey) -> Carried:
    """Append the statement; a hold that came in between keeps it out until it is released."""
    act = Act(evt=EXECUTED, dat=_statement(order), sub=order.stream)
    try:
        index = perform(office, act, key).index
    except (ConflictError, RefusedError) as error:
        return Carried(
            erasure=str(order.stream),
            record=order.dat.record,
            outcome="destroyed",
            rule=error.slug,
            sentence=error.sentence,
        )
    return Carried(
        erasure=str(order.stream), record=order.dat.record, outcome="executed", index=index
    )


def _statement(order: Order) -> dict[str, Any]:
    return {
        "record": order.dat.record,
        "scope": "all",
        "events": list(order.dat.events),
        "holdings": list(order.dat.holdings),
    }
