# SPDX-License-Identifier: Apache-2.0
"""Where erasures stand, told to those who answer for them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from api.bootstrap import Office
from audit.vault.erasing import Standing
from domain.erasure.rules import APPROVAL_MAX_SECONDS
from domain.erasure.state import COMPLETE_SECONDS, erasure_status

_STATUS: Final = {"erasure.proposed": "proposed", "erasure.approved": "approved"}


def erasures(office: Office, now: float) -> Iterator[dict[str, Any]]:
    """Tell where every erasure stands, in the order in which they were proposed.

    ``status`` is ``proposed``, ``lapsed`` (not approved within 14 days), ``approved``, ``erasing``
    (executed, while older backups of the key store may still be there) or ``erased``.

    Raises:
        UnreachableError: The database does not answer.
    """
    for each in office.eraser.standings():
        yield told(each, now)


def under_way(office: Office, now: float) -> set[str]:
    """Name the records for which an erasure is proposed or approved, and not executed."""
    return {each["record"] for each in erasures(office, now) if each["status"] in _STATUS.values()}


def told(standing: Standing, now: float) -> dict[str, Any]:
    """Tell where one erasure stands, at a time in Unix seconds."""
    executed = standing.newest.iat if standing.newest.evt == "erasure.executed" else None
    return {
        "erasure": str(standing.proposal.sub),
        "status": _status(standing, executed, now),
        "record": standing.dat.record,
        "basis": standing.dat.basis,
        "events": len(standing.dat.events),
        "holdings": len(standing.dat.holdings),
        "proposed_on": _day(standing.proposal.iat),
        "executed_on": None if executed is None else _day(executed),
        "complete_on": None if executed is None else _day(executed + COMPLETE_SECONDS),
        "index": standing.index,
    }


def _status(standing: Standing, executed: int | None, now: float) -> str:
    if executed is not None:
        return erasure_status(executed, now)
    status = _STATUS[standing.newest.evt]
    late = now - standing.proposal.iat > APPROVAL_MAX_SECONDS
    return "lapsed" if late and status == "proposed" else status


def _day(moment: int) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d}"
