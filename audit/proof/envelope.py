# SPDX-License-Identifier: Apache-2.0
"""Opening a submission: the only way to obtain a signed event.

Implements the envelope specification, sections 4.1 to 4.6, in the order of its checks up
to disclosures and further signatures. The ledger judges later what depends on the log:
validity of the key at a position, role, jurisdiction, clock (``check_times``), ``jti``,
``seq`` and ``prev``. No sentence repeats anything of the input.
"""

from __future__ import annotations

import re
from dataclasses import InitVar, dataclass, field, replace
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final, NamedTuple

from audit.proof.attestation import (
    FOUNDED,
    KeyLookup,
    attested_by,
    founding_key,
    verify_attestations,
)
from audit.proof.disclosures import Disclosure, open_disclosures
from audit.proof.encoding import (
    DIGEST_TEXT,
    NotCanonicalError,
    canonical,
    canonical_json,
    decode,
    encode,
    is_canonical,
    is_clean,
    is_plain,
    strict_json,
)
from audit.proof.keys import PublicKey
from audit.proof.limits import (
    BODY_OCTETS_MAX,
    CLOCK_SKEW_SECONDS_MAX,
    DATA_TEXT_CHARS_MAX,
    DISCLOSURE_OCTETS_MAX,
    DISCLOSURES_MAX,
    HEADER_SEGMENT_OCTETS_MAX,
    JWS_OCTETS_MAX,
    OFFLINE_SECONDS_MAX,
)
from audit.proof.merkle import leaf_hash
from domain.errors import EnvelopeError, InvalidValueError
from domain.event import INTEGER_MAX, Event, read_event
from domain.schema import Catalogue, EventType

EVENT_TYPE: Final = "fle-event-1+sd-jwt"
DIGEST_ALGORITHM: Final = "sha-256"
SEPARATOR: Final = b"~"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedEvent:
    """An event whose envelope was verified in full; nothing but this module makes one.

    Attributes:
        event: What was signed, as typed values.
        jws: The exact ASCII octets of the compact token, which the log stores.
        disclosures: Personal data that came along, for the vault.
        leaf: Leaf hash of the token in the log's tree, 32 octets.
    """

    event: Event
    jws: bytes = field(repr=False)
    disclosures: tuple[Disclosure, ...]
    leaf: bytes
    seal: InitVar[object]

    def __post_init__(self, seal: object) -> None:
        if seal is not _SEAL:
            raise TypeError("A signed event comes from open_envelope or open_stored alone.")


def open_envelope(
    submission: bytes,
    *,
    keys: KeyLookup,
    catalogue: Catalogue,
    audience: str,
    founding: bool = True,
) -> SignedEvent:
    """Verify a submission ``<jws>~<disclosure>~...~`` and give the event that it proves.

    Args:
        submission: The octets as received.
        keys: Finds the key of a thumbprint; a key it does not find may open only the
            founding event that itself names that key.
        catalogue: The event types of this ledger.
        audience: Identifier of this ledger.
        founding: Whether a founding event may bring its own signer. A ledger that is
            founded says no, and so spares itself work that strangers could ask for.

    Raises:
        EnvelopeError: The first check of section 4.6 that fails; its slug is the code.
    """
    if len(submission) > BODY_OCTETS_MAX:
        raise _too_large()
    if not submission.isascii() or not submission.endswith(SEPARATOR):
        raise _syntax()
    jws, *texts, _ = submission.split(SEPARATOR)
    if len(jws) > JWS_OCTETS_MAX or len(texts) > DISCLOSURES_MAX:
        raise _too_large()
    if any(len(text) > DISCLOSURE_OCTETS_MAX for text in texts):
        raise _too_large()
    if not all(texts):
        raise _syntax()
    payload, event = _open(
        jws, keys=keys, catalogue=catalogue, audience=audience, founding=founding
    )
    disclosures = open_disclosures(texts, digests=payload["_sd"], claims=event.type.claims)
    return _signed(jws, event, payload=payload, keys=keys, disclosures=disclosures)


def open_stored(jws: bytes, *, keys: KeyLookup, catalogue: Catalogue, audience: str) -> SignedEvent:
    """Verify the compact token of a log entry, which has no disclosures and no ``~``.

    Raises:
        EnvelopeError: As in ``open_envelope``.
    """
    if len(jws) > JWS_OCTETS_MAX:
        raise _too_large()
    if not jws.isascii() or SEPARATOR in jws:
        raise _syntax()
    payload, event = _open(jws, keys=keys, catalogue=catalogue, audience=audience, founding=True)
    return _signed(jws, event, payload=payload, keys=keys, disclosures=())


def read_stored(jws: bytes, catalogue: Catalogue) -> Event:
    """Read the token of a log entry that was verified when it was admitted.

    No signature is checked, so whoever reads bytes that others could have touched
    must use ``open_stored``.

    Raises:
        EnvelopeError: The octets are not such a token.
    """
    header, body, _ = _segments(jws)
    payload = _parse_payload(decode(body))
    eid = event_id(jws[: jws.rindex(b".")])
    event = read_event(payload, kid=_read_header(header).kid, eid=eid, catalogue=catalogue)
    attested = attested_by(payload)
    return replace(event, attested=attested) if attested else event


def event_id(signing_input: bytes) -> str:
    """Give the ``eid``: independent of the signature, so a second one makes no second event."""
    return encode(sha256(signing_input).digest()).decode()


def check_times(event: Event, *, now: int, offline: bool = False) -> None:
    """Check ``iat`` against the clock at admission, and ``occ`` against ``iat``.

    Args:
        event: An event that was opened.
        now: The ledger's clock, Unix seconds.
        offline: Whether the key was granted late delivery of up to 72 hours.

    Raises:
        EnvelopeError: ``iat_window`` or ``occ_window``.
    """
    oldest = now - (OFFLINE_SECONDS_MAX if offline else CLOCK_SKEW_SECONDS_MAX)
    if not oldest <= event.iat <= now + CLOCK_SKEW_SECONDS_MAX:
        raise EnvelopeError(
            "The event was signed outside the time in which the ledger takes it.",
            slug="iat_window",
            next_step="Set the clock of the signing machine and sign the event again.",
        )
    if event.occ.earliest > event.iat + CLOCK_SKEW_SECONDS_MAX:
        raise EnvelopeError(
            "The event is said to happen after it was signed.",
            slug="occ_window",
            next_step="State when it happened, or wait until it has.",
        )


def check_payload(payload: Any, data: bytes) -> None:
    """Check what holds for the strings of every payload, whatever its schema.

    Args:
        payload: The parsed payload.
        data: Its canonical octets; plain ASCII spares looking at every character.

    Raises:
        EnvelopeError: ``sd_array_invalid`` for a digest list inside ``dat``, else
            ``schema_invalid``.
    """
    if not isinstance(payload, dict) or not isinstance(payload.get("dat"), dict):
        raise EnvelopeError("The payload is not an object with an object dat.", slug=_SCHEMA)
    _look_closely(payload["dat"], plain=is_plain(data))


def _is_plainly_clean(data: bytes) -> bool:
    """Tell whether canonical JSON without fractions needs no closer look at its strings.

    A few searches over the octets spare a walk through the values of almost every event.
    """
    return (
        is_plain(data)
        and max(map(len, data.split(b'"'))) <= DATA_TEXT_CHARS_MAX
        and data.count(b'"_sd":') == 1
        and b'"..."' not in data
        and b"null" not in data
    )


def _look_closely(dat: object, *, plain: bool) -> None:
    pending = [dat]
    while pending:
        node = pending.pop()
        if isinstance(node, str):
            _check_text(node, plain=plain)
        elif isinstance(node, dict):
            if "_sd" in node or "..." in node:
                raise _bad_digests()
            pending.extend(node.values())
        elif isinstance(node, (list, tuple)):
            pending.extend(node)
        elif not isinstance(node, int) or not -INTEGER_MAX <= node <= INTEGER_MAX:
            raise EnvelopeError(
                "A member of dat is null, a fraction or too large a number.",
                slug=_SCHEMA,
                next_step="Leave out what is not known; give numbers as whole ones.",
            )


class _Header(NamedTuple):
    alg: str
    kid: str


def _open(
    jws: bytes, *, keys: KeyLookup, catalogue: Catalogue, audience: str, founding: bool
) -> tuple[dict[str, Any], Event]:
    """Run every check from the three segments up to ``_sd``."""
    header, body, mark = _segments(jws)
    data, signature = decode(body), decode(mark)
    named = _read_header(header)
    signing_input = jws[: len(header) + 1 + len(body)]
    _key_of(named, data, keys=keys, founding=founding).verify(signature, signing_input)
    payload = _read_payload(data)
    event = read_event(payload, kid=named.kid, eid=event_id(signing_input), catalogue=catalogue)
    if event.aud != audience:
        raise EnvelopeError("The event is meant for another ledger.", slug="aud_mismatch")
    _check_digests(payload, event.type)
    return payload, event


def _signed(
    jws: bytes,
    event: Event,
    *,
    payload: dict[str, Any],
    keys: KeyLookup,
    disclosures: tuple[Disclosure, ...],
) -> SignedEvent:
    attested = verify_attestations(payload, keys)
    return SignedEvent(
        event=replace(event, attested=attested) if attested else event,
        jws=jws,
        disclosures=disclosures,
        leaf=leaf_hash(jws),
        seal=_SEAL,
    )


def _segments(jws: bytes) -> list[bytes]:
    segments = jws.split(b".")
    if len(segments) != len(("header", "payload", "signature")):
        raise EnvelopeError("The token does not consist of three segments.", slug="jws_segments")
    if len(segments[0]) > HEADER_SEGMENT_OCTETS_MAX:
        raise _too_large()
    return segments


@lru_cache(maxsize=4_096)
def _read_header(segment: bytes) -> _Header:
    """Read a header; the few keys of an office sign under few distinct headers."""
    data = decode(segment)
    try:
        header = strict_json(data)
    except InvalidValueError:
        raise EnvelopeError("The header is not strict JSON.", slug="header_json") from None
    if not is_canonical(data, header):
        raise EnvelopeError("The header is not in canonical form.", slug="header_not_canonical")
    if not isinstance(header, dict) or header.keys() != {"alg", "kid", "typ"}:
        raise _header_members()
    if not all(isinstance(value, str) for value in header.values()):
        raise _header_members()
    if header["typ"] != EVENT_TYPE:
        raise EnvelopeError("The token is not a ledger event of version 1.", slug="typ_unsupported")
    return _Header(header["alg"], header["kid"])


def _key_of(header: _Header, data: bytes, *, keys: KeyLookup, founding: bool) -> PublicKey:
    key = keys(header.kid) if _KID.fullmatch(header.kid) else None
    # The signer of a founding event is enrolled by that very event, so this one type is
    # read before its signature holds.
    if key is None and founding and _FOUNDED in data:
        key = founding_key(_read_payload(data), header.kid)
    if key is None:
        raise EnvelopeError(
            "The ledger knows no key of that thumbprint.",
            slug="kid_unknown",
            next_step="Have the key enrolled, or sign with one that is.",
        )
    if header.alg != key.alg:
        raise EnvelopeError(
            "The algorithm is not the one registered for the key.", slug="alg_mismatch"
        )
    return key


def _read_payload(data: bytes) -> dict[str, Any]:
    try:
        payload: dict[str, Any] = canonical_json(data)
    except NotCanonicalError:
        raise EnvelopeError(
            "The payload is not in canonical form.", slug="payload_not_canonical"
        ) from None
    except InvalidValueError:
        raise EnvelopeError("The payload is not strict JSON.", slug="payload_json") from None
    if not isinstance(payload, dict) or not _is_plainly_clean(data):
        check_payload(payload, data)
    return payload


def _parse_payload(data: bytes) -> dict[str, Any]:
    try:
        payload: dict[str, Any] = strict_json(data)
    except InvalidValueError:
        raise EnvelopeError("The payload is not strict JSON.", slug="payload_json") from None
    return payload


def _check_text(text: str, *, plain: bool) -> None:
    if len(text) > DATA_TEXT_CHARS_MAX:
        raise EnvelopeError(
            f"A text in dat is longer than {DATA_TEXT_CHARS_MAX} characters.", slug=_SCHEMA
        )
    if not (plain or is_clean(text)):
        raise EnvelopeError(
            "A text in dat is not NFC or holds control, format or unassigned characters.",
            slug=_SCHEMA,
        )


def _check_digests(payload: dict[str, Any], kind: EventType) -> None:
    digests = payload["_sd"]
    if (
        payload["_sd_alg"] != DIGEST_ALGORITHM
        or not isinstance(digests, list)
        or len(digests) != kind.digests
        or not all(isinstance(each, str) and DIGEST_TEXT.fullmatch(each) for each in digests)
        or digests != sorted(set(digests))
    ):
        raise _bad_digests()


def _too_large() -> EnvelopeError:
    return EnvelopeError("The submission or a part of it exceeds its cap.", slug="too_large")


def _syntax() -> EnvelopeError:
    return EnvelopeError(
        "A submission is an ASCII token and its disclosures, each followed by a tilde.",
        slug="sdjwt_syntax",
    )


def _header_members() -> EnvelopeError:
    return EnvelopeError(
        "The header has other members than the texts alg, kid and typ.", slug="header_members"
    )


def _bad_digests() -> EnvelopeError:
    return EnvelopeError(
        "The digests are not the sorted, unique and complete list of this event type.",
        slug="sd_array_invalid",
    )


_SCHEMA: Final = "schema_invalid"
_KID: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_FOUNDED: Final = canonical({"evt": FOUNDED})[1:-1]
_SEAL: Final = object()
