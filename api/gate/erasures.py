# SPDX-License-Identifier: Apache-2.0
"""Erasures as far as a caller may see them: by the authority that wrote their newest entry."""

from __future__ import annotations

from typing import Any, NamedTuple

from api.erasing.recipients import erasure_among, notices_about, recipients_of
from api.gate.asking import Asked, Note
from api.gate.reach import issuers_by, rows_within
from api.notices.telling import Notice
from audit.vault.erasing import Standing
from domain.identifiers import parse_stream_id


def standings_within(asked: Asked, note: Note) -> list[Standing]:
    """Give the erasures that a caller may see, in the order in which they were proposed.

    Raises:
        UnreachableError: The database does not answer.
    """
    office = asked.service.office
    registry = office.ledger.catch_up()
    rows = ({"standing": each} for each in office.eraser.standings())
    with asked.service.link() as link:
        within = rows_within(
            rows,
            note.decision,
            index_of=lambda row: row["standing"].index,
            issuers=issuers_by(link),
            registry=registry,
        )
        return [row["standing"] for row in within]


class Given(NamedTuple):
    """Who was given what an erasure is about.

    Attributes:
        standing: Where the erasure stands.
        recipients: Those who were shown it or asked for it, as JSON values.
        notices: How far the webhooks of each authority are with it.
    """

    standing: Standing
    recipients: list[dict[str, Any]]
    notices: dict[str, Notice]


def given_within(asked: Asked, identifier: str) -> Given:
    """Tell a caller who was given what an erasure is about, and keep that it was told.

    Raises:
        InvalidValueError: It is no identifier of a stream.
        UsageError: ``erasure_unknown``, there is none, or it is out of the caller's reach.
        UnreachableError: The database does not answer.
    """
    service = asked.service
    with asked.admitted(erasure=identifier) as note:
        standing = erasure_among(standings_within(asked, note), parse_stream_id(identifier))
        found = recipients_of(service.office, standing)
        notices = notices_about(service.mailroom, standing)
        note.told(answers=len(found))
    return Given(standing, found, notices)
