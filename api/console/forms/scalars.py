# SPDX-License-Identifier: Apache-2.0
"""Questions with one answer: a text, a code, a number, yes or no, a time.

Each knows how it is read from fields, written into fields, and told to write it otherwise. Whether
a value is admitted is said by the schema of the event alone (``problems``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from api.console.forms.answers import FORM, Reading, Said
from api.console.forms.labels.codes import words_of
from api.console.vocabulary.countries import code_of
from api.languages import marked as _

Fields = dict[str, tuple[str, ...]]

UNKNOWN: Final = "unknown"
PLACES: Final = frozenset(("country", "jurisdiction"))
"""Forms of a text that names a country, or a part of one."""

_TIME: Final = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d))?", re.ASCII)
_NUMBER: Final = re.compile(r"-?\d{1,16}")
_DIGITS: Final = re.compile(r"\d{0,4}")
_PARTS: Final = ("~y", "~m", "~d", "~t")

HOW: Final[Mapping[str, str]] = {
    "text": _("Write at most 64 characters in one line."),
    "code": _("Write a code in small letters, digits and low lines, for example sport_shooting."),
    "country": _("Choose a country, or write its name or its two letters."),
    "jurisdiction": _("Choose a country, or write the letters of its part, for example BE-VLG."),
    "digest": _("Copy all 43 characters of the event or digest, as they are shown on its page."),
    "identifier": _("Copy the identifier from its page; it begins with %(begins)s"),
}
"""What to write instead, by the form of a text."""

UNCLEAR_TEXT: Final = _("This does not have the form that is asked for.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A short text.

    Attributes:
        form: What it holds: ``text``, ``code``, ``country`` and so on, or ``identifier``.
        begins: With what an identifier begins, several separated by ``, ``.
        most: How many characters it may have.
    """

    kind: ClassVar = "text"
    form: str
    begins: str = ""
    most: int = 64

    @property
    def how(self) -> Said:
        """What to write."""
        return Said(HOW.get(self.form, UNCLEAR_TEXT), {"begins": self.begins})

    def read(self, path: str, reading: Reading) -> Any:
        """Take the answer; nothing where none was given."""
        return self.meant(reading.one(path)) or None

    def meant(self, text: str) -> str:
        """Give the code of a place that was chosen or written by its name."""
        return code_of(text) if self.form in PLACES else text

    def write(self, path: str, value: Any) -> Fields:
        """Give the fields that hold a value."""
        return {path: (value,)}

    def place(self, path: str, _loc: tuple[Any, ...], _value: Any) -> tuple[str, Said]:
        """Give the field that a problem belongs to, and what to write there."""
        return path, self.how


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One code of a closed list.

    Attributes:
        codes: The codes, in the order of the list.
    """

    kind: ClassVar = "choice"
    codes: tuple[str, ...]

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        """Each code with its words."""
        return tuple((code, words_of(code)) for code in self.codes)

    def read(self, path: str, reading: Reading) -> Any:
        """Take the answer; nothing where none was given."""
        code = reading.one(path)
        if code and code not in self.codes:
            reading.note(path, _CHOOSE)
            return None
        return code or None

    def write(self, path: str, value: Any) -> Fields:
        """Give the fields that hold a value."""
        return {path: (value,)}

    def place(self, path: str, _loc: tuple[Any, ...], _value: Any) -> tuple[str, Said]:
        """Give the field that a problem belongs to, and what to write there."""
        return path, _CHOOSE


@dataclass(frozen=True, slots=True)
class Flag:
    """Yes or no."""

    kind: ClassVar = "flag"
    options: ClassVar = (("yes", "Yes"), ("no", "No"))

    def read(self, path: str, reading: Reading) -> Any:
        """Take the answer; nothing where none was given."""
        said = reading.one(path)
        if said not in ("", "yes", "no"):
            reading.note(path, _CHOOSE)
        return {"yes": True, "no": False}.get(said)

    def write(self, path: str, value: Any) -> Fields:
        """Give the fields that hold a value."""
        return {path: ("yes" if value else "no",)}

    def place(self, path: str, _loc: tuple[Any, ...], _value: Any) -> tuple[str, Said]:
        """Give the field that a problem belongs to, and what to write there."""
        return path, _CHOOSE


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A whole number.

    Attributes:
        low: The least that is admitted; nothing where all are.
        high: The most that is admitted.
    """

    kind: ClassVar = "number"
    low: int | None = None
    high: int | None = None

    @property
    def how(self) -> Said:
        """What to write."""
        if self.low is None or self.high is None:
            return Said(_("Write a whole number."))
        return Said(_("Write a whole number from %(low)s to %(high)s."), _bounds(self))

    def read(self, path: str, reading: Reading) -> Any:
        """Take the answer, in digits of any script; nothing where none was given."""
        said = reading.one(path)
        if said and not _NUMBER.fullmatch(said):
            reading.note(path, self.how)
            return None
        return int(said) if said else None

    def write(self, path: str, value: Any) -> Fields:
        """Give the fields that hold a value."""
        return {path: (str(value),)}

    def place(self, path: str, _loc: tuple[Any, ...], _value: Any) -> tuple[str, Said]:
        """Give the field that a problem belongs to, and what to write there."""
        return path, self.how


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A time in the calendar, with the precision that is known and no more.

    Day, month and year are fields of their own: who leaves out the day says that only the month is
    known, and a year alone stays a year.

    Attributes:
        vague: Whether less than a day, an instant, or ``unknown`` is admitted.
    """

    kind: ClassVar = "when"
    vague: bool

    @property
    def how(self) -> Said:
        """What to write."""
        if not self.vague:
            return Said(_("Write day, month and year of a day of the calendar."))
        return Said(_("Write day, month and year; leave out what is not known."))

    def read(self, path: str, reading: Reading) -> Any:
        """Take the answer; nothing where none was given."""
        parts = [reading.one(path + each) for each in (_PARTS if self.vague else _PARTS[:3])]
        unknown = reading.one(path + FORM) if self.vague else ""
        if unknown not in ("", UNKNOWN) or (unknown and any(parts)):
            reading.note(path, self.how)
            return None
        if unknown or not any(parts):
            return unknown or None
        text = _joined(parts)
        if text is None:
            reading.note(path, self.how)
        return text

    def write(self, path: str, value: Any) -> Fields:
        """Give the fields that hold a value."""
        if value == UNKNOWN:
            return {path + FORM: (UNKNOWN,)}
        day, time = (*str(value).removesuffix("Z").split("T"), "")[:2]
        year, month, date = [*day.split("-"), "", ""][:3]
        parts = zip(_PARTS, (year, month, date, time), strict=True)
        return {path + end: (part,) for end, part in parts if part}

    def place(self, path: str, _loc: tuple[Any, ...], _value: Any) -> tuple[str, Said]:
        """Give the field that a problem belongs to, and what to write there."""
        return path, self.how


@dataclass(frozen=True, slots=True)
class Instant:
    """A second of Unix time, asked for as a day, or as a day with a time in UTC."""

    kind: ClassVar = "when"
    vague: ClassVar = True

    def read(self, path: str, reading: Reading) -> Any:
        """Take the answer; nothing where none was given."""
        said = When(vague=True).read(path, reading)
        if said is None:
            return None
        try:
            return int(datetime.fromisoformat(said).replace(tzinfo=UTC).timestamp())
        except (ValueError, OverflowError):
            reading.note(path, _MOMENT)
            return None

    def write(self, path: str, value: Any) -> Fields:
        """Give the fields that hold a value."""
        moment = datetime.fromtimestamp(value, UTC)
        return When(vague=True).write(path, f"{moment:%Y-%m-%dT%H:%M:%SZ}")

    def place(self, path: str, _loc: tuple[Any, ...], _value: Any) -> tuple[str, Said]:
        """Give the field that a problem belongs to, and what to write there."""
        return path, _MOMENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """A value that is always the same, so that nobody is asked.

    Attributes:
        value: The value.
    """

    kind: ClassVar = "fixed"
    value: Any

    def read(self, _path: str, _reading: Reading) -> Any:
        """Give the value."""
        return self.value

    def write(self, _path: str, _value: Any) -> Fields:
        """Give no fields."""
        return {}

    def place(self, path: str, _loc: tuple[Any, ...], _value: Any) -> tuple[str, Said]:
        """Give the field that a problem belongs to, and what to write there."""
        return path, _CHOOSE


Scalar = Text | Choice | Flag | Number | When | Instant | Fixed

_CHOOSE: Final = Said(_("Choose one of the answers."))
_MOMENT: Final = Said(_("Write day, month and year, and a time in UTC if it matters."))


def _bounds(number: Number) -> Mapping[str, Any]:
    return {"low": number.low, "high": number.high}


def _joined(parts: Sequence[str]) -> str | None:
    """Put a time together; nothing where a part is missing before one that is there."""
    year, month, day, time = (*parts, "")[:4]
    if (day and not month) or (month and not year) or not year or (time and not day):
        return None
    clock = _TIME.fullmatch(time) if time else None
    if (time and not clock) or not all(_DIGITS.fullmatch(each) for each in (year, month, day)):
        return None
    text = "-".join([f"{int(year):04}", *(f"{int(each):02}" for each in (month, day) if each)])
    if clock is None:
        return text
    hours, minutes, seconds = (int(each or 0) for each in clock.groups())
    return f"{text}T{hours:02}:{minutes:02}:{seconds:02}Z"
