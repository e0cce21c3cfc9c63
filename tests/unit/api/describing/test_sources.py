# SPDX-License-Identifier: Apache-2.0
"""Every event type says which instrument it implements, and everybody is shown it."""

from __future__ import annotations

import re
from typing import Final

import pytest

from api.describing.page import markdown
from api.describing.words import described, listed
from domain.catalogue import AGGREGATES, CATALOGUE
from domain.schema import Catalogue, EventType
from tests.unit.api.cli.terminal import muniment
from tests.unit.every import for_every

INSTRUMENT: Final = re.compile(
    r"Firearms Protocol, articles? \d|\bITI \d|MOSAIC \d\d\.\d\d|SDG 16\.4\.2"
    r"|(Directive|Regulation) \(EU\) \d{4}/\d+|\bWaffR?G \d|AWaffV \d|\d+ CFR \d|Act 1968"
    r"|\bNWR\b|\bATF (Ruling|F) |\bNCIC\b|C\.I\.P\.|Envelope specification, section \d"
)
"""How an instrument is named: with the article, paragraph or part where it has any."""


@for_every(CATALOGUE)
def test_every_type_names_an_instrument(kind: EventType) -> None:
    assert INSTRUMENT.search(kind.source), kind.source


@for_every(CATALOGUE)
def test_the_source_of_a_type_stands_on_the_page_and_in_its_description(kind: EventType) -> None:
    entry = markdown(Catalogue([kind])).partition(f"### {kind.evt}\n")[2]
    assert f"\n- Source: {kind.source}\n" in entry
    assert kind.source in " ".join(described(kind).split())
    assert listed(kind, schema=True)["source"] == kind.source


def test_events_of_different_articles_have_different_sources() -> None:
    sources = {kind.evt: kind.source for kind in CATALOGUE}
    assert sources["firearm.transferred"] == "Directive (EU) 2021/555, article 4(5)(c)"
    assert sources["trace.refused"] == "ITI 22 and 23"
    for aggregate in AGGREGATES.values():
        if len(aggregate.lines) > 2:
            assert len({line.source for line in aggregate.lines.values()}) > 1, aggregate.kind


def test_the_command_shows_the_source(capsys: pytest.CaptureFixture[str]) -> None:
    told = muniment(capsys, "events", "firearm.found").data
    assert "  source       SDG 16.4.2\n" in told
