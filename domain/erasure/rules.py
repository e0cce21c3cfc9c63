# SPDX-License-Identifier: Apache-2.0
"""When personal data may be erased: the retention has ended, nothing holds it, two persons agree.

Implements the procedure of the envelope specification, section 6, and "retention expired and no
hold" of the domain facts, section 5, as far as the log shows them: a stated clock whose beginning
the record confirms, the floor of ten years of the Firearms Protocol, article 7, and no open hold.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from domain.access.retention import destroyed_at, years_after
from domain.aggregate.objection import Objection, blocked
from domain.aggregate.recorded import Entry
from domain.aggregate.scene import Scene
from domain.erasure.events import Approved, Clock, Erasure, Executed, Proposed
from domain.erasure.state import ErasureState, Status
from domain.event import Event
from domain.firearm.state import Firearm
from domain.licence.codes import Standing
from domain.licence.state import Licence
from domain.occurrence import Occurrence, parse_occurrence

APPROVAL_MAX_SECONDS: Final = 14 * 86_400
"""Within 14 days after its proposal an erasure is approved."""

FIREARM_YEARS_MIN: Final = 10
"""Records that identify a firearm are kept for not less than ten years (Protocol, article 7)."""

LAPSED: Final[tuple[Standing, ...]] = ("expired", "revoked", "ceased")
"""What a licence is worth once it has lapsed."""

STARTED_BY: Final = {
    "export": "firearm.exported",
    "refusal": "licence.refused",
    "ban_end": "licence.ban-lifted",
}
"""Which event a retention counts from; a destruction and a lapse are told by the state."""

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
    """The record of a firearm keeps its persons for ten years at least (Protocol, article 7)."""
    of_firearm = dat.record.startswith("arm.")
    if dat.clock is None or not of_firearm or dat.clock.years >= FIREARM_YEARS_MIN:
        return None
    return blocked(
        "retention_too_short",
        "Records that identify a firearm are kept for ten years at least.",
        axis="retention",
        found=f"{dat.clock.years} years",
        legal=(f"{FIREARM_YEARS_MIN} years or more",),
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
    """The firearm or licence is on record."""
    if _record(scene, dat) is not None:
        return None
    return blocked(
        "reference_unknown",
        "The record whose persons are to be erased is not in this ledger.",
        axis="record",
        found=dat.record,
        legal=("a firearm or licence of this ledger",),
    )


def nothing_holds_it(scene: Scene, dat: Erasure) -> Objection | None:
    """While a hold is open nothing is erased, whoever approved it."""
    record = _record(scene, dat)
    holds = record.state.holds if isinstance(record, Firearm) else record.holds if record else ()
    if not holds:
        return None
    return blocked(
        "hold_active",
        "A hold keeps the personal data of this record.",
        axis="holds",
        found=", ".join(holds),
        legal=("release the holds first",),
    )


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


def of_this_record(scene: Scene, dat: Proposed) -> Objection | None:
    """The events and the holdings are those of the record."""
    record = _record(scene, dat)
    entries = record.entries if record else ()
    strange = {*dat.events} - {each.event.eid for each in entries}
    strange |= {*dat.holdings} - named_holdings(each.event for each in entries)
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


def _record(scene: Scene, dat: Erasure) -> Firearm | Licence | None:
    return scene.other(dat.record, Firearm) or scene.other(dat.record, Licence)


def _beginning(record: Firearm | Licence | None, clock: Clock) -> int | None:
    """Give the last second at which the record says that a clock began; nothing if it did not."""
    if isinstance(record, Firearm) and clock.starts == "destruction":
        return destroyed_at(record)
    if isinstance(record, Licence) and clock.starts == "lapse":
        began = parse_occurrence(clock.began_on)
        return began.latest if record.standing_on(began) in LAPSED else None
    return newest(record.entries, STARTED_BY.get(clock.starts, "")) if record else None


def _over(began: Occurrence, years: int, *, now: int) -> bool:
    """Tell whether some years have certainly passed; a beginning in the future has not."""
    return began.latest <= now and now > years_after(began.latest, years)


def newest(entries: Iterable[Entry], evt: str) -> int | None:
    """Give when the newest event of a type happened, no later than it was signed."""
    found = (each for each in entries if each.event.evt == evt and each.stands)
    return max((min(each.effective.occ.latest, each.event.iat) for each in found), default=None)


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
