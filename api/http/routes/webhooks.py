# SPDX-License-Identifier: Apache-2.0
"""Webhooks of one's own authority: begun by a machine, listed, replayed and ended.

They only say that there is something to read; the feed is the contract.
"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path
from starlette.responses import Response

from api.gate.asking import Asked, asks
from api.http.answering.answers import answered
from api.notices.answers import (
    MissedListAnswer,
    NewWebhookAnswer,
    ReplayWish,
    WebhookAnswer,
    WebhooksAnswer,
    WebhookWish,
)
from api.notices.delivering import missed
from api.notices.subscriptions import Wish, replay, subscribe, subscriptions, unsubscribe
from domain.errors import RefusedError

Managing = Annotated[Asked, Depends(asks("webhook.manage"))]
Identifier = Annotated[UUID, Path(description="The identifier of the subscription.")]

router = APIRouter(prefix="/webhooks", tags=["webhooks"])


@router.post("", summary="Begin a subscription", status_code=201, response_model=NewWebhookAnswer)
def begin(asked: Managing, wish: WebhookWish) -> Response:
    """Begin a subscription; its secret is shown in this answer and nowhere else."""
    with asked.admitted() as note:
        caller = asked.caller
        if not caller.key:
            raise RefusedError(
                "A subscription is begun by a machine, whose key stands for it.",
                slug="webhook_machine",
                next_step="Sign the request (RFC 9421) with a key of class http.",
            )
        made, secret = subscribe(
            asked.service.mailroom,
            Wish(
                authority=caller.authority,
                kid=caller.key,
                url=wish.url,
                kinds=wish.kinds,
                after=wish.after,
            ),
        )
        note.told(answers=1)
    return answered({**made.record(), "secret": secret}, status=201)


@router.get("", summary="List one's subscriptions", response_model=WebhooksAnswer)
def list_webhooks(asked: Managing) -> Response:
    """List the subscriptions of one's authority, and how far each was told."""
    with asked.admitted() as note:
        found = subscriptions(asked.service.mailroom, asked.caller.authority)
        note.told(answers=len(found))
    return answered({"items": [each.record() for each in found]})


@router.get("/missed", summary="List what was missed", response_model=MissedListAnswer)
def list_missed(asked: Managing) -> Response:
    """List what was tried and not delivered, by indexes of the log."""
    with asked.admitted() as note:
        found = missed(asked.service.mailroom, asked.caller.authority)
        note.told(answers=len(found))
    return answered({"items": [each.record() for each in found]})


@router.post("/{webhook}/replay", summary="Tell it again", response_model=WebhookAnswer)
def tell_again(asked: Managing, webhook: Identifier, wish: ReplayWish) -> Response:
    """Tell a subscription again from an index on, and try anew what was given up."""
    with asked.admitted(webhook=str(webhook)) as note:
        again = replay(
            asked.service.mailroom, webhook, after=wish.after, authority=asked.caller.authority
        )
        note.told(answers=1)
    return answered(again.record())


@router.delete("/{webhook}", summary="End a subscription", status_code=204, response_class=Response)
def end(asked: Managing, webhook: Identifier) -> Response:
    """End a subscription; what waits to be delivered is forgotten."""
    with asked.admitted(webhook=str(webhook)):
        unsubscribe(asked.service.mailroom, webhook, asked.caller.authority)
    return Response(status_code=204)
