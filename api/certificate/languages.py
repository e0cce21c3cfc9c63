# SPDX-License-Identifier: Apache-2.0
"""The six languages of a certificate, and how each writes a day.

Message ids are English sentences; what they are in the other official languages of the United
Nations stands in gettext catalogues beside this module.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final

from babel.dates import format_date, format_skeleton
from babel.messages.pofile import read_po

from domain.errors import UsageError
from domain.occurrence import Occurrence

Translate = Callable[[str], str]
"""Gives an English sentence in another language."""

LOCALES: Final[Mapping[str, str]] = {
    "en": "en_GB",
    "fr": "fr_FR",
    "es": "es_ES",
    "ru": "ru_RU",
    "zh": "zh_Hans_CN",
    "ar": "ar_EG",
}
"""Each language with the locale that writes its days."""

CATALOGUES: Final = Path(__file__).parent / "locale"
RIGHT_TO_LEFT: Final = frozenset({"ar"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A language of certificates.

    Attributes:
        code: Its ISO 639-1 code.
        translate: Gives a message in it.
    """

    code: str
    translate: Translate

    @property
    def right_to_left(self) -> bool:
        """Whether it is written from right to left."""
        return self.code in RIGHT_TO_LEFT

    @property
    def region(self) -> str:
        """Country whose forms of letters it takes: the Chinese ones are simplified."""
        return LOCALES[self.code][-2:]

    def day(self, occ: Occurrence) -> str:
        """Write when something happened as people do, as exactly as is known.

        Raises:
            ValueError: It is not known at all, which the caller has to say.
        """
        at = datetime.fromtimestamp(occ.earliest, UTC)
        locale = LOCALES[self.code]
        if occ.precision == "year":
            return f"{at:%Y}"
        if occ.precision == "month":
            return format_skeleton("yMMMM", at, locale=locale)
        return format_date(at.date(), "long", locale=locale)


def language(code: str) -> Language:
    """Give one of the six languages with its catalogue.

    Raises:
        UsageError: ``language_unknown``.
    """
    if code not in LOCALES:
        raise UsageError(
            f"Certificates are written in {', '.join(LOCALES)}, and in no other language.",
            slug="language_unknown",
            next_step="Choose one of them.",
        )
    messages = _messages(code)
    return Language(code=code, translate=lambda message: messages.get(message, message))


@cache
def _messages(code: str) -> Mapping[str, str]:
    """Read a catalogue; English has none, since it is the message itself."""
    if code == "en":
        return {}
    with (CATALOGUES / code / "certificate.po").open("rb") as file:
        catalogue = read_po(file, locale=code)
    return {str(each.id): str(each.string) for each in catalogue if each.id and each.string}
