# SPDX-License-Identifier: Apache-2.0
"""Acts of the registry, step by step: founding, admitting authorities, enrolling keys.

Builds the drafts that the registry's rules ask for (envelope specification, section 7)
and appends them through an open ``Office``. Used by the command line and the demo.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from api.bootstrap import Office
from api.client.attest import endorse, prove_possession
from api.client.ids import uuid7
from api.client.keyfile import FileKey
from api.client.signer import Draft, Submission, sign
from audit.appending.sequencer import Receipt
from audit.proof.encoding import encode
from domain.catalogue import CATALOGUE
from domain.errors import RefusedError, UsageError
from domain.identifiers import FIRST_PREV, StreamId
from domain.registry.members import KeyClass
from domain.registry.state import KeyRecord

Head = tuple[int, str]

Material = Mapping[str, Any]
"""A public key with the proof that its holder has the private one: ``kid alg jwk pop``."""

NO_HEADS: Final[Mapping[UUID, Head]] = MappingProxyType({})
NONCE_OCTETS: Final = 16
KEY_LIFE_SECONDS: Final = 3 * 365 * 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Founding:
    """What is decided when a ledger is founded.

    Attributes:
        authority: Identifier of the founding authority.
        name: Its name.
        jurisdictions: Where it may act.
        threshold: How many of the root keys an act of the roots needs.
    """

    authority: str
    name: str
    jurisdictions: Sequence[str]
    threshold: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """A key that an officer is given.

    Attributes:
        authority: Authority it signs for.
        roles: Role codes.
        jurisdictions: Where they may be used.
        offline: Whether its events may arrive up to 72 hours late.
        key_class: What it is for: ``event`` signs events, ``http`` signs requests.
        officer: The person, as ``off.<uuid>``; a new one by default.
        officer_name: The person's name; sealed in the vault, never in the log.
    """

    authority: str
    roles: Sequence[str]
    jurisdictions: Sequence[str]
    offline: bool = False
    key_class: KeyClass = "event"
    officer: str | None = None
    officer_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One event to be signed at the head of its stream.

    Attributes:
        evt: Event type.
        sub: Stream; a new one by default for the kind of the event type.
        dat: Public data.
        occ: When it happened; now by default.
        disclosures: Personal data by claim name.
    """

    evt: str
    dat: Mapping[str, Any]
    sub: StreamId | None = None
    occ: str | None = None
    disclosures: Mapping[str, str | int | bool] = field(default_factory=dict)


def found(office: Office, founding: Founding, roots: Sequence[FileKey]) -> Receipt:
    """Append the first event of a ledger, signed and endorsed by its root keys.

    Raises:
        RefusedError: The ledger has been founded, or the roots do not reach the threshold.
    """
    dat = {
        "authority": {
            "id": founding.authority,
            "name": founding.name,
            "jurisdictions": list(founding.jurisdictions),
        },
        "threshold": founding.threshold,
        "roots": [
            {**_material(office, key, founding.authority), "officer": _new_officer()}
            for key in roots
        ],
    }
    act = Act(evt="ledger.founded", dat=dat)
    draft = endorsed(draft_of(office, act, founding.authority), roots[1:])
    return office.append(_signed(draft, roots[0], act))


def register_authority(office: Office, founding: Founding, roots: Sequence[FileKey]) -> Receipt:
    """Admit an authority; the first root signs, the others endorse."""
    dat = {
        "id": founding.authority,
        "name": founding.name,
        "jurisdictions": list(founding.jurisdictions),
    }
    return perform(office, Act(evt="authority.registered", dat=dat), roots[0], endorsers=roots[1:])


def enrol(
    office: Office,
    enrolment: Enrolment,
    key: FileKey | Material,
    *,
    proposer: FileKey,
    approver: FileKey,
) -> Receipt:
    """Enrol an officer's key: one person proposes it, another approves it.

    Args:
        office: The open ledger.
        enrolment: What the officer is given.
        key: The new key, or its public half with the proof that its holder made elsewhere.
        proposer: Key of the one.
        approver: Key of the other.

    Raises:
        RefusedError: ``approver_same_person``, before anything is recorded, or a rule of the
            registry forbids the proposal or the approval.
    """
    if key_record(office, proposer.kid).officer == key_record(office, approver.kid).officer:
        raise RefusedError(
            "The person who proposes a key cannot approve it, with whatever key.",
            slug="approver_same_person",
            next_step="Let another officer approve it.",
        )
    material = introduced(office, key, enrolment.authority)
    propose(office, enrolment, material, proposer=proposer)
    return approve(office, material["kid"], approver=approver)


def propose(
    office: Office, enrolment: Enrolment, key: FileKey | Material, *, proposer: FileKey
) -> Receipt:
    """Propose a key for an officer; it is valid only once another person approves it."""
    material = introduced(office, key, enrolment.authority)
    return perform(office, proposal(enrolment, material), proposer)


def proposal(enrolment: Enrolment, material: Material) -> Act:
    """Give the act that proposes a key."""
    now = int(time.time())
    dat = {
        **material,
        "authority": enrolment.authority,
        "class": enrolment.key_class,
        "officer": enrolment.officer or _new_officer(),
        "roles": list(enrolment.roles),
        "jurisdictions": list(enrolment.jurisdictions),
        "not_before": now,
        "not_after": now + KEY_LIFE_SECONDS,
        "offline": enrolment.offline,
    }
    names = {"officer_name": enrolment.officer_name} if enrolment.officer_name else {}
    return Act(evt="key.enrol-proposed", dat=dat, disclosures=names)


def approve(office: Office, kid: str, *, approver: FileKey) -> Receipt:
    """Approve a proposed key, as another person than the one who proposed it.

    Raises:
        RefusedError: ``kid_unknown``, or a rule of the registry forbids it.
    """
    return perform(office, approval(office, kid), approver)


def approval(office: Office, kid: str) -> Act:
    """Give the act that approves a proposed key.

    Raises:
        RefusedError: ``kid_unknown``.
    """
    record = key_record(office, kid)
    return Act(evt="key.enrol-approved", dat={"target": record.proposal}, sub=_key_stream(record))


def rotate(office: Office, old: FileKey, new: FileKey) -> Receipt:
    """Put a new key in the place of an old one; its holder proves both."""
    record = key_record(office, old.kid)
    dat = _material(office, new, record.authority)
    return perform(office, Act(evt="key.rotated", dat=dat, sub=_key_stream(record)), old)


def change_key(
    office: Office, evt: str, dat: Mapping[str, Any], *, signers: Sequence[FileKey]
) -> Receipt:
    """Suspend, reinstate, revoke, grant or withdraw: ``dat`` names the key as ``kid``.

    Raises:
        UsageError: Several keys are to sign an event that has no room for endorsements.
        RefusedError: ``kid_unknown``, or a rule of the registry forbids it.
    """
    if len(signers) > 1 and "endorsements" not in CATALOGUE.latest(evt).dat.model_fields:
        raise UsageError(
            f"One key signs {evt}; {len(signers)} were named.",
            slug="endorsement_unused",
            next_step="Name the one --key that answers for it.",
        )
    return perform(office, key_change(office, evt, dat), signers[0], endorsers=signers[1:])


def key_change(office: Office, evt: str, dat: Mapping[str, Any]) -> Act:
    """Give the act of a change in the stream of the key that ``dat`` names as ``kid``.

    Raises:
        RefusedError: ``kid_unknown``.
    """
    return Act(evt=evt, dat=dat, sub=_key_stream(key_record(office, dat["kid"])))


def perform(
    office: Office, act: Act, key: FileKey, *, endorsers: Sequence[FileKey] = ()
) -> Receipt:
    """Sign an act at the present head of its stream and append it."""
    draft = draft_of(office, act, key_record(office, key.kid).authority)
    return office.append(_signed(endorsed(draft, endorsers), key, act))


def draft_of(
    office: Office, act: Act, authority: str, *, heads: Mapping[UUID, Head] = NO_HEADS
) -> Draft:
    """Place an act at the present head of its stream.

    Args:
        office: The open ledger.
        act: What is to be recorded.
        authority: The authority that answers for it.
        heads: Sequence number and event id of events that are signed but not yet recorded,
            by stream; they come before what the ledger knows.
    """
    kind = CATALOGUE.latest(act.evt)
    stream = act.sub or StreamId(kind.subject, _new_uuid())
    seq, prev = heads.get(stream.uuid) or _head(office, stream.uuid)
    now = int(time.time())
    return Draft(
        evt=act.evt,
        ver=kind.ver,
        iss=authority,
        aud=office.audience,
        sub=str(stream),
        seq=seq + 1,
        prev=prev,
        jti=str(_new_uuid()),
        iat=now,
        occ=act.occ or datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        dat=act.dat,
    )


def key_record(office: Office, kid: str) -> KeyRecord:
    """Give what the registry says about a key.

    Raises:
        RefusedError: ``kid_unknown``.
    """
    record = office.registry.keys.get(kid)
    if record is None:
        raise RefusedError(
            f"The ledger knows no key {kid}.",
            slug="kid_unknown",
            next_step="List its keys with `muniment authority list`.",
        )
    return record


def introduced(office: Office, key: FileKey | Material, authority: str) -> Material:
    """Give a key with the proof that its holder has it, made now where the key is at hand."""
    return _material(office, key, authority) if isinstance(key, FileKey) else key


def _material(office: Office, key: FileKey, authority: str) -> dict[str, Any]:
    nonce = encode(secrets.token_bytes(NONCE_OCTETS)).decode()
    jti = str(_new_uuid())
    pop = prove_possession(key, aud=office.audience, authority=authority, nonce=nonce, jti=jti)
    return {"kid": key.kid, "alg": key.alg, "jwk": dict(key.jwk), "pop": pop}


def endorsed(draft: Draft, endorsers: Sequence[FileKey]) -> Draft:
    """Give a draft that the holders of further keys stand for, too."""
    if not endorsers:
        return draft
    earlier = draft.dat.get("endorsements", ())
    endorsements = [*earlier, *(endorse(key, draft) for key in endorsers)]
    return replace(draft, dat={**draft.dat, "endorsements": endorsements})


def _signed(draft: Draft, key: FileKey, act: Act) -> bytes:
    submission: Submission = sign(draft, act.disclosures, key, catalogue=CATALOGUE)
    return submission.to_bytes()


def _key_stream(record: KeyRecord) -> StreamId:
    """Give a key's stream; a root key gets one with the first event about it."""
    return StreamId("key", record.stream or _new_uuid())


def _head(office: Office, stream: UUID) -> Head:
    return office.heads([stream]).get(stream, (0, FIRST_PREV))


def _new_officer() -> str:
    return str(StreamId("off", _new_uuid()))


def _new_uuid() -> UUID:
    return uuid7(time.time_ns() // 1_000_000, secrets.token_bytes)
