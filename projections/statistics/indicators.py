# SPDX-License-Identifier: Apache-2.0
"""SDG indicator 16.4.2 as a query; ``domain.tracing.indicator`` counts the same from events."""

from __future__ import annotations

from typing import Final

from projections.statistics.definition import Statistic

SDG_16_4_2: Final = Statistic(
    name="sdg-16.4.2",
    title="SDG indicator 16.4.2",
    definition=(
        "Firearms that were seized in criminal proceedings, found or surrendered in the period. "
        "Each firearm counts once, by the first time. Those count above the line whose point of "
        "diversion was identified by tracing, or established otherwise by a competent authority; "
        "for a home-made or illicitly reactivated firearm that is its making. Regions and States "
        "are summed by adding numerators and denominators apart."
    ),
    source="UN metadata of indicator 16.4.2, edition 2018-07-26",
    unit="percent",
    numerator="firearms whose point of diversion is traced or established",
    denominator="firearms seized in criminal proceedings, found or surrendered",
    dimensions=(
        *("apprehension", "level", "marked", "type", "made_in", "region", "country"),
        *("owner", "authority"),
    ),
    cases="""
        select c.*, 1 as n, null::float8 as days, c.level in ('traced', 'established') as hit
        from (
            select f.*,
                case when coalesce(q.traced, false) then 'traced'
                     when coalesce(q.established, false) or itself.known then 'established'
                     when q.firearm is null then 'not_attempted'
                     when q.pending then 'pending'
                     else 'not_identified' end as level
            from (
                select distinct on (h.stream) h.* from (
                    select hand.*,
                        case when apprehension <> 'seized' or proceeding = 'criminal'
                             then case when not dated then 'undated' end
                             when proceeding = 'administrative' then 'administrative'
                             else 'proceeding_unknown' end as left_out
                    from hand
                ) h
                order by h.stream, h.left_out is null desc, h.left_out = 'undated' desc, h.at
            ) f
            left join (
                select r.firearm, bool_or(p.method = 'traced') as traced,
                    bool_or(p.method is not null) as established,
                    bool_or(r.status <> 'closed' or coalesce(r.outcome, '') = 'pending') as pending
                from request r left join point p using (stream)
                where r.firearm is not null group by r.firearm
            ) q on q.firearm = 'arm.' || f.stream
            cross join lateral (
                select bool_or(x.stands and x.evt = 'firearm.point-of-diversion-established'
                    or x.stands and x.evt in ('firearm.seized', 'firearm.surrendered')
                       and coalesce(x.facts->>'condition', '') = 'home_made')
                    or (array_agg(x.technical order by x.place desc))[1] = 'illicitly_reactivated'
                    as known
                from life x where x.stream = f.stream
            ) itself
        ) c
    """,
)
