# SPDX-License-Identifier: Apache-2.0
"""Targets that read what officers, clocks and epochs sign: nobody signed anything else.

The two of the envelope specification, section 10: raw octets before the signature, and payloads
that are bent and then signed again, so that what lies behind the signature is reached.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from cryptography.x509 import load_pem_x509_certificates

from audit.proof.disclosures import open_disclosures
from audit.proof.encoding import canonical, decode, strict_json
from audit.proof.envelope.opening import Reading, open_envelope
from audit.proof.envelope.token import split_submission
from audit.proof.heads.proof import check_head, parse_head_proof
from audit.proof.timestamps.authorities import TrustedAuthority
from audit.proof.timestamps.token import read_token
from audit.proof.timestamps.verifying import Papers, Stamp, verify_stamp
from audit.proof.verify.evidence import manifest_of, read_manifest
from domain.catalogue import CATALOGUE
from domain.errors import EnvelopeError, ProofError
from tests.unit.audit.fuzz.targets import TARGETS, Target
from tests.unit.audit.heads.chronicle import proof_of, state_epoch
from tests.unit.audit.proof.envelope.worked import (
    AUDIENCE,
    CLAIMS,
    DISCLOSURES,
    FULL,
    KEYS,
    MARKED,
    VECTORS,
    forged,
    payload_of,
)
from tests.unit.audit.proof.envelope.worked import CATALOGUE as WORKED
from tests.unit.audit.verify.log_builder import new_id, small_log

LOG: Final = small_log(1)
ARM: Final = next(name for name in LOG.heads if name.startswith("arm."))
with TemporaryDirectory() as place:
    state_epoch(LOG, Path(place, "stated"))
    HEAD: Final = proof_of(LOG, ARM, Path(place, "proved")).encode()
    NONE: Final = proof_of(LOG, new_id("arm"), Path(place, "absent")).encode()
TRUST: Final = LOG.trust()
HELD: Final = check_head(HEAD, trust=TRUST)

STAMP: Final[dict[str, str]] = json.loads((VECTORS / "time_stamp.json").read_bytes())
MESSAGE: Final = STAMP["message"].encode()
PAPERS: Final = Papers(
    answer=b64decode(STAMP["tsr"]),
    request=b64decode(STAMP["tsq"]),
    chain=STAMP["pem"].encode(),
    crl=b64decode(STAMP["crl"]),
)
AUTHORITY: Final = TrustedAuthority(
    name="vector", roots=tuple(load_pem_x509_certificates(STAMP["root"].encode()))
)
STAMPED: Final[Stamp] = verify_stamp(MESSAGE, PAPERS, (AUTHORITY,))

SUBMISSIONS: Final = (MARKED + b"~", FULL, FULL[: FULL.index(b"~") + 1])
PAYLOADS: Final = (
    *(canonical(payload_of(each)) for each in (MARKED, FULL.partition(b"~")[0])),
    *(decode(jws.split(b".")[1]) for jws in LOG.entries),
)
PROMISED: Final[list[str]] = payload_of(FULL.partition(b"~")[0])["_sd"]
FILES: Final[Mapping[str, bytes]] = {"trust.json": b"{}", "entries/0.jws": b"a.b.c"}


def _envelope(octets: bytes) -> bytes:
    signed = open_envelope(octets, Reading(KEYS.get, WORKED, AUDIENCE))
    texts = [each.text for each in signed.disclosures]
    assert any(signed.jws == each.partition(b"~")[0] for each in SUBMISSIONS), "nobody signed it"
    assert set(texts) <= set(DISCLOSURES), "nobody signed their digests"
    return b"~".join((signed.jws, *texts, b""))


def _payload(octets: bytes) -> bytes:
    """Sign whatever a payload is, and open it under one schema or the other."""
    submission = forged(octets)
    try:
        opened = open_envelope(submission, Reading(KEYS.get, WORKED, AUDIENCE))
    except EnvelopeError:
        opened = open_envelope(submission, Reading(KEYS.get, CATALOGUE, AUDIENCE))
    return canonical(strict_json(decode(opened.jws.split(b".")[1])))


def _presentation(octets: bytes) -> None:
    _, texts = split_submission(octets)
    opened = open_disclosures(texts, digests=PROMISED, claims=CLAIMS)  # type: ignore[arg-type]
    assert {each.text for each in opened} <= set(DISCLOSURES), "nothing else has these digests"


def _head(octets: bytes) -> bytes:
    """Whoever changes the name of the stream may prove that there is none of it."""
    proof = parse_head_proof(octets)
    with suppress(ProofError):
        verdict = check_head(octets, trust=TRUST)
        if verdict.sub in LOG.heads:
            assert (verdict.sub, verdict.head) == (HELD.sub, HELD.head), "nobody signed another"
        else:
            assert verdict.head is None, "the map has no such stream"
    return proof.encode()


def _token(octets: bytes) -> bytes:
    token = read_token(octets)
    with suppress(ProofError):
        stamp = verify_stamp(MESSAGE, replace(PAPERS, answer=octets), (AUTHORITY,))
        assert stamp == STAMPED, "no clock signed another time"
    return token.response.as_bytes()


def _manifest(octets: bytes) -> None:
    found = read_manifest(octets)
    assert found is None or isinstance(found.subject, str)


SIGNED: Final[Mapping[str, Target]] = {
    "envelope": Target(_envelope, SUBMISSIONS),
    "envelope payload": Target(_payload, PAYLOADS),
    "sd-jwt": Target(_presentation, SUBMISSIONS),
    "head proof": Target(_head, (HEAD, NONE)),
    "time-stamp": Target(_token, (PAPERS.answer,)),
    "manifest": Target(_manifest, (manifest_of("log", FILES),)),
}
EVERY: Final[Mapping[str, Target]] = {**TARGETS, **SIGNED}
"""All targets, by name."""
