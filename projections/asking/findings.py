# SPDX-License-Identifier: Apache-2.0
"""Findings of the record itself, in the same form as those of its proofs, as known on any entry.

Implements rule 10 of the domain facts, section 9, and design decision D13. What contradicts
itself, a hand-over of one side and a suspected duplicate are gaps, to be worked off; all else is a
notice. Nothing here is a violation: that word is kept for what breaks a proof.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any, Final

from audit.proof.verify.findings import Finding
from domain.occurrence import Occurrence
from domain.policy.duties import DAY_SECONDS
from projections.asking.authorizations import authorizations
from projections.asking.flows import flow_findings
from projections.asking.snapshot import Snapshot
from projections.asking.sorting import Placed, in_order

SEQUENCE: Final = frozenset({
    "already_in_hand", "before_manufacture", "destroyed", "export_not_recorded",
    "forfeited_already", "not_made_yet", "record_ended", "removal_not_recorded",
    "return_not_recorded", "stay_not_recorded",
})  # fmt: skip
"""Rules about what can follow what; any other says that two entries do not agree."""

RECEIPT_DAYS: Final = 30
"""After how many days a shipment without a receipt is told."""

OPEN: Final = frozenset({"handover_one_sided", "duplicate_flagged"})
"""Remarks that wait for somebody."""

CHECKS: Final = {
    "duplicate_flagged": "duplicate",
    "handover_one_sided": "handover",
    "reversed": "put right",
    "serial_like_register_number": "serial",
    "signed_late": "lateness",
    "silence": "silence",
}

_MISFITS: Final = """
select 'arm', stream, idx, rule, sentence, found from misfit
union all select subject, stream, idx, rule, sentence, found from record_misfit
"""
_REMARKS: Final = """
select stream, idx, code, sentence, other, occ_to from remark where occ_from <= %(until)s
"""
_DUPLICATES: Final = """
, pair as (
    select a.claim, a.stream as one, b.stream as other, greatest(a.idx, b.idx) as idx
    from claim a join claim b on b.claim = a.claim and a.stream < b.stream
    where not ('arm.' || b.stream = any(a.settled) or 'arm.' || a.stream = any(b.settled))
)
select claim, max(idx), count(distinct stream), (array_agg(distinct 'arm.' || stream))[1:10]
from (select claim, idx, one as stream from pair union all select claim, idx, other from pair) as p
group by claim order by claim
"""
_SEALS: Final = """
, sealed as (
    select distinct on (s.seal, l.stream) s.seal, l.stream, l.idx,
        case when l.occ = 'unknown' then l.idx::text else l.occ end as occ, l.custodian
    from life l cross join lateral jsonb_array_elements_text(l.facts -> 'seals') s (seal)
    where l.stands and l.evt = 'firearm.custody-moved'
    order by s.seal, l.stream, l.place
)
select seal, max(idx), count(*), (array_agg('arm.' || stream order by idx))[1:10] from sealed
group by seal having count(distinct (occ, custodian)) > 1 order by seal
"""
"""Seals under which firearms came at several times or into several hands, which one package of
them did not."""


def record_findings(snapshot: Snapshot, *, on: Occurrence) -> Iterator[Finding]:
    """Give everything that was found in the record, in no order that means anything.

    Args:
        snapshot: What was known, of firearms, other records and findings.
        on: The day to which what is open is as old as it is.
    """
    yield from _misfits(snapshot)
    yield from _remarks(snapshot, on)
    yield from _duplicates(snapshot)
    yield from _seals(snapshot)
    yield from _movements(snapshot, on)
    yield from flow_findings(snapshot)


def ordered(found: Iterable[Finding]) -> Iterator[dict[str, Any]]:
    """Give findings as JSON values: what waits before what is only to be known, newest first."""
    return in_order(
        Placed([each.notice, -(each.index or 0), each.code, each.evidence], dict(each.to_json()))
        for each in found
    )


def _misfits(snapshot: Snapshot) -> Iterator[Finding]:
    for kind, stream, index, rule, sentence, found in snapshot.rows(_MISFITS):
        stated = f": {found}" if found else ""
        yield Finding(
            check="sequence" if rule in SEQUENCE else "contradiction",
            code=rule,
            sentence=sentence,
            index=index,
            missing=True,
            evidence=f"{kind}.{stream}{stated}",
            next_step="Find out which entry is wrong, and correct or reverse that one.",
        )


def _remarks(snapshot: Snapshot, on: Occurrence) -> Iterator[Finding]:
    rows = snapshot.rows(_REMARKS, {"until": on.latest})
    for stream, index, code, sentence, other, happened in rows:
        age = f" That was {_days(happened, on):,} days ago." if code == "handover_one_sided" else ""
        yield Finding(
            check=CHECKS[code],
            code=code,
            sentence=f"{sentence}{age}",
            index=index,
            missing=code in OPEN,
            notice=code not in OPEN,
            evidence=f"arm.{stream}" + (f", {other}" if other else ""),
            next_step=f"Look at its history with `muniment trace --id arm.{stream}`.",
        )


def _duplicates(snapshot: Snapshot) -> Iterator[Finding]:
    for claim, index, number, arms in snapshot.rows(_DUPLICATES):
        yield Finding(
            check="duplicate",
            code="one_maker_and_serial",
            sentence=f"{number} records bear one maker and serial number. They may be one firearm, "
            "or several with the same number.",
            index=index,
            missing=True,
            evidence=f"{claim}: {', '.join(arms)}",
            next_step="Compare every field and the firearms themselves; then record "
            "firearm.duplicate-resolved or firearm.identity-merged.",
        )


def _seals(snapshot: Snapshot) -> Iterator[Finding]:
    """Tell of numbers of seals that several firearms bear which were not sealed together."""
    for seal, index, number, arms in snapshot.rows(_SEALS):
        yield Finding(
            check="seal",
            code="seal_on_several",
            sentence=f"{number} firearms that were not sealed together are on record under one "
            "number of a seal.",
            index=index,
            notice=True,
            evidence=f"{seal}: {', '.join(arms)}",
            next_step="Compare the seals with the record; a number may have been used again.",
        )


def _movements(snapshot: Snapshot, on: Occurrence) -> Iterator[Finding]:
    """Tell of the shipments of which one end is not on record."""
    for each in authorizations(snapshot, on=on):
        for sent in each["without_receipt"]:
            age = (date.fromisoformat(on.text) - date.fromisoformat(sent["exit_on"])).days
            if age > RECEIPT_DAYS:
                found = _movement("export_without_receipt", sent, each["authorization"])
                text = f"It left {age:,} days ago, and no receipt of it is on record."
                yield replace(found, sentence=text, missing=True)
        for sent in each["without_export"]:
            found = _movement("import_without_export", sent, each["authorization"])
            text = "It arrived, and no authorization to export it is on record here."
            yield replace(found, sentence=text, notice=True)


def _movement(code: str, sent: dict[str, Any], authorization: str) -> Finding:
    return Finding(
        check="movement",
        code=code,
        sentence="",
        index=sent["index"],
        evidence=f"{sent['shipment']} under {authorization}",
        next_step="Ask the other State for its document; either side may have been late.",
    )


def _days(moment: int, on: Occurrence) -> int:
    return max(0, (on.latest - moment) // DAY_SECONDS)
