# SPDX-License-Identifier: Apache-2.0
"""Instants and lists are written as the reader's language writes them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from markupsafe import Markup

from api.console.formats import Formats

AT = datetime(2026, 11, 8, 10, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "8 Nov 2026 10:05 UTC"),
        ("fr", "8 nov. 2026 10:05 UTC"),
        ("zh", "2026\u5e7411\u67088\u65e5 10:05 UTC"),
    ],
)
def test_an_instant_is_written_in_the_order_of_the_language(language: str, said: str) -> None:
    told = Formats(language, str).moment(AT)
    assert (
        told == f'<time datetime="2026-11-08T10:05:00Z" title="2026-11-08T10:05:00Z">{said}</time>'
    )


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "A, &lt;B&gt;, and <i>C</i>"),
        ("zh", "A\u3001&lt;B&gt;\u548c<i>C</i>"),
        ("ar", "A \u0648&lt;B&gt; \u0648<i>C</i>"),
    ],
)
def test_a_list_is_joined_as_the_language_joins_it_and_escaped(language: str, said: str) -> None:
    assert Formats(language, str).listed(["A", "<B>", Markup("<i>C</i>")]) == said


def test_a_list_of_one_is_that_one_and_an_empty_one_is_empty() -> None:
    formats = Formats("fr", str)
    assert (formats.listed(["A"]), formats.listed([])) == ("A", "")
