# SPDX-License-Identifier: Apache-2.0
"""Drafts of events that take a second person, on their way between two machines as files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from api.bootstrap import Office
from api.cli.signing.files import no_event_file, read_objects
from api.client.attest import stand_for
from api.client.keyfile import FileKey
from api.client.signer import Draft
from api.drafting import MEMBERS, check_data, check_draft, check_room, record_of
from api.registrar import Act, draft_of, endorsed, key_record
from domain.errors import UsageError


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
        yield record_of(draft, act.disclosures)


def read_drafts(file: Path) -> list[dict[str, Any]]:
    """Read drafts, one JSON object or one a line.

    Raises:
        UsageError: ``event_file_invalid`` or ``endorsement_unused``.
        EnvelopeError: A member has another form than the ledger admits.
    """
    drafts = read_objects(file)
    for draft in drafts:
        if not isinstance(draft, dict) or not draft.keys() >= set(MEMBERS):
            raise no_event_file(file, "it is no draft of `muniment sign --draft`")
        check_draft(draft)
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
    check_data(draft)
    for key in keys:
        key_record(office, key.kid)
    return endorsed(draft, keys)


def _chained(sub: str) -> UsageError:
    return UsageError(
        f"Two events of {sub} cannot be drafted at once: the second follows the first one's id.",
        slug="draft_chain",
        next_step="Draft, endorse and append the first one; then draft the second.",
    )
