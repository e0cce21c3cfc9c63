# SPDX-License-Identifier: Apache-2.0
"""Why a row of a register did not become events: one name, one sentence, one line number.

Every reason the importer itself can give is listed here, so that the documentation and
the tests can enumerate them; the ledger's own refusals keep the slug that the ledger
gave them. A sentence never repeats the content of a cell, since cells of a legacy
register may hold personal data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

REASONS: Final[dict[str, str]] = {
    "bytes_not_utf8": "The row holds bytes that are not valid UTF-8.",
    "bytes_not_readable": "The row holds bytes that the stated encoding cannot read.",
    "row_width": "The row has another number of cells than the header.",
    "row_quoting": "The quotation marks of the row do not match.",
    "row_too_long": "The row is longer than the importer reads.",
    "row_truncated": "The file ends in the middle of this row.",
    "source_truncated": "The compressed file ends early; the rows after this line are missing.",
    "source_damaged": "The file is damaged from this line on.",
    "cell_unprintable": "A cell that the mapping uses holds control characters.",
    "text_too_long": "A cell that the mapping uses is longer than a field of an event.",
    "value_missing": "A cell that the mapping needs is empty.",
    "value_unmatched": "A cell does not have the form that the mapping states.",
    "value_not_in_table": "A value is missing from the mapping's value table.",
    "date_unreadable": "A date has none of the formats that the mapping states.",
    "number_unreadable": "A number is not a whole number.",
    "quantity_invalid": "The quantity is not a whole number from 1 to the stated maximum.",
    "event_missing": "No event of the mapping applies to the row.",
}
"""Reasons of the importer; a mapping may add names for the rows it leaves out."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One row that did not become events.

    Attributes:
        line: Physical line, from 1, where the row starts; the row number of a workbook.
        slug: Stable name of the reason.
        sentence: What was wrong, for a person, without content of the row.
    """

    line: int
    slug: str
    sentence: str


class RowRefusedError(Exception):
    """Raised while a row is mapped; the row then ends as a ``Refusal``.

    Attributes:
        slug: Stable name of the reason.
        sentence: What was wrong, without content of the row.
    """

    def __init__(self, slug: str, sentence: str) -> None:
        super().__init__(sentence)
        self.slug = slug
        self.sentence = sentence


def reason(line: int, slug: str, *, detail: str = "") -> Refusal:
    """Give the refusal of a row for one of ``REASONS``, with words that say where."""
    return Refusal(line, slug, f"{REASONS[slug]} {detail}".rstrip())


def refused(slug: str, detail: str = "") -> RowRefusedError:
    """Give the error for one of ``REASONS``, with words that say where."""
    return RowRefusedError(slug, f"{REASONS[slug]} {detail}".rstrip())
