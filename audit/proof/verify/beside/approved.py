# SPDX-License-Identifier: Apache-2.0
"""Approvals by passkey that came with an export: whether each is of its event, and by its signer.

Implements the evidence of the envelope specification, section 7, for whoever audits. The log says
who holds the key that signed an event; whose a passkey is, only the service that keeps it can say,
so that one passkey of two officers is all that can be held against that here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Final

from audit.proof.approvals.assertion import verify_approval
from audit.proof.approvals.record import parse_approval, stated_party
from audit.proof.envelope.token import read_token
from audit.proof.verify.book import Book
from audit.proof.verify.findings import Finding, counted
from audit.proof.verify.members import APPROVALS, numbered
from domain.errors import EnvelopeError, ProofError
from domain.registry.state import Registry

OFFICERS_SHOWN_MAX: Final = 10


def check_approvals(
    book: Book,
    files: Mapping[str, bytes],
    entry: Callable[[int], bytes | None],
    *,
    registry: Registry,
    undone: str | None,
) -> None:
    """Conclude whether each approval is one; nothing where there is none.

    Args:
        book: Where findings and the conclusion go.
        files: Evidence in ``approvals/<index>.json``.
        entry: Gives the token of an index, if it is there; its own checks are made elsewhere.
        registry: Says who holds the key that signed an entry.
        undone: Why it cannot be told, if it cannot.
    """
    names = numbered(files, f"{APPROVALS}/")
    seen = _Seen()
    for index, name in names.items() if undone is None else ():
        try:
            seen.take(files[name], entry(index), registry)
        except (ProofError, EnvelopeError) as error:
            book.tally.add(
                Finding(check=APPROVALS, code=error.slug, sentence=error.sentence, index=index)
            )
    if names:
        book.conclude(APPROVALS, seen.told(), undone=undone)


class _Seen:
    """Who approved how many events, by which passkeys and where."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._officers: Counter[str] = Counter()
        self._holders: dict[bytes, str] = {}
        self._origins: set[str] = set()

    def take(self, octets: bytes, entry: bytes | None, registry: Registry) -> None:
        """Check one approval and count it.

        Raises:
            ProofError: It does not hold, or is by somebody else than who signed the event.
            EnvelopeError: The entry is no event.
        """
        if entry is None:
            raise _wrong("there is no entry of its index")
        officer, approval = parse_approval(octets)
        party = stated_party(approval)
        token = read_token(entry)
        verify_approval(approval, token.signing_input, party)
        signer = registry.keys.get(token.header.kid)
        if signer is None or signer.officer != officer:
            raise _wrong("it is by somebody else than the officer who signed the event")
        if self._holders.setdefault(approval.public_key, officer) != officer:
            raise _wrong("its passkey approved for another officer, too")
        self._officers[officer] += 1
        self._origins.add(party.origin)

    def told(self) -> str:
        """Say who approved how many events."""
        shown = sorted(self._officers.items())[:OFFICERS_SHOWN_MAX]
        more = len(self._officers) - len(shown)
        who = ", ".join(f"{officer} {number:,}" for officer, number in shown)
        others = f" and {counted(more, 'other')}" if more else ""
        return (
            f"{counted(self._officers.total(), 'event')} approved by passkey by the officers who "
            f"signed them: {who}{others}; at {', '.join(sorted(self._origins))}. Whose passkey "
            "each is, the service alone can say."
        )


def _wrong(reason: str) -> ProofError:
    return ProofError(
        f"The approval does not hold: {reason}.",
        slug="approval_invalid",
        next_step="Keep the files, and ask the keeper of the ledger how it came there.",
    )
