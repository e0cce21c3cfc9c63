# SPDX-License-Identifier: Apache-2.0
"""Epochs of newest events: in order, never ahead of the log, in the log's own stream."""

from __future__ import annotations

from typing import Any

import pytest

from domain.event import Event
from domain.registry.describe import describe
from tests.unit.domain.registry.registry_book import Book, digest, uuid7


def heads(book: Book, *, by: str = "r1", log: str = "log", **changes: Any) -> Event:
    epochs = book.registry.epochs
    dat = {
        "epoch": len(epochs) + 1, "size": len(book.log), "streams": 1, "root": digest("root"),
        "algorithm": "heads-rfc6962-sha256-1", **changes,
    }  # fmt: skip
    return book.event("log.heads", dat, by=by, sub=f"log.{uuid7(log)}")


def test_a_root_or_a_service_key_states_epochs_one_after_another() -> None:
    book = Book.staffed()
    book.enrol("svc", roles=["service"], by=("r1", "r2"))
    first = book.add(heads(book))
    second = book.add(heads(book, by="svc"))
    told = [(each.number, each.size, each.index) for each in book.registry.epochs]
    assert told == [(1, first, first), (2, second, second)]
    assert book.registry.epochs[1].eid == book.log[second].eid
    assert "service" in describe(book.registry, digest("svc"), index=len(book.log))


@pytest.mark.parametrize("by", ["ada", "sue", "pol"])
def test_no_other_role_states_epochs(by: str) -> None:
    book = Book.staffed()
    assert book.rule(heads(book, by=by)) == "role_denied"


@pytest.mark.parametrize("epoch", [1, 3, 7])
def test_epochs_have_no_gap_and_no_repetition(epoch: int) -> None:
    book = Book.staffed()
    book.add(heads(book))
    assert book.rule(heads(book, epoch=epoch)) == "epoch_order"


@pytest.mark.parametrize("more", [1, 100])
def test_an_epoch_covers_nothing_that_is_not_before_it(more: int) -> None:
    book = Book.staffed()
    assert book.rule(heads(book, size=len(book.log) + more)) == "epoch_size"


def test_an_epoch_covers_more_than_the_one_before_it() -> None:
    book = Book.staffed()
    size = len(book.log)
    book.add(heads(book, size=size))
    refusal = book.judge(heads(book, size=size))
    assert refusal
    assert (refusal.rule, refusal.legal) == ("epoch_size", (f"{size + 1} to {size + 1}",))


def test_there_are_no_more_streams_than_entries() -> None:
    book = Book.staffed()
    assert book.rule(heads(book, streams=len(book.log) + 1)) == "epoch_streams"


def test_an_epoch_stands_in_the_ledgers_own_stream() -> None:
    book = Book.staffed()
    assert book.rule(heads(book, log="other")) == "stream_unknown"
