# SPDX-License-Identifier: Apache-2.0
"""One event as its signer stated it, read from a payload into typed values.

Implements the payload table of the envelope specification, section 4.3. The bytes,
the signature and the disclosures are the concern of ``audit.proof.envelope``; here a
payload that was parsed once becomes a value that the rules can judge.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from pydantic import ValidationError

from domain.errors import EnvelopeError, InvalidValueError
from domain.identifiers import StreamId, is_authority_id, parse_stream_id
from domain.occurrence import Occurrence, parse_occurrence
from domain.schema import Catalogue, Closed, EventType

INTEGER_MAX: Final = 2**53 - 1
"""The largest integer that every JSON reader keeps exactly (RFC 8785, RFC 7493)."""

MEMBERS: Final = frozenset(
    ("_sd", "_sd_alg", "aud", "dat", "evt", "iat", "iss", "jti", "occ", "prev", "seq", "sub", "ver")
)
"""The members of every payload; ``seen`` is the only optional one."""

_WITH_SEEN = MEMBERS | {"seen"}
_DIGEST = re.compile(r"[A-Za-z0-9_-]{43}")
_UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_SEEN = re.compile(r"(0|[1-9]\d{0,15}):[A-Za-z0-9_-]{43}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What an authority says happened, under the claim names of the envelope.

    Attributes:
        eid: Event id, base64url of SHA-256 over the signing input.
        kid: Thumbprint of the key that signed.
        iss: Authority that answers for it.
        aud: Ledger it is meant for.
        sub: Stream, for example one firearm.
        seq: Position in the stream, from 1.
        prev: Event id of the stream's previous event.
        jti: Identifier chosen by the client, unique per authority.
        iat: When it was signed, Unix seconds, by the signer's clock.
        occ: When it happened.
        type: Its line in the catalogue.
        dat: Its public data.
        seen: Checkpoint known to the signer as ``size:root``, if any.
        attested: Thumbprints of further keys whose signatures inside ``dat`` verified.
        linked: What ``domain.aggregate.naming.linked`` gave for it, once somebody has asked.
        asked: The same of ``asked`` there.
    """

    eid: str
    kid: str
    iss: str
    aud: str
    sub: StreamId
    seq: int
    prev: str
    jti: UUID
    iat: int
    occ: Occurrence
    type: EventType
    dat: Closed
    seen: str | None = None
    attested: frozenset[str] = frozenset()
    linked: tuple[StreamId, ...] | None = field(default=None, init=False, compare=False, repr=False)
    asked: Mapping[StreamId, str] | None = field(
        default=None, init=False, compare=False, repr=False
    )

    @property
    def evt(self) -> str:
        """Name of the event type."""
        return self.type.evt


def read_event(payload: Mapping[str, Any], *, kid: str, eid: str, catalogue: Catalogue) -> Event:
    """Read a parsed payload into an event.

    Raises:
        EnvelopeError: ``schema_unknown`` for a type that the catalogue lacks, else
            ``schema_invalid`` with the member that is wrong.
    """
    kind, sub, occ, dat = _read(payload, catalogue)
    return Event(
        eid=eid,
        kid=kid,
        iss=payload["iss"],
        aud=payload["aud"],
        sub=sub,
        seq=payload["seq"],
        prev=payload["prev"],
        jti=UUID(payload["jti"]),
        iat=payload["iat"],
        occ=occ,
        type=kind,
        dat=dat,
        seen=payload.get("seen"),
    )


def check_event(payload: Mapping[str, Any], catalogue: Catalogue) -> None:
    """Check a payload as ``read_event`` would, before it has a key or an event id.

    Raises:
        EnvelopeError: As in ``read_event``.
    """
    _read(payload, catalogue)


def read_data(kind: EventType, dat: object) -> Closed:
    """Read the public data of an event by its closed schema.

    Raises:
        EnvelopeError: ``schema_invalid``, naming the member and what is wrong with it.
    """
    try:
        return kind.dat.model_validate(dat)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        path = ".".join(str(part) for part in ("dat", *first["loc"]))
        raise EnvelopeError(
            f"{kind.evt}: {path}: {first['msg'].removesuffix('.')}.",
            slug="schema_invalid",
            next_step=f"See the schema with `muniment events {kind.evt}`.",
        ) from error


def _read(
    payload: Mapping[str, Any], catalogue: Catalogue
) -> tuple[EventType, StreamId, Occurrence, Closed]:
    if payload.keys() != MEMBERS and payload.keys() != _WITH_SEEN:
        raise _invalid("members")
    kind = catalogue.find(payload["evt"], payload["ver"])
    _check_forms(payload)
    try:
        sub = parse_stream_id(payload["sub"])
        occ = parse_occurrence(payload["occ"])
    except InvalidValueError as error:
        raise _invalid("sub" if error.slug == "identifier_invalid" else "occ") from error
    if sub.kind != kind.subject:
        raise _invalid("sub")
    return kind, sub, occ, read_data(kind, payload["dat"])


def _check_forms(payload: Mapping[str, Any]) -> None:
    if not _have_forms([payload[member] for member in _FORMS]):
        raise _invalid(next(name for name in _FORMS if not _is_text(payload[name], _FORMS[name])))
    for member in ("seq", "iat", "ver"):
        value = payload[member]
        if type(value) is not int or not 1 <= value <= INTEGER_MAX:
            raise _invalid(member)
    if not _is_authority_id(payload["iss"]):
        raise _invalid("iss")
    if "seen" in payload and not _is_text(payload["seen"], _SEEN):
        raise _invalid("seen")


def _have_forms(values: list[object]) -> bool:
    """Match all forms at once: every event passes here, and one search is far cheaper than six."""
    texts = [value for value in values if isinstance(value, str)]
    return len(texts) == len(values) and _ALL_FORMS.fullmatch("\n".join(texts)) is not None


def _is_text(value: object, form: re.Pattern[str]) -> bool:
    return isinstance(value, str) and form.fullmatch(value) is not None


def _invalid(member: str) -> EnvelopeError:
    return EnvelopeError(
        f"The payload member {member} does not have the form the envelope demands.",
        slug="schema_invalid",
    )


_FORMS: Final = {
    "iss": re.compile(r"[a-z0-9.-]{1,64}"),
    "aud": re.compile(r"[a-z0-9.-]{1,64}"),
    "sub": re.compile(r"[a-z]{3,4}\.[0-9a-f-]{36}"),
    "occ": re.compile(r"[0-9A-Z:-]{4,20}|unknown"),
    "prev": _DIGEST,
    "jti": _UUID7,
}
_ALL_FORMS: Final = re.compile(r"\n".join(f"(?:{form.pattern})" for form in _FORMS.values()))
_is_authority_id: Final = lru_cache(maxsize=4_096)(is_authority_id)
