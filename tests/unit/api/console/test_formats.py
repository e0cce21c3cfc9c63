# SPDX-License-Identifier: Apache-2.0
"""An instant is written as the reader's language writes it, with its ISO text behind it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

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
