# SPDX-License-Identifier: Apache-2.0
"""The two questions of a correction: which entry was wrong, and what is right in it.

The second one asks what the form of that entry asked, and makes the changes out of the answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from api.console.correcting.changes import Change, changes_of
from api.console.forms.answers import FORM, Reading, Said, is_under
from api.console.forms.compounds import CHOOSE, Group, Member, skip
from api.console.forms.deriving import group_of
from api.console.forms.form import DAT, OCC, OCCURRED, occurred_problems
from api.console.forms.labels.kinds import title_of
from api.console.forms.problems import problems_of
from api.console.forms.scalars import HOW, Fields, Fixed
from api.languages import marked as _
from domain.aggregate.recorded import Entry
from domain.event import Event
from domain.firearm.corrections import amend
from domain.firearm.events.correcting import CHANGES_MAX, Corrected

_NOTHING: Final = Said(_("Choose what is to be put right."))
_SAME: Final = Said(
    _("So it stands already. Change it, or choose on the page before what is wrong.")
)
_MANY: Final = Said(
    _("Put right at most %(most)s values at once, and the others by a correction of their own."),
    {"most": CHANGES_MAX},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """One entry of a record.

    Attributes:
        entries: Those that can be put right.
    """

    kind: ClassVar = "entries"
    entries: tuple[Entry, ...]

    @property
    def options(self) -> tuple[tuple[Entry, str], ...]:
        """Each entry with what happened."""
        return tuple((each, title_of(each.event.type)) for each in self.entries)

    def find(self, eid: str) -> Entry | None:
        """Give the entry of an event."""
        return next((each for each in self.entries if each.event.eid == eid), None)

    def read(self, path: str, reading: Reading) -> Any:
        """Take the answer; nothing where none was given."""
        eid = reading.one(path)
        if eid and not self.find(eid):
            reading.note(path, CHOOSE)
            return None
        return eid or None

    def write(self, path: str, value: str) -> Fields:
        """Give the fields that hold a value."""
        return {path: (value,)}

    def place(self, path: str, _loc: tuple[Any, ...], _value: Any) -> tuple[str, Said]:
        """Give the field that a problem belongs to, and what to write there."""
        return path, CHOOSE


@dataclass(frozen=True, slots=True, kw_only=True)
class Amending:
    """What an entry states, with the right answers in the place of those that were wrong.

    Attributes:
        entry: The entry; nothing while none is chosen.
    """

    kind: ClassVar = "amending"
    entry: Entry | None

    @property
    def asked(self) -> tuple[Member, ...]:
        """The questions of the entry: the time, then those that it answers, then the others."""
        if self.entry is None:
            return ()
        members = group_of(self.entry.event.type.dat).members
        asked = (OCCURRED.member, *(m for m in members if not isinstance(m.node, Fixed)))
        return tuple(sorted(asked, key=lambda each: each.name not in self.stated))

    @property
    def stated(self) -> Mapping[str, Any]:
        """The answers as they count at present, by the name of the question."""
        return document_of(self.entry.effective) if self.entry else {}

    def base(self, path: str) -> str:
        """Give under which name the answers to an entry stand, apart from those to another."""
        return f"{path}.{self.entry.index if self.entry else 0}"

    def chosen(self, path: str, ticked: Sequence[str]) -> dict[str, Member]:
        """Give the questions that somebody chose, each by the name of its field."""
        base = self.base(path)
        return {f"{base}.{each.name}": each for each in self.asked if each.name in ticked}

    def read(self, path: str, reading: Reading) -> list[Change] | None:
        """Take the right answers, and make changes of those that are not as they stand."""
        base, stated = self.base(path), self.stated
        ticked = reading.several(base + FORM)
        chosen = self.chosen(path, ticked)
        for each in self.asked:
            if each.name not in ticked:
                skip(each.node, f"{base}.{each.name}", reading)
        right = Group(members=tuple(chosen.values())).read(base, reading)
        changes = []
        for here, each in chosen.items():
            found = [*changes_of(each.name, stated.get(each.name), right.get(each.name))]
            if not found:
                reading.note(here, _SAME)
            changes += found
        if not chosen or len(changes) > CHANGES_MAX:
            reading.note(base + FORM, _MANY if chosen else _NOTHING)
        others = {name: value for name, value in stated.items() if name not in ticked}
        self._check(base, {**others, **right}, chosen=chosen, reading=reading)
        return changes or None

    def write(self, path: str, value: Sequence[Change]) -> Fields:
        """Give the fields that hold changes."""
        if self.entry is None:
            return {}
        names = dict.fromkeys(str(each["field"]).partition(".")[0] for each in value)
        told = {"target": self.entry.event.eid, "reason": "other", "changes": [*value]}
        read = amend(self.entry.effective, Corrected.model_validate(told))
        right = document_of(read if isinstance(read, Event) else self.entry.effective)
        chosen = Group(members=tuple(self.chosen(path, [*names]).values()))
        base = self.base(path)
        return {base + FORM: (*names,), **chosen.write(base, right)}

    def place(self, path: str, loc: tuple[Any, ...], value: Any) -> tuple[str, Said]:
        """Give the field that a problem belongs to, and what to write there."""
        base = self.base(path)
        if not loc or not isinstance(loc[0], int) or loc[0] >= len(value):
            return base + FORM, _NOTHING
        name = str(value[loc[0]]["field"]).partition(".")[0]
        return f"{base}.{name}", Said(HOW["text"])

    def _check(
        self, base: str, right: Mapping[str, Any], *, chosen: Mapping[str, Member], reading: Reading
    ) -> None:
        """Note what the schema of the entry has against the answers together."""
        if self.entry is None:
            return
        kind, dat = self.entry.event.type, {n: v for n, v in right.items() if n != OCC}
        found = [*occurred_problems(right.get(OCC)), *problems_of(kind, group_of(kind.dat), dat)]
        for each in found:
            here = base + each.path.removeprefix(DAT) if each.path != OCC else f"{base}.{OCC}"
            own = any(is_under(here, one) for one in chosen)
            reading.note(here if own else base + FORM, each.said)


def document_of(event: Event) -> dict[str, Any]:
    """Give what an event states as JSON values, with when it happened among them."""
    return {OCC: event.occ.text, **event.dat.model_dump(mode="json", exclude_unset=True)}
