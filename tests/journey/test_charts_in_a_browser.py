# SPDX-License-Identifier: Apache-2.0
"""Pictures in a real browser: every word on its sheet and beside its row, on any width."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from markupsafe import Markup
from playwright.sync_api import Browser, Page

from api.console.charts.bars import Bar, Ranking, ranked_bars
from api.console.charts.columns import Series, Stack, stacked_columns
from api.console.charts.custody import Custody, Hold, custody_timeline
from api.console.charts.drawing.figure import Heading
from api.console.charts.drawing.reader import Datum, Reader
from api.console.charts.histogram import Band, Histogram, histogram
from api.console.charts.indicator import Indicator, indicator_diagram
from api.console.charts.life import Life, life_timeline
from api.console.charts.placing import LifeEvent
from domain.occurrence import parse_occurrence
from projections.timeline.proving import STATES

CSS = Path("api/console/static/charts.css")
CSP = "default-src 'none'; style-src 'self'"
ADDRESS = "http://console.test/"
WIDTHS = (1280, 390)
LABELS = {
    "en": ("Submachine gun with folding stock", "Established otherwise", "March 2026"),
    "ru": (
        "\u041f\u0438\u0441\u0442\u043e\u043b\u0435\u0442-\u043f\u0443\u043b\u0435\u043c\u0451\u0442",
        "\u0423\u0441\u0442\u0430\u043d\u043e\u0432\u043b\u0435\u043d\u043e",
        "\u043c\u0430\u0440\u0442",
    ),
    "zh": ("\u51b2\u950b\u67aa" * 9, "\u4ee5\u5176\u4ed6\u65b9\u5f0f\u786e\u5b9a", "3\u6708"),
    "ar": (
        "\u0645\u0633\u062f\u0633 \u0631\u0634\u0627\u0634 \u0635\u063a\u064a\u0631 9\u00d719",
        "\u062b\u0628\u062a\u062a \u0628\u0637\u0631\u064a\u0642\u0629 \u0623\u062e\u0631\u0649",
        "\u0645\u0627\u0631\u0633",
    ),
}
OUTSIDE = """() => [...document.querySelectorAll('svg.chart')].flatMap(svg => {
  if (getComputedStyle(svg).display === 'none') return [];
  const sheet = svg.viewBox.baseVal;
  return [...svg.querySelectorAll('text')].filter(text => {
    const box = text.getBBox();
    return box.x < -1 || box.x + box.width > sheet.width + 1 || box.y < -1
      || box.y + box.height > sheet.height + 1;
  }).map(text => svg.parentNode.id + ': ' + text.textContent);
})"""
COVERED = """() => [...document.querySelectorAll('#bars svg.chart')].flatMap(svg => {
  if (getComputedStyle(svg).display === 'none') return [];
  const bars = [...svg.querySelectorAll('rect')].map(each => each.getBBox());
  return [...svg.querySelectorAll('text.chart-label')].filter(text => {
    const box = text.getBBox();
    return bars.some(bar => box.x < bar.x + bar.width - 1 && bar.x < box.x + box.width - 1
      && box.y < bar.y + bar.height - 4 && bar.y < box.y + box.height - 4);
  }).map(text => text.textContent);
})"""
SIZES = """() => [...document.querySelectorAll('svg.chart')].flatMap(svg => {
  if (getComputedStyle(svg).display === 'none') return [];
  return [svg.getBoundingClientRect().width / svg.viewBox.baseVal.width];
})"""


@pytest.fixture(params=[(language, width) for language in LABELS for width in WIDTHS], ids=str)
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """Give a page with every picture, under the policy of the console."""
    language, width = request.param
    opened = browser.new_page(viewport={"width": width, "height": 900})
    said: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.route("**/*", lambda route: route.fulfill(**_answer(route.request.url, language)))
    opened.goto(ADDRESS)
    yield opened
    opened.close()
    assert said == []


def test_no_word_is_clipped_and_no_label_is_covered(page: Page) -> None:
    assert page.evaluate(OUTSIDE) == []
    assert page.evaluate(COVERED) == []


def test_a_page_never_scrolls_sideways_and_words_keep_their_size(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert all(0.9 <= scale <= 1.3 for scale in page.evaluate(SIZES))


def test_one_layout_of_each_picture_is_shown(page: Page) -> None:
    assert len(page.evaluate(SIZES)) == len(page.query_selector_all("figure"))


def test_a_check_of_accessibility_finds_nothing(page: Page) -> None:
    for each in page.query_selector_all("summary"):
        each.click()
    # The checker is a script, which the policy of the console would refuse.
    context = page.context.browser.new_context(bypass_csp=True)  # type: ignore[union-attr]
    checked = context.new_page()
    checked.set_content(page.content())
    checked.add_style_tag(content=CSS.read_text("utf-8"))
    found = Axe().run(checked).response["violations"]
    context.close()
    assert [each["id"] for each in found] == []


def _answer(url: str, language: str) -> dict[str, Any]:
    if url.endswith("charts.css"):
        return {"body": CSS.read_text("utf-8"), "content_type": "text/css"}
    if url != ADDRESS:
        return {"status": 204, "body": ""}
    headers = {"Content-Security-Policy": CSP, "Content-Type": "text/html; charset=utf-8"}
    return {"body": _page(language), "headers": headers}


def _page(language: str) -> str:
    long, other, _ = LABELS[language]
    reader = Reader(language, lambda text: other if text == "Established otherwise" else text)
    figures = Markup("").join(_figures(reader, long))
    head = f'<!doctype html><html lang="{language}" dir="{reader.direction}"><title>Charts</title>'
    viewport = '<meta name="viewport" content="width=device-width">'
    style = '<link rel="stylesheet" href="charts.css">'
    return f"{head}{viewport}{style}<body><main><h1>Charts</h1>{figures}</main></body></html>"


def _figures(reader: Reader, long: str) -> Iterator[Markup]:
    month = LABELS[reader.language][2]
    bars = [(long, 1_430), (Datum("TW9-000042"), 300), (f"{long} {long} {long}", 0)]
    drawn = [Bar(label, value, reader.number(value)) for label, value in bars]
    yield ranked_bars(
        Ranking(heading=_heading("bars"), of="Type", measure="Number", bars=drawn), reader
    )
    series = [Series(f"{long} {n}", tuple(range(n, n + 36))) for n in range(1, 7)]
    times = tuple(f"{month} {year}" for year in range(1990, 2026))
    yield stacked_columns(Stack(heading=_heading("time"), times=times, series=series), reader)
    bands = [Band(f"{long} {n}", n * 90, n * 90 + 90, n * n * 1000) for n in range(6)]
    yield histogram(Histogram(heading=_heading("h"), of="Time", bands=bands, median=444), reader)
    counts = {("seized", "traced"): 900, ("found", "established"): 4, ("seized", "not_traced"): 99}
    yield indicator_diagram(Indicator("sdg", "2025", counts), reader)  # type: ignore[arg-type]
    occs = ["2001", "2001-02-03", "2010-04", "unknown", "2024-11-28T10:00:00Z"]
    events = [
        LifeEvent(
            number=n,
            circumstance=f"{long} {n % 3}",
            name=long,
            when=parse_occurrence(occ),
            proof=state,
            contradictions=("It does not fit.",) if n == 2 else (),
            gap="Nothing is on record." if n == 5 else "",
        )
        for n, (occ, state) in enumerate(zip(occs, STATES, strict=True), start=1)
    ]
    kinds = [f"{long} {n}" for n in range(3)]
    yield life_timeline(Life(heading=_heading("l"), circumstances=kinds, events=events), reader)
    holds = [
        Hold(number=n, custodian=f"{long} {n % 2}", event=long, since=parse_occurrence(occ))
        for n, occ in enumerate(occs, start=1)
    ]
    until = parse_occurrence("2026")
    yield custody_timeline(Custody(heading=_heading("c"), holds=holds, until=until), reader)


def _heading(name: str) -> Heading:
    return Heading(name=name, title=f"Picture {name}", summary="What it shows.")
