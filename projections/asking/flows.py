# SPDX-License-Identifier: Apache-2.0
"""Flows that are unusual: many firearms into one holding within days, and sales that soon end.

Implements "unusual flows" of the domain facts, section 6 (time-to-crime; other guns of the same
buyer or dealer). A holding and a number say nothing about anybody: collectors buy collections, and
a dealer may be sold short. Only what is dated to the day is counted, and only what is certain.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from audit.proof.verify.findings import Finding
from domain.policy.duties import DAY_SECONDS
from projections.asking.snapshot import Snapshot

MANY_FIREARMS_MIN: Final = 5
MANY_DAYS: Final = 7
"""So many firearms into one civilian holding within so many days are told."""

SHORT_FIREARMS_MIN: Final = 3
SHORT_DAYS: Final = 365
"""So many firearms that one dealer sold and that were seized within so many days are told."""

_MANY: Final = """
, taken as (
    select distinct on (holding, stream) holding, stream, idx, occ_from from life
    where stands and holder = 'civilian' and holding is not null and occ_to - occ_from < %(day)s
      and evt in ('firearm.transferred', 'firearm.dealer-disposed', 'firearm.receipt-confirmed',
                  'firearm.released-to-civilian')
    order by holding, stream, place
),
run as (
    select holding, idx, occ_from, count(*) over w as number, min(idx) over w as first from taken
    window w as (partition by holding order by occ_from
                 range between %(seconds)s preceding and current row)
)
select distinct on (holding) holding, idx, number, first from run where number >= %(least)s
order by holding, number desc, idx
"""
_SHORT: Final = """
, sold as (
    select distinct on (stream) stream, place, occ_from, facts ->> 'from_hld' as dealer from life
    where stands and evt = 'firearm.dealer-disposed' and holder = 'civilian'
      and facts ->> 'from_hld' is not null
    order by stream, place
),
soon as (
    select s.dealer, s.stream, t.idx from sold s cross join lateral (
        select l.idx, l.occ_from, l.occ_to from life l
        where l.stream = s.stream and l.place > s.place and l.stands and l.evt = 'firearm.seized'
          and l.facts ->> 'proceeding' = 'criminal'
        order by l.place limit 1
    ) t
    where t.occ_to - s.occ_from < %(seconds)s and t.occ_from >= s.occ_from
)
select dealer, max(idx), count(*), (array_agg('arm.' || stream order by idx))[1:10]
from soon group by dealer having count(*) >= %(least)s order by dealer
"""


def flow_findings(snapshot: Snapshot) -> Iterator[Finding]:
    """Give one finding a holding, at the entry at which it stands out most."""
    many = snapshot.rows(_MANY, _within(MANY_DAYS, MANY_FIREARMS_MIN))
    for holding, index, number, first in many:
        yield replace(
            _MANY_FOUND,
            sentence=f"{number} firearms came into one holding within {MANY_DAYS} days.",
            index=index,
            evidence=f"{holding}, from entry {first} on",
        )
    soon = snapshot.rows(_SHORT, _within(SHORT_DAYS, SHORT_FIREARMS_MIN))
    for dealer, index, number, arms in soon:
        yield replace(
            _SHORT_FOUND,
            sentence=f"{number} firearms sold out of one holding were seized within "
            f"{SHORT_DAYS} days.",
            index=index,
            evidence=f"{dealer}: {', '.join(arms)}",
        )


def _within(days: int, least: int) -> dict[str, Any]:
    return {"day": DAY_SECONDS, "seconds": days * DAY_SECONDS, "least": least}


def _flow(code: str) -> Finding:
    return Finding(
        check="flow",
        code=code,
        sentence="",
        notice=True,
        next_step="Look at the firearms with `muniment trace`; the number alone says nothing.",
    )


_MANY_FOUND: Final = _flow("many_within_days")
_SHORT_FOUND: Final = _flow("short_time_to_seizure")
