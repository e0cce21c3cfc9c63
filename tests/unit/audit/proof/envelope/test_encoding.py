# SPDX-License-Identifier: Apache-2.0
"""base64url, strict JSON and canonical JSON have one spelling each."""

from __future__ import annotations

import base64
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from audit.proof.encoding import (
    NotCanonicalError,
    canonical,
    canonical_json,
    decode,
    encode,
    is_canonical,
    is_clean,
    is_plain,
    strict_json,
)
from domain.errors import EnvelopeError, InvalidValueError
from domain.event import INTEGER_MAX

JSON_LIKE = st.text('{}[]",:01.5eE-+tfn\\u ', max_size=24).map(str.encode)
NAMES = st.text(st.characters(max_codepoint=126), max_size=8)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-INTEGER_MAX, INTEGER_MAX)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=5,
).filter(lambda value: canonical(value).count(b"[") + canonical(value).count(b"{") <= 6)


@given(st.binary(min_size=1, max_size=300))
def test_base64url_is_that_of_the_standard_library_without_padding(octets: bytes) -> None:
    text = encode(octets)
    assert text == base64.urlsafe_b64encode(octets).rstrip(b"=")
    assert decode(text) == octets


@given(st.binary(max_size=40))
def test_what_decodes_is_the_only_spelling_of_its_octets(text: bytes) -> None:
    with suppress(EnvelopeError):
        assert encode(decode(text)) == text


@pytest.mark.parametrize(
    "text",
    [b"", b"A", b"AAAAA", b"AB", b"AAB", b"AA==", b"AAA=", b"A+AA", b"A/AA", b"AA A", b"AAA\n",
     b"\nAAA", "AAÄA".encode(), b"A\x00AA", b"=", b"AAAA====", b"AA.A", b"AAA~"],
)  # fmt: skip
def test_a_second_spelling_is_refused(text: bytes) -> None:
    with pytest.raises(EnvelopeError, match="base64url"):
        decode(text)


@given(VALUES)
def test_canonical_json_is_that_of_rfc_8785(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('€$\x0f\nA\'B"\\\\"/', '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'),
        ([None, True, False], "[null,true,false]"),
        ({"b": 1, "a": {"1": {"f": "f", "F": 5}, "": "\x7f"}},
         '{"a":{"":"\x7f","1":{"F":5,"f":"f"}},"b":1}'),
        ("\u20ac\U0001f602\ufb33ö", '"\u20ac\U0001f602\ufb33ö"'),
        (-0, "0"),
        (INTEGER_MAX, "9007199254740991"),
    ],
)  # fmt: skip
def test_published_outputs_of_rfc_8785(value: object, expected: str) -> None:
    assert canonical(value) == expected.encode()


@given(VALUES)
def test_strict_json_reads_back_what_was_canonical(value: Any) -> None:
    again = strict_json(canonical(value))
    assert again == value
    assert is_canonical(canonical(value), again)


@pytest.mark.parametrize(
    "data",
    [b"", b" ", b"{", b"[1,]", b'{"a":1,}', b"[1 2]", b"nul", b"'a'", b"{a:1}", b"1 2", b"[,1]",
     b'{"a":1,"a":1}', b'[{"a":{"b":1,"b":2}}]', b'{"a":1,"\\u0061":2}', b"1.0", b"1e2", b"-0.0",
     b"[1E400]", b"NaN", b"[Infinity]", b"-Infinity", b"9007199254740992", b"-9007199254740992",
     b"9" * 5_000, b"01", b"+1", b"-", b"0x1", b"\xef\xbb\xbf{}", b"\xff\xfe{\x00}\x00", b'"\xff"',
     b'"\xc0\xaf"', b'"\xed\xa0\x80"', b'"a\nb"', b'"\\x"', b'"\\u12G4"', b'"\x00"', b'"a', b"\x00",
     b"[" * 12_000, b'{"a":' * 12_000, b"[" * 7 + b"]" * 7, b"// x\n1", "\u00a01".encode()],
)  # fmt: skip
def test_what_readers_understand_differently_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidValueError, match="JSON"):
        strict_json(data)


def test_six_levels_are_admitted_and_brackets_in_texts_are_no_level() -> None:
    assert strict_json(b"[" * 6 + b"]" * 6) == [[[[[[]]]]]]
    assert strict_json(b'["[[[[[[[{{{{{{{"]') == ["[[[[[[[{{{{{{{"]
    assert strict_json(b"[[],[],[],[],[],[],[],[]]") == [[]] * 8


@given(st.binary(max_size=60))
def test_any_octets_are_read_or_refused_in_one_way(data: bytes) -> None:
    with suppress(InvalidValueError):
        assert is_canonical(data, strict_json(data)) in {True, False}


@given(VALUES.map(canonical) | st.binary(max_size=60) | JSON_LIKE)
def test_the_reader_of_canonical_json_agrees_with_the_strict_reader(data: bytes) -> None:
    assert _told(canonical_json, data) == _told(_canonical_by_the_strict_reader, data)


def _told(read: Callable[[bytes], Any], data: bytes) -> str:
    """Give a value in words that tell True from 1, or why there is none."""
    try:
        return repr(read(data))
    except InvalidValueError as error:
        return f"{type(error).__name__}: {error}"


def _canonical_by_the_strict_reader(data: bytes) -> Any:
    value = strict_json(data)
    if not is_canonical(data, value):
        raise NotCanonicalError("The JSON text is not in canonical form.")
    return value


@pytest.mark.parametrize(
    "data",
    [b"1.5", b"[1e3]", b'{"a":1.5}', b'{"a":[0,2.0]}', b'["1.5",1.5]', b'{"a":"\\"","b":1.5}',
     b"9007199254740992", b"[18446744073709551616]", b'{"a":1,"a":2}', b"[[[[[[[1]]]]]]]",
     b"1e400", b"-0", b'"\\ud800"', b"NaN"],
)  # fmt: skip
def test_no_short_cut_lets_through_what_the_strict_reader_refuses(data: bytes) -> None:
    with pytest.raises(InvalidValueError):
        canonical_json(data)


@pytest.mark.parametrize("data", [b' {"a":1}', b'{"b":1,"a":1}', b'["\\u0061"]', b"-0", b'["\\/"]'])
def test_another_spelling_of_the_same_value_is_not_canonical(data: bytes) -> None:
    assert not is_canonical(data, strict_json(data))


def test_a_lone_surrogate_has_no_canonical_form() -> None:
    assert not is_canonical(b'"\\ud800"', strict_json(b'"\\ud800"'))
    with pytest.raises(InvalidValueError, match="canonical"):
        canonical("\ud800")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), {1: 2, "a": 3}])
def test_a_value_without_a_json_form_is_refused(value: object) -> None:
    with pytest.raises(InvalidValueError, match="canonical"):
        canonical(value)


@pytest.mark.parametrize(
    "text", ["e\u0301", "a\u202eb", "a\u200bb", "\ue000", "\U000e0001", "\x85"]
)
def test_texts_that_hide_something_are_not_clean(text: str) -> None:
    assert not is_clean(text)


def test_plain_octets_hold_no_escape_and_no_delete() -> None:
    assert is_plain(b'{"a":"b"}')
    assert not any(is_plain(each) for each in (b'"\\n"', b'"\x7f"', "ö".encode()))
    assert is_clean("Ødegård, Žofie Marie")
