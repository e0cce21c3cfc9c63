# SPDX-License-Identifier: Apache-2.0
"""Which script a text is in, and how it is written in Latin letters.

Implements "text as seen + script, transliteration" of the domain facts, section 6. Cyrillic as
in passports (ICAO Doc 9303, part 3, section 6), Greek by ELOT 743 and Arabic, with the Persian
letters, by BGN/PCGN, each letter by letter and without accents, so that one text gives one
result in every language of its script; Chinese in Pinyin. Spelling that depends on the language,
on neighbouring letters or on vowels that are not written is left out: what comes out is a key and
a help for a reader, and never replaces the text as seen.
"""

from __future__ import annotations

import unicodedata
from typing import Final, Literal

from domain.script.pinyin import PINYIN

Script = Literal["latin", "cyrillic", "greek", "arabic", "han", "common", "mixed", "other"]
"""Scripts of the domain facts, section 6; ``common`` for digits and signs, which are in all."""

HAN_DIGITS: Final = {
    ord(character): str(value) for value, character in enumerate("零一二三四五六七八九")
} | {ord("\u3007"): "0"}
"""Plain Chinese digits, as on receivers of the type 56; not those used in accounts."""


def script_of(text: str) -> Script:
    """Tell the script of a text; ``common`` where only digits and signs of all scripts occur."""
    scripts = {_script(character) for character in text if not character.isascii()}
    if any(character.isascii() and character.isalpha() for character in text):
        scripts.add("latin")
    scripts.discard("common")
    if len(scripts) > 1:
        return "mixed"
    return scripts.pop() if scripts else "common"


def transliterate(text: str) -> str:
    """Write a text in Latin capitals and ASCII digits; what no table knows stays as it is."""
    if text.isascii():
        return text.upper()
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).upper())
    return "".join(
        digit_of(letter) or _LATIN.get(ord(letter), letter)
        for letter in letters
        if not unicodedata.combining(letter)
    )


def digit_of(character: str) -> str | None:
    """Give the ASCII digit that a character of any script stands for."""
    value = unicodedata.decimal(character, None)
    return HAN_DIGITS.get(ord(character)) if value is None else str(value)


def _script(character: str) -> Script:
    name = unicodedata.name(character, "")
    for prefix, script in _SCRIPTS:
        if name.startswith(prefix):
            return script
    return "other" if character.isalpha() else "common"


_SCRIPTS: Final[tuple[tuple[str, Script], ...]] = (
    ("LATIN", "latin"),
    ("FULLWIDTH LATIN", "latin"),
    ("CYRILLIC", "cyrillic"),
    ("GREEK", "greek"),
    ("ARABIC", "arabic"),
    ("EXTENDED ARABIC", "arabic"),
    ("CJK UNIFIED", "han"),
    ("CJK COMPATIBILITY IDEOGRAPH", "han"),
)
_CYRILLIC: Final = (
    "A:A BE:B VE:V GHE:G DE:D IE:E ZHE:ZH ZE:Z I:I KA:K EL:L EM:M EN:N O:O PE:P ER:R ES:S TE:T U:U "
    "EF:F HA:KH TSE:TS CHE:CH SHA:SH SHCHA:SHCH HARD_SIGN:IE YERU:Y SOFT_SIGN: E:E YU:IU YA:IA "
    "BYELORUSSIAN-UKRAINIAN_I:I UKRAINIAN_IE:IE GHE_WITH_UPTURN:G DJE:D JE:J LJE:LJ NJE:NJ TSHE:C "
    "DZHE:DZ DZE:DZ SHHA:C"
)
_GREEK: Final = (
    "ALPHA:A BETA:V GAMMA:G DELTA:D EPSILON:E ZETA:Z ETA:I THETA:TH IOTA:I KAPPA:K LAMDA:L MU:M "
    "NU:N XI:X OMICRON:O PI:P RHO:R SIGMA:S TAU:T UPSILON:Y PHI:F CHI:CH PSI:PS OMEGA:O"
)
_ARABIC: Final = (
    "HAMZA: ALEF:A BEH:B TEH:T THEH:TH JEEM:J HAH:H KHAH:KH DAL:D THAL:DH REH:R ZAIN:Z SEEN:S "
    "SHEEN:SH SAD:S DAD:D TAH:T ZAH:Z AIN: GHAIN:GH FEH:F QAF:Q KAF:K LAM:L MEEM:M NOON:N HEH:H "
    "WAW:W YEH:Y ALEF_MAKSURA:A TEH_MARBUTA:H PEH:P TCHEH:CH JEH:ZH KEHEH:K GAF:G FARSI_YEH:Y"
)


def _by_name(form: str, pairs: str) -> dict[int, str]:
    """Read pairs of a Unicode name and Latin letters; names keep the source unambiguous."""
    named = (pair.split(":") for pair in pairs.split())
    return {
        ord(unicodedata.lookup(form.format(name.replace("_", " ")))): latin for name, latin in named
    }


_LATIN: Final = (
    _by_name("CYRILLIC CAPITAL LETTER {}", _CYRILLIC)
    | _by_name("GREEK CAPITAL LETTER {}", _GREEK)
    | _by_name("ARABIC LETTER {}", _ARABIC)
    | PINYIN
)
