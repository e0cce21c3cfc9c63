# SPDX-License-Identifier: Apache-2.0
"""Further signatures inside an event: proof of possession and endorsement; root keys' under trust.

Implements ``pop`` of the envelope specification, section 7, and the second signatures
that N-of-M rules need, those of root keys under a trust file (``log.md`` 2.8) among them.
Strings of ``dat`` hold at most 64 characters, so a signature of 64 octets stands there as two
halves ``r`` and ``s`` of 32. It works on the parsed payload of any event with such members; how
many are needed, and whose, the registry decides.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from audit.proof.encoding import canonical, decode, encode
from audit.proof.keys import PublicKey, check_enrolment
from domain.errors import EnvelopeError

POSSESSION_TYPE: Final = "fle-pop-1+jwt"
ENDORSEMENT_TYPE: Final = "fle-endorse-1+jwt"
TRUST_TYPE: Final = "fle-trust-1+jwt"
FOUNDED: Final = "ledger.founded"

KeyLookup = Callable[[str], PublicKey | None]
"""Finds the key of a thumbprint among those that were ever enrolled, or says there is none."""

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Possession:
    """What a new key signs to show that its owner holds it.

    Attributes:
        aud: Ledger it asks to be enrolled in.
        authority: Authority it is for.
        jti: UUIDv7 of this proof.
        nonce: 128 random bits in base64url, 22 characters.
    """

    aud: str
    authority: str
    jti: str
    nonce: str


def pop_input(possession: Possession, *, alg: str, kid: str) -> bytes:
    """Give the octets that a new key signs as its proof of possession."""
    claims = {
        "aud": possession.aud,
        "iss": possession.authority,
        "jti": possession.jti,
        "nonce": possession.nonce,
    }
    return _signing_input(claims, typ=POSSESSION_TYPE, alg=alg, kid=kid)


def act_of(payload: Payload) -> dict[str, Any]:
    """Give what an endorsement covers of an event: what it does, and where it stands."""
    act = {member: payload[member] for member in ("aud", "evt", "sub", "seq", "prev", "ver")}
    dat = {name: each for name, each in payload["dat"].items() if name != "endorsements"}
    return {**act, "dat": dat}


def endorsement_input(payload: Payload, *, alg: str, kid: str) -> bytes:
    """Give the octets that a further key signs to stand for an event.

    They cover what the event does and where it stands, but neither its time nor its
    digests, so that endorsers can sign before the event itself is signed.

    Args:
        payload: The members ``aud dat evt sub seq prev ver`` at least.
        alg: Algorithm of the endorsing key.
        kid: Thumbprint of the endorsing key.
    """
    digest = encode(sha256(canonical(act_of(payload))).digest()).decode()
    return _signing_input(
        {"act": digest, "aud": payload["aud"]}, typ=ENDORSEMENT_TYPE, alg=alg, kid=kid
    )


def verify_attestations(payload: Payload, keys: KeyLookup) -> frozenset[str]:
    """Verify every further signature of an event; give the thumbprints that proved themselves.

    Raises:
        EnvelopeError: ``key_weak`` for an introduced key outside the profile,
            ``alg_mismatch`` for one under another algorithm's name, ``kid_unknown`` for an
            endorser nobody knows, ``sig_form`` or ``sig_invalid`` for a bad signature.
    """
    if not _is_attested(payload["dat"]):
        return frozenset()
    introduced = {each["kid"]: _check_introduced(each, payload) for each in _introduced(payload)}
    for each in payload["dat"].get("endorsements", ()):
        key = keys(each["kid"]) or (introduced.get(each["kid"]) if _is_founding(payload) else None)
        if key is None:
            raise EnvelopeError("The ledger knows no such endorsing key.", slug="kid_unknown")
        message = endorsement_input(payload, alg=key.alg, kid=key.kid)
        key.verify(_joined(each), message)
    return attested_by(payload)


def trust_input(trust: Payload, *, alg: str, kid: str) -> bytes:
    """Give the octets that a root key signs to stand for a trust file.

    Args:
        trust: Its members; signatures among them are not covered, so their order is free.
        alg: Algorithm of the root key.
        kid: Thumbprint of the root key.
    """
    stated = {name: each for name, each in trust.items() if name != "signatures"}
    digest = encode(sha256(canonical(stated)).digest()).decode()
    return _signing_input(
        {"aud": trust["audience"], "trust": digest}, typ=TRUST_TYPE, alg=alg, kid=kid
    )


def verify_trust(trust: Payload, roots: Collection[str]) -> None:
    """Verify every signature of a trust file; each has to be of another of its root keys.

    Raises:
        EnvelopeError: ``kid_unknown``, ``key_weak``, or ``sig_form`` or ``sig_invalid``.
    """
    left = set(roots)
    for each in trust["signatures"]:
        key = check_enrolment(each["jwk"])
        if key.kid != each["kid"] or key.kid not in left:
            raise EnvelopeError(
                "A signature in it is of none of its root keys, or of one that signed before.",
                slug="kid_unknown",
            )
        left.remove(key.kid)
        key.verify(_joined(each), trust_input(trust, alg=key.alg, kid=key.kid))


def attested_by(payload: Payload) -> frozenset[str]:
    """Give the thumbprints whose signatures stand in an event that was verified before."""
    dat = payload["dat"]
    if not _is_attested(dat):
        return frozenset()
    endorsers = (each["kid"] for each in dat.get("endorsements", ()))
    return frozenset((*(each["kid"] for each in _introduced(payload)), *endorsers))


def founding_key(payload: Payload, kid: str) -> PublicKey | None:
    """Find a key among the roots of a founding event, whose signer no earlier event names.

    Whoever opens such an event decides whether that founding is the one to trust.

    Raises:
        EnvelopeError: ``key_weak``, the key is outside the profile.
    """
    if not _is_founding(payload) or not isinstance(payload.get("dat"), dict):
        return None
    for each in _items(payload["dat"], "roots"):
        if each.get("kid") == kid and isinstance(each.get("jwk"), dict):
            key = check_enrolment(each["jwk"])
            return key if key.kid == kid else None
    return None


def _is_attested(dat: Mapping[str, Any]) -> bool:
    return "endorsements" in dat or "jwk" in dat or "roots" in dat


def _is_founding(payload: Payload) -> bool:
    return payload.get("evt") == FOUNDED and payload.get("seq") == 1


def _introduced(payload: Payload) -> Iterator[Mapping[str, Any]]:
    dat = payload["dat"]
    if "jwk" in dat:
        yield dat
    yield from _items(dat, "roots")


def _items(dat: Mapping[str, Any], member: str) -> Sequence[Mapping[str, Any]]:
    items = dat.get(member, ())
    return [each for each in items if isinstance(each, dict)] if isinstance(items, list) else ()


def _check_introduced(each: Mapping[str, Any], payload: Payload) -> PublicKey:
    key = check_enrolment(each["jwk"])
    if key.kid != each["kid"]:
        raise EnvelopeError("The name of an introduced key is not its thumbprint.", slug="key_weak")
    if key.alg != each["alg"]:
        raise EnvelopeError(
            "An introduced key does not belong to the algorithm it names.", slug="alg_mismatch"
        )
    pop = each["pop"]
    possession = Possession(
        aud=payload["aud"], authority=_authority(payload), jti=pop["jti"], nonce=pop["nonce"]
    )
    key.verify(_joined(pop), pop_input(possession, alg=key.alg, kid=key.kid))
    return key


def _authority(payload: Payload) -> str:
    """Give the authority an introduced key is for: a named one, else the event's own."""
    named = payload["dat"].get("authority", payload["iss"])
    return str(named["id"] if isinstance(named, dict) else named)


def _joined(halves: Mapping[str, str]) -> bytes:
    return decode(halves["r"].encode()) + decode(halves["s"].encode())


def _signing_input(claims: Mapping[str, str], *, typ: str, alg: str, kid: str) -> bytes:
    header = canonical({"alg": alg, "kid": kid, "typ": typ})
    return encode(header) + b"." + encode(canonical(claims))
