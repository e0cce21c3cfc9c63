# SPDX-License-Identifier: Apache-2.0
"""The report on a log of which no checkpoint holds: nothing else can be concluded about it."""

from __future__ import annotations

from typing import Final

from audit.proof.disputes.listing import DISPUTES
from audit.proof.heads.epochs import HEADS
from audit.proof.verify.beside.lateness import LATENESS
from audit.proof.verify.book import CHECKPOINT, CONSISTENCY, Book
from audit.proof.verify.findings import Finding
from audit.proof.verify.log.chain import CHAIN, REQUESTS
from audit.proof.verify.log.layout import CHECKPOINT_FILE, FILES, TILES
from audit.proof.verify.log.others import OTHERS
from audit.proof.verify.log.tree import ROOT
from audit.proof.verify.registry import ENVELOPE, MANDATE, REGISTRY, SIGNATURE
from audit.proof.verify.replay.judge import RULES
from audit.proof.verify.report import Report

_LEFT: Final = (
    *(CONSISTENCY, FILES, ROOT, TILES, REGISTRY, ENVELOPE, SIGNATURE, MANDATE),
    *(CHAIN, REQUESTS, HEADS, DISPUTES, RULES, LATENESS, OTHERS),
)
_UNSIGNED: Final = "There is no verified checkpoint to compare anything with."


def report_unsigned(book: Book, *, absent: bool) -> Report:
    """Report on an export whose checkpoint is absent, or does not hold for a reason in the book."""
    if absent:
        book.tally.add(
            Finding(
                check=CHECKPOINT,
                code="checkpoint_missing",
                sentence=f"The file {CHECKPOINT_FILE} is missing; it is written last, so the "
                "export may have been cut off.",
                missing=True,
            )
        )
    book.conclude(CHECKPOINT, "")
    book.conclude_fraud()
    for name in _LEFT:
        book.conclude(name, "", undone=_UNSIGNED)
    return book.report(size=None, examined=0)
