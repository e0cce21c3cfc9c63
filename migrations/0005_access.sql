-- SPDX-License-Identifier: Apache-2.0
-- The access log: who was shown what, and who was refused (spec/envelope.md 7). Append-only and
-- hash-chained by its one append function; whole months leave it by rule, and by nothing else.
-- Beside it what several processes of the service share for a short time: nonces and quotas.

do $$
declare
  wanted text;
begin
  foreach wanted in array array['ledger_access', 'ledger_auditor']
  loop
    begin
      if not exists (select from pg_catalog.pg_roles where rolname = wanted) then
        execute format('create role %I login', wanted);
      end if;
    exception when duplicate_object or unique_violation then
      null;  -- another ledger's migration made it between the look and the leap
    end;
    if not pg_has_role(current_user, wanted, 'usage') then
      execute format('grant %I to %I', wanted, current_user);
    end if;
  end loop;
end
$$;

create schema access authorization ledger_owner;

set local role ledger_owner;

create table access.record (
  n      bigint primary key check (n >= 0),            -- gapless
  at     bigint not null,                              -- Unix seconds, as in the record itself
  raw    bytea not null check (octet_length(raw) between 1 and 16384),  -- RFC 8785
  digest bytea not null check (octet_length(digest) = 32)               -- over the one before it
);

create table access.head (
  one    bool primary key default true check (one),
  count  bigint not null check (count >= 0),           -- records ever written
  digest bytea not null check (octet_length(digest) = 32),
  first  bigint not null check (first between 0 and count),  -- the oldest that is kept
  kept   bytea not null check (octet_length(kept) = 32)      -- digest of the one before that
);
insert into access.head (count, digest, first, kept)
  select 0, genesis, 0, genesis from sha256('fle-access-1') genesis;

-- Records from this second on may not be erased: eighteen whole months and the present one.
create function access.kept_from() returns bigint
language sql stable set search_path = pg_catalog, pg_temp as $$
  select extract(epoch from
    (date_trunc('month', now() at time zone 'UTC') - interval '18 months') at time zone 'UTC'
  )::bigint
$$;

create function access.only_by_rule() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if old.at >= access.kept_from() then
    raise exception 'append-only: record % of the access log is kept', old.n
      using errcode = '42501';
  end if;
  return old;
end
$$;

create function access.only_forward() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if new.count < old.count or new.first < old.first then
    raise exception 'append-only: the head of the access log cannot go back'
      using errcode = '42501';
  end if;
  return new;
end
$$;

create trigger no_change before update or truncate on access.record
  for each statement execute function ledger.deny();
create trigger only_by_rule before delete on access.record
  for each row execute function access.only_by_rule();
alter table access.record enable always trigger no_change;
alter table access.record enable always trigger only_by_rule;

create trigger one_row before insert or delete or truncate on access.head
  for each statement execute function ledger.deny();
create trigger only_forward before update on access.head
  for each row execute function access.only_forward();
alter table access.head enable always trigger one_row;
alter table access.head enable always trigger only_forward;

-- Appends some records; gives how many were ever written. Whoever comes second waits for the
-- first one's commit, and goes on from its digest.
create function access.append(ats int8[], raws bytea[]) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  n constant int := cardinality(raws);
  size bigint;
  chained bytea;
begin
  if n is null or n = 0 or cardinality(ats) is distinct from n then
    raise exception 'bad batch' using errcode = '22023';
  end if;
  select h.count, h.digest into size, chained from access.head h for update;
  for i in 1..n loop
    chained := sha256('fle-access-1'::bytea || '\x00'::bytea || chained || raws[i]);
    insert into access.record (n, at, raw, digest) values (size + i - 1, ats[i], raws[i], chained);
  end loop;
  update access.head set count = size + n, digest = chained;
  return size + n;
end
$$;

-- Erases what was recorded before a month that is past the rule; `raw` is the record that says so,
-- and `upto` and `kept` are what it says: the oldest record that stays, and the digest before it.
create function access.cut(before bigint, upto bigint, kept bytea, at bigint, raw bytea)
returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  head access.head;
begin
  if before > access.kept_from() then
    raise exception 'the rule keeps records from before that' using errcode = '42501';
  end if;
  select h.* into head from access.head h for update;
  if upto <= head.first
     or upto is distinct from coalesce(
       (select r.n from access.record r where r.at >= cut.before order by r.n limit 1), head.count)
     or kept is distinct from (select r.digest from access.record r where r.n = upto - 1)
  then
    raise exception 'stale cut' using errcode = '40001';
  end if;
  perform access.append(array[cut.at], array[cut.raw]);
  delete from access.record r where r.n < upto;
  update access.head set first = upto, kept = cut.kept;
  return upto - head.first;
end
$$;

-- Nonces of signed requests. They matter for a minute, so that a crash may lose them.
create unlogged table access.nonce (
  kid     text collate "C" not null,
  nonce   text collate "C" not null,
  expires bigint not null,
  primary key (kid, nonce)
);
create index nonce_expires on access.nonce (expires);

-- Takes nonces and gives those that nobody had taken before; forgets some that expired.
create function access.take_nonces(kids text[], nonces text[], expiries int8[], forget bigint)
returns table (kid text, nonce text)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  delete from access.nonce where ctid = any(array(
    select o.ctid from access.nonce o where o.expires < forget order by o.expires limit 500
    for update skip locked));
  return query
    insert into access.nonce as taken (kid, nonce, expires)
    select a, b, c from unnest(kids, nonces, expiries) u (a, b, c) order by a, b
    on conflict do nothing
    returning taken.kid, taken.nonce;
end
$$;

-- Quotas that count across processes and restarts: one bucket a name, refilled over time.
create unlogged table access.bucket (
  name   text collate "C" primary key,
  tokens float8 not null,
  at     float8 not null                               -- Unix seconds
);
create index bucket_at on access.bucket (at);

-- Takes `cost` tokens from every named bucket, or none at all: gives the seconds to wait, or 0.
-- A bucket that nobody has touched since `forget` is full, and forgotten.
create function access.spend(
  names text[], capacities float8[], refills float8[], cost float8, at float8, forget float8
) returns float8
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  wait float8;
begin
  delete from access.bucket where ctid = any(array(
    select o.ctid from access.bucket o where o.at < forget order by o.at limit 500
    for update skip locked));
  insert into access.bucket (name, tokens, at)
    select a, b, spend.at from unnest(names, capacities) u (a, b) order by a
    on conflict do nothing;
  perform from access.bucket b where b.name = any(names) order by b.name for update;
  select max((cost - least(u.c, b.tokens + greatest(0, spend.at - b.at) * u.r)) / u.r) into wait
    from unnest(names, capacities, refills) u (n, c, r) join access.bucket b on b.name = u.n;
  if wait > 0 then
    return wait;
  end if;
  update access.bucket b
    set tokens = least(u.c, b.tokens + greatest(0, spend.at - b.at) * u.r) - cost,
        at = greatest(b.at, spend.at)
    from unnest(names, capacities, refills) u (n, c, r) where b.name = u.n;
  return 0;
end
$$;

revoke all on all functions in schema access from public;
grant usage on schema access to ledger_access, ledger_auditor, ledger_api;
grant execute on function access.append to ledger_access;
grant execute on function access.cut, access.kept_from to ledger_auditor;
grant select on access.record, access.head to ledger_auditor;
grant execute on function access.take_nonces, access.spend to ledger_api;

reset role;
