# SPDX-License-Identifier: Apache-2.0
"""The reports that a State owes, table by table (domain facts, section 3; peers, section 8).

The exact wording and numbering of the official tables was not at hand when this was written.
The tables hold the categories that are known to be asked for, under numbers of our own, and each
file says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from api.reporting.sheets import Form, Table

WORDING: Final = (
    "The exact wording and numbering of the official tables was not at hand: the tables are "
    "numbered in our own order. Compare each definition with the form before you copy a number."
)

IAFQ: Final = Form(
    name="iafq",
    title="Illicit Arms Flows Questionnaire, statistical part",
    notes=(
        WORDING,
        (
            "Not in this ledger, hence not here: persons contacted, prosecuted and convicted, and "
            "the qualitative part. Tracing requests by others than this ledger's authorities are "
            "here only as far as somebody recorded them."
        ),
        (
            "Tables 1.1 to 1.9 count every time that a firearm came to hand, whatever the "
            "proceeding; tables 5.1 and 5.2 count each firearm once, and seizures in criminal "
            "proceedings only. By their definitions they do not add up to each other."
        ),
    ),
    tables=(
        Table(
            code="1.1",
            title="Seized, found and surrendered, by type",
            statistic="apprehensions",
            by=("apprehension", "type"),
        ),
        Table(
            code="1.2",
            title="By legal ground and proceeding",
            statistic="apprehensions",
            by=("apprehension", "ground", "proceeding"),
        ),
        Table(code="1.3", title="By linked offences", statistic="apprehensions", by=("crimes",)),
        Table(
            code="1.4",
            title="By kind of place or means of transport",
            statistic="apprehensions",
            by=("apprehension", "place"),
        ),
        Table(
            code="1.5",
            title="By condition: home-made, modified and so on",
            statistic="apprehensions",
            by=("apprehension", "condition"),
        ),
        Table(
            code="1.6",
            title="By country of manufacture",
            statistic="apprehensions",
            by=("made_in",),
        ),
        Table(code="1.7", title="By region", statistic="apprehensions", by=("region",)),
        Table(
            code="1.8",
            title="By whether uniquely marked",
            statistic="apprehensions",
            by=("apprehension", "marked"),
        ),
        Table(
            code="1.9",
            title="Markings missing or obliterated",
            statistic="marks-missing",
            by=("type", "marks"),
        ),
        Table(
            code="2.1",
            title="Parts and components",
            statistic="parts-seized",
            by=("apprehension", "part"),
        ),
        Table(code="2.2", title="Ammunition", statistic="ammunition-seized", by=("ground",)),
        Table(
            code="3.1",
            title="Significant seizures",
            statistic="significant-seizures",
            by=("month", "region", "ground", "size"),
        ),
        Table(
            code="4.1",
            title="Flows: last lawful hand-over and recovery",
            statistic="flows",
            by=("source_country", "recovery_country"),
        ),
        Table(
            code="5.1",
            title="SDG indicator 16.4.2, by how it came to hand and how far it was traced",
            statistic="sdg-16.4.2",
            by=("apprehension", "level"),
        ),
        Table(
            code="5.2",
            title="SDG indicator 16.4.2, uniquely marked firearms apart",
            statistic="sdg-16.4.2",
            by=("marked", "level"),
        ),
        Table(
            code="5.3",
            title="Tracing requests, by State asked and outcome",
            statistic="trace-outcomes",
            by=("recipient", "outcome", "reason"),
        ),
        Table(
            code="5.4",
            title="Time to answer, by State asked",
            statistic="trace-times",
            by=("recipient", "answer"),
        ),
        Table(
            code="5.5",
            title="Points of diversion",
            statistic="diversions",
            by=("circumstance", "diverted_in", "method"),
        ),
        Table(code="5.6", title="Time to crime", statistic="time-to-crime", by=("type", "band")),
        Table(
            code="5.7",
            title="Tracing requests made and received, by counterpart State and answer",
            statistic="trace-requests",
            by=("direction", "counterpart", "answer"),
        ),
        Table(code="6.1", title="Destroyed", statistic="destruction", by=("method", "type")),
    ),
)
"""Yearly, to UNODC."""

POA: Final = Form(
    name="poa",
    title="National report on the Programme of Action and the International Tracing Instrument",
    notes=(
        WORDING,
        "A national report covers two years; this file is one of them.",
        (
            "Not in this ledger, hence not here: laws, assistance, and for how long records are "
            "kept, which the adopted policies say (`muniment policies`)."
        ),
    ),
    tables=(
        Table(code="1.1", title="Marks applied", statistic="marking", by=("mark", "owner")),
        Table(
            code="2.1",
            title="Tracing requests, by asking authority, State asked and outcome",
            statistic="trace-outcomes",
            by=("asked_by", "recipient", "outcome"),
        ),
        Table(
            code="2.2",
            title="Time to answer a tracing request",
            statistic="trace-times",
            by=("answer", "band"),
        ),
        Table(
            code="2.3",
            title="Tracing requests made and received, by counterpart State and outcome",
            statistic="trace-requests",
            by=("direction", "counterpart", "outcome"),
        ),
        Table(
            code="3.1",
            title="Stock on record at the end of the year",
            statistic="stock",
            by=("owner", "holder", "type", "technical"),
        ),
        Table(
            code="3.2",
            title="Losses and thefts, government stock apart",
            statistic="losses",
            by=("owner", "report", "type"),
        ),
        Table(
            code="4.1",
            title="Destroyed, by method and former owner",
            statistic="destruction",
            by=("owner", "method", "type"),
        ),
        Table(
            code="5.1",
            title="Seized, found and surrendered",
            statistic="apprehensions",
            by=("apprehension", "type"),
        ),
        Table(
            code="5.2",
            title="Markings missing or obliterated",
            statistic="marks-missing",
            by=("marks",),
        ),
    ),
)
"""Every two years, to UNODA."""

FORMS: Final[Mapping[str, Form]] = MappingProxyType({each.name: each for each in (IAFQ, POA)})
"""The reports by name."""
