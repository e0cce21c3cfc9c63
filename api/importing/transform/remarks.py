# SPDX-License-Identifier: Apache-2.0
"""What people wrote where a serial should be, read into the condition of the mark.

Implements the reading of remarks of the domain facts, sections 6 and 7 and rule 12: a text
becomes obliterated, partial, none or unknown, with the damage where the words tell it. The
words are data, ``spellings/no-serial.toml``, by language; a mapping names the languages that
its register is written in. What no list knows is unknown and says so, and is never guessed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, cast, get_args

from pydantic import BaseModel, ConfigDict, Field

from api.importing.mapping.model import Language, Mapping, Read, RemarkAbout, Spelling
from api.importing.transform.words import reader
from domain.markings import MarkDamage

WORDS: Final = Path(__file__).parents[1] / "spellings" / "no-serial.toml"
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
UNREAD: Final = "unread"

Condition = Literal["obliterated", "partial", "none", "unknown"]


class Remark(NamedTuple):
    """What a text in a serial's place tells of the mark.

    Attributes:
        condition: How well the mark can be read.
        damage: What was done to it; nothing where the words do not tell.
        understood: Whether a list knew the text; what none knows is unknown.
    """

    condition: Condition
    damage: MarkDamage | None
    understood: bool


def remark_reader(*languages: Language) -> Callable[[str], Remark]:
    """Give the function that reads a text by the lists of some languages, all of them if none.

    It is for texts that are no serial; one that is, is not understood.
    """
    spoken = languages or LANGUAGES
    condition = reader(_spelling("condition", spoken))
    damage = reader(_spelling("damage", spoken))

    def read(text: str) -> Remark:
        means, told = condition(text).meaning, damage(text).meaning
        if means == UNREAD:
            return Remark("unknown", None, understood=False)
        done = None if told == UNREAD else cast("MarkDamage", told)
        touched = means in ("obliterated", "partial")
        return Remark(cast("Condition", means), done if touched else None, understood=True)

    return read


def with_languages(mapping: Mapping) -> Mapping:
    """Give a mapping in which spellings that name languages have their lists after their own."""
    spellings = {
        name: each.model_copy(
            update={"read": (*each.read, *_reads(each.about, each.languages)), "languages": ()}
        )
        for name, each in mapping.spellings.items()
        if each.languages
    }
    return mapping.model_copy(update={"spellings": {**mapping.spellings, **spellings}})


class _Words(BaseModel):
    """The lists of one language."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    condition: tuple[Read, ...] = Field(default=(), strict=False)
    damage: tuple[Read, ...] = Field(default=(), strict=False)


def _spelling(about: RemarkAbout, languages: Iterable[Language]) -> Spelling:
    empty: Any = "unknown" if about == "condition" else UNREAD
    return Spelling(
        strip=str(_file()["strip"]),
        empty=empty,
        otherwise=UNREAD,
        read=_reads(about, languages),
    )


def _reads(about: RemarkAbout, languages: Iterable[Language]) -> tuple[Read, ...]:
    words = (_words(name) for name in ("any", *languages))
    return tuple(read for each in words for read in getattr(each, about))


@lru_cache
def _words(name: str) -> _Words:
    return _Words.model_validate(_file()[name])


@lru_cache(maxsize=1)
def _file() -> dict[str, Any]:
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))
