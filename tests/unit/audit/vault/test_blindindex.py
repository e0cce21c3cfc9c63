# SPDX-License-Identifier: Apache-2.0
"""The blind index: one person, one digest, however the number is spelt; no key, no digest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.proof.disclosures import make_disclosure
from audit.vault.blindindex import BlindIndex, normalised
from domain.catalogue import CATALOGUE
from domain.errors import InvalidValueError
from domain.firearm.lines.persons import DOCUMENTS

INDEX = BlindIndex(b"k" * 32, audience="ledger.xa-test")
NUMBER = "AB-1234567"


@pytest.mark.parametrize(
    "spelling",
    [
        "AB1234567",
        "ab-1234567",
        " AB 123 45 67 ",
        "AB\u20111234567",
        "\uff21\uff22-1234567",
        "AB/12.34567",
    ],
)
def test_a_number_is_found_however_it_is_spelt(spelling: str) -> None:
    assert INDEX.of_document(spelling) == INDEX.of_document(NUMBER)


@pytest.mark.parametrize("other", ["AB1234568", "B1234567", "1234567AB", "AB-12345670"])
def test_another_number_is_another_person(other: str) -> None:
    assert INDEX.of_document(other) != INDEX.of_document(NUMBER)


@given(st.text(max_size=40))
def test_normalising_again_changes_nothing(text: str) -> None:
    assert normalised(normalised(text)) == normalised(text)


@given(st.text(max_size=40))
def test_case_and_separators_never_matter(text: str) -> None:
    assert normalised(f" {text}- ") == normalised(text)


def test_a_digest_belongs_to_one_key_and_one_ledger() -> None:
    others = (
        BlindIndex(b"x" * 32, audience="ledger.xa-test"),
        BlindIndex(b"k" * 32, audience="ledger.xb-test"),
    )
    assert len({each.of_document(NUMBER) for each in (INDEX, *others)}) == 3


@pytest.mark.parametrize("text", ["", " ", "--/--", "\n"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        INDEX.of_document(text)
    assert refused.value.slug == "document_invalid"


@pytest.mark.parametrize("name", ["holder_doc_no", "person_doc_no"])
def test_whoever_a_document_number_is_disclosed_of_is_found(name: str) -> None:
    disclosure = make_disclosure(name, NUMBER, salt=bytes(32))
    assert INDEX.of_disclosure(disclosure) == INDEX.of_document(NUMBER)


@pytest.mark.parametrize(
    ("name", "value"), [("holder_name", NUMBER), ("permit_no", NUMBER), ("holder_doc_no", "--")]
)
def test_nothing_else_is_indexed(name: str, value: str) -> None:
    assert INDEX.of_disclosure(make_disclosure(name, value, salt=bytes(32))) is None


def test_every_document_number_that_an_event_may_disclose_is_in_the_list() -> None:
    named = {name for each in CATALOGUE for name in each.claims if "doc_no" in name}
    assert named == DOCUMENTS
