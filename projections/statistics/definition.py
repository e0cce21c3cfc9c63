# SPDX-License-Identifier: Apache-2.0
"""What a statistic is: a name, what it counts in sentences, and the query of its cases.

Implements rule 19 of the domain facts, section 9, and trap 3 of the peers' document, section 10:
a number without its definition is worth nothing. A statistic is a list of cases. Each case has a
weight ``n``, says whether it is a ``hit`` (counted above the line), who owns the firearm
(``owner``), how many ``days`` it took where time is counted, and why it is left out (``left_out``)
where it is. Its other columns are the dimensions by which it can be broken down.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, LiteralString

Unit = Literal["percent", "number", "days"]
"""What the value is: the hits in percent of the cases, their number, or a median time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistic:
    """One statistic.

    Attributes:
        name: Its name on the command line.
        title: Its name for a person.
        definition: What is counted, in sentences.
        source: Where the definition comes from.
        unit: What its value is.
        numerator: What is counted above the line.
        denominator: What is counted below the line.
        dimensions: By what it can be broken down; names of columns of its cases.
        cases: Query of its cases, over the views of ``cases``.
    """

    name: str
    title: str
    definition: str
    source: str
    unit: Unit
    numerator: str
    denominator: str
    dimensions: tuple[LiteralString, ...]
    cases: LiteralString


DIMENSIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "alert": "the open flags, such as stolen",
        "answer": "responded, restricted or refused",
        "apprehension": "seized, found or surrendered",
        "asked_by": "the authority that asked",
        "authority": "the authority that recorded it",
        "band": "how long it took, in bands",
        "cause": "the cause that the report states",
        "circumstance": "how it left the lawful circuit",
        "condition": "in which state it came to hand",
        "counterpart": "the other State of the request",
        "country": "the country in which it happened or is",
        "crimes": "the offences of the case",
        "custodian": "the agency or unit that has it",
        "custody": "where it physically is",
        "declared_origin": "what the source says of its origin; a claim",
        "direction": "made or received",
        "discrepancy": "what the newest count found wrong",
        "diverted_in": "the country in which it left the lawful circuit",
        "diverted_year": "the year in which it left the lawful circuit",
        "ground": "the legal ground",
        "holder": "the class of holder who answers for it",
        "level": "how far it is known where it left the lawful circuit",
        "made_in": "the country of manufacture",
        "mark": "what the mark is for",
        "marked": "whether it bears its marks: yes, no or unknown",
        "marks": "the state of its marks",
        "method": "by which method",
        "month": "the month, where it is known",
        "outcome": "what the request ended with; open where it has not",
        "owner": "whether a government owns it: government, not_government or unknown",
        "part": "the kind of part",
        "place": "the kind of place or means of transport",
        "proceeding": "criminal, administrative or unknown",
        "quarter": "the quarter, where it is known",
        "reason": "why the point of diversion was not identified",
        "recipient": "the State that was asked",
        "recovery": "where it came to hand: a country, or a part of one",
        "recovery_country": "the country in which it came to hand",
        "region": "the country, or a part of one, in which it happened",
        "report": "lost or stolen",
        "size": "how many firearms the case has, in bands",
        "source": "where it was last lawfully handed over: a country, or a part of one",
        "source_country": "the country in which it was last lawfully handed over",
        "status": "where the request stands",
        "technical": "what it is technically",
        "type": "pistol, revolver, rifle, shotgun and so on",
        "year": "the year, where it is known",
    }
)
"""What each dimension tells."""

REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "administrative": "seized for an administrative violation, which the definition excludes",
        "domestic": "a State asked its own authorities",
        "imprecise": "the times stated leave open which band it belongs to",
        "marks_unknown": "nobody has stated the condition of its marks",
        "no_sale_on_record": "no lawful sale or transfer stands before the seizure",
        "not_answered": "no answer is on record",
        "place_unknown": "one end of the way is on no record",
        "proceeding_unknown": "the record does not say whether the proceeding is criminal",
        "undated": "its time is too imprecise to belong to the period",
    }
)
"""Why a case is left out."""
