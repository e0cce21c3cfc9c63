# SPDX-License-Identifier: Apache-2.0
"""A nonce is taken once, however many processes are shown it at the same time."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, closing
from functools import partial

import psycopg
import pytest

from audit.access.nonces import FORGET_SECONDS, NonceBook
from audit.database import Database
from domain.errors import UnreachableError
from tests.integration.append.desk import at_once

NOW = 1_800_000_000
BOOKS = 4
RIVALS = 8
ROUNDS = 25


def book_at(database: Database, clock: Callable[[], float] = lambda: NOW) -> NonceBook:
    return NonceBook(database.conninfo("ledger_api"), clock=clock)


def test_of_many_that_race_with_one_nonce_exactly_one_wins(database: Database) -> None:
    with ExitStack() as stack:
        books = [stack.enter_context(closing(book_at(database))) for _ in range(BOOKS)]
        for number in range(ROUNDS):
            takes = [
                partial(books[rival % BOOKS].take, "kid", f"nonce {number}", NOW + 60)
                for rival in range(RIVALS)
            ]
            assert sorted(map(str, at_once(takes))) == ["False"] * (RIVALS - 1) + ["True"]


def test_batches_that_share_nonces_do_not_wait_for_each_other_for_ever(database: Database) -> None:
    with closing(book_at(database)) as one, closing(book_at(database)) as two:
        nonces = [f"nonce {number}" for number in range(40)]
        takes = [partial(one.take, "kid", nonce, NOW + 60) for nonce in nonces]
        takes += [partial(two.take, "kid", nonce, NOW + 60) for nonce in reversed(nonces)]
        answers = at_once(takes)
    assert answers.count(True) == len(nonces)
    assert answers.count(False) == len(nonces)


def test_a_nonce_belongs_to_its_key(database: Database) -> None:
    with closing(book_at(database)) as book:
        taken = [book.take(kid, "nonce", NOW + 60) for kid in ("a", "b", "a", "b")]
    assert taken == [True, True, False, False]


def test_a_nonce_is_forgotten_only_when_its_signature_has_long_expired(database: Database) -> None:
    moment = [NOW]
    with closing(book_at(database, lambda: moment[0])) as book:
        assert book.take("kid", "old", NOW)
        moment[0] = NOW + FORGET_SECONDS
        assert not book.take("kid", "old", NOW)
        moment[0] += 1
        book.take("kid", "new", NOW + 200)
    with psycopg.connect(database.admin) as connection:
        rows = connection.execute("select nonce from access.nonce").fetchall()
    assert rows == [("new",)]


def test_no_request_is_believed_while_nonces_cannot_be_kept(database: Database) -> None:
    nowhere = NonceBook(f"{database.conninfo('ledger_api')} dbname=nowhere", clock=lambda: NOW)
    with closing(nowhere), pytest.raises(UnreachableError):
        nowhere.take("kid", "nonce", NOW + 60)
