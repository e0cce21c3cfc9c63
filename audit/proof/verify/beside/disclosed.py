# SPDX-License-Identifier: Apache-2.0
"""Personal data that came with a bundle or an export: whether it is what the event was signed over.

Implements the check of disclosures of the log specification, section 2.9, with the digests
of the envelope specification, section 4.5. What is disclosed is never printed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from audit.proof.disclosures import open_disclosures
from audit.proof.envelope.opening import read_stored
from audit.proof.envelope.payload import check_digests, read_payload
from audit.proof.envelope.token import read_token, split_submission
from audit.proof.verify.book import Book
from audit.proof.verify.findings import Finding, counted
from audit.proof.verify.members import numbered
from domain.catalogue import CATALOGUE
from domain.errors import EnvelopeError

DISCLOSURES: Final = "disclosures"


def check_disclosures(
    book: Book,
    files: Mapping[str, bytes],
    entry: Callable[[int], bytes | None],
    *,
    undone: str | None = None,
) -> None:
    """Conclude whether each presentation belongs to its entry; nothing where there is none.

    Args:
        book: Where findings and the conclusion go.
        files: Presentations ``<jws>~<disclosure>~...~`` in ``disclosures/<index>.sd-jwt``.
        entry: Gives the token of an index, if it is there; its own checks are made elsewhere.
        undone: Why it cannot be told, if it cannot.
    """
    names = numbered(files, f"{DISCLOSURES}/")
    for index, name in names.items() if undone is None else ():
        try:
            _check(files[name], entry(index))
        except EnvelopeError as error:
            book.tally.add(
                Finding(check=DISCLOSURES, code=error.slug, sentence=error.sentence, index=index)
            )
    if names:
        book.conclude(
            DISCLOSURES,
            f"What is disclosed here, about {counted(len(names), 'event', 'events')}, is what was "
            "signed over.",
            undone=undone,
        )


def _check(octets: bytes, entry: bytes | None) -> None:
    jws, texts = split_submission(octets)
    if jws != entry:
        raise EnvelopeError(
            "A disclosure does not come with the entry of its index.", slug="disclosure_elsewhere"
        )
    payload = read_payload(read_token(jws).data)
    kind = read_stored(jws, CATALOGUE).type
    check_digests(payload, kind)
    open_disclosures(texts, digests=payload["_sd"], claims=kind.claims)
