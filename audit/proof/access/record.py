# SPDX-License-Identifier: Apache-2.0
"""One record of the access log: who was shown what, or was refused, and why they asked.

Implements the access audit of the envelope specification, section 7 (LED article 25; ASVS 5.0,
16.3.2). A record is the bytes of RFC 8785 and holds no personal data: people are opaque officer
ids, and what was searched for is a keyed digest. A second kind says what was erased by rule.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import Field, StringConstraints, TypeAdapter, ValidationError

from audit.proof.encoding import canonical, canonical_json
from domain.errors import InvalidValueError, ProofError
from domain.schema import Closed, Code, Digest

RECORD_OCTETS_MAX: Final = 16_384
EVENTS_MAX: Final = 64
"""Event ids in a record; of more than so many only their number is told."""

SELECTORS_MAX: Final = 32
CLAIMS_MAX: Final = 64

_Line = Annotated[str, StringConstraints(max_length=128, pattern=r"^[\x20-\x7e]*$")]
_Seconds = Annotated[int, Field(ge=0, le=2**53 - 1)]
_Count = Annotated[int, Field(ge=0, le=2**53 - 1)]


class Access(Closed):
    """Somebody asked, and was answered or refused.

    Attributes:
        kind: Tells it from the other kind of record.
        at: When, in Unix seconds.
        means: How whoever asked was recognised: stranger, machine, session, or host, which is
            whoever ran a command beside the database.
        authority: Their authority; empty for a stranger.
        key: Key id of the machine; empty for a session.
        officer: ``off.<uuid>``; empty for a stranger; of the host its account, ``uid.<number>``.
        action: What was asked for, as in the access policy.
        purpose: What for; empty where none was stated.
        basis: Legal basis; empty where none was stated.
        case: Reference of the case; empty where none was stated.
        selectors: Keyed digests of what was searched for.
        decision: ``allowed``, or the code of the refusal.
        count: Number of events, things or persons shown.
        events: Their event ids, where they are few.
        claims: Names of the personal data shown.
        recipient: Who was given it; empty for whoever asked.
        request: Keyed digest of the request.
    """

    kind: Literal["access"] = "access"
    at: _Seconds
    means: Literal["stranger", "machine", "session", "host"]
    authority: _Line = ""
    key: _Line = ""
    officer: _Line = ""
    action: Annotated[str, StringConstraints(pattern=r"^[a-z]{1,30}\.[a-z]{1,30}$")]
    purpose: Annotated[str, StringConstraints(pattern=r"^[a-z_]{0,40}$")] = ""
    basis: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{0,40}$")] = ""
    case: _Line = ""
    selectors: Annotated[tuple[Digest, ...], Field(strict=False, max_length=SELECTORS_MAX)] = ()
    decision: Code
    count: _Count = 0
    events: Annotated[tuple[Digest, ...], Field(strict=False, max_length=EVENTS_MAX)] = ()
    claims: Annotated[tuple[Code, ...], Field(strict=False, max_length=CLAIMS_MAX)] = ()
    recipient: _Line = ""
    request: Digest

    @property
    def allowed(self) -> bool:
        """Whether it was shown."""
        return self.decision == ALLOWED


class Cut(Closed):
    """The oldest records were erased by rule.

    Attributes:
        kind: Tells it from the other kind of record.
        at: When, in Unix seconds.
        before: Second before which all that is erased was recorded: the beginning of a month, UTC.
        upto: Number of the oldest record that stays.
        digest: Digest of the newest one that is erased, from which the chain goes on.
    """

    kind: Literal["cut"] = "cut"
    at: _Seconds
    before: _Seconds
    upto: Annotated[int, Field(ge=1, le=2**53 - 1)]
    digest: Digest


ALLOWED: Final = "allowed"
"""The decision of whoever was answered."""

Record = Annotated[Access | Cut, Field(discriminator="kind")]
_RECORDS: Final[TypeAdapter[Access | Cut]] = TypeAdapter(Record)


def write_record(record: Access | Cut) -> bytes:
    """Give the one spelling of a record.

    Raises:
        InvalidValueError: It is too long.
    """
    raw = canonical(record.model_dump(mode="json"))
    if len(raw) > RECORD_OCTETS_MAX:
        raise InvalidValueError("The record is too long for the access log.", slug="access_record")
    return raw


def read_record(raw: bytes) -> Access | Cut:
    """Read a record strictly: every member is there, in the one spelling.

    Raises:
        ProofError: ``access_form``, these octets are no record.
    """
    try:
        found: Any = canonical_json(raw)
        record = _RECORDS.validate_python(found)
    except (InvalidValueError, ValidationError):
        raise ProofError(
            "These octets are no record of the access log.", slug="access_form"
        ) from None
    if record.model_dump(mode="json") != found:
        raise ProofError("A record of the access log lacks members.", slug="access_form")
    return record
