# SPDX-License-Identifier: Apache-2.0
"""What small buttons do to the answers: one more group, one less, a new identifier."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable
from typing import Final
from uuid import UUID

from api.client.ids import uuid7
from api.console.forms.answers import COUNT, GROUPS_MAX, Answers
from domain.identifiers import StreamId

UUID_VERSION: Final = 7
_BUTTON: Final = re.compile(r"(more|less|new):([a-z][a-z0-9_.~]{0,120})(?:=([a-z]{3,4}))?")

Fresh = Callable[[str], str]
"""Gives a new identifier of a kind."""


def turned(answers: Answers, go: str, *, fresh: Fresh) -> Answers | None:
    """Give the answers as a button changes them; nothing for a button that leads elsewhere.

    Raises:
        UsageError: ``request_invalid``.
    """
    button = _BUTTON.fullmatch(go)
    if button is None:
        return None
    what, path, kind = button.groups()
    if what == "new":
        return answers.changed({path: fresh(kind)}) if kind else None
    count = answers.count(path)
    if what == "more":
        return answers.changed({path + COUNT: str(min(count + 1, GROUPS_MAX))})
    last = max(count - 1, 0)
    return answers.without(f"{path}.{last}").changed({path + COUNT: str(last)})


def fresh(kind: str) -> str:
    """Give a new identifier of a kind."""
    return str(StreamId(kind, drawn()))


def drawn(text: str = "") -> UUID:
    """Read an identifier that a page carried; a new one where it is none of ours."""
    try:
        carried = UUID(text)
    except ValueError:
        carried = None
    if carried and carried.version == UUID_VERSION:
        return carried
    return uuid7(time.time_ns() // 1_000_000, secrets.token_bytes)
