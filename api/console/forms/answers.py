# SPDX-License-Identifier: Apache-2.0
"""What somebody answered, as a browser sends it: texts by the name of the field.

Answers travel in the form and are kept as they were written, right or wrong; nothing is stored on
the server. Whoever reads them takes each field once, so that what nobody asked for is found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from unicodedata import category, normalize

from api.languages import marked as _
from domain.errors import UsageError

FIELD_CHARS_MAX: Final = 64 * 1024
GROUPS_MAX: Final = 48
"""Groups of questions in one list; a longer list is recorded with the command line or the SDK."""


COUNT: Final = "~count"
FORM: Final = "~is"


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence for a person, with values that no translation touches.

    Attributes:
        text: The sentence in English, with ``%(name)s`` for each value.
        values: The values by name.
    """

    text: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """Give the sentence in English."""
        return self.text % self.values if self.values else self.text


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one answer.

    Attributes:
        path: Name of the field, or of the group of fields.
        said: What is wrong and what to write.
    """

    path: str
    said: Said


UNSEEN: Final = _("Delete the character %(code)s: it cannot be seen, or it means nothing.")
UNANSWERED: Final = Said(_("Answer this question."))


@dataclass(frozen=True, slots=True)
class Answers:
    """Texts by the name of the field, several where several may be ticked."""

    fields: Mapping[str, tuple[str, ...]]

    def one(self, name: str) -> str:
        """Give the text of a field as it was written; empty where there is none."""
        return (self.fields.get(name) or ("",))[0]

    def has(self, name: str, value: str) -> bool:
        """Tell whether one of several values is ticked."""
        return value in self.fields.get(name, ())

    def touched(self, path: str) -> bool:
        """Tell whether anything was answered in a field, or in a group of fields."""
        return any(
            is_under(name, path)
            and not name.endswith(COUNT)
            and any(each.strip() for each in texts)
            for name, texts in self.fields.items()
        )

    def count(self, path: str) -> int:
        """Tell how many groups a list shows.

        Raises:
            UsageError: ``request_invalid``.
        """
        said = self.one(path + COUNT) or "0"
        if not (said.isascii() and said.isdecimal() and int(said) <= GROUPS_MAX):
            raise _tampered()
        return int(said)

    def changed(self, fields: Mapping[str, str]) -> Answers:
        """Give the answers with some fields set."""
        return Answers({**self.fields, **{name: (text,) for name, text in fields.items()}})

    def but(self, names: Iterable[str]) -> Answers:
        """Give the answers but for some fields."""
        left = self.fields.keys() - set(names)
        return Answers({name: texts for name, texts in self.fields.items() if name in left})

    def without(self, path: str) -> Answers:
        """Give the answers but for a group of fields."""
        left = {name: texts for name, texts in self.fields.items() if not is_under(name, path)}
        return Answers(left)


def answers_of(pairs: Iterable[tuple[str, str]]) -> Answers:
    """Gather what a form sent.

    Raises:
        UsageError: ``request_invalid``, a field is too long.
    """
    gathered: dict[str, tuple[str, ...]] = {}
    for name, text in pairs:
        if len(text) > FIELD_CHARS_MAX:
            raise UsageError(
                "A field of the form is too long.",
                slug="request_invalid",
                next_step="Go back and shorten what you wrote.",
            )
        gathered[name] = (*gathered.get(name, ()), text)
    return Answers(gathered)


@dataclass(slots=True)
class Reading:
    """One pass over all answers: each field is taken once, and what is wrong is gathered.

    Attributes:
        answers: The answers.
        problems: What is wrong so far, in the order of the questions.
    """

    answers: Answers
    problems: list[Problem] = field(default_factory=list)
    _taken: set[str] = field(default_factory=set)

    def one(self, name: str) -> str:
        """Take a field that is sent once: composed (NFC), without spaces around it.

        Raises:
            UsageError: ``request_invalid``, it was sent twice.
        """
        texts = self.several(name)
        if len(texts) > 1:
            raise _tampered()
        text = normalize("NFC", texts[0].strip()) if texts else ""
        unseen = next((each for each in text if is_unseen(each)), "")
        if unseen:
            self.note(name, Said(UNSEEN, {"code": f"U+{ord(unseen):04X}"}))
        return text

    def several(self, name: str) -> tuple[str, ...]:
        """Take a field that may be sent several times."""
        self._taken.add(name)
        return self.answers.fields.get(name, ())

    def note(self, path: str, said: Said) -> None:
        """Note what is wrong."""
        self.problems.append(Problem(path, said))

    def check_all_taken(self) -> None:
        """Refuse fields that nobody asked for.

        Raises:
            UsageError: ``request_invalid``.
        """
        if self.answers.fields.keys() - self._taken:
            raise _tampered()


def is_unseen(character: str) -> bool:
    """Tell whether a character is one that no event may hold: bidi controls, for example."""
    return category(character)[0] == "C" and character not in "\r\n"


def is_under(name: str, path: str) -> bool:
    """Tell whether a field belongs to a question, or to a group of questions."""
    return name == path or name.startswith((f"{path}.", f"{path}~"))


def _tampered() -> UsageError:
    return UsageError(
        "The form holds a field that nobody asked for, or one of them twice.",
        slug="request_invalid",
        next_step="Begin again from the page of the record.",
    )
