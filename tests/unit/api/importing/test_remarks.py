# SPDX-License-Identifier: Apache-2.0
"""Words in a serial's place tell the condition of the mark; what no list knows is not guessed."""

from __future__ import annotations

import csv
from collections import Counter
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.importing import report
from api.importing.mapping.model import Language
from api.importing.report import Tally
from api.importing.transform.remarks import LANGUAGES, Remark, remark_reader
from api.importing.transform.rows import PlannedRow
from api.importing.transform.words import reader
from domain.errors import UsageError
from domain.markings import MarkDamage
from domain.script.remarks import is_remark
from tests.unit.api.importing.builders import PISTOLS, SAO_PAULO, mapper_of, mapping_of, row_of

needs_sao_paulo = pytest.mark.skipif(
    not SAO_PAULO.exists(), reason="the São Paulo spellings are not on this machine"
)

TOLD: list[tuple[Language, str, str, str | None]] = [
    ("en", "Obliterated", "obliterated", None),
    ("en", "serial ground off", "obliterated", "filed_or_ground"),
    ("en", "rusted, illegible", "obliterated", "worn"),
    ("en", "partly removed", "partial", None),
    ("en", "No serial number", "none", None),
    ("en", "no number visible", "unknown", None),
    ("en", "N/A", "unknown", None),
    ("en", "not recorded", "unknown", None),
    ("de", "ausgeschliffen", "obliterated", "filed_or_ground"),
    ("de", "Nr. überstempelt", "obliterated", "over_stamped"),
    ("de", "unleserlich", "obliterated", None),
    ("de", "teilweise lesbar", "partial", None),
    ("de", "ohne Nummer", "none", None),
    ("de", "keine Nummer sichtbar", "unknown", None),
    ("de", "unbekannt", "unknown", None),
    ("fr", "numéro limé", "obliterated", "filed_or_ground"),
    ("fr", "effacé", "obliterated", None),
    ("fr", "partiellement meulé", "partial", "filed_or_ground"),
    ("fr", "Sans numéro", "none", None),
    ("fr", "aucun numéro apparent", "unknown", None),
    ("fr", "inconnu", "unknown", None),
    ("es", "LIMADA", "obliterated", "filed_or_ground"),
    ("es", "numeración erradicada", "obliterated", None),
    ("es", "borrado parcial", "partial", None),
    ("es", "no posee", "none", None),
    ("es", "S/N", "none", None),
    ("es", "sin numeración visible", "unknown", None),
    ("es", "se desconoce", "unknown", None),
    ("pt", "RASPADA", "obliterated", "filed_or_ground"),
    ("pt", "Num. pinada", "obliterated", "punched"),
    ("pt", "***suprimido", "obliterated", None),
    ("pt", "parcialmente suprimida", "partial", None),
    ("pt", "SEM NÚMERO", "none", None),
    ("pt", "s/nº", "none", None),
    ("pt", "sem nº aparente", "unknown", None),
    ("pt", "NÃO CONSTA", "unknown", None),
    ("pt", "", "unknown", None),
    ("pt", "XXXXX", "unknown", None),
    ("pt", "KQA55?78", "partial", None),
    ("pt", "KVJXXXX", "partial", None),
    ("ru", "Номер спилен", "obliterated", "filed_or_ground"),
    ("ru", "стёрт", "obliterated", "worn"),
    ("ru", "частично нечитаем", "partial", None),
    ("ru", "номер отсутствует", "none", None),
    ("ru", "б/н", "none", None),  # noqa: RUF001  # Cyrillic letters, as meant
    ("ru", "нет данных", "unknown", None),
    ("ru", "Неизвестен", "unknown", None),
    ("uk", "спиляний", "obliterated", "filed_or_ground"),
    ("uk", "заіржавілий", "obliterated", "worn"),
    ("uk", "частково стертий", "partial", "worn"),
    ("uk", "без номера", "none", None),
    ("uk", "немає", "none", None),
    ("uk", "не встановлено", "unknown", None),
    ("el", "Λιμαρισμένος", "obliterated", "filed_or_ground"),
    ("el", "σκουριά", "obliterated", "worn"),
    ("el", "μερικώς σβησμένος", "partial", None),
    ("el", "Χωρίς αριθμό", "none", None),
    ("el", "ΔΕΝ ΥΠΑΡΧΕΙ", "none", None),
    ("el", "Άγνωστος", "unknown", None),
    ("ar", "ممسوح", "obliterated", None),
    ("ar", "صدأ", "obliterated", "worn"),
    ("ar", "الرقم مبرود", "obliterated", "filed_or_ground"),
    ("ar", "ممسوح جزئياً", "partial", None),
    ("ar", "بدون رقم", "none", None),
    ("ar", "لا يوجد", "none", None),
    ("ar", "مجهول", "unknown", None),
    ("fa", "ناخوانا", "obliterated", None),
    ("fa", "زنگ زده", "obliterated", "worn"),
    ("fa", "شماره ساییده شده", "obliterated", "filed_or_ground"),
    ("fa", "شماره ندارد", "none", None),
    ("fa", "بخشی پاک شده", "partial", None),
    ("fa", "نامشخص", "unknown", None),
    ("zh", "号码被磨掉", "obliterated", "filed_or_ground"),
    ("zh", "鏽蝕", "obliterated", "worn"),
    ("zh", "模糊不清", "obliterated", None),
    ("zh", "部分磨掉", "partial", "filed_or_ground"),
    ("zh", "无号", "none", None),
    ("zh", "不詳", "unknown", None),
]
UNREAD = ("munição", "bom", "Taurus", "artesanal", "suprimento", "sem arma", "AB12345", "pistola")


@pytest.mark.parametrize(("language", "text", "condition", "damage"), TOLD)
def test_a_remark_tells_condition_and_damage(
    language: Language, text: str, condition: str, damage: str | None
) -> None:
    assert remark_reader(language)(text) == (condition, damage, True)


@pytest.mark.parametrize("text", UNREAD)
def test_a_text_that_no_list_knows_is_unknown_and_says_so(text: str) -> None:
    assert remark_reader("pt")(text) == Remark("unknown", None, understood=False)


def test_a_word_is_read_in_the_language_of_the_register_alone() -> None:
    assert not remark_reader("en")("raspada").understood
    assert not remark_reader("pt")("ausgeschliffen").understood
    assert remark_reader()("ausgeschliffen") == remark_reader("de")("ausgeschliffen")


def sao_paulo() -> list[tuple[str, int, Remark]]:
    read = remark_reader("pt")
    with SAO_PAULO.open(encoding="utf-8", newline="") as text:
        rows = [(row["numero_arma"], int(row["n"])) for row in csv.DictReader(text)]
    return [(spelling, count, read(spelling)) for spelling, count in rows]


@needs_sao_paulo
def test_nearly_all_of_563_real_spellings_are_read_and_the_others_are_listed() -> None:
    found = sao_paulo()
    read = Counter(each.condition for _, _, each in found if each.understood)
    unread = [(spelling, count) for spelling, count, each in found if not each.understood]
    assert len(found) == 563
    assert read == {"obliterated": 154, "unknown": 177, "none": 132, "partial": 10}
    assert len(unread) == 563 - read.total() == 90
    assert all(each.condition == "unknown" for _, _, each in found if not each.understood)
    assert sum(count for _, count in unread) < 0.02 * sum(count for _, count, _ in found)


@needs_sao_paulo
def test_words_about_objects_makers_and_states_are_among_the_unread() -> None:
    unread = {spelling.casefold() for spelling, _, each in sao_paulo() if not each.understood}
    assert {"munição", "simulacro", "espingarda", "artesanal", "bom", "taurus", "faca"} <= unread
    assert not [each for each in unread if "raspad" in each or "suprimid" in each]


@given(st.text(max_size=40))
def test_any_printable_text_is_read_into_one_of_four_conditions(text: str) -> None:
    printable = " ".join("".join(each for each in text if each.isprintable()).split())
    remark = remark_reader()(printable)
    assert remark.condition in ("obliterated", "partial", "none", "unknown")
    assert remark.damage is None or remark.damage in get_args(MarkDamage)


def test_there_are_words_of_every_language() -> None:
    assert set(LANGUAGES) == {each[0] for each in TOLD}


def test_what_is_read_into_a_condition_is_refused_as_a_serial() -> None:
    words = {"ru": "нечитаем", "uk": "відсутній", "el": "άγνωστος", "ar": "مطموس",
             "fa": "ندارد", "zh": "不详"}  # fmt: skip
    assert {language for language, word in words.items() if not is_remark(word)} == set()


LANGUAGE_LINES = 'otherwise = "legible"\nlanguages = ["pt", "de"]'


def test_a_mapping_that_names_languages_reads_their_words_after_its_own() -> None:
    mapping = mapping_of(PISTOLS.replace('otherwise = "legible"', LANGUAGE_LINES))
    read = reader(mapping.spellings["serial"])
    assert [read(text).meaning for text in ("raspada", "ohne", "Unlesbar", "AB 123")] == [
        "obliterated", "none", "obliterated", "legible"]  # fmt: skip


def test_a_mapping_may_read_the_damage_that_the_words_tell() -> None:
    text = PISTOLS + '\n[spellings.damage]\notherwise = "unknown"\nabout = "damage"\n'
    read = reader(mapping_of(text + 'languages = ["pt"]\n').spellings["damage"])
    assert [read(each).meaning for each in ("pinada", "AB123")] == ["punched", "unknown"]


@pytest.mark.parametrize("lines", ['otherwise = "x"', 'languages = ["la"]'])
def test_spellings_without_lists_or_of_no_known_language_are_told(lines: str) -> None:
    with pytest.raises(UsageError, match="spellings"):
        mapping_of(f"{PISTOLS}\n[spellings.other]\n{lines}\n")


UNREAD_LINES = """
[[events.items]]
at = "markings"
when = [{ column = "Number", spelling = "serial", means = ["unread"] }]
[events.items.fields]
"kind" = { const = "unknown" }
"text.known" = { column = "Number" }
"condition" = { const = "unknown" }
"""


def unread_in(*cells: str) -> Tally:
    changed = PISTOLS.replace('otherwise = "legible"', 'otherwise = "unread"', 1)
    head, second, tail = changed.partition('[[events]]\nevt = "firearm.found"')
    mapper = mapper_of(mapping_of(f"{head}{UNREAD_LINES}{second}{tail}"))
    rows = [mapper.plan(row_of(line, Number=cell)) for line, cell in enumerate(cells, start=2)]
    tally = Tally()
    tally.note_unread(row for row in rows if isinstance(row, PlannedRow))
    assert len(rows) == len(cells)
    return tally


def test_what_nobody_can_read_is_counted_as_written_and_what_was_read_is_not() -> None:
    tally = unread_in("good", "Unlesbar", "good", "ausgeschliffen", "ohne", "no. of the case")
    assert tally.unread == {"good": 2, "no. of the case": 1}
    assert tally.as_record()["unread"] == {"good": 2, "no. of the case": 1}


def test_a_list_of_unread_texts_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "UNREAD_MAX", 2)
    assert unread_in("a", "b", "c", "b", "d").unread == {"a": 1, "b": 2}
