# SPDX-License-Identifier: Apache-2.0
"""Licences with what each is worth on a day, how long it still runs, and what holds it.

Implements the licence of the domain facts, section 5, for lists: who holds it is a holding, which
is opaque. What happened later than the day is left out, as is what the log learned later.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from domain.aggregate.recorded import Entry
from domain.identifiers import StreamId
from domain.licence.state import Licence
from domain.licence.table import LICENCE
from domain.occurrence import Occurrence
from domain.policy.duties import DAY_SECONDS
from projections.asking.folded import at_once, fold_streams
from projections.asking.snapshot import Snapshot

_LICENCES: Final = "select stream, min(idx) from record where subject = 'lic' group by 1 order by 2"


def licences(
    snapshot: Snapshot, *, on: Occurrence, holding: str | None = None
) -> Iterator[dict[str, Any]]:
    """Give every licence known by a day, in the order of the log.

    Args:
        snapshot: What was known.
        on: The day; what certainly happened later is left out.
        holding: Only those of this holder, ``hld.<uuid>``.
    """
    for part in at_once(snapshot.rows(_LICENCES)):
        folded = fold_streams(snapshot, [stream for stream, _ in part])
        for stream, index in part:
            told = licence_on(folded[stream].entries, on) if stream in folded else None
            if told is not None and holding in (None, told["holding"]):
                yield {"licence": str(StreamId("lic", stream)), "index": index, **told}


def licence_on(entries: tuple[Entry, ...], on: Occurrence) -> dict[str, Any] | None:
    """Tell what a licence is on a day by its entries; nothing where it had not begun."""
    state: Licence | None = None
    for entry in entries:
        if not on.certainly_before(entry.effective.occ):
            state = LICENCE.evolve(state, entry.effective, entry.index)
    return None if state is None else _told(state, on)


def _told(state: Licence, on: Occurrence) -> dict[str, Any]:
    term = state.term_on(on)
    until = term.until if term else None
    return {
        "kind": state.kind,
        "state": state.standing_on(on),
        "number": state.number,
        "holding": state.holding,
        "since": term.since.text if term else None,
        "until": until.text if until else None,
        "days_left": (until.latest - on.latest) // DAY_SECONDS if until else None,
        "categories": list(term.categories) if term else [],
        "firearms": state.firearms,
        "conditions": list(state.conditions),
        "ground": state.ground,
        "appeal": state.appeal,
        "place_by": state.place_by,
        "holds": list(state.holds),
    }
