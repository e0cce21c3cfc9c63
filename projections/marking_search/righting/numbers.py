# SPDX-License-Identifier: Apache-2.0
"""The numbers and marks that a correction puts right, as they were and as they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from domain.firearm.events.correcting import Change, Corrected, Value
from domain.schema import Known

Role = Literal["serial", "marking", "number", "component", "lot"]


class Righted(NamedTuple):
    """A number or mark that was put right.

    Attributes:
        field: Where it stands in the corrected event, such as ``serial`` or ``marks.0.text``.
        role: What it was taken for.
        kind: Kind of number.
        old: The text that counted before; none where there was none.
        new: The text that counts since; none where there is none.
    """

    field: str
    role: Role
    kind: str
    old: str | None
    new: str | None


def righted(dat: Corrected) -> Iterator[Righted]:
    """Give the numbers and marks that a correction changes, in its order."""
    for change in dat.changes:
        for form, role, kind in _TEXT_FIELDS:
            if form.fullmatch(change.field):
                field = change.field.removesuffix(_KNOWN)
                old, new = _text(change, change.old), _text(change, change.new)
                yield Righted(field, role, kind, old, new)


def _text(change: Change, value: Value | None) -> str | None:
    if isinstance(value, Known):
        return value.known
    is_text = change.field.endswith(_KNOWN) or value not in ("unknown", "none")
    return value if isinstance(value, str) and is_text else None


_KNOWN: Final = ".known"
_TEXT_FIELDS: Final[tuple[tuple[re.Pattern[str], Role, str], ...]] = (
    (re.compile(r"(described\.)?serial(\.known)?"), "serial", "as corrected"),
    (re.compile(r"(mark|struck|mark(ing)?s\.\d+)\.text(\.known)?"), "marking", "as corrected"),
    (re.compile(r"numbers\.\d+\.value(\.known)?"), "number", "as corrected"),
    (re.compile(r"serial_(in|out)(\.known)?"), "number", "component"),
    (re.compile(r"lot_mark(\.known)?"), "number", "as corrected"),
    (re.compile(r"seals\.\d+"), "number", "seal"),
    (re.compile(r"deposit_no"), "number", "deposit"),
)
