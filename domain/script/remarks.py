# SPDX-License-Identifier: Apache-2.0
"""Words that people write where a serial should be, and that are none.

Implements rule 12 of the domain facts, section 9 (plausibility rules of the German NWR), in
English, German, French, Spanish, Portuguese, Russian, Ukrainian, Greek, Arabic, Persian and
Chinese. What such words tell of the mark is read by ``api.importing``; here they are only told
apart from serials, and a text that is no remark need not be a serial.
"""

# ruff: noqa: RUF001 - letters of other scripts are meant, also those that look Latin

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final


def is_remark(text: str) -> bool:
    """Tell whether a text is a remark about a serial, and not a serial."""
    plain = plainly(text)
    if _LABEL.search(plain) or _REMARK.search(plain) or _STEMS.search(plain):
        return True
    if any(character.isdigit() for character in plain):
        return False
    return _ALL_X.fullmatch(plain) is not None or _WORDS.search(plain) is not None


def plainly(text: str) -> str:
    """Give a text in capitals and without accents."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(each for each in decomposed if not unicodedata.combining(each)).upper()


def _words(lists: Iterable[str], *, stems: bool) -> re.Pattern[str]:
    words = [plainly(word) for each in lists for word in each.split()]
    if stems:
        return re.compile("|".join(rf"\b{word[:-1]}" for word in words if word.endswith("*")))
    return re.compile(rf"\b(?:{'|'.join(word for word in words if not word.endswith('*'))})\b")


_LABEL = re.compile(
    r"\bS\s?/\s?N\b|^\(?[A-Z]\s?[/.]\s?[A-Z]\.?\)?$|^N[O°º]\s?\.|\bSERIAL\b|\bCALIBRE\b|\bCALIBER\b|\?"
)
_REMARK = re.compile(
    r"UNREAD|UNKNOWN|ILLEGIB|ILEGIB|ILEGIV|ILLISIB|UNLESERLICH|UNBEKANNT|OBLITER|SUPRIM|RASPAD|"
    r"PICOTAD|INCONNU|DESCONHEC|DESCONOC|NOT VISIBLE|NOT LEGIBLE|NO NUMBER|SEM NUMERO|SIN NUMERO|"
    r"SANS NUMERO|OHNE NUMMER|NAO CONSTA|NAO APARENTE|INEXISTEN|"
    r"\b(?:SEE|SIEHE|VOIR|VIDE|VER) [A-Z]|"
    r"不详|不詳|不明|未知|不清|[无無][编編]?[号號]|[锈鏽銹][蚀蝕]|见下|見下"
)
_ALL_X = re.compile(r"[X\W_]+")

_SEEN: Final = (
    # English, German, French, Spanish and Portuguese remarks seen in real registers.
    "NONE UNKNOWN RUST RUSTED RUSTY MISSING REMOVED ERASED DEFACED GROUND WORN ABSENT "
    "NIL NULL NA NC NI SN NO NOT NAO NON NUMBER NUMERO NUMMER WITHOUT ILLEGIBLE DAMAGED "
    "APPLICABLE BLANK ROST KEINE KEIN OHNE ENTFERNT FEHLT ROUILLE AUCUN AUCUNE SANS "
    "EFFACE LIME NINGUNO NINGUNA BORRADO LIMADO SIN SEM APAGADO APAGADA AUSENTE AUSENCIA "
    "ELIMINADO ELIMINADA REMOVIDO REMOVIDA PINADO PINADA PUNCIONADO PUNCIONADA LIXADO "
    "LIXADA ADULTERADO ADULTERADA DANIFICADO DANIFICADA PREJUDICADO PREJUDICADA "
    "ARTESANAL CASEIRA NUMERACAO DESGASTADO DESGASTADA OXIDADO OXIDADA RASURADO RASURADA "
    "SUPRESSA CORROIDO CORROIDA DESTRUIDO DESTRUIDA IDENTIFICADO IDENTIFICADA APARENTE "
    "VISIVEL POSSUI CONSTA HOUVE NADA"
)
_FURTHER: Final = (
    "SEE BELOW ABOVE NOTES REMARKS ATTACHED PENDING TBD TBA CORRODED SCRATCHED FILED PITTED",
    "UNMARKED UNNUMBERED INVISIBLE",
    "SIEHE UNTEN NICHT VERROSTET GESCHLIFFEN AUSGESCHLIFFEN ABGESCHLIFFEN ABGEFEILT UNKENNTLICH",
    "VOIR DESSOUS ROUILLÉE MEULÉ MEULÉE LIMÉE EFFACÉE NÉANT MANQUANT GRATTÉ",
    "ABAJO ÓXIDO HERRUMBRE LIMADA BORRADA ERRADICADA ERRADICADO NINGÚN VISIBLE TIENE",
    "VIDE ABAIXO FERRUGEM NENHUM NENHUMA",
)
_OTHER_SCRIPTS: Final = (
    "НЕТ БЕЗ НЕ НОМЕРА НИЖЕ СМОТРИ НЕИЗВЕСТ* НЕЧИТА* РЖАВ* СТЁРТ* СПИЛЕН* ОТСУТСТВ* УНИЧТОЖЕН*",
    "НЕМАЄ НЕМА ВІДСУТН* НЕВІДОМ* ІРЖ* СПИЛЯН*",
    "ΔΕΝ ΧΩΡΙΣ ΚΑΝΕΝΑΣ ΣΚΟΥΡΙΑ ΆΓΝΩΣΤ* ΔΥΣΑΝΆΓΝΩΣΤ*",
    "بدون غير لا صدأ مجهول* ممسوح* مطموس*",
    "ندارد زنگ نامعلوم* ناخوانا* نامشخص*",
    "无 無 锈 鏽 銹 缺",
)
"""A star ends the stem of a word that is no part of a serial beside digits either."""

_WORDS = _words((_SEEN, *_FURTHER, *_OTHER_SCRIPTS), stems=False)
_STEMS = _words(_OTHER_SCRIPTS, stems=True)
