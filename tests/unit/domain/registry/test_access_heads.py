# SPDX-License-Identifier: Apache-2.0
"""Statements about the access log: growing, in the log's own stream, by a root or a service."""

from __future__ import annotations

import pytest

from domain.event import Event
from domain.registry.state import AccessHead
from tests.unit.domain.registry.registry_book import NOW, Book, digest, uuid7


def access(book: Book, count: int, *, by: str = "r1", log: str = "log") -> Event:
    dat = {"count": count, "digest": digest(f"record {count}")}
    return book.event("log.access", dat, by=by, sub=f"log.{uuid7(log)}")


def test_a_root_or_a_service_key_states_how_far_the_access_log_is() -> None:
    book = Book.staffed()
    book.enrol("svc", roles=["service"], by=("r1", "r2"))
    first, second = book.add(access(book, 3)), book.add(access(book, 4, by="svc"))
    assert book.registry.accesses == tuple(
        AccessHead(
            count=count,
            digest=digest(f"record {count}"),
            at=NOW,
            index=index,
            eid=book.log[index].eid,
        )
        for count, index in ((3, first), (4, second))
    )


@pytest.mark.parametrize("by", ["ada", "sue", "pol"])
def test_no_other_role_states_it(by: str) -> None:
    book = Book.staffed()
    assert book.rule(access(book, 3, by=by)) == "role_denied"


@pytest.mark.parametrize("count", [1, 3])
def test_the_access_log_only_grows(count: int) -> None:
    book = Book.staffed()
    book.add(access(book, 3))
    refusal = book.judge(access(book, count))
    assert refusal
    assert (refusal.rule, refusal.legal) == ("access_count", ("more than 3",))


def test_it_is_stated_in_the_ledgers_own_stream() -> None:
    book = Book.staffed()
    assert book.rule(access(book, 3, log="other")) == "stream_unknown"
