# SPDX-License-Identifier: Apache-2.0
"""What the ledger states of the access log, with the proof that it does.

A line of its own for each ``log.access`` entry: the entry and its receipt (log specification,
section 2.5), checked offline against a trust file. The log answers for the entry; whether its key
had the mandate, ``muniment-verify`` says over an export of the ledger.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from audit.proof.encoding import canonical, canonical_json
from audit.proof.envelope.opening import read_stored
from audit.proof.inclusion import TlogProof, parse_tlog_proof
from audit.proof.limits import JWS_OCTETS_MAX
from audit.proof.merkle import leaf_hash, verify_inclusion
from audit.proof.verify.trust import Trust
from domain.catalogue import CATALOGUE
from domain.errors import EnvelopeError, InvalidValueError, ProofError
from domain.registry.events import AccessStated
from domain.registry.state import AccessHead

LINE_OCTETS_MAX: Final = 262_144
_MEMBERS: Final = frozenset({"entry", "receipt"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One entry of the ledger about the access log; nothing in it is verified yet.

    Attributes:
        entry: Compact token of the ``log.access`` entry.
        receipt: That entry's receipt.
    """

    entry: bytes
    receipt: TlogProof

    def encode(self) -> bytes:
        """Give the one spelling of the line."""
        return canonical({"entry": self.entry.decode(), "receipt": self.receipt.encode().decode()})


def parse_statement(line: bytes) -> Statement:
    """Read a line.

    Raises:
        ProofError: ``access_statement``, it is none.
    """
    try:
        found = canonical_json(line[:LINE_OCTETS_MAX])
        if not isinstance(found, dict) or found.keys() != _MEMBERS:
            raise _malformed()
        entry, receipt = found["entry"].encode("ascii"), parse_tlog_proof(found["receipt"].encode())
    except (InvalidValueError, ValueError, AttributeError):
        raise _malformed() from None
    if len(entry) > JWS_OCTETS_MAX:
        raise _malformed()
    return Statement(entry=entry, receipt=receipt)


def check_statement(statement: Statement, trust: Trust) -> AccessHead:
    """Verify that the ledger states it, and give what it states.

    Raises:
        ProofError: It does not, or this does not prove it.
    """
    receipt = statement.receipt
    checkpoint = trust.open(receipt.checkpoint_note)
    verify_inclusion(
        leaf=leaf_hash(statement.entry),
        index=receipt.index,
        size=checkpoint.size,
        path=receipt.path,
        root=checkpoint.root,
    )
    try:
        event = read_stored(statement.entry, CATALOGUE)
    except EnvelopeError:
        raise _malformed() from None
    if not isinstance(event.dat, AccessStated) or event.aud != trust.audience:
        raise _malformed()
    return AccessHead(
        count=event.dat.count,
        digest=event.dat.digest,
        at=event.iat,
        index=receipt.index,
        eid=event.eid,
    )


def _malformed() -> ProofError:
    return ProofError(
        "A line is no statement of this ledger about its access log.",
        slug="access_statement",
        next_step="Have it made again with `muniment access export`.",
    )
