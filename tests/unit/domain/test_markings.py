# SPDX-License-Identifier: Apache-2.0
"""Serials that are serials, marks as seen, and the folds under which they are found."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.errors import InvalidValueError
from domain.markings import (
    _DIGIT,
    _OBVIOUS,
    Marking,
    _look_closely,
    canonical,
    check_serial,
    embedded_fold,
    latin_fold,
    lookalike_fold,
)
from domain.script.letters import script_of

SPELLINGS = Path("../shared/data/restricted/sp_nonserial_marking_texts.csv")
REMARKS = (
    "unreadable,UNREADABLE,Illegible,rust,unknown,None,s/n,S/N,S / N 12,N/C,N.C.,no number,"
    "NO. 123,SEM NÚMERO,raspado,SUPRIMIDA,obliterated,unleserlich,ohne Nummer,illisible,xxx,X-X,"
    "---,?,A?123,unreadable 12,not visible 7"
)
SERIALS = "0012,000000,TW9-000042,AB 12,SN12345,RUST123,АБ 1234,٠٠١٢,12345678-XYZ,NOTTING7,A/B12"


@pytest.mark.parametrize("text", REMARKS.split(","))
def test_a_remark_is_never_a_serial(text: str) -> None:
    with pytest.raises(InvalidValueError, match=r"not a serial|at least one") as caught:
        check_serial(text)
    assert caught.value.slug == "serial_invalid"


@pytest.mark.parametrize("text", SERIALS.split(","))
def test_a_serial_is_given_back_as_seen_with_its_leading_zeros(text: str) -> None:
    assert check_serial(text) == text


@pytest.mark.parametrize("text", [" A1", "A1 ", "A  1", "A\t1", "A\u00a01", "A\n1", "A1\n"])
def test_a_serial_with_stray_spaces_is_refused(text: str) -> None:
    with pytest.raises(InvalidValueError, match="space"):
        check_serial(text)


def test_nearly_all_real_spellings_of_no_serial_are_caught() -> None:
    if not SPELLINGS.exists():
        pytest.skip("the restricted spellings are not on this machine")
    with SPELLINGS.open(encoding="utf-8") as file:
        rows = [(row["numero_arma"], int(row["n"])) for row in csv.DictReader(file)]
    passed = sum(count for text, count in rows if _is_serial(text))
    assert passed / sum(count for _, count in rows) < 0.05


def test_a_refused_serial_is_not_echoed() -> None:
    with pytest.raises(InvalidValueError, match="remark") as caught:
        check_serial("unknown XYZZY")
    assert "XYZZY" not in str(caught.value)


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": "unknown"},
        {"text": "none"},
        {"condition": "obliterated"},
        {"condition": "none"},
        {"condition": "none", "text": {"known": "see below"}},
        {"script": None},
        {"symbols": []},
        {"symbols": ["crown"] * 9},
        {"symbols": [7]},
        {"year": "1999"},
        {"note": "free text"},
        {"kind": "graffito"},
    ],
    ids=str,
)
def test_a_mark_that_contradicts_itself_or_its_schema_is_refused(wrong: dict[str, Any]) -> None:
    mark = {"kind": "import", "text": {"known": "XA 26"}, "condition": "legible"}
    Marking.model_validate(mark)
    with pytest.raises(ValidationError, match=r"\d validation error"):
        Marking.model_validate(mark | wrong)


@pytest.mark.parametrize("text", [{"known": "see below"}, {"known": "RUST"}, "unknown", "none"])
@pytest.mark.parametrize("condition", ["partial", "unknown"])
def test_what_is_no_serial_is_kept_as_an_observation(text: Any, condition: str) -> None:
    mark = Marking.model_validate({"kind": "unknown", "text": text, "condition": condition})
    assert mark.model_dump(mode="json")["text"] == text


def test_a_mark_of_symbols_alone_is_legible() -> None:
    mark = {"kind": "proof", "text": "none", "condition": "legible", "symbols": ["crown_v"]}
    assert Marking.model_validate(mark).symbols == ("crown_v",)


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("AB-12", "latin"),
        ("АБ-12", "cyrillic"),
        ("ΑΩ", "greek"),
        ("٠١٢", "arabic"),
        ("۰۱۲", "arabic"),
        ("五六", "han"),
        ("12-3", "common"),
        ("A-Б", "mixed"),
        ("שלום", "other"),
    ],
)
def test_the_script_of_a_mark_is_told(text: str, script: str) -> None:
    assert script_of(text) == script


@pytest.mark.parametrize(
    ("seen", "key"),
    [
        ("tw9-000 042", "TW9000042"),
        ("0012", "0012"),
        (
            "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0423",
            "ABEKMHOPCTXY",
        ),
        (
            "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7",
            "ABEZHIKMNOPTYX",
        ),
        ("٠١٢٣٤٥٦٧٨٩", "0123456789"),
        ("۰۱۲۳۴۵۶۷۸۹", "0123456789"),
        ("Ünite/7", "UNITE7"),
        ("五六-〇一二三四七八九", "5601234789"),
        ("零九", "09"),
        ("陆军", "陆军"),
    ],
)
def test_equal_marks_meet_under_one_canonical_key(seen: str, key: str) -> None:
    assert canonical(seen) == key


@pytest.mark.parametrize("seen", ["369J257", "369M257", "369257", "369-257", "369 j 257"])
def test_letters_between_digits_are_ignored_as_ncic_does(seen: str) -> None:
    assert embedded_fold(seen) == "369257"


def test_letters_before_and_after_the_digits_are_kept() -> None:
    assert embedded_fold("AB12C3D") == "AB123D"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("O0D", "QO0"),
        ("I1", "L1"),
        ("5S", "S5"),
        ("B8", "88"),
        ("Z2", "22"),
        ("G6", "66"),
        ("U1", "V1"),
        ("T7", "77"),
        ("\u0417", "3"),
        ("Ч", "4"),
        ("Б", "6"),
    ],
)
def test_characters_that_the_eye_confuses_meet(one: str, other: str) -> None:
    assert lookalike_fold(one) == lookalike_fold(other)


@example("ŉ½ﬀǰ")
@example("ᾳΐ")
@given(st.text(max_size=64))
def test_every_fold_is_idempotent(text: str) -> None:
    for fold in (canonical, latin_fold, embedded_fold, lookalike_fold):
        assert fold(fold(text)) == fold(text)


@given(st.text(max_size=64))
def test_the_folds_grow_more_forgiving(text: str) -> None:
    assert embedded_fold(canonical(text)) == embedded_fold(text)
    assert lookalike_fold(canonical(text)) == lookalike_fold(text)


@given(st.text(alphabet=st.characters(codec="ascii"), max_size=64))
def test_the_fast_path_for_ascii_equals_the_general_one(text: str) -> None:
    assert canonical(text) == canonical(text + "Ж").removesuffix("Ж")


@example("RUST1")
@example("SN-12")
@given(st.from_regex(_OBVIOUS, fullmatch=True).filter(_DIGIT.search))
def test_what_is_obviously_a_serial_is_one_at_a_closer_look(text: str) -> None:
    _look_closely(text)


def _is_serial(text: str) -> bool:
    try:
        return check_serial(text) == text
    except InvalidValueError:
        return False
