# SPDX-License-Identifier: Apache-2.0
"""The six languages of a certificate, and how each writes a day.

Message ids are English sentences; what they are in the other official languages of the United
Nations stands in gettext catalogues beside this module.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from api.languages import Translate, read_catalogue, written_day
from domain.errors import UsageError
from domain.occurrence import Occurrence

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
        return written_day(occ, LOCALES[self.code])


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
    return read_catalogue(CATALOGUES / code / "certificate.po", code)
