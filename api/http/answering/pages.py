# SPDX-License-Identifier: Apache-2.0
"""What each code of a problem means: one page each, read from the sources like docs/errors.md."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import orjson

FILE = "problems.json"
"""Written by ``python -m tests.architecture.error_slugs --json``; a test holds it true."""


def problem_page(code: str) -> dict[str, Any] | None:
    """Give what there is to know about a code; nothing where there is no such code."""
    sentences = _pages().get(code)
    if sentences is None:
        return None
    return {"code": code, "said": sentences}


@cache
def _pages() -> dict[str, list[str]]:
    text = (files("api.http") / "data" / FILE).read_bytes()
    pages: dict[str, list[str]] = orjson.loads(text)
    return pages
