# SPDX-License-Identifier: Apache-2.0
"""What is said of each statistic in one plain sentence, and how it is broken down at first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from api.languages import marked as _


@dataclass(frozen=True, slots=True)
class Outline:
    """A statistic as a page introduces it.

    Attributes:
        told: What it tells, in one sentence; a message id.
        by: The dimensions of its picture where the reader chooses none.
    """

    told: str
    by: tuple[str, ...]


OUTLINES: Final[Mapping[str, Outline]] = MappingProxyType(
    {
        "sdg-16.4.2": Outline(
            _(
                "For how many of the firearms that came to hand it is known where they left the "
                "lawful circuit."
            ),
            ("apprehension", "level"),
        ),
        "apprehensions": Outline(
            _("How many firearms were seized, found or handed in, over time and by type."),
            ("year", "type"),
        ),
        "significant-seizures": Outline(
            _("How many cases there were with ten firearms or more."), ("size",)
        ),
        "marks-missing": Outline(
            _("How often the marks were gone when a firearm came to hand."), ("marks",)
        ),
        "parts-seized": Outline(_("How many loose parts were seized or found."), ("part",)),
        "ammunition-seized": Outline(_("How many cartridges were seized."), ("ground",)),
        "trace-requests": Outline(
            _("How many tracing requests went to other States, and how many came from them."),
            ("direction", "counterpart"),
        ),
        "trace-outcomes": Outline(_("What tracing requests led to."), ("outcome",)),
        "trace-times": Outline(_("How long the first answer to a request took."), ("band",)),
        "diversions": Outline(
            _("How and where firearms left the lawful circuit."), ("circumstance",)
        ),
        "time-to-crime": Outline(
            _("How soon after a lawful sale firearms were seized."), ("band",)
        ),
        "flows": Outline(
            _("From where firearms came to the places where they came to hand."),
            ("source", "recovery"),
        ),
        "stock": Outline(_("Which firearms are on record, and in which state."), ("type",)),
        "issues": Outline(
            _("How many firearms were issued from government stock."), ("year", "custodian")
        ),
        "losses": Outline(_("How many losses and thefts were reported."), ("year", "report")),
        "marking": Outline(_("How many marks were applied, and for what."), ("mark",)),
        "destruction": Outline(
            _("How many firearms were destroyed, and by which method."), ("year", "method")
        ),
    }
)
"""Every statistic, by name."""

PLACES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "country": _("Country"),
        "recovery_country": _("Country where it came to hand"),
        "recipient": _("State that was asked"),
        "counterpart": _("Other State"),
        "diverted_in": _("Country of diversion"),
    }
)
"""The dimensions that a choice of country narrows, the first that a statistic has."""

KIND: Final = "type"

FORMULAS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "percent": _("Value = 100 \N{MULTIPLICATION SIGN} numerator ÷ denominator"),
        "number": _("Value = numerator"),
        "days": _("Value = median of the days of all that are in the denominator"),
    }
)
"""How a value is computed, by its unit."""
