# SPDX-License-Identifier: Apache-2.0
"""Lots of firearms to be destroyed: where each is in its procedure, and how many are in it.

Implements the inventory, its reconciliation and the certificate of MOSAIC 05.50 for whoever looks
over many lots. Lots of ammunition are none of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from domain.aggregate.recorded import Entry
from domain.identifiers import StreamId
from domain.lot.events import Scheduled
from domain.lot.state import Lot
from domain.lot.table import LOT
from domain.occurrence import Occurrence
from projections.asking.folded import at_once, fold_streams
from projections.asking.snapshot import Snapshot

_LOTS: Final = """
select stream, min(idx) from record where subject = 'lot' group by 1
having bool_or(evt = 'lot.scheduled') order by 2
"""


def lots(snapshot: Snapshot, *, on: Occurrence) -> Iterator[dict[str, Any]]:
    """Give every lot listed by a day, in the order of the log.

    Args:
        snapshot: What was known.
        on: The day; what certainly happened later is left out.
    """
    for part in at_once(snapshot.rows(_LOTS)):
        folded = fold_streams(snapshot, [stream for stream, _ in part])
        for stream, index in part:
            told = lot_on(folded[stream].entries, on) if stream in folded else None
            if told is not None:
                yield {"lot": str(StreamId("lot", stream)), "index": index, **told}


def lot_on(entries: tuple[Entry, ...], on: Occurrence) -> dict[str, Any] | None:
    """Tell what a lot is on a day by its entries; nothing where it had not begun."""
    state: Lot | None = None
    counted = [each for each in entries if not on.certainly_before(each.effective.occ)]
    for entry in counted:
        state = LOT.evolve(state, entry.effective, entry.index)
    began = next((each.effective for each in counted), None)
    if state is None or began is None or not isinstance(began.dat, Scheduled):
        return None
    return {
        "state": state.status,
        "place": began.dat.place,
        "basis": began.dat.basis,
        "listed_on": began.occ.text,
        "planned_on": began.dat.planned_on,
        "firearms": len(state.firearms),
        "found": len(state.found),
        "missing": len(state.missing),
        "extra": len(state.extra),
        "unidentified": state.unidentified,
        "certificate_no": state.certificate_no,
        "method": state.method,
    }
