# SPDX-License-Identifier: Apache-2.0
"""The shapes of what people's addresses answer, for the OpenAPI document."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

OFFICER: Final = "off.01a2076b-4018-7111-8222-333333333333"
IDENTIFIER: Final = "kF3c9n1yQ2mZ0xVYb7Wd5g"
MOMENT: Final = 1_795_420_800

Options = dict[str, Any]
"""What `navigator.credentials` takes, as WebAuthn's JSON form of it."""

Officer = Annotated[str, Field(examples=[OFFICER])]
Seconds = Annotated[int, Field(ge=0, examples=[MOMENT], description="Unix time in seconds.")]
PasskeyId = Annotated[str, Field(examples=[IDENTIFIER])]
Way = Literal["oidc", "passkey"]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SessionAnswer(_Shape):
    """Who is logged in, what the officer may do now, and how long that lasts."""

    officer: Officer
    authority: Annotated[str, Field(examples=["auth.xa.police"])]
    roles: Annotated[list[str], Field(examples=[["POL"]])]
    jurisdictions: Annotated[list[str], Field(examples=[["XA-NW"]])]
    way: Way
    born_at: Seconds
    ends_at: Seconds
    idle_ends_at: Seconds
    stepped_up_until: Annotated[int | None, Field(examples=[MOMENT + 300])]
    csrf: Annotated[
        str,
        Field(
            description="To be sent as Muniment-CSRF with every change.",
            examples=["b0mZ3sJ4tW6n9xQ2c5Vf8A"],
        ),
    ]


class ListedSession(_Shape):
    """One of an officer's sessions."""

    this: Annotated[bool, Field(description="Whether it is the one that asks.")]
    way: Way
    born_at: Seconds
    used_at: Seconds


class SessionsAnswer(_Shape):
    """Every session of the officer, the newest first."""

    sessions: list[ListedSession]


class ListedPasskey(_Shape):
    """One of an officer's passkeys."""

    id: PasskeyId
    synced: Annotated[bool, Field(description="Whether it can leave its device.")]
    made_at: Seconds
    used_at: Seconds


class PasskeysAnswer(_Shape):
    """Every passkey of the officer, the oldest first."""

    passkeys: list[ListedPasskey]


class PasskeyAnswer(_Shape):
    """A passkey that was registered."""

    id: PasskeyId
    officer: Officer
    synced: bool


class ApprovalAnswer(_Shape):
    """The event that was approved."""

    eid: Annotated[str, Field(examples=["st8N6qhSEbI3LMYOdPOTF51VHEVeDKtDBN24qVUyHnU"])]
