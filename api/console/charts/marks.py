# SPDX-License-Identifier: Apache-2.0
"""Marks of entries on a line of time: numbered, and shaped by how far each entry is proved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from api.console.charts.drawing.canvas import Box, Canvas, Point
from api.console.charts.drawing.figure import SWATCH, Key
from api.console.charts.drawing.measure import SMALL, TINY, width
from api.console.charts.drawing.patterns import DOUBT, GAP
from api.console.charts.drawing.reader import Reader
from projections.timeline.proving import STATES, ProofState

RADIUS: Final = 10.0
INSIDE: Final = 2 * RADIUS
"""Room for a number; a longer one is left to the table."""

SPAN_HEIGHT: Final = 8.0
SIGN: Final = 6.0


def draw_mark(canvas: Canvas, at: Point, proof: ProofState, *, text: str = "") -> None:
    """Draw the mark of an entry, with its number."""
    if proof == "failed":
        size = RADIUS * 0.9
        canvas.box(Box(at.x - size, at.y - size, 2 * size, 2 * size), "chart-mark chart-failed")
        for side in (-size, size):
            ends = Point(at.x - side, at.y - size), Point(at.x + side, at.y + size)
            canvas.line(*ends, "chart-cross")
    else:
        canvas.disc(at, RADIUS, f"chart-mark chart-{proof}")
        if proof == "checkpointed":
            canvas.disc(at, RADIUS - 3, "chart-ring")
    size, css = (SMALL, "chart-small") if width(text, SMALL) <= INSIDE else (TINY, "chart-tiny")
    if text and width(text, size) <= INSIDE:
        base = Point(at.x, at.y + size * 0.36)
        canvas.text(base, text, f"{css} chart-on-{proof}", align="middle")


def draw_contradiction(canvas: Canvas, at: Point) -> None:
    """Draw the sign of an entry that does not fit, its lower edge at a place."""
    corners = Point(at.x - SIGN, at.y), Point(at.x, at.y - 2 * SIGN), Point(at.x + SIGN, at.y)
    canvas.area(["M", corners[0], "L", corners[1], "L", corners[2], "Z"], "chart-contradiction")


def draw_span(canvas: Canvas, start: Point, end: float) -> None:
    """Draw the time within which something happened at an unknown moment."""
    box = Box(start.x, start.y - SPAN_HEIGHT / 2, end - start.x, SPAN_HEIGHT)
    canvas.box(box, "chart-span", pattern=DOUBT)


def draw_gap(canvas: Canvas, box: Box) -> None:
    """Draw a time of which nothing is on record."""
    canvas.box(box, "chart-gap", pattern=GAP)


def proof_words(reader: Reader) -> Mapping[ProofState, str]:
    """Give the five words of proof in the reader's language."""
    _ = reader.translate
    return {
        "failed": _("failed"),
        "signed": _("signed"),
        "chained": _("chained"),
        "checkpointed": _("checkpointed"),
        "witnessed": _("witnessed"),
    }


def proof_keys(reader: Reader, states: set[ProofState]) -> tuple[Key, ...]:
    """Give what the marks of some states of proof mean, the strongest first."""
    words = proof_words(reader)
    return tuple([_proof_key(words[each], each) for each in reversed(STATES) if each in states])


def sign_keys(*, contradiction: str = "", span: str = "", gap: str = "") -> tuple[Key, ...]:
    """Give what the further signs mean; one without words does not occur."""
    middle = SWATCH / 2
    sign = Point(middle, middle + SIGN)
    box = Box(1, 1, SWATCH - 2, SWATCH - 2)
    found = (
        Key(contradiction, lambda canvas: draw_contradiction(canvas, sign)),
        Key(span, lambda canvas: draw_span(canvas, Point(1, middle), SWATCH - 1)),
        Key(gap, lambda canvas: draw_gap(canvas, box)),
    )
    return tuple([each for each in found if each.words])


def _proof_key(words: str, state: ProofState) -> Key:
    return Key(words, lambda canvas: draw_mark(canvas, Point(SWATCH / 2, SWATCH / 2), state))
