# SPDX-License-Identifier: Apache-2.0
"""What a compromised key signed is settled by two officers, neither of them its holder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from domain.event import Event
from domain.registry.state import Standing
from tests.unit.domain.registry.registry_book import Book, digest, endorsements


def robbed(*, more: Sequence[str] = ()) -> tuple[Book, list[int]]:
    """Give a registry in which ``pol`` signed three entries, the last two in a thief's hands."""
    book = Book.staffed()
    for name in more:
        book.enrol(name, roles=["supervisor"], by=("r1", "r2"))
    indexes = [book.add(book.sight(by="pol")) for _ in range(3)]
    facts = {"reason": "compromised", "compromised_since": indexes[1]}
    book.add(book.about("key.revoked", "pol", by="ada", **facts))
    return book, indexes


def word(book: Book, indexes: Sequence[int], *, by: str = "ada", **changes: Any) -> Event:
    """Build a word on entries of ``pol``, or of ``kid``, endorsed by ``second``."""
    successor, second = changes.get("successor"), changes.get("second", ["sue"])
    more = {"by": digest(successor)} if successor else {}
    entries = [{"index": each, "eid": book.log[each].eid, **more} for each in indexes]
    dat: dict[str, Any] = {"entries": entries, "endorsements": endorsements(second)}
    return book.about("key.dispute-settled", changes.get("kid", "pol"), by=by, **dat)


def standing(book: Book, index: int) -> Standing:
    event = book.log[index]
    return book.registry.standing(event.kid, index, event.eid)


def test_entries_since_the_compromise_are_disputed_until_they_are_settled() -> None:
    book, (before, first, second) = robbed()
    assert [standing(book, each) for each in (before, first, second)] == [
        "undisputed", "disputed", "disputed",
    ]  # fmt: skip
    book.add(word(book, [first]))
    book.add(word(book, [second], successor="later"))
    assert [standing(book, each) for each in (before, first, second)] == [
        "undisputed", "confirmed", "superseded",
    ]  # fmt: skip


def test_the_newest_word_on_an_entry_counts() -> None:
    book, (_, first, _) = robbed()
    book.add(word(book, [first]))
    book.add(word(book, [first], by="sue", second=["bea"], successor="later"))
    assert standing(book, first) == "superseded"


def test_a_word_on_another_event_settles_nothing() -> None:
    book, (_, first, _) = robbed()
    book.add(word(book, [first]))
    assert book.registry.standing(digest("pol"), first, digest("other")) == "disputed"


@pytest.mark.parametrize("second", [[], ["ada"], ["oda"], ["r1-unknown"]])
def test_one_officer_alone_settles_nothing(second: list[str]) -> None:
    book, (_, first, _) = robbed()
    assert book.rule(word(book, [first], second=second)) == "four_eyes_required"


def test_a_root_officer_may_be_the_second() -> None:
    book, (_, first, _) = robbed()
    book.add(word(book, [first], second=["r3"]))
    assert standing(book, first) == "confirmed"


def test_an_officer_of_another_authority_settles_nothing() -> None:
    book, (_, first, _) = robbed()
    assert book.rule(word(book, [first], by="oda")) == "role_denied"


def test_the_holder_of_a_compromised_key_settles_nothing() -> None:
    book = Book.staffed()
    book.enrol("sam", roles=["supervisor"], by=("r1", "r2"))
    book.enrol("sam-2", roles=["supervisor"], by=("r1", "r2"), officer=_officer(book, "sam"))
    index = book.add(book.about("key.suspended", "pol", by="sam"))
    facts = {"reason": "compromised", "compromised_since": index}
    book.add(book.about("key.revoked", "sam", by="ada", **facts))
    assert book.rule(word(book, [index], kid="sam", by="sam-2")) == "approver_same_person"
    second = word(book, [index], kid="sam", second=["sam-2"])
    assert book.rule(second) == "four_eyes_required"


def _officer(book: Book, name: str) -> str:
    return book.registry.keys[digest(name)].officer


def test_an_entry_that_is_not_disputed_is_not_settled() -> None:
    book, (before, first, _) = robbed()
    refusal = book.judge(word(book, [before, first]))
    assert refusal
    assert (refusal.rule, refusal.found) == ("not_disputed", str(before))


@pytest.mark.parametrize("places", [(1, 1), (2, 1)])
def test_entries_are_named_once_and_by_rising_index(places: tuple[int, ...]) -> None:
    book, indexes = robbed()
    chosen = [indexes[place] for place in places]
    assert book.rule(word(book, chosen)) == "settlement_order"


def test_an_unknown_key_has_nothing_to_settle() -> None:
    book, (_, first, _) = robbed()
    dat: dict[str, Any] = {
        "kid": digest("nobody"), "entries": [{"index": first, "eid": digest("x")}],
    }  # fmt: skip
    stream = book.registry.keys[digest("pol")].stream
    event = book.event("key.dispute-settled", dat, by="ada", sub=f"key.{stream}")
    assert book.rule(event) == "key_unknown"


def test_what_a_compromised_officer_settled_is_disputed_again() -> None:
    book, (_, first, _) = robbed(more=["eve"])
    settled = book.add(word(book, [first], by="eve"))
    assert standing(book, first) == "confirmed"
    facts = {"reason": "compromised", "compromised_since": settled}
    book.add(book.about("key.revoked", "eve", by="ada", **facts))
    assert standing(book, first) == standing(book, settled) == "disputed"
    book.add(word(book, [settled], kid="eve"))
    assert standing(book, first) == "confirmed"


def test_what_a_compromised_officer_settled_may_be_superseded_itself() -> None:
    book, (_, first, _) = robbed(more=["eve"])
    settled = book.add(word(book, [first], by="eve"))
    facts = {"reason": "compromised", "compromised_since": settled}
    book.add(book.about("key.revoked", "eve", by="ada", **facts))
    book.add(word(book, [settled], kid="eve", successor="later"))
    assert standing(book, settled) == "superseded"
    assert standing(book, first) == "disputed"


def test_what_a_compromised_root_signed_takes_a_quorum_of_roots() -> None:
    book = Book.founded()
    index = book.add(book.register("auth.xc", places=["XC"], endorsers=["r2"]))
    facts = {"reason": "compromised", "compromised_since": index}
    book.add(book.about("key.revoked", "r1", by="r2", endorsements=endorsements(["r3"]), **facts))
    assert book.rule(word(book, [index], kid="r1", by="r2", second=[])) == "four_eyes_required"
    book.add(word(book, [index], kid="r1", by="r2", second=["r3"]))
    assert standing(book, index) == "confirmed"
