# SPDX-License-Identifier: Apache-2.0
"""From a draft to the exact octets that a browser signs, and back from what it sends.

Implements the server's half of signing in the browser (envelope specification, sections 4.4 and
7). Nothing is kept between the two: what a page shows is read out of the octets themselves, so
that nobody signs anything else than what he was shown. The identifier of the event (``jti``) is
drawn once, when the page is made, so that signing again makes the same event or none.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from api.bootstrap import Office
from api.client.signer import Signer, Unsigned, prepare
from api.drafting import MEMBERS, check_endorsements
from api.registrar import Act, draft_of
from audit.proof.disclosures import Claim, open_disclosures
from audit.proof.encoding import decode
from audit.proof.envelope.payload import read_payload
from audit.proof.envelope.token import SEPARATOR, event_id, read_unsigned, split_submission
from domain.catalogue import CATALOGUE
from domain.event import check_event
from domain.identifiers import StreamId, parse_stream_id
from domain.registry.state import KeyRecord

FRESH_SECONDS: Final = 240
"""After so long a page is made anew before it is signed: the ledger takes five minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """An event that waits for its signature, as it is read out of its octets.

    Attributes:
        unsigned: The octets.
        kid: The key that is to sign.
        payload: What the octets say.
        claims: What the disclosures say, by name.
    """

    unsigned: Unsigned
    kid: str
    payload: Mapping[str, Any]
    claims: Mapping[str, Claim] = field(repr=False)

    @property
    def eid(self) -> str:
        """Event id; no signature changes it."""
        return event_id(self.unsigned.signing_input)

    @property
    def stream(self) -> StreamId:
        """The stream that it continues."""
        return parse_stream_id(self.payload["sub"])

    @property
    def act(self) -> Act:
        """What it records."""
        return Act(
            evt=self.payload["evt"],
            dat=self.payload["dat"],
            sub=self.stream,
            occ=self.payload["occ"],
            disclosures=self.claims,
        )

    @property
    def draft(self) -> str:
        """What goes to a second person, as JSON; it may name persons."""
        record = {member: self.payload[member] for member in MEMBERS}
        disclosures = {"disclosures": dict(self.claims)} if self.claims else {}
        return json.dumps(record | disclosures, ensure_ascii=False)

    @property
    def text(self) -> str:
        """The payload, character by character as it is signed."""
        return decode(self.unsigned.signing_input.partition(b".")[2]).decode()


def sheet_of(office: Office, act: Act, key: KeyRecord, *, jti: str | None = None) -> Sheet:
    """Place an act at the present head of its stream, for a key to sign.

    Args:
        office: The open ledger.
        act: What is to be recorded.
        key: The key that is to sign.
        jti: Identifier of the event; a new one by default.

    Raises:
        EnvelopeError: What the ledger would refuse by its form, with its code.
        InvalidValueError: The ledger has no such event type.
        ConflictError: ``endorsement_stale``, a second person stands for another act: the stream
            has moved on since.
        UnreachableError: The database does not answer.
    """
    draft = draft_of(office, act, key.authority)
    placed = replace(draft, jti=jti) if jti else draft
    check_endorsements(office, placed)
    signer: Signer = key
    return read_sheet(prepare(placed, act.disclosures, signer, catalogue=CATALOGUE))


def sheet_again(office: Office, sheet: Sheet, key: KeyRecord) -> Sheet:
    """Place a sheet at the head as it is now, under the same identifier, perhaps by another key."""
    return sheet_of(office, sheet.act, key, jti=sheet.payload["jti"])


def read_sheet(unsigned: Unsigned) -> Sheet:
    """Read an event that waits for its signature; every disclosure has to be bound to it.

    Raises:
        EnvelopeError: A check of the envelope specification, section 4.6, fails.
    """
    header, data, _ = read_unsigned(unsigned.signing_input + b".")
    payload = read_payload(data)
    check_event(payload, CATALOGUE)
    kind = CATALOGUE.find(payload["evt"], payload["ver"])
    opened = open_disclosures(unsigned.disclosures, digests=payload["_sd"], claims=kind.claims)
    claims = {each.name: each.value for each in opened}
    return Sheet(unsigned=unsigned, kid=header.kid, payload=payload, claims=claims)


def unsigned_of(signing_input: str, disclosures: str) -> Unsigned:
    """Read what a page sent back, each disclosure followed by ``~``.

    Raises:
        EnvelopeError: ``too_large`` or ``sdjwt_syntax``.
    """
    jws, texts = split_submission(f"{signing_input}.~{disclosures}".encode())
    return Unsigned(signing_input=jws.removesuffix(b"."), disclosures=tuple(texts))


def joined(disclosures: Sequence[bytes]) -> str:
    """Give disclosures the form in which a page carries them."""
    return b"".join(each + SEPARATOR for each in disclosures).decode()
