# SPDX-License-Identifier: Apache-2.0
"""Drafts of events that take a second person, on their way between two persons.

A draft is an event file that also says where the event will stand. What the second person signs
is its act (envelope specification, section 7): type, place in its stream, and data. An endorsed
draft is a draft again, with the endorsement in its data, and signed like any event.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from api.bootstrap import Office
from api.client.signer import Draft, payload_of
from audit.proof.attestation import act_of, verify_attestations
from audit.proof.encoding import canonical
from audit.proof.keys import PublicKey, public_key
from domain.catalogue import CATALOGUE
from domain.errors import ConflictError, EnvelopeError, UsageError
from domain.event import check_event, read_data
from domain.refusal import Refusal

MEMBERS: Final = ("evt", "ver", "aud", "sub", "seq", "prev", "occ", "dat")
"""What every draft says; it may have ``disclosures`` besides."""

_UNSIGNED: Final[Mapping[str, Any]] = {
    "_sd": [], "_sd_alg": "sha-256", "iat": 1, "iss": "unsigned",
    "jti": "00000000-0000-7000-8000-000000000000", "occ": "unknown",
}  # fmt: skip
"""Stands for what a draft does not hold yet, while its form is checked."""


def record_of(draft: Draft, disclosures: Mapping[str, Any]) -> dict[str, Any]:
    """Give a draft as JSON values."""
    record = {member: getattr(draft, member) for member in MEMBERS}
    return record | ({"disclosures": dict(disclosures)} if disclosures else {})


def check_draft(draft: Mapping[str, Any]) -> None:
    """Check that something with the members of a draft is one that a second person may endorse.

    Raises:
        UsageError: ``endorsement_unused``.
        EnvelopeError: A member has another form than the ledger admits.
    """
    check_event({**_UNSIGNED, **{name: draft[name] for name in MEMBERS}}, CATALOGUE)
    check_room(draft["evt"])


def has_room(evt: str) -> bool:
    """Tell whether an event has room for the signatures of further persons."""
    return "endorsements" in CATALOGUE.latest(evt).dat.model_fields


def waits_for_second(refusal: Refusal) -> bool:
    """Tell whether a refusal goes away once a further person endorses the event."""
    return any("endorse" in each for each in refusal.legal)


def check_endorsements(office: Office, draft: Draft) -> None:
    """Refuse what somebody endorsed as another act, before anything is signed.

    Raises:
        ConflictError: ``endorsement_stale``.
        EnvelopeError: The ledger would refuse the data or an endorsement by itself.
    """
    if not draft.dat.get("endorsements"):
        return
    check_data(draft)
    try:
        verify_attestations(payload_of(draft), lambda kid: _key(office, kid))
    except EnvelopeError as error:
        if error.slug != "sig_invalid":
            raise
        raise _stale() from error


def check_room(evt: str) -> None:
    """Refuse a second signature where an event has no room for one.

    Raises:
        UsageError: ``endorsement_unused``.
    """
    if not has_room(evt):
        raise UsageError(
            f"One person signs {evt}; it takes no endorsement.",
            slug="endorsement_unused",
            next_step="Sign it without --endorse and without a draft.",
        )


def shown(payload: Mapping[str, Any]) -> str:
    """Give exactly what an endorsement covers, as the text that is hashed."""
    return canonical(act_of(payload)).decode()


def check_data(draft: Draft) -> None:
    """Check the data of a draft as the ledger would.

    Raises:
        EnvelopeError: ``schema_invalid``.
    """
    read_data(CATALOGUE.find(draft.evt, draft.ver), draft.dat)


def _key(office: Office, kid: str) -> PublicKey | None:
    record = office.registry.keys.get(kid)
    return public_key(record.jwk) if record else None


def _stale() -> ConflictError:
    return ConflictError(
        "An endorsement is for another act than the one that would be signed now: the stream has"
        " moved on since the draft was made, or the file was changed.",
        slug="endorsement_stale",
        next_step="Draft it again with `muniment sign --draft`, and have that endorsed.",
    )
