# SPDX-License-Identifier: Apache-2.0
"""Questions with several answers: alternatives, groups of questions, and lists of either.

An optional group that was not touched is absent; so is a list without anything in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Protocol

from api.console.forms.answers import COUNT, FORM, GROUPS_MAX, UNANSWERED, Reading, Said, is_under
from api.console.forms.labels.codes import words_of
from api.console.forms.scalars import Fields, Fixed, Text
from api.languages import marked as _

CHOOSE: Final = Said(_("Choose one of the answers."))
CHOOSE_ONE: Final = Said(_("Choose one answer, and fill in nothing beside it."))


class Node(Protocol):
    """One question, or several that make one value."""

    @property
    def kind(self) -> str:
        """By what it is asked, for the template."""

    def read(self, path: str, reading: Reading, /) -> Any:
        """Take the answer; nothing where none was given."""

    def write(self, path: str, value: Any, /) -> Fields:
        """Give the fields that hold a value."""

    def place(self, path: str, loc: tuple[Any, ...], value: Any, /) -> tuple[str, Said]:
        """Give the field that a problem belongs to, and what to write there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One named question of a group.

    Attributes:
        name: Name of the member of the data.
        label: The question in a few words.
        hint: What it says, in a sentence.
        required: Whether it must be answered.
        node: How it is asked.
    """

    name: str
    label: str
    hint: str
    required: bool
    node: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A text that is known, where ``unknown`` and ``none`` are kept apart.

    Attributes:
        text: How the text is asked.
    """

    kind: ClassVar = "known"
    text: Text

    def read(self, path: str, reading: Reading) -> Any:
        """Take the answer; nothing where none was given."""
        text = self.text.read(path, reading)
        return None if text is None else {"known": text}

    def write(self, path: str, value: Any) -> Fields:
        """Give the fields that hold a value."""
        return self.text.write(path, value["known"])

    def place(self, path: str, loc: tuple[Any, ...], value: Any) -> tuple[str, Said]:
        """Give the field that a problem belongs to, and what to write there."""
        return self.text.place(path, loc, value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One of several forms that an answer may have.

    Attributes:
        key: Its name in the form.
        label: What it is, in words.
        node: How the rest is asked; nothing where the option says all.
    """

    key: str
    label: str
    node: Node | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternatives:
    """An answer of one of several forms, such as a text, ``unknown`` or ``none``.

    Attributes:
        options: The forms; those that say all by themselves come last.
    """

    kind: ClassVar = "alternatives"
    options: tuple[Option, ...]

    def read(self, path: str, reading: Reading) -> Any:
        """Take the answer; who fills in one form and chooses none means that one."""
        chosen = reading.one(path + FORM)
        filled = [each.key for each in self.options if self._touched(path, each, reading)]
        values = {each.key: self._read(path, each, reading) for each in self.options}
        if not chosen and not filled:
            return None
        if chosen not in {"", *values} or set(filled) - {chosen or filled[0]}:
            reading.note(path, CHOOSE_ONE)
            return None
        value = values[chosen or filled[0]]
        if value is None and not _objected(path, reading):
            reading.note(path, UNANSWERED)
        return value

    def write(self, path: str, value: Any) -> Fields:
        """Give the fields that hold a value."""
        option = self.of(value)
        inside = option.node.write(f"{path}~{option.key}", value) if option.node else {}
        return {path + FORM: (option.key,), **inside}

    def place(self, path: str, loc: tuple[Any, ...], value: Any) -> tuple[str, Said]:
        """Give the field that a problem belongs to, and what to write there."""
        option = self.of(value)
        if option.node is None:
            return path, CHOOSE
        return option.node.place(f"{path}~{option.key}", loc[1:], value)

    def _touched(self, path: str, option: Option, reading: Reading) -> bool:
        return option.node is not None and reading.answers.touched(f"{path}~{option.key}")

    def _read(self, path: str, option: Option, reading: Reading) -> Any:
        if option.node is None:
            return option.key
        here = f"{path}~{option.key}"
        if not reading.answers.touched(here):
            return skip(option.node, here, reading)
        return option.node.read(here, reading)

    def of(self, value: Any) -> Option:
        """Tell which form a value has."""
        fitting = (each for each in self.options if _fits(each, value))
        return next(fitting, self.options[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Questions that make one value.

    Attributes:
        members: The questions.
    """

    kind: ClassVar = "group"
    members: tuple[Member, ...]

    def read(self, path: str, reading: Reading) -> Any:
        """Take the answers, and note what is missing."""
        value = {}
        for each in self.members:
            here = f"{path}.{each.name}"
            answer = self._read(each, here, reading)
            if answer is not None and answer != {}:
                value[each.name] = answer
            elif each.required and not _objected(here, reading):
                reading.note(here, UNANSWERED)
        return value

    def write(self, path: str, value: Mapping[str, Any]) -> Fields:
        """Give the fields that hold a value."""
        fields: Fields = {}
        for each in self.members:
            if each.name in value:
                fields |= each.node.write(f"{path}.{each.name}", value[each.name])
        return fields

    def place(self, path: str, loc: tuple[Any, ...], value: Any) -> tuple[str, Said]:
        """Give the field that a problem belongs to, and what to write there."""
        named = {each.name: each for each in self.members}
        rest = loc
        while rest and rest[0] not in named:
            rest = rest[1:]
        if not rest:
            return path, UNCLEAR
        name = str(rest[0])
        if not isinstance(value, Mapping) or name not in value:
            return f"{path}.{name}", UNANSWERED
        return named[name].node.place(f"{path}.{name}", rest[1:], value[name])

    def _read(self, member: Member, path: str, reading: Reading) -> Any:
        """Take an answer; an optional group that nobody touched is left out as a whole."""
        whole = isinstance(member.node, Group)
        if whole and not member.required and not reading.answers.touched(path):
            return skip(member.node, path, reading)
        return member.node.read(path, reading)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticks:
    """Any number of codes of a closed list.

    Attributes:
        codes: The codes, in the order of the list.
        empty: Whether a list without any is a value.
    """

    kind: ClassVar = "ticks"
    codes: tuple[str, ...]
    empty: bool = False

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        """Each code with its words."""
        return tuple((code, words_of(code)) for code in self.codes)

    def read(self, path: str, reading: Reading) -> Any:
        """Take the answers; nothing where none was given."""
        ticked = [each for each in reading.several(path) if each]
        if not set(ticked) <= set(self.codes):
            reading.note(path, CHOOSE)
        return ticked or ([] if self.empty else None)

    def write(self, path: str, value: Sequence[str]) -> Fields:
        """Give the fields that hold a value."""
        return {path: tuple(value)}

    def place(self, path: str, _loc: tuple[Any, ...], _value: Any) -> tuple[str, Said]:
        """Give the field that a problem belongs to, and what to write there."""
        return path, CHOOSE


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Several short texts, one on each line.

    Attributes:
        item: How one of them is asked.
        most: How many there may be.
        empty: Whether a list without any is a value.
    """

    kind: ClassVar = "lines"
    item: Text
    most: int
    empty: bool = False

    def read(self, path: str, reading: Reading) -> Any:
        """Take the answers; nothing where none was given."""
        lines = [each.strip() for each in reading.one(path).split("\n")]
        said = [self.item.meant(each) for each in lines if each]
        return said or ([] if self.empty else None)

    def write(self, path: str, value: Sequence[str]) -> Fields:
        """Give the fields that hold a value."""
        return {path: ("\r\n".join(value),)}

    def place(self, path: str, loc: tuple[Any, ...], value: Any) -> tuple[str, Said]:
        """Give the field that a problem belongs to, and what to write there."""
        if loc and isinstance(loc[0], int):
            return path, self.item.place(path, loc[1:], value)[1]
        return path, Said(_("Write at most %(most)s, one on each line."), {"most": self.most})


@dataclass(frozen=True, slots=True, kw_only=True)
class Several:
    """A list of values that each take several questions.

    Attributes:
        item: How one of them is asked.
        most: How many there may be.
        least: How many are shown at first.
    """

    kind: ClassVar = "several"
    item: Node
    most: int
    least: int

    def read(self, path: str, reading: Reading) -> Any:
        """Take the answers; what was left empty at the end is left out."""
        reading.one(path + COUNT)
        count = reading.answers.count(path)
        while count and not reading.answers.touched(f"{path}.{count - 1}"):
            count -= 1
            skip(self.item, f"{path}.{count}", reading)
        items = [self.item.read(f"{path}.{number}", reading) for number in range(count)]
        return items or None

    def write(self, path: str, value: Sequence[Any]) -> Fields:
        """Give the fields that hold a value."""
        fields: Fields = {path + COUNT: (str(len(value)),)}
        for number, each in enumerate(value):
            fields |= self.item.write(f"{path}.{number}", each)
        return fields

    def place(self, path: str, loc: tuple[Any, ...], value: Any) -> tuple[str, Said]:
        """Give the field that a problem belongs to, and what to write there."""
        if loc and isinstance(loc[0], int) and loc[0] < len(value):
            return self.item.place(f"{path}.{loc[0]}", loc[1:], value[loc[0]])
        most = {"most": min(self.most, GROUPS_MAX)}
        return path, Said(_("Fill in from one to %(most)s of these."), most)

    def shown(self, count: int) -> int:
        """Tell how many are shown where so many were asked for."""
        return max(count, self.least)


UNCLEAR: Final = Said(_("These answers do not fit together."))


def skip(node: Node, path: str, reading: Reading) -> None:
    """Take fields that nobody filled in, without asking for anything."""
    before = len(reading.problems)
    node.read(path, reading)
    del reading.problems[before:]


def option_of(key: str, node: Node | None, label: str = "") -> Option:
    """Make an option, a code in words where it says all by itself."""
    return Option(key=key, label=label or words_of(key), node=node)


def _objected(path: str, reading: Reading) -> bool:
    return any(is_under(each.path, path) for each in reading.problems)


def _fits(option: Option, value: Any) -> bool:
    """Tell whether a value can be of an option, by its form alone."""
    node = option.node
    if node is None:
        return bool(value == option.key)
    if isinstance(node, Group):
        fixed = {
            each.name: each.node.value for each in node.members if isinstance(each.node, Fixed)
        }
        return isinstance(value, Mapping) and all(value.get(n) == v for n, v in fixed.items())
    forms: Mapping[str, type] = {
        "text": str, "number": int, "flag": bool, "known": dict, "lines": list, "several": list,
    }  # fmt: skip
    return type(value) is forms.get(node.kind, str)
