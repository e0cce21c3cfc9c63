# SPDX-License-Identifier: Apache-2.0
"""What rules may ask of whatever circulates, be it a firearm or a loose component."""

from __future__ import annotations

from typing import Protocol

from domain.codes import Alert, Custody, HolderClass
from domain.firearm.events.disposing import Forfeited
from domain.markings import Marking, Serial
from domain.schema import Stated


class Circulating(Protocol):
    """The axes that a firearm and a component have in common (domain facts, section 5)."""

    @property
    def holder(self) -> HolderClass:
        """Axis H, the class of its holder."""

    @property
    def custody(self) -> Custody:
        """Axis C, where it physically is."""

    @property
    def alerts(self) -> frozenset[Alert]:
        """Axis A, the open flags."""

    @property
    def recovered(self) -> frozenset[Alert]:
        """Which listed flags it came to hand under since they were opened."""

    @property
    def country(self) -> str | None:
        """Country in which it is, where known."""

    @property
    def holding(self) -> str | None:
        """Opaque holding that answers for it."""

    @property
    def markings(self) -> tuple[Marking, ...]:
        """Every mark ever stated, oldest first."""

    @property
    def forfeiture(self) -> Forfeited | None:
        """The order by which it was forfeited, while that stands."""


class Identified(Protocol):
    """By what it is told apart from others of its kind."""

    @property
    def make(self) -> Stated:
        """Manufacturer or brand."""

    @property
    def model(self) -> Stated:
        """Model or type."""

    @property
    def calibre(self) -> Stated:
        """Calibre."""

    @property
    def serial(self) -> Serial:
        """The number on it."""
