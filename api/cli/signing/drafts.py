# SPDX-License-Identifier: Apache-2.0
"""Drafts of events that take a second person, on their way between two machines.

A draft is an event file that also says where the event will stand. What the second person signs
is its act (envelope specification, section 7): type, place in its stream, and data. An endorsed
draft is a draft again, with the endorsement in its data, and signed like any event file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from api.bootstrap import Office
from api.cli.signing.files import no_event_file, read_objects
from api.client.attest import stand_for
from api.client.keyfile import FileKey
from api.client.signer import Draft, payload_of
from api.registrar import Act, draft_of, endorsed, key_record
from audit.proof.attestation import act_of, verify_attestations
from audit.proof.encoding import canonical
from audit.proof.keys import PublicKey, public_key
from domain.catalogue import CATALOGUE
from domain.errors import ConflictError, EnvelopeError, UsageError
from domain.event import check_event, read_data

_MEMBERS: Final = ("evt", "ver", "aud", "sub", "seq", "prev", "occ", "dat")
_UNSIGNED: Final[Mapping[str, Any]] = {
    "_sd": [], "_sd_alg": "sha-256", "iat": 1, "iss": "unsigned",
    "jti": "00000000-0000-7000-8000-000000000000", "occ": "unknown",
}  # fmt: skip
"""Stands for what a draft does not hold yet, while its form is checked."""


def drafts_of(office: Office, acts: Iterable[Act]) -> Iterator[dict[str, Any]]:
    """Place acts at the present heads of their streams, one in each stream.

    Raises:
        UsageError: ``endorsement_unused``; ``draft_chain``, for a second event of one stream, whose
            place nobody knows before the first is signed.
    """
    streams = set[str]()
    for act in acts:
        draft = draft_of(office, act, "")
        check_room(draft.evt)
        if draft.sub in streams:
            raise _chained(draft.sub)
        streams.add(draft.sub)
        record = {member: getattr(draft, member) for member in _MEMBERS}
        yield record | ({"disclosures": act.disclosures} if act.disclosures else {})


def read_drafts(file: Path) -> list[dict[str, Any]]:
    """Read drafts, one JSON object or one a line.

    Raises:
        UsageError: ``event_file_invalid`` or ``endorsement_unused``.
        EnvelopeError: A member has another form than the ledger admits.
    """
    drafts = read_objects(file)
    for draft in drafts:
        if not isinstance(draft, dict) or not draft.keys() >= set(_MEMBERS):
            raise no_event_file(file, "it is no draft of `muniment sign --draft`")
        check_event({**_UNSIGNED, **{name: draft[name] for name in _MEMBERS}}, CATALOGUE)
        check_room(draft["evt"])
    return drafts


def endorsed_elsewhere(draft: Mapping[str, Any], key: FileKey) -> dict[str, Any]:
    """Give a draft from a file with one more endorsement."""
    earlier = draft["dat"].get("endorsements", ())
    dat = {**draft["dat"], "endorsements": [*earlier, stand_for(key, draft)]}
    return {**draft, "dat": dat}


def endorsed_here(office: Office, draft: Draft, keys: Sequence[FileKey]) -> Draft:
    """Give a draft that the holders of further enrolled keys stand for, too.

    Raises:
        UsageError: ``endorsement_unused``.
        EnvelopeError: ``schema_invalid``.
        RefusedError: ``kid_unknown``.
    """
    check_room(draft.evt)
    _check_data(draft)
    for key in keys:
        key_record(office, key.kid)
    return endorsed(draft, keys)


def check_endorsements(office: Office, draft: Draft) -> None:
    """Refuse what somebody endorsed as another act, before anything is signed.

    Raises:
        ConflictError: ``endorsement_stale``.
        EnvelopeError: The ledger would refuse the data or an endorsement by itself.
    """
    if not draft.dat.get("endorsements"):
        return
    _check_data(draft)
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
    if "endorsements" not in CATALOGUE.latest(evt).dat.model_fields:
        raise UsageError(
            f"One person signs {evt}; it takes no endorsement.",
            slug="endorsement_unused",
            next_step="Sign it without --endorse and without a draft.",
        )


def shown(payload: Mapping[str, Any]) -> str:
    """Give exactly what an endorsement covers, as the text that is hashed."""
    return canonical(act_of(payload)).decode()


def _check_data(draft: Draft) -> None:
    read_data(CATALOGUE.find(draft.evt, draft.ver), draft.dat)


def _key(office: Office, kid: str) -> PublicKey | None:
    record = office.registry.keys.get(kid)
    return public_key(record.jwk) if record else None


def _chained(sub: str) -> UsageError:
    return UsageError(
        f"Two events of {sub} cannot be drafted at once: the second follows the first one's id.",
        slug="draft_chain",
        next_step="Draft, endorse and append the first one; then draft the second.",
    )


def _stale() -> ConflictError:
    return ConflictError(
        "An endorsement is for another act than the one that would be signed now: the stream has"
        " moved on since the draft was made, or the file was changed.",
        slug="endorsement_stale",
        next_step="Draft it again with `muniment sign --draft`, and have that endorsed.",
    )
