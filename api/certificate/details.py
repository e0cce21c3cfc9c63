# SPDX-License-Identifier: Apache-2.0
"""What an entry states, and what it changed, as labelled values.

Holders stand under the opaque references of the ledger, unless a name was revealed to the reader.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from api.certificate.labels import AXES, CODED, CODES, MEMBERS
from api.certificate.wording import N_, Phrase, Speaker, datum, name
from domain.firearm.events.common import Description
from domain.firearm.events.correcting import Corrected, Reversed
from domain.firearm.state import State
from domain.markings import Marking
from domain.schema import Closed, Known

DESCRIBING = ("make", "model", "kind", "action", "calibre", "year", "country")
"""By what a firearm is identified beside its serial (International Tracing Instrument, 8)."""


@dataclass(frozen=True, slots=True)
class Teller(Speaker):
    """Says what is on record, to somebody who may see certain names.

    Attributes:
        revealed: Names of holders that were revealed, by their holdings.
    """

    revealed: Mapping[str, str] = field(default_factory=dict)

    def code(self, code: str) -> Phrase:
        """Say a code of the lists in words; any other as it is."""
        message = CODES.get(code)
        return [{"w": self.word(message)}] if message else datum(code)

    def label(self, member: str) -> Phrase:
        """Name a member; one without a name as the ledger does."""
        message = MEMBERS.get(member)
        return [{"w": self.word(message)}] if message else datum(member)

    def holding(self, holding: str) -> Phrase:
        """Give whoever holds something, by the name that was revealed, or not at all."""
        known = self.revealed.get(holding)
        return [*name(known), {"w": " · "}, *datum(holding)] if known else datum(holding)

    def labelled(self, label: Phrase, value: Phrase) -> Phrase:
        """Put a value behind its label."""
        return self.say(N_("%(label)s: %(value)s"), label=label, value=value)

    def serial(self, described: Description) -> Phrase:
        """Give the serial of a firearm."""
        return self._value("serial", described.serial)

    def description(self, described: Description) -> Phrase:
        """Say by what a firearm is identified beside its serial."""
        return self.joined(self._labelled(described, DESCRIBING))

    def stated(self, dat: Closed) -> Phrase:
        """Say everything that an event states, in the order of its schema."""
        if isinstance(dat, Corrected | Reversed):
            return self.joined([self.labelled(self.label("reason"), datum(dat.reason))])
        return self.joined(self._labelled(dat, type(dat).model_fields))

    def axes(self, state: State) -> dict[str, Phrase]:
        """Say the state of a firearm, part by part; only what is known."""
        alerts: Iterable[str] = sorted(state.alerts) or ("none",)
        told = {
            "technical": self.code(state.technical),
            "holder": self.code(state.holder),
            "custody": self.code(state.custody),
            "alerts": self.joined(map(self.code, alerts)),
            "marks": self.code(state.marks),
            "country": datum(state.country) if state.country else self.code("unknown"),
            "custodian": datum(state.custodian) if state.custodian else [],
            "holding": self.holding(state.holding) if state.holding else [],
        }
        return {axis: phrase for axis, phrase in told.items() if phrase}

    def state(self, state: State, before: State | None = None) -> Phrase:
        """Say a state, or what of it is other than before."""
        then = self.axes(before) if before else {}
        return self.joined(
            self.labelled([{"w": self.word(AXES[axis])}], value)
            for axis, value in self.axes(state).items()
            if value != then.get(axis)
        )

    def _labelled(self, dat: Closed, members: Iterable[str]) -> Iterator[Phrase]:
        for member in members:
            value = getattr(dat, member)
            if value not in (None, ()):
                yield self.labelled(self.label(member), self._value(member, value))

    def _value(self, member: str, value: object) -> Phrase:
        if isinstance(value, Known):
            return datum(value.known)
        if isinstance(value, bool):
            return self.say(N_("yes")) if value else self.say(N_("no"))
        if isinstance(value, Marking):
            return self._mark(value)
        if isinstance(value, tuple):
            return self._several(member, value)
        if isinstance(value, Closed):
            return self._inside(value)
        if member.endswith("hld"):
            return self.holding(str(value))
        listed = member in CODED or value in ("unknown", "none")
        return self.code(str(value)) if listed else datum(value)

    def _several(self, member: str, values: tuple[object, ...]) -> Phrase:
        told: Phrase = []
        for each in values:
            told += [*([{"w": ", "}] if told else []), *self._value(member, each)]
        return told

    def _inside(self, value: Closed) -> Phrase:
        """Say the members of a value that has some of its own."""
        given = [each for each in type(value).model_fields if each in value.model_fields_set]
        told: Phrase = []
        for member in given:
            inner = self.labelled(self.label(member), self._value(member, getattr(value, member)))
            told += [*([{"w": ", "}] if told else []), *inner]
        return told

    def _mark(self, mark: Marking) -> Phrase:
        text = mark.text.known if isinstance(mark.text, Known) else mark.text
        told = self.say(
            N_("%(text)s (%(kind)s, %(condition)s)"),
            text=self.code(text) if text in ("unknown", "none") else datum(text),
            kind=datum(mark.kind),
            condition=datum(mark.condition),
        )
        return [*told, {"w": " "}, *datum(mark.location)] if mark.location else told
