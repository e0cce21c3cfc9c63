# SPDX-License-Identifier: Apache-2.0
"""Tracing requests: what they led to, how long they took, and where firearms were diverted."""

from __future__ import annotations

from typing import Final

from projections.statistics.definition import Statistic

REQUESTS: Final = Statistic(
    name="trace-requests",
    title="Tracing requests made and received",
    definition=(
        "Tracing requests between States in the period, each once. A request is received if the "
        "State that was asked first is one whose authorities keep this ledger, and made if it is "
        "another one. The counterpart is the State that was asked or, of a request received, the "
        "State that asks. What a State asks of itself is left out."
    ),
    source=(
        "International Tracing Instrument, paragraphs 16 to 23; Illicit Arms Flows Questionnaire, "
        "requests placed and answered"
    ),
    unit="percent",
    numerator="requests made",
    denominator="requests made and received",
    dimensions=(
        *("direction", "counterpart", "outcome", "answer", "reason", "status", "ground", "type"),
        *("asked_by", "year", "quarter", "month"),
    ),
    cases="""
        select c.*, 1 as n, null::float8 as days, 'unknown' as owner, direction = 'made' as hit,
            case when received then coalesce(requesting_state, 'unknown') else recipient end
                as counterpart,
            case when not dated then 'undated'
                 when received and requesting_state = any(%(own)s::text[]) then 'domestic'
            end as left_out
        from (
            select a.iss as asked_by, a.occ, a.dated, a.facts->>'ground' as ground,
                a.facts->>'kind' as type, a.facts->>'recipient' as recipient,
                a.facts->>'requesting_state' as requesting_state, q.status,
                coalesce(q.reason, 'not_stated') as reason,
                case when q.status = 'closed' then q.outcome else 'open' end as outcome,
                coalesce(substr(b.evt, length('trace.') + 1), 'not_answered') as answer,
                side.received, case when side.received then 'received' else 'made' end as direction
            from record a join request q using (stream)
            left join lateral (
                select x.evt from record x where x.stream = a.stream
                  and x.evt in ('trace.responded', 'trace.restricted', 'trace.refused')
                order by x.place desc limit 1
            ) b on true
            cross join lateral (
                select a.facts->>'recipient' = any(%(own)s::text[]) as received
            ) side
            where a.evt = 'trace.requested' and a.possible
        ) c
    """,
)

OUTCOMES: Final = Statistic(
    name="trace-outcomes",
    title="Outcomes of tracing requests",
    definition=(
        "Tracing requests that were made in the period, by what they have led to so far. Those "
        "count above the line that identified the point of diversion, by tracing or otherwise; a "
        "request that is not closed is open, and one that was reopened is open again. The point "
        "of a firearm counts for every request about it that found one."
    ),
    source="International Tracing Instrument, paragraphs 16 to 23; SDG 16.4.2",
    unit="percent",
    numerator="requests that identified the point of diversion",
    denominator="requests made",
    dimensions=(
        *("outcome", "reason", "status", "ground", "type", "recipient", "asked_by"),
        *("year", "quarter", "month"),
    ),
    cases="""
        select a.iss as asked_by, a.occ, a.facts->>'ground' as ground, a.facts->>'kind' as type,
            a.facts->>'recipient' as recipient, q.status,
            coalesce(q.reason, 'not_stated') as reason,
            case when q.status = 'closed' then q.outcome else 'open' end as outcome,
            1 as n, null::float8 as days, 'unknown' as owner,
            p.stream is not null or q.status = 'closed' and q.outcome = 'identified' as hit,
            case when not a.dated then 'undated' end as left_out
        from record a join request q using (stream) left join point p using (stream)
        where a.evt = 'trace.requested' and a.possible
    """,
)

TIMES: Final = Statistic(
    name="trace-times",
    title="Time to answer a tracing request",
    definition=(
        "Days from a tracing request to the first answer on record: responded, restricted or "
        "refused. Requests made in the period count; the value is the median. Where a time is "
        "known to a month or a year its middle is taken. Requests without an answer are left out, "
        "so a young period looks quicker than it will be."
    ),
    source="International Tracing Instrument, paragraphs 18 to 23",
    unit="days",
    numerator="requests whose first answer gives a last legal record",
    denominator="requests answered",
    dimensions=(
        *("answer", "band", "ground", "type", "recipient", "asked_by", "year", "quarter", "month"),
    ),
    cases="""
        select c.*, 1 as n, 'unknown' as owner, answer = 'responded' as hit,
            (array['within 30 days', '31 to 90 days', '91 to 365 days', 'later'])[
                1 + width_bucket(days, array[31, 91, 366]::float8[])] as band
        from (
            select a.iss as asked_by, a.occ, a.facts->>'ground' as ground,
                a.facts->>'kind' as type, a.facts->>'recipient' as recipient,
                substr(b.evt, length('trace.') + 1) as answer,
                greatest(0, b.occ_from + b.occ_to - a.occ_from - a.occ_to) / 172800.0::float8
                    as days,
                case when not a.dated then 'undated'
                     when b.stream is null then 'not_answered'
                     when b.occ = 'unknown' or a.occ = 'unknown' then 'imprecise' end as left_out
            from record a
            left join lateral (
                select * from record x where x.stream = a.stream
                  and x.evt in ('trace.responded', 'trace.restricted', 'trace.refused')
                order by x.place limit 1
            ) b on true
            where a.evt = 'trace.requested' and a.possible
        ) c
    """,
)

DIVERSIONS: Final = Statistic(
    name="diversions",
    title="Points of diversion",
    definition=(
        "Firearms of which it was established in the period where they left the lawful circuit, "
        "by a tracing request or otherwise. Each firearm counts once, by its newest finding, and "
        "by a traced one before any other; a request about a firearm that is not on record here "
        "counts as one. Home-made firearms that nobody established anything about are not here, "
        "though SDG indicator 16.4.2 counts their making."
    ),
    source="SDG 16.4.2, point of diversion; MOSAIC 05.31",
    unit="percent",
    numerator="firearms of which the circumstance is known",
    denominator="firearms of which a point of diversion was established",
    dimensions=(
        *("circumstance", "diverted_in", "diverted_year", "method", "authority"),
        *("year", "quarter", "month"),
    ),
    cases="""
        select distinct on (thing) thing, authority, occ, method, circumstance, diverted_in,
            diverted_year, 1 as n, null::float8 as days, 'unknown' as owner,
            circumstance <> 'unknown' as hit, case when not dated then 'undated' end as left_out
        from (
            select coalesce(p.state->>'firearm', 'trc.' || p.stream) as thing,
                p.iss as authority, p.occ, p.dated, p.method, p.idx,
                p.facts->>'circumstance' as circumstance, p.facts->>'country' as diverted_in,
                substr(p.facts->>'on', 1, 4) as diverted_year
            from point p where p.possible
            union all
            select 'arm.' || l.stream, l.iss, l.occ, l.dated, 'other', l.idx,
                l.facts->>'circumstance', l.facts->>'country', substr(l.facts->>'on', 1, 4)
            from life l
            where l.evt = 'firearm.point-of-diversion-established' and l.stands and l.possible
        ) found
        order by thing, dated desc, method = 'traced' desc, idx desc
    """,
)
