# SPDX-License-Identifier: Apache-2.0
"""Erasures as far as a caller may see them: by the authority that wrote their newest entry."""

from __future__ import annotations

from api.erasing.recipients import erasure_among
from api.gate.asking import Asked, Note
from api.gate.reach import issuers_by, rows_within
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


def erasure_within(asked: Asked, note: Note, identifier: str) -> Standing:
    """Find one erasure for a caller.

    Raises:
        InvalidValueError: It is no identifier of a stream.
        UsageError: ``erasure_unknown``, there is none, or it is out of the caller's reach.
        UnreachableError: The database does not answer.
    """
    return erasure_among(standings_within(asked, note), parse_stream_id(identifier))
