# SPDX-License-Identifier: Apache-2.0
"""Founding a ledger, admitting authorities and closing algorithms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from domain.registry.aggregate import decide
from domain.registry.authorise import authorise
from tests.unit.domain.registry.registry_book import (
    HOME,
    OTHER,
    Book,
    digest,
    founding,
    material,
    officer,
)

ROOTS = ("r1", "r2", "r3")


def test_the_founding_event_names_authority_roots_and_threshold() -> None:
    registry = Book.founded().registry
    assert set(registry.authorities) == {HOME}
    assert registry.roots == {digest(name) for name in ROOTS}
    assert registry.threshold == 2


def test_a_ledger_is_not_founded_a_second_time() -> None:
    book = Book.founded()
    assert book.rule(book.found(founding(ROOTS, 2), endorsers=["r2"])) == "already_founded"


def test_a_ledger_is_founded_only_at_index_zero() -> None:
    book = Book()
    book.log.append(book.found(founding(ROOTS, 2), endorsers=["r2"]))
    assert book.rule(book.found(founding(ROOTS, 2), endorsers=["r2"])) == "already_founded"


def test_nothing_but_a_founding_event_begins_a_ledger() -> None:
    book = Book()
    assert book.rule(book.sight(by="pol")) == "kid_unknown"
    assert book.rule(book.propose("ada", by="r1")) == "kid_unknown"


def test_a_founding_event_signed_by_a_stranger_is_refused() -> None:
    book = Book()
    stranger = book.found(founding(ROOTS, 1), endorsers=["r2"], by="mal")
    assert book.rule(stranger) == "kid_unknown"


def test_deciding_alone_refuses_a_founding_by_a_stranger() -> None:
    book = Book()
    event = book.found(founding(ROOTS, 1), endorsers=["r2"], by="mal")
    refusal = decide(book.registry, event, 0)
    assert refusal
    assert refusal.rule == "founding_invalid"


def test_proofs_of_possession_do_not_count_as_endorsements_of_the_founding() -> None:
    book = Book()
    event = book.found(founding(ROOTS, 2))
    assert {digest(name) for name in ROOTS} <= event.attested
    assert book.rule(event) == "four_eyes_required"


def test_one_root_endorsing_many_times_counts_once() -> None:
    book = Book()
    event = book.found(founding(ROOTS, 3), endorsers=["r1", "r2", "r2", "r2"])
    assert book.rule(event) == "four_eyes_required"


def _same_officer(dat: dict[str, Any]) -> None:
    dat["roots"][1]["officer"] = dat["roots"][0]["officer"]


def _same_key(dat: dict[str, Any]) -> None:
    dat["roots"][1] = material("r1") | {"officer": officer("r2")}


def _threshold(dat: dict[str, Any]) -> None:
    dat["threshold"] = 4


def _misfit(dat: dict[str, Any]) -> None:
    dat["roots"][1]["alg"] = "ES256"


@pytest.mark.parametrize("spoil", [_same_officer, _same_key, _threshold, _misfit])
def test_a_founding_with_unfit_roots_is_refused(spoil: Callable[[dict[str, Any]], None]) -> None:
    book, dat = Book(), founding(ROOTS, 1)
    spoil(dat)
    assert book.rule(book.found(dat, endorsers=["r2"])) == "founding_invalid"


def test_a_root_key_without_proof_of_possession_is_refused() -> None:
    book = Book()
    event = book.found(founding(ROOTS, 1))
    unproved = replace(event, attested=event.attested - {digest("r3")})
    assert book.rule(unproved) == "founding_invalid"


def test_the_founding_event_is_issued_by_the_founding_authority() -> None:
    book = Book()
    assert book.rule(book.found(founding(ROOTS, 1), iss="auth.zz")) == "founding_invalid"


def test_an_authority_needs_the_threshold_of_root_officers() -> None:
    book = Book.founded()
    alone = book.register(OTHER, places=["XB"], endorsers=[])
    assert book.rule(alone) == "four_eyes_required"
    book.add(book.register(OTHER, places=["XB"], endorsers=["r3"]))
    assert OTHER in book.registry.authorities


def test_the_signer_endorsing_himself_does_not_make_a_quorum() -> None:
    book = Book.founded()
    event = book.register(OTHER, places=["XB"], endorsers=["r1", "r1"])
    assert book.rule(event) == "four_eyes_required"


def test_endorsements_by_keys_that_are_no_roots_do_not_count() -> None:
    book = Book.staffed()
    event = book.register("auth.xc", places=["XC"], endorsers=["ada", "bea"])
    assert book.rule(event) == "four_eyes_required"


def test_an_endorsement_that_was_not_verified_does_not_count() -> None:
    book = Book.founded()
    event = book.register(OTHER, places=["XB"], endorsers=["r2"])
    assert book.rule(replace(event, attested=frozenset())) == "four_eyes_required"


def test_two_keys_of_one_root_officer_count_once() -> None:
    book = Book.founded()
    book.add(book.rotate("r1", "r1-new"))
    event = book.event(
        "authority.registered",
        dict(book.register(OTHER, places=["XB"], endorsers=["r1"]).dat.model_dump(mode="json")),
        by="r1-new",
        sub=str(book.register(OTHER, places=["XB"], endorsers=[]).sub),
    )
    assert book.rule(event) == "four_eyes_required"


def test_an_authority_is_registered_once_and_in_its_own_stream() -> None:
    book = Book.staffed()
    again = book.register(OTHER, places=["XB"], endorsers=["r2"])
    assert book.rule(again) == "authority_known"
    elsewhere = book.register("auth.xc", places=["XC"], endorsers=["r2"])
    assert book.rule(replace(elsewhere, sub=again.sub)) == "stream_taken"


def test_closing_an_algorithm_stops_its_keys_from_the_next_index_on() -> None:
    book = Book.staffed()
    for name in ("r1", "r2"):
        book.add(book.rotate(name, f"{name}-es", alg="ES256"))
    index = book.add(book.close("Ed25519", by="r1-es", endorsers=["r2-es"]))
    assert book.rule(book.sight(by="pol")) == "key_not_valid"
    assert authorise(book.registry, book.sight(by="pol"), index) is None
    assert book.rule(book.propose("new", by="r1-es")) == "algorithm_closed"
    assert book.rule(book.close("Ed25519", by="r1-es", endorsers=["r2-es"])) == "algorithm_closed"


def test_an_algorithm_is_not_closed_while_too_few_roots_use_another() -> None:
    book = Book.founded()
    book.add(book.rotate("r1", "r1-es", alg="ES256"))
    refusal = book.judge(book.close("Ed25519", by="r1-es", endorsers=["r2"]))
    assert refusal
    assert (refusal.rule, refusal.legal) == (
        "algorithm_needed",
        ("rotate root keys to ES256 first",),
    )


def test_closing_an_algorithm_takes_a_quorum_in_the_ledgers_own_stream() -> None:
    book = Book.founded()
    event = book.close("ES256", endorsers=["r2"])
    elsewhere = replace(event, sub=replace(event.sub, uuid=event.jti))
    assert book.rule(elsewhere) == "stream_unknown"
    assert book.rule(book.close("ES256", endorsers=[])) == "four_eyes_required"
