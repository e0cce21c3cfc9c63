# SPDX-License-Identifier: Apache-2.0
"""A disclosure is whole, wanted and alone, or the submission is refused."""

from __future__ import annotations

import pytest

from audit.proof.disclosures import RESERVED_NAMES, make_disclosure, open_disclosures
from audit.proof.encoding import canonical, encode
from tests.unit.audit.proof.envelope.worked import (
    CLAIMS,
    DISCLOSURES,
    FULL,
    MARKED,
    TRANSFERRED,
    changed,
    forged,
    opened,
    payload_of,
    refused,
)

SALT = bytes(range(32))
TEXT = encode(SALT).decode()


def sent(*texts: bytes) -> bytes:
    return b"~".join((TRANSFERRED, *texts, b""))


def open_alone(parts: object) -> None:
    text = encode(parts if isinstance(parts, bytes) else canonical(parts))
    open_disclosures([text], digests=(), claims=CLAIMS)  # type: ignore[arg-type]


def test_a_disclosure_rebuilt_from_its_parts_is_the_published_one() -> None:
    for each in opened(FULL).disclosures:
        salt = open_disclosures(
            [each.text],
            digests=[each.digest],
            claims=CLAIMS,  # type: ignore[arg-type]
        )[0].salt
        assert encode(canonical([salt, each.name, each.value])) == each.text


def test_any_subset_of_the_disclosures_opens_in_any_order() -> None:
    assert len(opened(sent(*DISCLOSURES[::-1])).disclosures) == 4
    assert len(opened(sent(DISCLOSURES[2], DISCLOSURES[0])).disclosures) == 2


def test_the_same_disclosure_twice_is_refused() -> None:
    with refused("disclosure_duplicate"):
        opened(sent(DISCLOSURES[0], DISCLOSURES[0]))


@pytest.mark.parametrize(
    ("name", "salt"), [("permit_no", bytes(32)), ("holder_name", SALT)], ids=["name", "salt"]
)
def test_a_name_or_a_salt_that_comes_twice_is_refused(name: str, salt: bytes) -> None:
    made = [make_disclosure("permit_no", "1", salt=SALT), make_disclosure(name, "2", salt=salt)]
    with refused("disclosure_duplicate"):
        open_disclosures(
            [each.text for each in made],
            digests=[each.digest for each in made],
            claims=CLAIMS,  # type: ignore[arg-type]
        )


def test_a_disclosure_of_another_event_is_unreferenced() -> None:
    foreign = make_disclosure("permit_no", "XA-1", salt=SALT)
    with refused("disclosure_unreferenced"):
        opened(sent(DISCLOSURES[0], foreign.text))


def test_a_claim_that_the_event_type_does_not_have_is_refused() -> None:
    with refused("disclosure_invalid"):
        opened(MARKED + b"~" + DISCLOSURES[0] + b"~")


def test_a_signed_digest_of_an_unlisted_claim_does_not_open_it() -> None:
    hidden = make_disclosure("nickname", "x", salt=SALT)
    digests = sorted([*payload_of()["_sd"][:3], hidden.digest])
    with refused("disclosure_invalid"):
        opened(forged(changed(_sd=digests)) + hidden.text + b"~")


@pytest.mark.parametrize(
    "parts",
    [
        [TEXT, "permit_no"], [TEXT, "permit_no", "1", "2"], [], {}, "text", 7, None,
        ["A" * 42, "permit_no", "1"], ["A" * 44, "permit_no", "1"], ["_" * 43, "permit_no", "1"],
        [1, "permit_no", "1"], ["", "permit_no", "1"], [TEXT, 1, "1"], [TEXT, "", "1"],
        [TEXT, "permit_no", 1], [TEXT, "permit_no", None], [TEXT, "permit_no", ["1"]],
        [TEXT, "permit_no", {"_sd": []}], [TEXT, "permit_no", True], [TEXT, "shots", "1"],
        [TEXT, "shots", True], [TEXT, "stored_at_home", 1], [TEXT, "permit_no", "e\u0301"],
        [TEXT, "permit_no", "a\u202eb"], [TEXT, "unheard_of", "1"],
        b'["%b", "permit_no","1"]' % TEXT.encode(), b'["%b","permit_no","\\u0031"]' % TEXT.encode(),
        b'["%b","shots",1.0]' % TEXT.encode(), b'["%b","shots",9007199254740992]' % TEXT.encode(),
        b"[" * 3_000, b"\xff", b"{", b'["%b","permit_no","\\ud800"]' % TEXT.encode(),
    ],
    ids=repr,
)  # fmt: skip
def test_a_malformed_disclosure_is_refused(parts: object) -> None:
    with refused("disclosure_invalid"):
        open_alone(parts)


@pytest.mark.parametrize("spoil", [b"=", b"+", b"!", b"."])
def test_a_disclosure_in_another_alphabet_is_refused(spoil: bytes) -> None:
    with refused("disclosure_invalid"):
        opened(sent(DISCLOSURES[0] + spoil))


@pytest.mark.parametrize("name", sorted(RESERVED_NAMES))
def test_no_catalogue_can_let_a_disclosure_overwrite_the_payload(name: str) -> None:
    made = make_disclosure(name, "x", salt=SALT)
    with refused("disclosure_invalid"):
        open_disclosures([made.text], digests=[made.digest], claims={name: "string"})


@pytest.mark.parametrize(("name", "value"), [("shots", 3), ("stored_at_home", False)])
def test_whole_numbers_and_truth_values_open_in_their_type(name: str, value: int) -> None:
    made = make_disclosure(name, value, salt=SALT)
    (again,) = open_disclosures(
        [made.text],
        digests=[made.digest],
        claims=CLAIMS,  # type: ignore[arg-type]
    )
    assert again == made
    assert type(again.value) is type(value)


@pytest.mark.parametrize(
    ("value", "salt"), [("x", bytes(31)), ("x", bytes(33)), ("x" * 4_000, SALT), ("\ud800", SALT)]
)
def test_a_disclosure_that_nobody_could_open_is_not_made(value: str, salt: bytes) -> None:
    with refused("disclosure_invalid"):
        make_disclosure("permit_no", value, salt=salt)


def test_a_disclosure_never_shows_its_value_or_its_salt() -> None:
    shown = repr(opened(FULL))
    assert not any(str(each.value) in shown for each in opened(FULL).disclosures)
    assert not any(each.salt in shown for each in opened(FULL).disclosures)
    assert not any(each.text.decode() in shown for each in opened(FULL).disclosures)
