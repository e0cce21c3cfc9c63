# SPDX-License-Identifier: Apache-2.0
"""What is cut into the metal, as seen, and the keys under which it is found again.

Implements marks of the Firearms Protocol, article 8, and sections 6, 7 and rule 12 of
the domain facts: the text as seen with its script, symbols, place and condition, the
check that a serial is a serial, and three folds from exact to forgiving. Ranking and
wildcards belong to the search projection; nothing here decides that two objects are one.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from domain.codes import Maybe
from domain.errors import InvalidValueError
from domain.schema import Closed, Code, Country, Known, Stated, Text, Year, value_of

MARKINGS_MAX: Final = 12
SYMBOLS_MAX: Final = 8

MarkKind = Literal[
    "manufacture",
    "component",
    "proof",
    "import",
    "state_stock",
    "civil_transfer",
    "confiscation",
    "deactivation",
    "security",
    "converter",
    "admin_serial",
    "unit",
    "owner",
    "other",
    "unknown",
]
MarkCondition = Literal["legible", "partial", "obliterated", "none"]
MarkDamage = Literal[
    "worn",
    "filed_or_ground",
    "punched",
    "over_stamped",
    "drilled",
    "welded",
    "plate_removed",
    "other",
    "unknown",
]
MarkLocation = Literal[
    "frame_or_lower",
    "receiver_or_upper",
    "barrel",
    "chamber",
    "slide",
    "bolt_head",
    "bolt_carrier",
    "cylinder",
    "other",
    "unknown",
]
MarkMethod = Literal[
    "stamp", "engrave", "laser", "dot", "cast", "etch", "metal_plate", "other", "unknown"
]
Script = Literal["latin", "cyrillic", "greek", "arabic", "han", "common", "mixed", "other"]


def check_serial(text: str) -> str:
    """Give the serial back unchanged, leading zeros included, if it can be one.

    Raises:
        InvalidValueError: ``serial_invalid``. It is a remark such as "unreadable" or "s/n",
            holds no letter or digit, or has spaces at an end or in a row (rule 12).
    """
    if not (_OBVIOUS.fullmatch(text) and _DIGIT.search(text)):
        _look_closely(text)
    return text


def _look_closely(text: str) -> None:
    if _SPACING.search(text):
        raise _not_serial("A serial has no space at either end, and never two in a row.")
    plain = _plain(text)
    if not any(character.isalnum() for character in plain):
        raise _not_serial("A serial holds at least one letter or digit.")
    if _LABEL.search(plain) or _REMARK.search(plain) or _is_only_remarks(plain):
        raise _not_serial("This is a remark about a serial, not a serial.")


class KnownSerial(Known):
    """A serial that is known, and can be one."""

    known: Annotated[Text, AfterValidator(check_serial)]


Serial = KnownSerial | Literal["unknown", "none"]
"""The number on the leading part: known, ``unknown``, or ``none`` where none was ever cut."""


class Marking(Closed):
    """One mark on one part, as applied or as seen.

    Attributes:
        kind: What the mark is for.
        text: The text as seen; ``unknown`` where it cannot be read, ``none`` without text.
        condition: How well it can be read today; ``none`` says that the mark is missing.
        damage: What was done to it.
        script: Script of the text; derived from the text where absent.
        symbols: Codes of a picture list, for marks that are not text.
        location: The part that carries it.
        method: How it was applied.
        maker: Manufacturer or importer that the mark names.
        country: Country that the mark names.
        year: Year that the mark names.
    """

    kind: MarkKind
    text: Stated
    condition: MarkCondition
    damage: Maybe[MarkDamage] = None
    script: Maybe[Script] = None
    symbols: Annotated[
        tuple[Code, ...], Field(strict=False, min_length=1, max_length=SYMBOLS_MAX)
    ] = ()
    location: Maybe[MarkLocation] = None
    method: Maybe[MarkMethod] = None
    maker: Maybe[Text] = None
    country: Maybe[Country] = None
    year: Maybe[Year] = None

    @model_validator(mode="after")
    def _agree(self) -> Self:
        known = value_of(self.text) is not None
        if self.condition == "legible" and not (known or self.symbols):
            raise ValueError("a legible mark has a known text or symbols")
        if self.condition in ("obliterated", "none") and known:
            raise ValueError("a mark that is obliterated or missing has no known text")
        return self


Markings = Annotated[
    tuple[Marking, ...], Field(strict=False, min_length=1, max_length=MARKINGS_MAX)
]
"""Marks on one firearm. A JSON list becomes a tuple; no mark at all is an absent member."""


def script_of(text: str) -> Script:
    """Tell the script of a text; ``common`` where only digits and signs of all scripts occur."""
    scripts = {_script(character) for character in text if not character.isascii()}
    if any(character.isascii() and character.isalpha() for character in text):
        scripts.add("latin")
    scripts.discard("common")
    if len(scripts) > 1:
        return "mixed"
    return scripts.pop() if scripts else "common"


def canonical(text: str) -> str:
    """Fold case, separators and script: the key under which equal marks meet.

    Cyrillic and Greek capitals that look Latin become Latin, digits of every script become
    ASCII, signs and spaces go. Leading zeros stay.
    """
    if text.isascii():
        return text.upper().translate(_ASCII_SEPARATORS)
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).upper())
    return "".join(_fold(character) for character in folded if character.isalnum())


def embedded_fold(text: str) -> str:
    """Ignore letters between digits as NCIC does: ``369J257`` and ``369M257`` meet."""
    return _EMBEDDED.sub("", canonical(text))


def lookalike_fold(text: str) -> str:
    """Fold what the eye confuses, such as O and 0, S and 5, or Z and 2, into one character."""
    return canonical(text).translate(_LOOKALIKES)


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(each for each in decomposed if not unicodedata.combining(each)).upper()


def _is_only_remarks(plain: str) -> bool:
    if any(character.isdigit() for character in plain):
        return False
    return _ALL_X.fullmatch(plain) is not None or _NEVER_SERIAL.search(plain) is not None


def _script(character: str) -> Script:
    name = unicodedata.name(character, "")
    for prefix, script in _SCRIPTS:
        if name.startswith(prefix):
            return script
    return "other" if character.isalpha() else "common"


def _fold(character: str) -> str:
    value = unicodedata.decimal(character, None)
    return _TO_LATIN.get(character, character) if value is None else str(value)


def _not_serial(sentence: str) -> InvalidValueError:
    return InvalidValueError(
        sentence,
        slug="serial_invalid",
        next_step="Give the serial as seen, or the code unknown or none.",
    )


_OBVIOUS = re.compile(r"(?:[A-Za-z]{0,5}[0-9-])*[A-Za-z]{0,5}")
"""No remark is so short of letters; with a digit, this spares nearly all serials the rest."""
_DIGIT = re.compile(r"[0-9]")
_SPACING = re.compile(r"^\s|\s$|\s\s|[^\S ]")
_LABEL = re.compile(
    r"\bS\s?/\s?N\b|^\(?[A-Z]\s?[/.]\s?[A-Z]\.?\)?$|^N[O°º]\s?\.|\bSERIAL\b|\bCALIBRE\b|\bCALIBER\b|\?"
)
_REMARK = re.compile(
    r"UNREAD|UNKNOWN|ILLEGIB|ILEGIV|ILLISIB|UNLESERLICH|UNBEKANNT|OBLITER|SUPRIM|RASPAD|PICOTAD|"
    r"INCONNU|DESCONHEC|NOT VISIBLE|NOT LEGIBLE|NO NUMBER|SEM NUMERO|SIN NUMERO|SANS NUMERO|"
    r"OHNE NUMMER|NAO CONSTA|NAO APARENTE|INEXISTEN"
)
_ALL_X = re.compile(r"[X\W_]+")
_NEVER_SERIAL = re.compile(
    # English, German, French, Spanish and Portuguese remarks seen in real registers.
    r"\b(?:"
    r"NONE|UNKNOWN|RUST|RUSTED|RUSTY|MISSING|REMOVED|ERASED|DEFACED|GROUND|WORN|ABSENT|"
    r"NIL|NULL|NA|NC|NI|SN|NO|NOT|NAO|NON|NUMBER|NUMERO|NUMMER|WITHOUT|ILLEGIBLE|DAMAGED|"
    r"APPLICABLE|BLANK|ROST|KEINE|KEIN|OHNE|ENTFERNT|FEHLT|ROUILLE|AUCUN|AUCUNE|SANS|"
    r"EFFACE|LIME|NINGUNO|NINGUNA|BORRADO|LIMADO|SIN|SEM|APAGADO|APAGADA|AUSENTE|AUSENCIA|"
    r"ELIMINADO|ELIMINADA|REMOVIDO|REMOVIDA|PINADO|PINADA|PUNCIONADO|PUNCIONADA|LIXADO|"
    r"LIXADA|ADULTERADO|ADULTERADA|DANIFICADO|DANIFICADA|PREJUDICADO|PREJUDICADA|"
    r"ARTESANAL|CASEIRA|NUMERACAO|DESGASTADO|DESGASTADA|OXIDADO|OXIDADA|RASURADO|RASURADA|"
    r"SUPRESSA|CORROIDO|CORROIDA|DESTRUIDO|DESTRUIDA|IDENTIFICADO|IDENTIFICADA|APARENTE|"
    r"VISIVEL|POSSUI|CONSTA|HOUVE|NADA"
    r")\b"
)
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
    "A:A VE:B IE:E KA:K EM:M EN:H O:O ER:P ES:C TE:T HA:X U:Y BYELORUSSIAN-UKRAINIAN_I:I JE:J DZE:S"
)
_GREEK: Final = (
    "ALPHA:A BETA:B EPSILON:E ZETA:Z ETA:H IOTA:I KAPPA:K MU:M NU:N OMICRON:O RHO:P TAU:T "
    "UPSILON:Y CHI:X"
)
_LIKE_DIGITS: Final = "ZE:3 CHE:4 BE:6"


def _by_name(script: str, pairs: str) -> dict[str, str]:
    """Read pairs of a Unicode name and its look-alike; names keep the source unambiguous."""
    named = (pair.split(":") for pair in pairs.split())
    return {
        unicodedata.lookup(f"{script} CAPITAL LETTER {name.replace('_', ' ')}"): like
        for name, like in named
    }


_TO_LATIN: Final = _by_name("CYRILLIC", _CYRILLIC) | _by_name("GREEK", _GREEK)
_ASCII_SEPARATORS: Final = dict.fromkeys(code for code in range(128) if not chr(code).isalnum())
_EMBEDDED = re.compile(r"(?<=\d)\D+(?=\d)")
_LOOKALIKES: Final = str.maketrans(
    dict(zip("ODQILSBZGUT", "000115826V7", strict=True)) | _by_name("CYRILLIC", _LIKE_DIGITS)
)
