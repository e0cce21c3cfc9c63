# SPDX-License-Identifier: Apache-2.0
"""The style sheet of pictures agrees with what is drawn, in either direction and any contrast."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from api.console.charts.drawing.measure import FONT, SMALL, TINY
from api.console.charts.drawing.patterns import SERIES_MAX

CSS = Path("api/console/static/charts.css").read_text("utf-8")
CHARTS = Path("api/console/charts")
MARK_CONTRAST = 3.0
TEXT_CONTRAST = 4.5
COLOURS = dict(re.findall(r"--chart-([\w]+):[^;#]*(#[0-9a-f]{6})", CSS))
UNSTYLED = {"chart-wide", "chart-figure", "chart-empty", "chart-label", "chart-chained"}


def contrast(colour: str) -> float:
    """Give the contrast with white (WCAG 2.2, relative luminance)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    light = sum(k * p for k, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return 1.05 / (light + 0.05)


@pytest.mark.parametrize("name", ["ink", "quiet", "0"])
def test_text_and_what_white_text_stands_on_can_be_read(name: str) -> None:
    assert contrast(COLOURS[name]) >= TEXT_CONTRAST


@pytest.mark.parametrize("name", [*map(str, range(SERIES_MAX)), "alarm", "quiet"])
def test_marks_stand_out_from_the_page(name: str) -> None:
    assert contrast(COLOURS[name]) >= MARK_CONTRAST


def test_every_series_has_a_colour_of_its_own() -> None:
    assert len({COLOURS[str(n)] for n in range(SERIES_MAX)}) == SERIES_MAX


def test_sizes_of_text_are_those_that_room_is_reserved_for() -> None:
    sizes = re.findall(r"(?:chart-(small|tiny)|chart-swatch text) \{[^}]*font-size: (\d+)px", CSS)
    assert {name or "text": float(size) for name, size in sizes} == {
        "text": FONT,
        "small": SMALL,
        "tiny": TINY,
    }


def test_no_rule_knows_left_or_right() -> None:
    assert (
        re.findall(r"\b(?:margin|padding|border)-(?:left|right)|\b(?:left|right)\s*[:;]", CSS) == []
    )


def test_nothing_is_fetched() -> None:
    assert "url(" not in CSS
    assert "@import" not in CSS


def test_every_class_that_is_drawn_has_a_rule() -> None:
    code = "\n".join(path.read_text("utf-8") for path in CHARTS.rglob("*.py"))
    drawn = set(re.findall(r"\bchart-[a-z0-9-]+(?![a-z0-9{-])", code)) - UNSTYLED
    ruled = set(re.findall(r"\.(chart-[a-z0-9-]+)", CSS))
    assert drawn <= ruled


@pytest.mark.parametrize("rule", ["forced-colors: active", "print"])
def test_strong_contrast_and_print_have_rules(rule: str) -> None:
    assert rule in CSS
