# SPDX-License-Identifier: Apache-2.0
"""The shapes of what is asked and answered about webhooks, for the OpenAPI document."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from api.notices.addresses import URL_CHARS_MAX
from api.notices.subscriptions import KINDS_MAX
from domain.event import INTEGER_MAX

IDENTIFIER: Final = "01a2076b-4018-7111-8222-333333333333"
URL: Final = "https://police.example/muniment"

Kind = Annotated[str, Field(max_length=128, examples=["firearm.transferred", "firearm.*"])]
MOMENT: Final = 1_795_420_800

Seconds = Annotated[int, Field(ge=0, description="Unix time in seconds.", examples=[MOMENT])]
Once = Annotated[Seconds | None, Field(examples=[MOMENT])]
After = Annotated[
    int, Field(ge=-1, le=INTEGER_MAX, examples=[1041], description="Index of the log; -1 for all.")
]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class WebhookWish(_Shape):
    """Where a machine wants to be told, and about what."""

    url: Annotated[str, Field(max_length=URL_CHARS_MAX, examples=[URL])]
    kinds: Annotated[
        list[Kind], Field(max_length=KINDS_MAX, description="None for every kind.")
    ] = []
    after: Annotated[After | None, Field(examples=[1041])] = None


class ReplayWish(_Shape):
    """From where on everything is to be told again."""

    after: After


class WebhookAnswer(_Shape):
    """One subscription."""

    id: Annotated[str, Field(examples=[IDENTIFIER])]
    authority: Annotated[str, Field(examples=["auth.xa.police"])]
    url: Annotated[str, Field(examples=[URL])]
    kinds: list[Kind]
    position: Annotated[
        int, Field(ge=0, examples=[1042], description="The next index that is looked at.")
    ]
    made_at: Seconds
    failing_since: Once
    disabled_at: Once


class NewWebhookAnswer(WebhookAnswer):
    """A subscription that was begun, with its secret, which is shown this once."""

    secret: Annotated[str, Field(examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])]


class WebhooksAnswer(_Shape):
    """The subscriptions of an authority, the oldest first."""

    items: list[WebhookAnswer]


class MissedAnswer(_Shape):
    """Notices that were tried and not delivered."""

    subscription: Annotated[str, Field(examples=[IDENTIFIER])]
    first: Annotated[int, Field(ge=0, examples=[1042])]
    last: Annotated[int, Field(ge=0, examples=[1047])]
    attempts: Annotated[int, Field(ge=0, examples=[9])]
    problem: Annotated[str, Field(examples=["status 503"])]
    given_up: bool


class MissedListAnswer(_Shape):
    """Everything that an authority missed, by subscription and index."""

    items: list[MissedAnswer]
