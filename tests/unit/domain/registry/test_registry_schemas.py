# SPDX-License-Identifier: Apache-2.0
"""The registry's schemas are closed and strict, and every event has its rule and effect."""

from __future__ import annotations

from typing import Any

import pytest

from domain.errors import EnvelopeError
from domain.event import read_data
from domain.registry.aggregate import EFFECTS, RULES, decide, evolve
from domain.registry.describe import describe
from domain.registry.events import REGISTRY_EVENTS, KeyRotated
from domain.registry.members import ANY_ROLE
from domain.registry.powers import data
from tests.unit.domain.registry.registry_book import (
    CATALOGUE,
    HOME,
    Book,
    digest,
    endorsements,
    founding,
    material,
    officer,
)

NAMES = {each.evt for each in REGISTRY_EVENTS}


def test_every_registry_event_has_a_rule_and_an_effect() -> None:
    assert NAMES == EFFECTS.keys() == RULES.keys()


@pytest.mark.parametrize("kind", REGISTRY_EVENTS, ids=lambda each: each.evt)
def test_every_line_of_the_table_names_known_roles_and_four_digests(kind: Any) -> None:
    assert kind.digests == 4
    assert kind.roles
    assert kind.roles <= ANY_ROLE
    assert dict(kind.claims) in ({}, {"officer_name": "string"})


def _proposal(**changes: Any) -> dict[str, Any]:
    return material("new") | {
        "authority": HOME, "class": "event", "officer": officer("new"), "roles": ["POL"],
        "jurisdictions": ["XA"], "not_before": 1, "not_after": 2, "offline": False,
    } | changes  # fmt: skip


def _refused(evt: str, dat: dict[str, Any], match: str) -> None:
    with pytest.raises(EnvelopeError, match=match) as refused:
        read_data(CATALOGUE.find(evt, 1), dat)
    assert refused.value.slug == "schema_invalid"


@pytest.mark.parametrize(
    ("changes", "member"),
    [
        ({"kid": "short"}, "kid"),
        ({"alg": "EdDSA"}, "alg"),
        ({"class": "admin"}, "class"),
        ({"key_class": "event"}, "key_class"),
        ({"officer": "Jane Doe"}, "officer"),
        ({"roles": ["root"]}, "roles"),
        ({"roles": ["POL"] * 17}, "roles"),
        ({"jurisdictions": []}, "jurisdictions"),
        ({"jurisdictions": ["xa"]}, "jurisdictions"),
        ({"jurisdictions": ["XA"] * 33}, "jurisdictions"),
        ({"not_before": 1.0}, "not_before"),
        ({"not_before": -1}, "not_before"),
        ({"not_after": 2**53}, "not_after"),
        ({"not_after": True}, "not_after"),
        ({"offline": 1}, "offline"),
        ({"x5c_sha256": None}, "x5c_sha256"),
        ({"authority": "Auth"}, "authority"),
        ({"note": "hello"}, "note"),
        ({"jwk": {"kty": "OKP", "crv": "Ed25519", "x": "A" * 43, "d": "B" * 43}}, "jwk"),
        ({"jwk": {"kty": "RSA", "n": "A", "e": "AQAB"}}, "jwk"),
        ({"pop": {"jti": "x", "nonce": "A" * 22, "r": "B" * 43, "s": "C" * 43}}, "pop"),
    ],
)
def test_a_proposal_that_leaves_the_schema_names_the_member(
    changes: dict[str, Any], member: str
) -> None:
    _refused("key.enrol-proposed", _proposal(**changes), rf"dat\.{member}")


def test_a_private_key_never_enters_the_log() -> None:
    jwk = material("new")["jwk"] | {"d": "A" * 43}
    _refused("key.enrol-proposed", _proposal(jwk=jwk), "Extra inputs")


@pytest.mark.parametrize("roots", [["r1"], [f"r{number}" for number in range(13)]])
def test_a_ledger_has_two_to_twelve_roots(roots: list[str]) -> None:
    _refused("ledger.founded", founding(roots, 1), "roots")


@pytest.mark.parametrize("threshold", [0, 13, "2"])
def test_a_threshold_is_a_small_positive_number(threshold: Any) -> None:
    _refused("ledger.founded", founding(["r1", "r2"], threshold), "threshold")


def test_optional_members_may_be_absent_and_are_never_null() -> None:
    kind = CATALOGUE.find("key.revoked", 1)
    facts = {"kid": digest("new"), "reason": "lost"}
    assert data_of(kind, facts) == {
        "kid": digest("new"), "reason": "lost", "compromised_since": None, "endorsements": (),
    }  # fmt: skip
    _refused("key.revoked", facts | {"compromised_since": None}, "compromised_since")
    _refused("key.revoked", facts | {"endorsements": None}, "endorsements")


def data_of(kind: Any, dat: dict[str, Any]) -> dict[str, Any]:
    return read_data(kind, dat).model_dump()


def test_at_most_twelve_endorsements_are_read() -> None:
    facts = {"closed": "ES256", "endorsements": endorsements(["r1"] * 13)}
    _refused("alg.policy", facts, "endorsements")


def test_events_of_other_subjects_pass_the_registry_untouched() -> None:
    book = Book.staffed()
    event = book.sight(by="pol")
    assert decide(book.registry, event, len(book.log)) is None
    assert evolve(book.registry, event, len(book.log)) is book.registry


def test_deciding_alone_still_refuses_an_unknown_signer() -> None:
    book = Book.staffed()
    refusal = decide(book.registry, book.propose("new", by="mal"), len(book.log))
    assert refusal
    assert refusal.error().slug == "kid_unknown"


def test_an_event_under_another_events_model_is_a_fault_of_the_program() -> None:
    book = Book.staffed()
    with pytest.raises(TypeError, match="KeyRotated"):
        data(book.sight(by="pol"), KeyRotated)


def test_a_description_says_whose_key_it_is_and_how_it_stands() -> None:
    book = Book.staffed()
    book.add(book.propose("new", by="ada"))
    text = {
        name: describe(book.registry, digest(name), index=len(book.log))
        for name in ("pol", "new", "x")
    }
    assert f"officer {officer('pol')} at Authority of XA ({HOME})" in text["pol"]
    assert "POL in XA-NW" in text["pol"]
    assert "not yet approved" in text["new"]
    assert "not enrolled" in text["x"]
    assert "not enrolled" in describe(book.registry, digest("pol"), index=0)


def test_a_description_follows_the_key_to_its_end() -> None:
    book = Book.staffed()
    book.add(book.about("role.withdrawn", "pol", by="ada", role="POL"))
    assert "without a role" in describe(book.registry, digest("pol"), index=len(book.log))
    end = book.add(book.about("key.revoked", "pol", by="ada", reason="ceased"))
    assert f"ended at index {end} (ceased)" in describe(book.registry, digest("pol"), index=end + 1)
