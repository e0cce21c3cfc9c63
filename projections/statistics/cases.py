# SPDX-License-Identifier: Apache-2.0
"""The views that cases are read from: the rows of lives and records, as known at a position.

Parameters: ``size``, the number of log entries that are known; ``start`` and ``end``, the first
second of the period and the first one after it; ``own``, the States whose authorities keep the
ledger. A view that a statistic does not name costs nothing.
"""

from __future__ import annotations

from typing import Final, LiteralString

LIFE: Final = """
life as not materialized (
    select l.*,
        coalesce(l.facts->>'place.region', l.facts->>'jur', l.facts->>'country', l.country,
                 'unknown') as region,
        case when l.kind = 'pistol' and l.action = 'revolver' then 'revolver'
             else coalesce(nullif(l.kind, 'unknown'), l.facts->>'described.kind', 'unknown')
        end as type,
        case when l.facts->>'owner_status' = 'force_owned' then 'government'
             when l.facts->>'owner_status' = 'not_force_owned' then 'not_government'
             when l.holder = 'state_stock' then 'government'
             when l.holder in ('unknown', 'none') then 'unknown'
             else 'not_government' end as owner,
        coalesce(l.made_in, 'unknown') as made_in_country,
        l.occ_from >= %(start)s::bigint and l.occ_to < %(end)s::bigint as dated,
        l.occ_from < %(end)s::bigint and l.occ_to >= %(start)s::bigint as possible
    from projection.life l
    where l.known_from < %(size)s::bigint
      and (l.known_to is null or l.known_to >= %(size)s::bigint)
)"""
"""Entries of firearms, with where it was, which type it is and whose."""

RECORD: Final = """
record as not materialized (
    select r.*,
        r.occ_from >= %(start)s::bigint and r.occ_to < %(end)s::bigint as dated,
        r.occ_from < %(end)s::bigint and r.occ_to >= %(start)s::bigint as possible
    from projection.record r
    where r.known_from < %(size)s::bigint
      and (r.known_to is null or r.known_to >= %(size)s::bigint)
)"""
"""Entries of every other record."""

HAND: Final = """
hand as (
    select l.stream, l.idx, l.place as at, l.iss as authority, l.occ_from, l.occ_to, l.dated,
        l.occ, l.type, l.owner, l.made_in_country as made_in, l.marks, l.region,
        left(l.region, 2) as country, l.facts->>'case_no' as case_no,
        substr(l.evt, length('firearm.') + 1) as apprehension,
        coalesce(l.facts->>'ground', 'not_stated') as ground,
        coalesce(l.facts->>'proceeding', 'not_stated') as proceeding,
        coalesce(l.facts->>'condition', 'not_stated') as condition,
        coalesce(l.facts->>'place.kind', 'not_stated') as place,
        coalesce(l.facts->>'declared_origin', 'not_stated') as declared_origin,
        coalesce((select string_agg(each, ' + ' order by each)
                  from jsonb_array_elements_text(l.facts->'crimes') each), 'not_stated') as crimes,
        case when l.marks in ('unmarked', 'partly_obliterated', 'obliterated') then 'no'
             when l.marks = 'unknown' then 'unknown' else 'yes' end as marked
    from life l
    where l.evt in ('firearm.seized', 'firearm.found', 'firearm.surrendered')
      and l.stands and l.possible
)"""
"""Every time that a firearm came to hand in the period, or may have."""

SALE: Final = """
sale as not materialized (
    select l.stream, l.place as at, l.occ_from, l.occ_to from life l
    where l.stands and l.evt in
        ('firearm.transferred', 'firearm.dealer-disposed', 'firearm.released-to-civilian')
)"""
"""Hand-overs to whoever is to have a firearm."""

LAWFUL: Final = """
lawful as not materialized (
    select l.stream, l.place as at, l.region from life l
    where l.stands and l.evt in
        ('firearm.transferred', 'firearm.dealer-acquired', 'firearm.dealer-disposed',
         'firearm.receipt-confirmed', 'firearm.released-to-civilian', 'firearm.inherited',
         'firearm.stock-issued', 'firearm.stock-received', 'firearm.returned-to-owner',
         'firearm.imported')
)"""
"""Hand-overs by which a firearm lawfully came to a place."""

REQUEST: Final = """
request as (
    select distinct on (r.stream) r.stream, r.state->>'firearm' as firearm, r.status,
        r.state->>'outcome' as outcome, r.state->>'reason' as reason
    from record r where r.subject = 'trc' order by r.stream, r.place desc
),
point as (
    select distinct on (r.stream) r.*, r.facts->>'method' as method
    from record r where r.evt = 'trace.point-of-diversion-established'
    order by r.stream, r.place desc
)"""
"""Where each tracing request stands, and the newest point of diversion that it found."""

ALL: Final[tuple[LiteralString, ...]] = (LIFE, RECORD, HAND, SALE, LAWFUL, REQUEST)
"""Every view, in an order in which they can be read."""
