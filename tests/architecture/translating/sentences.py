# SPDX-License-Identifier: Apache-2.0
"""Every sentence that the console says, gathered from templates, code and tables.

``python -m tests.architecture.translating.sentences`` puts what is new into the catalogues of the
five other languages, takes out what nobody says any more, and tells how much is left to translate.
"""

from __future__ import annotations

import re
import sys
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from api.console.languages import ENGLISH, NAMES
from tests.architecture.translating.heard import heard, once
from tests.architecture.translating.spoken import spoken

CONSOLE = Path("api/console")
METHODS = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
OPTIONS = {"**/templates/**.html": {"extensions": "jinja2.ext.i18n", "newstyle_gettext": "true"}}
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "translate": None}
PLACEHOLDER = re.compile(r"%\((\w+)\)s|%%")


def sentences() -> set[str]:
    """Give every message id."""
    known = {each for each in (*extracted(), *spoken()) if each.strip()}
    return known | set(once(heard(), known))


@cache
def extracted() -> frozenset[str]:
    """Give what templates and code say in so many words."""
    found = extract_from_dir(
        CONSOLE, method_map=METHODS, options_map=OPTIONS, keywords=KEYWORDS, comment_tags=()
    )
    messages = [each[2] for each in found]
    return frozenset(
        part
        for each in messages
        for part in ((each,) if isinstance(each, str) else filter(None, each))
    )


def place_of(language: str) -> Path:
    """Give where the catalogue of a language lies."""
    return CONSOLE / "locale" / language / "console.po"


def read(language: str) -> Catalog:
    """Read the catalogue of a language; an empty one where there is none."""
    place = place_of(language)
    if not place.exists():
        return Catalog(locale=language)
    with place.open("rb") as file:
        return read_po(file, locale=language)


def renewed(language: str) -> Catalog:
    """Give the catalogue of a language with exactly the sentences that are said."""
    kept = {str(each.id): str(each.string) for each in read(language) if each.id}
    made = Catalog(
        locale=language, fuzzy=False, header_comment="# SPDX-License-Identifier: Apache-2.0"
    )
    for sentence in sorted(sentences()):
        made.add(sentence, kept.get(sentence, ""))
    return made


def write(language: str, catalogue: Catalog) -> None:
    """Write a catalogue without dates and places, so that it changes with its sentences alone."""
    place = place_of(language)
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("wb") as file:
        write_po(file, catalogue, omit_header=True, no_location=True, width=0)


def main() -> None:
    """Renew every catalogue."""
    for language in NAMES:
        if language == ENGLISH:
            continue
        catalogue = renewed(language)
        write(language, catalogue)
        left = sum(not each.string for each in catalogue if each.id)
        sys.stdout.write(f"{language}: {left} of {len(catalogue)} to translate\n")


if __name__ == "__main__":
    main()
