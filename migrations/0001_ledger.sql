-- SPDX-License-Identifier: Apache-2.0
-- The ledger's tables, roles, refusing triggers and its one append function
-- (spec/store.md 7.1 and 7.2). Runs as a superuser, or as the database's owner
-- with CREATEROLE, on PostgreSQL 15 to 18.

-- Roles belong to the whole server, so another ledger may have made them already.
do $$
declare
  wanted record;
begin
  for wanted in
    select * from (values ('ledger_owner', 'nologin'), ('ledger_api', 'login'),
                          ('ledger_reader', 'login'), ('ledger_projector', 'login')) w (name, login)
  loop
    begin
      if not exists (select from pg_catalog.pg_roles where rolname = wanted.name) then
        execute format('create role %I %s', wanted.name, wanted.login);
      end if;
    exception when duplicate_object or unique_violation then
      null;  -- another ledger's migration made it between the look and the leap
    end;
    -- An owner who is no superuser must be able to become each role: to hand over
    -- the objects below, and to connect with "-c role=" through one server URL.
    if not pg_has_role(current_user, wanted.name, 'usage') then
      execute format('grant %I to %I', wanted.name, current_user);
    end if;
  end loop;
end
$$;

create schema ledger authorization ledger_owner;
create schema vault authorization ledger_owner;
create schema projection authorization ledger_projector;

set local role ledger_owner;

create table ledger.event (
  idx    bigint primary key check (idx >= 0),          -- leaf index in the Merkle tree, gapless
  stream uuid not null,
  seq    bigint not null check (seq > 0),
  kind   text collate "C" not null,                    -- stable name and version: firearm.transferred/1
  iss    text collate "C" not null,
  jti    uuid not null,
  eid    bytea not null check (octet_length(eid) = 32),
  raw    bytea not null check (octet_length(raw) between 1 and 16384),  -- the exact signed bytes
  leaf   bytea not null check (octet_length(leaf) = 32),
  at     timestamptz not null default clock_timestamp(),
  unique (stream, seq),
  unique (iss, jti)
);

-- Who may sign is asked at every start, however long the log has grown.
create index event_registry on ledger.event (idx)
  where split_part(kind, '.', 1) in ('ledger', 'authority', 'key', 'role', 'alg');

create table ledger.event_ref (
  tag text collate "C" not null,
  idx bigint not null,
  primary key (tag, idx)
);

create table ledger.marking_claim (
  marking bytea primary key,
  stream  uuid not null,
  idx     bigint not null
);

create table ledger.tile (
  level  smallint not null check (level >= 0),         -- in units of four tree levels
  n      bigint not null check (n >= 0),
  hashes bytea not null check (octet_length(hashes) = 512),
  primary key (level, n)
);

create table ledger.head (
  one      bool primary key default true check (one),
  size     bigint not null check (size >= 0),
  frontier bytea not null,                             -- one hash for every bit set in size
  root     bytea not null check (octet_length(root) = 32),
  check (octet_length(frontier) = 32 * bit_count(size::bit(64)))
);
insert into ledger.head (size, frontier, root) values (0, '', sha256(''));

create table ledger.checkpoint (
  size bigint primary key check (size >= 0),
  note bytea not null,
  at   timestamptz not null default clock_timestamp()
);

create table ledger.migration (
  n      int primary key,
  name   text not null,
  sha256 bytea not null check (octet_length(sha256) = 32),
  at     timestamptz not null default clock_timestamp()
);

create table vault.disclosure (
  eid        bytea not null check (octet_length(eid) = 32),
  digest     bytea not null,
  hld        uuid not null,
  nonce      bytea not null check (octet_length(nonce) = 12),
  ciphertext bytea not null,
  primary key (eid, digest)
);
create index disclosure_hld on vault.disclosure (hld);

-- The eventsourcing library reads rows by these names.
create view ledger.stored_event as
  select stream as originator_id, seq as originator_version, kind as topic, raw as state,
         idx + 1 as notification_id
  from ledger.event;

create function ledger.deny() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception 'append-only: % on %.%', tg_op, tg_table_schema, tg_table_name
    using errcode = '42501';
end
$$;

create function ledger.only_forward() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if new.size <= old.size then
    raise exception 'append-only: the head cannot go from % to %', old.size, new.size
      using errcode = '42501';
  end if;
  return new;
end
$$;

-- ENABLE ALWAYS, so that session_replication_role = replica does not silence them.
do $$
declare
  log_table text;
begin
  foreach log_table in array
    array['event', 'event_ref', 'marking_claim', 'tile', 'checkpoint', 'migration']
  loop
    execute format('create trigger no_change before update or delete or truncate on ledger.%I
                    for each statement execute function ledger.deny()', log_table);
    execute format('alter table ledger.%I enable always trigger no_change', log_table);
  end loop;
end
$$;

create trigger one_row before insert or delete or truncate on ledger.head
  for each statement execute function ledger.deny();
create trigger only_forward before update on ledger.head
  for each row execute function ledger.only_forward();
alter table ledger.head enable always trigger one_row;
alter table ledger.head enable always trigger only_forward;

-- Erasure destroys keys and may later remove rows; changing one is never right.
create trigger no_change before update or truncate on vault.disclosure
  for each statement execute function ledger.deny();
alter table vault.disclosure enable always trigger no_change;

-- Appends one batch if the head is still (old_size, old_root); returns the new size.
-- tag_n and mark_n are 1-based event numbers inside the batch.
create function ledger.append(
  old_size bigint, old_root bytea, new_frontier bytea, new_root bytea,
  streams uuid[], seqs int8[], kinds text[], isses text[], jtis uuid[], eids bytea[],
  raws bytea[], leaves bytea[],
  tags text[], tag_n int4[],
  marks bytea[], mark_n int4[],
  tile_levels int2[], tile_ns int8[], tile_hashes bytea[],
  vault_eids bytea[], vault_digests bytea[], vault_hlds uuid[], vault_nonces bytea[],
  vault_ciphertexts bytea[]
) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  n constant int := cardinality(streams);
  refs constant int := cardinality(tags);
  claims constant int := cardinality(marks);
  tiles constant int := cardinality(tile_levels);
  sealed constant int := cardinality(vault_eids);
begin
  -- Whole arrays are compared, because a NULL array has no cardinality to compare.
  if n is null or n = 0
     or array[cardinality(seqs), cardinality(kinds), cardinality(isses), cardinality(jtis),
              cardinality(eids), cardinality(raws), cardinality(leaves)] is distinct from
        array[n, n, n, n, n, n, n]
     or refs is null or cardinality(tag_n) is distinct from refs
     or claims is null or cardinality(mark_n) is distinct from claims
     or tiles is null or array[cardinality(tile_ns), cardinality(tile_hashes)] is distinct from
        array[tiles, tiles]
     or sealed is null
     or array[cardinality(vault_digests), cardinality(vault_hlds), cardinality(vault_nonces),
              cardinality(vault_ciphertexts)] is distinct from
        array[sealed, sealed, sealed, sealed]
     or exists (select from unnest(tag_n || mark_n) x where x is null or x not between 1 and n)
  then
    raise exception 'bad batch' using errcode = '22023';
  end if;

  update ledger.head set size = old_size + n, frontier = new_frontier, root = new_root
    where size = old_size and root = old_root;
  if not found then
    raise exception 'stale head' using errcode = '40001';
  end if;

  insert into ledger.event (idx, stream, seq, kind, iss, jti, eid, raw, leaf)
    select old_size + o - 1, a, b, c, d, e, f, g, h
    from unnest(streams, seqs, kinds, isses, jtis, eids, raws, leaves)
         with ordinality u (a, b, c, d, e, f, g, h, o);
  if refs > 0 then
    insert into ledger.event_ref (tag, idx)
      select a, old_size + b - 1 from unnest(tags, tag_n) u (a, b);
  end if;
  if claims > 0 then
    insert into ledger.marking_claim (marking, stream, idx)
      select a, streams[b], old_size + b - 1 from unnest(marks, mark_n) u (a, b);
  end if;
  if tiles > 0 then
    insert into ledger.tile (level, n, hashes)
      select a, b, c from unnest(tile_levels, tile_ns, tile_hashes) u (a, b, c);
  end if;
  if sealed > 0 then
    insert into vault.disclosure (eid, digest, hld, nonce, ciphertext)
      select a, b, c, d, e
      from unnest(vault_eids, vault_digests, vault_hlds, vault_nonces, vault_ciphertexts)
           u (a, b, c, d, e);
  end if;

  perform pg_notify('stored_event', '');
  return old_size + n;
end
$$;

create function ledger.keep_checkpoint(size bigint, note bytea) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  insert into ledger.checkpoint (size, note) values ($1, $2) on conflict (size) do nothing;
$$;

revoke all on all functions in schema ledger from public;
grant usage on schema ledger to ledger_api, ledger_reader, ledger_projector;
grant select on all tables in schema ledger to ledger_api, ledger_reader, ledger_projector;
grant usage on schema vault to ledger_api;
grant select on vault.disclosure to ledger_api;
grant execute on function ledger.append, ledger.keep_checkpoint to ledger_api;

reset role;
