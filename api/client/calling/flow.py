# SPDX-License-Identifier: Apache-2.0
"""A conversation with the service as steps, so that one core serves threads and event loops.

A flow yields what has to be done, a call, a pause, or work that takes long, and goes on with what
came of it; what work raises ends it. Two thin drivers do the steps (``transport``), and nothing
here touches a network or a clock.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar, cast

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request before it is signed; sent again, it has the very same octets.

    Attributes:
        path: From ``/v1`` on, percent-encoded where needed.
        method: In capital letters.
        query: Parameters in their order.
        body: Content, never shown: it may hold disclosures.
        media_type: Of the content.
        wait: Seconds for which the service may hold the answer back.
    """

    path: str
    method: str = "GET"
    query: tuple[tuple[str, str], ...] = ()
    body: bytes = field(default=b"", repr=False)
    media_type: str = ""
    wait: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a service answered.

    Attributes:
        status: HTTP status.
        fields: Headers; names in lower case.
        body: Content.
    """

    status: int
    fields: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Lost:
    """No answer came, and nobody knows whether the call arrived.

    Attributes:
        why: Kind of the failure, for people.
    """

    why: str


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait for so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Work:
    """Do something that may take long: sign on a card, write to disk."""

    do: Callable[[], Any]


Step: TypeAlias = Call | Pause | Work
Reply: TypeAlias = Answer | Lost
Flow: TypeAlias = Generator[Step, Any, T]


def done(work: Callable[[], T]) -> Flow[T]:
    """Let work be done where it holds nobody up; give what came of it."""
    return cast("T", (yield Work(work)))
