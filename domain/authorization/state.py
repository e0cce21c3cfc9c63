# SPDX-License-Identifier: Apache-2.0
"""The state of an authorization: what was decided, what stood before it, what was drawn.

Implements the states of the domain facts, section 5 (applied, issued, partly used, used up,
expired, revoked, refused), and the pure questions that shipments and firearms ask of it:
what is left of a line, and what it is worth on a date.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from domain.aggregate.recorded import RecordState
from domain.authorization.codes import (
    AuthorizationKind,
    AuthorizationStatus,
    MovePurpose,
    Stage,
    Standing,
    TransitAnswer,
    Use,
)
from domain.authorization.terms import Item, Party, Portion
from domain.occurrence import Occurrence


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportLicence:
    """The licence of the importing State, or its prior consent.

    Attributes:
        country: Importing State.
        number: Identifier of the licence here, or its number in another State.
        issued_on: Date of issue.
        expires_on: Date of expiry.
    """

    country: str
    number: str
    issued_on: Occurrence
    expires_on: Occurrence


@dataclass(frozen=True, slots=True)
class Answer:
    """What a transit State said last.

    Attributes:
        country: The State.
        answer: Its answer.
    """

    country: str
    answer: TransitAnswer


@dataclass(frozen=True, slots=True)
class Draw:
    """What one shipment drew.

    Attributes:
        shipment: Its identifier.
        portions: How much of which line.
    """

    shipment: str
    portions: tuple[Portion, ...]

    def of(self, line: int) -> int:
        """Give the quantity of one line."""
        return sum(each.quantity for each in self.portions if each.line == line)

    @property
    def total(self) -> int:
        """The quantity of all lines."""
        return sum(each.quantity for each in self.portions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Brokering:
    """One broker's part.

    Attributes:
        broker: Who arranged it.
        parties: Between whom.
        registered_as: His licence or number of registration.
    """

    broker: Party
    parties: tuple[Party, ...]
    registered_as: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What the State authorized.

    Attributes:
        number: Number of the document.
        issued_on: Its first day.
        expires_on: Its last day.
        exporter: Who sends.
        importer: Who receives.
        final_recipient: Who has the goods in the end.
    """

    number: str
    issued_on: Occurrence
    expires_on: Occurrence
    exporter: Party
    importer: Party
    final_recipient: Party


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization(RecordState):
    """One authorization of a State.

    Attributes:
        stage: The last decision.
        kind: What it is for.
        purpose: Lawful purpose, for a temporary movement.
        export_country: State from which the goods leave.
        import_country: State into which they go.
        transit: States on the way.
        answers: What transit States said last, in the order of their first answer.
        import_licence: Licence or consent of the importing State, once recorded.
        document: What was issued, once it was.
        items: The lines applied for; once issued, the lines authorized.
        draws: What shipments drew, oldest first.
        revoked_from: First day on which it is worth nothing, once it is revoked.
        brokers: Brokers named, in the order of the record.
    """

    stage: Stage = "applied"
    kind: AuthorizationKind = "export"
    purpose: MovePurpose | None = None
    export_country: str = ""
    import_country: str = ""
    transit: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()
    import_licence: ImportLicence | None = None
    document: Document | None = None
    items: tuple[Item, ...] = ()
    draws: tuple[Draw, ...] = ()
    revoked_from: Occurrence | None = None
    brokers: tuple[Brokering, ...] = ()

    @property
    def status(self) -> AuthorizationStatus:
        """The last decision; for one in force, how much of it was drawn."""
        return self.use if self.stage == "issued" else self.stage

    @property
    def use(self) -> Use:
        """How much of it was drawn, whatever was decided since."""
        if not self.draws:
            return "issued"
        return "used_part" if any(self.left(item.line) for item in self.items) else "used_up"

    def item(self, line: int) -> Item | None:
        """Give a line, if there is one of that number."""
        return next((each for each in self.items if each.line == line), None)

    def drawn(self, line: int) -> int:
        """Give how much of a line was drawn by all shipments."""
        return sum(draw.of(line) for draw in self.draws)

    def left(self, line: int) -> int:
        """Give how much of a line may still be drawn."""
        item = self.item(line)
        return max(0, item.quantity - self.drawn(line)) if item else 0

    def draw_of(self, shipment: str) -> Draw | None:
        """Give what a shipment drew."""
        return next((draw for draw in self.draws if draw.shipment == shipment), None)

    def answer_of(self, country: str) -> TransitAnswer | None:
        """Give what a transit State said last."""
        return next((each.answer for each in self.answers if each.country == country), None)

    def not_cleared(self, states: Iterable[str]) -> tuple[str, ...]:
        """Give those of some States that have not said in writing that they do not object."""
        return tuple(each for each in states if self.answer_of(each) != "no_objection")

    def standing_on(self, occ: Occurrence) -> Standing:
        """Tell what it is worth at a time of the world, as known at this head.

        The whole of the time has to lie within its days: what is dated no closer than a year
        that it covers in part is not shown to be authorized.
        """
        if self.document is None:
            return "refused" if self.stage == "refused" else "not_issued"
        if occ.earliest < self.document.issued_on.earliest:
            return "not_yet_valid"
        if self.revoked_from is not None and not occ.certainly_before(self.revoked_from):
            return "revoked"
        return "valid" if occ.latest <= self.document.expires_on.latest else "expired"

    @property
    def days(self) -> str:
        """Its first and last day, in words for a refusal."""
        if self.document is None:
            return "none"
        last = self.document.expires_on.text
        until = f", before {self.revoked_from.text}" if self.revoked_from else ""
        return f"{self.document.issued_on.text} to {last}{until}"


NOT_BEGUN: Final = Authorization()
"""Before the application."""
