# SPDX-License-Identifier: Apache-2.0
"""When personal data may be erased: the retention has ended, nothing holds it, two persons agree.

Implements the procedure of the envelope specification, section 6, and "retention expired and no
hold" of the domain facts, section 5, as far as the log shows them: a stated clock whose beginning
the record confirms, the floor of ten years of the Firearms Protocol, article 7, and no open hold.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from domain.access.retention import years_after
from domain.aggregate.objection import Objection, blocked
from domain.aggregate.recorded import RecordState
from domain.aggregate.scene import Scene
from domain.erasure.events import Approved, Clock, Erasure, Executed, Proposed
from domain.erasure.officers import Officer, officer_in
from domain.erasure.records import begun, holds_on, kept
from domain.erasure.state import ErasureState, Status
from domain.event import Event
from domain.firearm.state import Firearm
from domain.identifiers import parse_stream_id
from domain.occurrence import Occurrence, parse_occurrence

APPROVAL_MAX_SECONDS: Final = 14 * 86_400
"""Within 14 days after its proposal an erasure is approved."""

HOLDINGS: Final = ("hld", "from_hld", "to_hld")
"""Members of events that name a holding."""


def clock_stated(_: object, dat: Proposed) -> Objection | None:
    """What is erased because its retention ended names the clock; an order has a reference."""
    fits = dat.clock is not None if dat.basis == "retention_ended" else dat.clock is None
    if fits and (dat.basis != "ordered" or dat.reference is not None):
        return None
    return blocked(
        "erasure_basis",
        "The basis and what is stated for it do not fit together.",
        axis="basis",
        found=dat.basis,
        legal=("retention_ended with clock", "ordered with reference", "rectified"),
    )


def long_enough(_: object, dat: Proposed) -> Objection | None:
    """What identifies firearms and their transactions is kept for ten years (Protocol, 7)."""
    kind = kept(dat.record)
    if dat.clock is None or kind is None or dat.clock.years >= kind.years_min:
        return None
    return blocked(
        "retention_too_short",
        f"The persons of such a record are kept for {kind.years_min} years at least.",
        axis="retention",
        found=f"{dat.clock.years} years",
        legal=(f"{kind.years_min} years or more",),
    )


def target_is_the_proposal(state: ErasureState, dat: Approved) -> Objection | None:
    """Who approves names the proposal that was read."""
    if dat.target == state.eid:
        return None
    return blocked(
        "erasure_target",
        "That is not the event id of the proposal.",
        axis="target",
        found=dat.target,
        legal=(state.eid,),
    )


def waits_for_approval(state: ErasureState, _: Approved) -> Objection | None:
    """A proposal is approved once."""
    return _status(state, "proposed")


def approved_before(state: ErasureState, _: Executed) -> Objection | None:
    """Nothing is erased that a second person has not approved."""
    return _status(state, "approved")


def as_proposed(state: ErasureState, dat: Approved | Executed) -> Objection | None:
    """What is approved and executed is what was proposed, no more and no less."""
    proposal = state.proposal
    if proposal is None or _parts(proposal, dat) == _parts(dat, dat):
        return None
    return blocked(
        "erasure_differs",
        "That is not what was proposed.",
        axis="scope",
        found=", ".join(_parts(dat, dat)),
        legal=_parts(proposal, dat),
    )


def record_known(scene: Scene, dat: Erasure) -> Objection | None:
    """The record, or the officer, is in the ledger."""
    if _record(scene, dat) is not None:
        return None
    return blocked(
        "reference_unknown",
        "The record whose persons are to be erased is not in this ledger.",
        axis="record",
        found=dat.record,
        legal=("a record of this ledger that keeps persons", "an officer of its registry"),
    )


def nothing_holds_it(scene: Scene, dat: Erasure) -> Objection | None:
    """While a hold is open nothing is erased, whoever approved it."""
    record = _record(scene, dat)
    holds = holds_on(record) if record else ()
    if not holds:
        return None
    return blocked(
        "hold_active",
        "A hold keeps the personal data of this record.",
        axis="holds",
        found=", ".join(holds),
        legal=("release the holds first",),
    )


def holdings_not_held(scene: Scene, dat: Proposed | Executed) -> Objection | None:
    """A data key is destroyed only if no record that names its holding is held."""
    for holding in dat.holdings:
        namers = scene.namers.get(parse_stream_id(holding).uuid, ())
        records = (each for each in namers if isinstance(each, Firearm | RecordState))
        holds = [number for each in records for number in holds_on(each)]
        if holds:
            return blocked(
                "holding_held",
                "A record that names the holding, this one or another, is held.",
                axis="holds",
                found=", ".join(holds),
                legal=("release the holds first", "leave the holding out"),
            )
    return None


def retention_ended(scene: Scene, dat: Proposed) -> Objection | None:
    """The clock began when the record says, and has run out by the signer's clock."""
    if dat.clock is None:
        return None
    began = parse_occurrence(dat.clock.began_on)
    recorded = _beginning(_record(scene, dat), dat.clock)
    if recorded is None or began.latest < recorded:
        return _not_begun(dat.clock)
    if _over(began, dat.clock.years, now=scene.event.iat):
        return None
    return blocked(
        "retention_not_ended",
        "The retention has not run out.",
        axis="retention",
        found=f"{dat.clock.years} years from {began}",
        legal=("after that day", "another basis"),
    )


def still_out_of_service(scene: Scene, _: Approved | Executed) -> Objection | None:
    """An officer whose retention had ended has been given no key again since."""
    state = scene.state
    proposal = state.proposal if isinstance(state, ErasureState) else None
    if proposal is None or not isinstance(_record(scene, proposal), Officer):
        return None
    return retention_ended(scene, proposal)


def of_this_record(scene: Scene, dat: Proposed) -> Objection | None:
    """The events and the holdings are those of the record."""
    events, holdings = _content(scene, dat)
    strange = ({*dat.events} - events) | ({*dat.holdings} - holdings)
    if not strange:
        return None
    return blocked(
        "erasure_of_another_record",
        "An event or a holding is not of the record that the erasure names.",
        axis="record",
        found=min(strange),
        legal=(dat.record,),
    )


def another_person(scene: Scene, _: Approved) -> Objection | None:
    """Who approves is another person than who proposed, not another key of the same."""
    keys = scene.registry.keys
    state = scene.state
    proposer = keys.get(state.kid) if isinstance(state, ErasureState) else None
    approver = keys.get(scene.event.kid)
    if proposer and approver and proposer.officer != approver.officer:
        return None
    return blocked(
        "approver_same_person",
        "An erasure is approved by another person than the one who proposed it.",
        axis="officer",
        found="the same person",
        legal=("let another officer approve it",),
    )


def approved_in_time(scene: Scene, _: Approved) -> Objection | None:
    """An approval comes within 14 days, while what was found still holds."""
    state = scene.state
    at = state.proposed_at if isinstance(state, ErasureState) else 0
    if scene.event.iat - at <= APPROVAL_MAX_SECONDS:
        return None
    return blocked(
        "approval_late",
        "A proposal is approved within 14 days.",
        axis="dates",
        found=f"{(scene.event.iat - at) // 86_400} days",
        legal=("propose it again",),
    )


def _record(scene: Scene, dat: Erasure) -> Firearm | RecordState | None:
    kind = kept(dat.record)
    found = scene.other(dat.record, kind.state) if kind else None
    if kind is None or kind.state is not Officer:
        return found
    return officer_in(scene.registry, dat.record, found if isinstance(found, Officer) else None)


def _content(scene: Scene, dat: Erasure) -> tuple[set[str], set[str]]:
    """Give the event ids and the names of data keys that a record has; an officer is one."""
    record = _record(scene, dat)
    if isinstance(record, Officer):
        return {key.proposal for key in record.keys}, {dat.record}
    events = [each.event for each in record.entries] if record else []
    return {each.eid for each in events}, named_holdings(events)


def _beginning(record: Firearm | RecordState | None, clock: Clock) -> int | None:
    """Give the last second at which the record says that a clock began; nothing if it did not."""
    found = begun(record, parse_occurrence(clock.began_on)) if record else {}
    return found.get(clock.starts)


def _over(began: Occurrence, years: int, *, now: int) -> bool:
    """Tell whether some years have certainly passed; a beginning in the future has not."""
    return began.latest <= now and now > years_after(began.latest, years)


def named_holdings(events: Iterable[Event]) -> set[str]:
    """Give the holdings that events name."""
    stated: Iterable[Any] = (getattr(each.dat, name, None) for each in events for name in HOLDINGS)
    return {each for each in stated if each is not None}


def _parts(dat: Any, like: Approved | Executed) -> tuple[str, ...]:
    """Give what has to be the same: the record, and what an execution says was erased."""
    lists = ("events", "holdings") if isinstance(like, Executed) else ()
    listed = (each for name in lists for each in sorted(getattr(dat, name)))
    return (dat.record, *listed)


def _status(state: ErasureState, legal: Status) -> Objection | None:
    if state.status == legal:
        return None
    return blocked(
        "erasure_status",
        "The erasure does not stand where this can follow.",
        axis="status",
        found=state.status,
        legal=(legal,),
    )


def _not_begun(clock: Clock) -> Objection:
    return blocked(
        "retention_not_begun",
        "The record does not say that the retention began by then.",
        axis="retention",
        found=f"{clock.starts} {clock.began_on}",
        legal=("the date on record", "record what began it first"),
    )
