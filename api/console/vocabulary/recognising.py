# SPDX-License-Identifier: Apache-2.0
"""Sentences that were composed with data, found again in a catalogue and said in its language.

The ledger speaks English, and so do answers that it gave years ago; nothing of them is changed. A
message id with named places, ``Its seal %(seal)s was not found.``, is the form of what was said:
its fixed texts have to stand in a sentence in their order, and what stands between them are the
values. Nothing is kept of a sentence, since values may be of persons.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from unicodedata import east_asian_width

SENTENCE_CHARS_MAX: Final = 4096
"""Longer texts are no sentences, and are left as they are."""

DEPTH_MAX: Final = 4
"""How deeply a sentence is looked for in the values of another one."""

VALUE_WORDS_MAX: Final = 4
"""So many words in small letters may data have, as a maker's name does; more are a sentence."""

WORD_CHARS_MIN: Final = 3
"""Shorter words, such as "of" and "to", stand in too many sentences to know one by them."""

_PLACE: Final = re.compile(r"%\((\w+)\)s")
_WORD: Final = re.compile(r"[A-Za-z]+")
_RUNNING: Final = re.compile(r"(?<!\S)[a-z]{3,}(?=[\s,.;:]|$)")
_CODES: Final = re.compile(r"[a-z]+(?: [a-z]+)*")
_ENDS: Final = re.compile(r"(?<=[.!?]) (?=[A-Z\d])")
FULL: Final = "F"
"""Width of a sign that holds the space after it (Unicode Standard Annex #11)."""

_LISTED: Final = re.compile(r"(, |; | and | or )")
_FIRST_STRONG_ISOLATE: Final = "\u2068"
_POP_ISOLATE: Final = "\u2069"
_STEERING: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""What would end the isolation of a value, or turn the words around it."""


@dataclass(frozen=True, slots=True)
class Template:
    """A message id with places.

    Attributes:
        sentence: The message id.
        fixed: The texts around its places, one more than there are places.
        names: The names of its places, in order.
    """

    sentence: str
    fixed: tuple[str, ...]
    names: tuple[str, ...]

    @classmethod
    def parse(cls, sentence: str) -> Template | None:
        """Read a message id; nothing where it has no places, or places that nothing parts."""
        pieces = [each.replace("%%", "%") for each in _PLACE.split(sentence)]
        fixed, names = tuple(pieces[::2]), tuple(pieces[1::2])
        if not names or not all(fixed[1:-1]) or len(set(names)) < len(names):
            return None
        return cls(sentence, fixed, names)

    @property
    def length(self) -> int:
        """How much of it is fixed, in characters."""
        return sum(map(len, self.fixed))

    def words(self) -> Iterator[str]:
        """Give the whole words that it is known by; one that a value could lengthen is none."""
        for number, text in enumerate(self.fixed):
            for found in _WORD.finditer(text):
                first = found.start() == 0 and number > 0
                last = found.end() == len(text) and number < len(self.names)
                if not first and not last and len(found.group()) >= WORD_CHARS_MIN:
                    yield found.group()

    def values(self, text: str) -> dict[str, str] | None:
        """Give what stands at its places in a text; nothing where the text is another one.

        Each value is as short as can be, and none is empty. Time is linear in the text.
        """
        head, *between, tail = self.fixed
        if not text.startswith(head) or not text.endswith(tail):
            return None
        end, at, found = len(text) - len(tail), len(head), []
        for each in between:
            to = text.find(each, at + 1, end)
            if to < 0:
                return None
            found.append(text[at:to])
            at = to + len(each)
        if at >= end:
            return None
        return dict(zip(self.names, (*found, text[at:end]), strict=True))


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of what is shown, and whether it stayed English."""

    text: str
    english: bool


class Recogniser:
    """Says in one language what was composed in English."""

    def __init__(
        self,
        catalogue: Mapping[str, str],
        *,
        label: Callable[[str], str] = str,
        isolated: bool = False,
    ) -> None:
        """Read the templates of a catalogue.

        Args:
            catalogue: Translations by message id.
            label: Gives the message id of a code, for the codes that are values.
            isolated: Whether values that stay as they are have to be kept from taking part in the
                direction of the sentence (Unicode Standard Annex #9, FSI and PDI).
        """
        self._catalogue, self._label, self._isolated = catalogue, label, isolated
        self._templates = by_word(catalogue)

    def say(self, text: str) -> str:
        """Say a text, as far as it is known."""
        known = self._catalogue.get(text)
        return known if known is not None else "".join(each.text for each in self.parts(text))

    def parts(self, text: str) -> list[Part]:
        """Give a text sentence by sentence; those that are not known stay English."""
        told = self._whole(text, 0)
        if told is not None:
            return [Part(told, english=False)]
        said = _ENDS.split(text) if len(text) <= SENTENCE_CHARS_MAX else [text]
        found = [(each, self._whole(each, 0)) for each in said]
        if not any(told for _, told in found):
            return [Part(text, english=True)]
        return [
            Part((" " if number else "") + (each if told is None else told), english=told is None)
            for number, (each, told) in enumerate(found)
        ]

    def template(self, text: str) -> tuple[Template, dict[str, str]] | None:
        """Give the template that fixes most of a text, with the values in it."""
        if len(text) > SENTENCE_CHARS_MAX:
            return None
        near = {each for word in _WORD.findall(text) for each in self._templates.get(word, ())}
        for each in sorted(near, key=lambda one: (-one.length, one.sentence)):
            values = each.values(text)
            if values is not None:
                return each, values
        return None

    def _whole(self, text: str, depth: int) -> str | None:
        """Say one sentence or phrase; nothing where it is not known."""
        known = self._catalogue.get(text)
        if known is not None:
            return known
        found = self.template(text) if depth < DEPTH_MAX else None
        if found is None:
            return None
        template, values = found
        told = {name: self._value(value, depth + 1) for name, value in values.items()}
        if any(each is None and _speaks(values[name]) for name, each in told.items()):
            return None
        said = {
            name: self._kept(values[name]) if each is None else each for name, each in told.items()
        }
        return self._catalogue[template.sentence] % said

    def _value(self, value: str, depth: int) -> str | None:
        """Say a value that is itself known, or a list of which something is."""
        told = self._whole(value, depth)
        if told is not None:
            return told
        for parted in (_ENDS.split, _LISTED.split):
            pieces = parted(value) if depth < DEPTH_MAX else [value]
            found = [self._whole(each, depth + 1) or self._coded(each) for each in pieces]
            if len(pieces) > 1 and any(found):
                return self._joined(pieces, found, " " if parted == _ENDS.split else "")
        return self._coded(value)

    def _coded(self, value: str) -> str | None:
        """Say a code that is written as words, or a kind of something that another code is of."""
        if not _CODES.fullmatch(value):
            return None
        whole = self._code(value)
        if whole is not None:
            return whole
        words = value.split(" ")
        for at in range(1, min(len(words), VALUE_WORDS_MAX)):
            of, kind = self._code(" ".join(words[:at])), self._code(" ".join(words[at:]))
            if of is not None and kind is not None:
                return f"{kind}{self._comma(', ')}{of}"
        return None

    def _code(self, words: str) -> str | None:
        told = self._catalogue.get(self._label(words.replace(" ", "_")))
        # A label begins with a capital letter, which only an abbreviation keeps in a sentence.
        return told[:1].lower() + told[1:] if told and not told[1:2].isupper() else told

    def _joined(self, pieces: list[str], found: list[str | None], between: str) -> str:
        """Put pieces together again; where nothing parts them, what parted them is one of them."""
        return between.join(
            told
            if told is not None
            else (
                self._comma(each) if not between and _LISTED.fullmatch(each) else self._kept(each)
            )
            for each, told in zip(pieces, found, strict=True)
        )

    def _comma(self, between: str) -> str:
        told = self._catalogue.get(between.strip())
        if not told or between.startswith(" "):
            return f" {told} " if told else between
        return told if east_asian_width(told[-1]) == FULL else f"{told} "

    def _kept(self, value: str) -> str:
        kept = _STEERING.sub("\N{REPLACEMENT CHARACTER}", value)
        return f"{_FIRST_STRONG_ISOLATE}{kept}{_POP_ISOLATE}" if self._isolated else kept


def _speaks(value: str) -> bool:
    """Tell whether a value is rather a sentence that is not known, and so no value."""
    return len(_RUNNING.findall(value)) > VALUE_WORDS_MAX


def by_word(sentences: Iterable[str]) -> Mapping[str, tuple[Template, ...]]:
    """Give templates by the word of each that the fewest others have, to be found by it.

    One without any whole word fixes too little to be told from other texts, and is left out.
    """
    read = [each for each in map(Template.parse, sentences) if each and any(each.words())]
    often = Counter(word for each in read for word in set(each.words()))
    found = defaultdict(list)
    for each in read:
        found[min(each.words(), key=lambda word: (often[word], word))].append(each)
    return {word: tuple(each) for word, each in found.items()}
