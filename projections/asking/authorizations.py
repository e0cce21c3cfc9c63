# SPDX-License-Identifier: Apache-2.0
"""Authorizations with what was drawn of them, what they are on a day, and where a shipment is.

Implements rule 6 of the domain facts, section 9 (quantity and dates), and the Firearms Protocol,
article 10(4): an export of which nobody has confirmed the receipt, and an arrival of which no
authorization to export is on record, stand out. Either may be lawful.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from domain.authorization.codes import AuthorizationKind
from domain.authorization.state import Authorization
from domain.authorization.table import AUTHORIZATION
from domain.authorization.totals import UseState, Validity, state_on
from domain.identifiers import StreamId
from domain.occurrence import Occurrence
from projections.asking.folded import at_once, fold_streams
from projections.asking.snapshot import Snapshot
from projections.records.fold import state_told

ARRIVING: Final[tuple[AuthorizationKind, ...]] = ("import", "prior_consent")
"""What authorizes an arrival; anything else authorizes to leave or to pass."""

_AUTHORIZATIONS: Final = """
, known as (
    select stream, subject, (array_agg(state order by place desc))[1] as state,
           (array_agg(iss order by place))[1] as iss, min(idx) as idx,
           bool_or(occ_from > %(until)s) as later,
           min(occ_from) filter (where evt = 'shipment.received' and stands) as received
    from record where subject in ('aut', 'shp') group by stream, subject
),
named as (
    select k.stream as shipment, a.tag from known k
    cross join lateral jsonb_array_elements_text(k.state -> 'authorizations') as a (tag)
    where k.subject = 'shp'
),
imported as (
    select facts ->> 'shipment' as tag, min(occ_from) as at from life
    where evt = 'firearm.imported' and stands group by 1
),
leaving as (
    select distinct n.shipment from named n
    join known k on k.subject = 'aut' and n.tag = 'aut.' || k.stream
    where not k.state ->> 'kind' = any(%(arriving)s)
),
sent as (
    select n.tag, jsonb_agg(jsonb_build_object(
        'shipment', 'shp.' || s.stream, 'index', s.idx, 'exit_on', s.state ->> 'exit_on',
        'arrived', least(s.received, i.at), 'received', s.received,
        'exported', s.stream in (select shipment from leaving)
    ) order by s.idx) as shipments
    from named n join known s on s.subject = 'shp' and s.stream = n.shipment
    left join imported i on i.tag = 'shp.' || s.stream
    group by n.tag
)
select k.stream, k.idx, k.iss, k.state, k.later, coalesce(sent.shipments, '[]'::jsonb)
from known k left join sent on sent.tag = 'aut.' || k.stream
where k.subject = 'aut' and (%(stream)s::uuid is null or k.stream = %(stream)s) order by k.idx
"""


def authorizations(
    snapshot: Snapshot, *, on: Occurrence, stream: UUID | None = None
) -> Iterator[dict[str, Any]]:
    """Give every authorization applied for by a day, in the order of the log.

    Args:
        snapshot: What was known.
        on: The day; what certainly happened later is left out.
        stream: Only this one.
    """
    given = {"until": on.latest, "arriving": list(ARRIVING), "stream": stream}
    for part in at_once(snapshot.rows(_AUTHORIZATIONS, given)):
        earlier = _as_of(snapshot, [found for found, _, _, _, later, _ in part if later], on)
        for found, index, iss, state, later, shipments in part:
            counted = earlier.get(found) if later else state
            if counted is not None:
                yield {
                    **_told(str(StreamId("aut", found)), counted, on),
                    "index": index,
                    "authority": iss,
                    **_moved(counted, shipments, on),
                }


def _as_of(
    snapshot: Snapshot, streams: Sequence[UUID], on: Occurrence
) -> Mapping[UUID, dict[str, Any]]:
    """Tell authorizations by what may have happened by a day, where something happened later."""
    found: dict[UUID, dict[str, Any]] = {}
    for stream, each in fold_streams(snapshot, streams).items():
        state: Authorization | None = None
        for entry in each.entries:
            if not on.certainly_before(entry.effective.occ):
                state = AUTHORIZATION.evolve(state, entry.effective, entry.index)
        if state is not None:
            found[stream] = state_told(state)
    return found


def _told(name: str, state: Mapping[str, Any], on: Occurrence) -> dict[str, Any]:
    days = {name: state.get(name) for name in ("issued_on", "expires_on", "revoked_from")}
    standing: UseState = state_on(
        on.text, stage=state["stage"], use=state["use"], valid=Validity(**days)
    )
    return {
        "authorization": name,
        "kind": state["kind"],
        "number": state.get("number"),
        "state": standing,
        **days,
        "days_left": _days_left(days["expires_on"], on),
        "export_country": state["export_country"],
        "import_country": state["import_country"],
        "quantities": state["quantities"],
    }


def _moved(
    state: Mapping[str, Any], shipments: Iterable[Mapping[str, Any]], on: Occurrence
) -> dict[str, Any]:
    """Tell of the shipments that left by a day, with those of which one end is not on record."""
    gone = [each for each in shipments if each["exit_on"] <= on.text]
    arriving = state["kind"] in ARRIVING
    return {
        "shipments": len(gone),
        "without_receipt": [
            _sent(each) for each in gone if not (arriving or _by(each["received"], on))
        ],
        "without_export": [
            _sent(each)
            for each in gone
            if arriving and _by(each["arrived"], on) and not each["exported"]
        ],
    }


def _sent(shipment: Mapping[str, Any]) -> dict[str, Any]:
    return {name: shipment[name] for name in ("shipment", "index", "exit_on")}


def _by(moment: int | None, on: Occurrence) -> bool:
    return moment is not None and moment <= on.latest


def _days_left(last: str | None, on: Occurrence) -> int | None:
    """Give the days up to and including the last one; below zero once it has passed."""
    if last is None:
        return None
    return (date.fromisoformat(last) - date.fromisoformat(on.text)).days
