# SPDX-License-Identifier: Apache-2.0
"""Rule 12 in every language that is known: words in a serial's place are no serial."""

# ruff: noqa: RUF001 - letters of other scripts are meant, also those that look Latin

from __future__ import annotations

import pytest

from domain.errors import EnvelopeError, InvalidValueError
from domain.markings import check_serial
from domain.script.remarks import is_remark
from tests.unit.domain.lives import MARK, happened

REMARKS = {
    "English": "rust; see below; see note 3; Unreadable; unreadable 12; none; unknown; filed off",
    "German": "siehe unten; siehe Anlage 2; Rost; unleserlich; keine; nicht lesbar; abgefeilt",
    "French": "voir ci-dessous; rouille; illisible; néant; sans numéro; limée; inconnu 4",
    "Spanish": "ver abajo; óxido; ilegible; sin número; borrada; desconocido 3; ninguno",
    "Portuguese": "vide laudo 7; ferrugem; ilegível; sem número; raspada; nenhum; não consta",
    "Russian": "нет; без номера; не читается; неизвестно; ржавчина; номер стёрт 2; спилен",
    "Ukrainian": "немає; невідомо; відсутній 1; спиляно; іржа",
    "Greek": "άγνωστος; χωρίς αριθμό; δεν υπάρχει; σκουριά; δυσανάγνωστος 5",
    "Arabic": "بدون رقم; غير معروف; لا يوجد; مجهول ٣; مطموس",
    "Persian": "ندارد; نامعلوم; ناخوانا ۲",
    "Chinese": "无; 无号; 無編號; 不详; 未知 3; 看不清; 锈; 锈蚀; 见下",
}
SERIALS = (
    "НЕ 1234; АБ-77; НС0012; 56式 1234567; 无锡 123; 国营626; ΑΒ 12; ب ١٢٣٤; SEE123; VER-12; NIL7; "
    "GROUND1; 0012; 00000001; AB; ЖШ"
)


@pytest.mark.parametrize("language", REMARKS)
def test_a_remark_of_a_known_language_is_refused_as_a_serial(language: str) -> None:
    for text in REMARKS[language].split("; "):
        with pytest.raises(InvalidValueError, match="remark about a serial"):
            check_serial(text)


@pytest.mark.parametrize("text", SERIALS.split("; "))
def test_a_serial_that_resembles_a_word_is_kept_as_seen(text: str) -> None:
    assert not is_remark(text)
    assert check_serial(text) == text


def test_a_remark_is_refused_as_serial_of_a_firearm_and_kept_as_an_observation() -> None:
    with pytest.raises(EnvelopeError, match=r"dat\.serial"):
        happened("registered", serial={"known": "see below"})
    seen = {"kind": "unknown", "text": {"known": "see below"}, "condition": "unknown"}
    event = happened("registered", serial="unknown", markings=[seen])
    assert event.dat.model_dump(mode="json", exclude_unset=True)["markings"] == [seen]


@pytest.mark.parametrize("evt", ["manufactured", "registered", "production-planned"])
def test_leading_zeros_survive_the_bytes(evt: str) -> None:
    serial = {"known": "000042"}
    assert happened(evt, serial=serial).dat.model_dump(mode="json")["serial"] == serial


@pytest.mark.parametrize("stated", ["unknown", "none"])
def test_unknown_and_none_are_two_answers_for_serial_and_mark(stated: str) -> None:
    mark = {**MARK, "text": stated, "condition": stated}
    dat = happened("registered", serial=stated, markings=[mark]).dat.model_dump(mode="json")
    assert (dat["serial"], dat["markings"][0]["text"]) == (stated, stated)
    assert dat["markings"][0]["condition"] == stated
