# SPDX-License-Identifier: Apache-2.0
"""What is asked of a service, as flows: heads, firearms, searches, lists, the feed, the log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypedDict
from urllib.parse import quote

from api.client.calling.flow import Answer, Call, Flow, Pause, T
from api.client.calling.problems import answered, strange, values_of
from api.client.calling.receipts import Record, proved
from api.client.desk import Desk
from api.client.outbox import Head
from audit.proof.checkpoint import Checkpoint

ListName = Literal[
    "holdings", "licences", "authorizations", "tracing-requests", "duties", "findings"
]
Parameter = str | int | bool | None


class Seen(TypedDict, total=False):
    """What else was seen on the object of a search."""

    make: str
    model: str
    calibre: str
    kind: str
    year: int
    country: str
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Firearm:
    """What a firearm is now.

    Attributes:
        id: ``arm.<uuid>``.
        short_form: The form with a check character, for the telephone.
        proof: Proof state of its history, the weakest in it.
        state: Its state on every axis.
        entries: How many events its history has.
        log_size: Size of the log in which it was read.
    """

    id: str
    short_form: str
    proof: str
    state: Record
    entries: int
    log_size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a list.

    Attributes:
        items: Its records.
        log_size: Size of the log that the whole list is told from.
        on: Day that it is told for.
        next: Cursor of the next page; nothing on the last.
    """

    items: tuple[Record, ...]
    log_size: int
    on: str
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPage:
    """What follows a cursor of a feed.

    Attributes:
        items: What happened, in the order of the log, each with its own cursor.
        after: The cursor to go on with; nothing while nothing has happened at all.
    """

    items: tuple[Record, ...]
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedCheckpoint:
    """A checkpoint that was verified.

    Attributes:
        checkpoint: Origin, size and root.
        note: The signed note, octet for octet.
    """

    checkpoint: Checkpoint
    note: bytes


def ask(call: Call, desk: Desk) -> Flow[Answer]:
    """Make a call, again where that may help.

    Raises:
        MunimentError: The error that the service tells, or that it does not answer.
    """
    attempt = 1
    while True:
        reply = yield call
        seconds = desk.patience.pause(reply, attempt=attempt, world=desk.world)
        if seconds is None:
            return answered(reply)
        yield Pause(seconds)
        attempt += 1


def get(desk: Desk, path: str, **parameters: Parameter) -> Flow[Record]:
    """Read a record; parameters that are nothing are left out."""
    answer = yield from ask(Call(path=path, query=_query(parameters)), desk)
    return _record(answer)


def head(desk: Desk, stream: str) -> Flow[Head]:
    """Give the head of a stream; ``NEW`` where it has no event."""
    told = yield from get(desk, f"/v1/streams/{_part(stream)}")
    return _read(told, lambda each: Head(int(each["seq"]), str(each["eid"])))


def firearm(desk: Desk, name: str) -> Flow[Firearm]:
    """Give what a firearm is now, by its id or its short form."""
    told = yield from get(desk, f"/v1/firearms/{_part(name)}")
    return _read(told, _firearm)


def timeline(desk: Desk, name: str, **parameters: Parameter) -> Flow[Record]:
    """Give the whole history of a firearm."""
    return (yield from get(desk, f"/v1/firearms/{_part(name)}/timeline", **parameters))


def search(desk: Desk, text: str, seen: Seen) -> Flow[Record]:
    """Find what may bear a number or a mark."""
    return (yield from get(desk, "/v1/search", text=text, **seen))


def page(desk: Desk, name: ListName, **parameters: Parameter) -> Flow[Page]:
    """Give one page of a list."""
    told = yield from get(desk, f"/v1/{name}", **parameters)
    return _read(
        told,
        lambda each: Page(
            items=tuple(each["items"]),
            log_size=int(each["log_size"]),
            on=str(each["on"]),
            next=each["next"],
        ),
    )


def feed(desk: Desk, name: str, *, after: str | None, wait: int) -> Flow[FeedPage]:
    """Give what follows a cursor, waiting for it so many seconds."""
    query = _query({"after": after, "wait": wait or None})
    answer = yield from ask(Call(path=f"/v1/feed/{_part(name)}", query=query, wait=wait), desk)
    return _read(
        _record(answer), lambda each: FeedPage(items=tuple(each["items"]), after=each["after"])
    )


def checkpoint(desk: Desk) -> Flow[SignedCheckpoint]:
    """Give the newest checkpoint, verified.

    Raises:
        ProofError: No key signed it that is known.
    """
    answer = yield from ask(Call(path="/v1/log/checkpoint"), desk)
    return SignedCheckpoint(checkpoint=desk.ledger.open(answer.body), note=answer.body)


def receipt(desk: Desk, index: int, jws: bytes) -> Flow[bytes]:
    """Give the receipt of an event to a checkpoint of now, verified.

    Raises:
        ProofError: It does not prove these signed bytes.
    """
    answer = yield from ask(Call(path=f"/v1/receipts/{index}"), desk)
    proved(answer.body, jws, desk.ledger, index=index)
    return answer.body


def _query(parameters: Mapping[str, Parameter]) -> tuple[tuple[str, str], ...]:
    return tuple((name, _text(value)) for name, value in parameters.items() if value is not None)


def _text(value: Parameter) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _part(text: str) -> str:
    """Write a text as one segment of a path."""
    return quote(text, safe="")


def _record(answer: Answer) -> Record:
    told = values_of(answer)
    if not isinstance(told, dict):
        raise strange()
    return told


def _read(told: Record, reader: Callable[[Record], T]) -> T:
    try:
        return reader(told)
    except (KeyError, TypeError, ValueError):
        raise strange() from None


def _firearm(told: Record) -> Firearm:
    return Firearm(
        id=str(told["firearm"]),
        short_form=str(told["short_form"]),
        proof=str(told["proof"]),
        state=dict(told["state"]),
        entries=int(told["entries"]),
        log_size=int(told["log_size"]),
    )
