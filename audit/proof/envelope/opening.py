# SPDX-License-Identifier: Apache-2.0
"""Opening submissions: the only way to obtain a signed event.

Implements the envelope specification, section 4.6, in the order of its checks up to
disclosures and further signatures. The ledger judges later what depends on the log:
validity of the key at a position, role, jurisdiction, clock (``check_times``), ``jti``,
``seq`` and ``prev``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import InitVar, dataclass, field, replace
from typing import Any, Final, NamedTuple, TypeVar

from audit.proof.attestation import (
    FOUNDED,
    KeyLookup,
    attested_by,
    founding_key,
    verify_attestations,
)
from audit.proof.disclosures import Disclosure, open_disclosures
from audit.proof.encoding import canonical
from audit.proof.envelope.payload import check_digests, parse_payload, read_payload
from audit.proof.envelope.token import Token, check_stored, event_id, read_token, split_submission
from audit.proof.keys import Check, PublicKey, SignatureCheck, check_here
from audit.proof.limits import CLOCK_SKEW_SECONDS_MAX, OFFLINE_SECONDS_MAX
from audit.proof.merkle import leaf_hash
from domain.errors import EnvelopeError
from domain.event import Event, read_event
from domain.schema import Catalogue

T = TypeVar("T")


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


class Reading(NamedTuple):
    """What submissions are read against.

    Attributes:
        keys: Finds the key of a thumbprint; a key it does not find may open only the
            founding event that itself names that key.
        catalogue: The event types of the ledger.
        audience: Identifier of the ledger.
        founding: Whether a founding event may bring its own signer. A ledger that is
            founded says no, and so spares itself work that strangers could ask for.
    """

    keys: KeyLookup
    catalogue: Catalogue
    audience: str
    founding: bool = True


def open_envelope(submission: bytes, reading: Reading) -> SignedEvent:
    """Verify a submission ``<jws>~<disclosure>~...~`` and give the event that it proves.

    Raises:
        EnvelopeError: The first check of section 4.6 that fails; its slug is the code.
    """
    (result,) = open_envelopes([submission], reading)
    return _given(result)


def open_envelopes(
    submissions: Sequence[bytes], reading: Reading, *, check: Check = check_here
) -> list[SignedEvent | EnvelopeError]:
    """Open submissions together, each with the outcome that it has alone.

    Args:
        submissions: The octets as received.
        reading: What they are read against.
        check: Who checks their signatures; it may do so elsewhere while the payloads
            are read here.
    """
    parcels = [_attempt(_unpack, submission, reading) for submission in submissions]
    verdicts = check([each.check for each in parcels if isinstance(each, _Parcel)])
    try:
        contents = [_attempt(_read, each, reading) for each in parcels]
    finally:
        wrong = iter(verdicts())  # what was begun is finished, whatever happens here
    opened: list[SignedEvent | EnvelopeError] = []
    for parcel, content in zip(parcels, contents, strict=True):
        error = parcel if isinstance(parcel, EnvelopeError) else next(wrong)
        opened.append(_attempt(_seal, (parcel, content), reading) if error is None else error)
    return opened


def open_stored(jws: bytes, reading: Reading) -> SignedEvent:
    """Verify the compact token of a log entry, which has no disclosures and no ``~``.

    Raises:
        EnvelopeError: As in ``open_envelope``.
    """
    check_stored(jws)
    parcel = _addressed(read_token(jws), [], reading)
    parcel.check.run()
    return _seal((parcel, _read(parcel, reading)), reading)


def read_stored(jws: bytes, catalogue: Catalogue) -> Event:
    """Read the token of a log entry that was verified when it was admitted.

    No signature is checked, so whoever reads bytes that others could have touched
    must use ``open_stored``.

    Raises:
        EnvelopeError: The octets are not such a token.
    """
    token = read_token(jws)
    payload = parse_payload(token.data)
    event = read_event(
        payload, kid=token.header.kid, eid=event_id(token.signing_input), catalogue=catalogue
    )
    attested = attested_by(payload)
    return replace(event, attested=attested) if attested else event


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


class _Parcel(NamedTuple):
    """A token with the disclosures that came along and the check of its signature."""

    token: Token
    texts: list[bytes]
    check: SignatureCheck


class _Content(NamedTuple):
    """What a parcel says, whether or not its signature holds."""

    payload: dict[str, Any]
    event: Event
    disclosures: tuple[Disclosure, ...]


def _unpack(submission: bytes, reading: Reading) -> _Parcel:
    jws, texts = split_submission(submission)
    return _addressed(read_token(jws), texts, reading)


def _addressed(token: Token, texts: list[bytes], reading: Reading) -> _Parcel:
    key = _key_of(token, reading)
    return _Parcel(token, texts, SignatureCheck(key, token.signature, token.signing_input))


def _read(parcel: _Parcel | EnvelopeError, reading: Reading) -> _Content:
    """Run every check after the signature up to the disclosures."""
    if isinstance(parcel, EnvelopeError):
        raise parcel
    token = parcel.token
    payload = read_payload(token.data)
    event = read_event(
        payload,
        kid=token.header.kid,
        eid=event_id(token.signing_input),
        catalogue=reading.catalogue,
    )
    if event.aud != reading.audience:
        raise EnvelopeError("The event is meant for another ledger.", slug="aud_mismatch")
    check_digests(payload, event.type)
    disclosures = open_disclosures(parcel.texts, digests=payload["_sd"], claims=event.type.claims)
    return _Content(payload, event, disclosures)


def _seal(read: tuple[_Parcel, _Content | EnvelopeError], reading: Reading) -> SignedEvent:
    """Verify further signatures and give the event; its own signature holds by now."""
    parcel, content = read[0], _given(read[1])
    attested = verify_attestations(content.payload, reading.keys)
    return SignedEvent(
        event=replace(content.event, attested=attested) if attested else content.event,
        jws=parcel.token.jws,
        disclosures=content.disclosures,
        leaf=leaf_hash(parcel.token.jws),
        seal=_SEAL,
    )


def _key_of(token: Token, reading: Reading) -> PublicKey:
    header = token.header
    key = reading.keys(header.kid) if _KID.fullmatch(header.kid) else None
    # The signer of a founding event is enrolled by that very event, so this one type is
    # read before its signature holds.
    if key is None and reading.founding and _FOUNDED in token.data:
        key = founding_key(read_payload(token.data), header.kid)
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


def _attempt(step: Callable[[Any, Reading], T], given: Any, reading: Reading) -> T | EnvelopeError:
    """Take a step for one submission of several; what is wrong with it is its outcome."""
    try:
        return step(given, reading)
    except EnvelopeError as error:
        return error


def _given(result: T | EnvelopeError) -> T:
    if isinstance(result, EnvelopeError):
        raise result
    return result


_KID: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_FOUNDED: Final = canonical({"evt": FOUNDED})[1:-1]
_SEAL: Final = object()
