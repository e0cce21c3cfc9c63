-- SPDX-License-Identifier: Apache-2.0
-- The vault learns to find and to forget (envelope specification, section 6): a keyed digest
-- beside each disclosed document number, the deletion of what an approved erasure names, and the
-- memory of what was erased, which a restored backup is held to.

do $$
begin
  begin
    if not exists (select from pg_catalog.pg_roles where rolname = 'ledger_eraser') then
      create role ledger_eraser login;
    end if;
  exception when duplicate_object or unique_violation then
    null;  -- another ledger's migration made it between the look and the leap
  end;
  if not pg_has_role(current_user, 'ledger_eraser', 'usage') then
    execute format('grant ledger_eraser to %I', current_user);
  end if;
end
$$;

set local role ledger_owner;

alter table vault.disclosure add column mac bytea check (octet_length(mac) = 32);
create index disclosure_mac on vault.disclosure (mac) where mac is not null;

create table vault.erased_holding (
  hld    uuid primary key,
  stream uuid not null                                 -- the erasure by which it was erased
);
create table vault.erased_event (
  eid    bytea primary key check (octet_length(eid) = 32),
  stream uuid not null
);

-- Up to which entry every erasure is carried out in this database; a backup brings its own along.
create table vault.forgotten (
  one  bool primary key default true check (one),
  size bigint not null check (size >= 0)
);
insert into vault.forgotten (size) values (0);

create index event_erasure on ledger.event (kind, idx) where split_part(kind, '.', 1) = 'erasure';

do $$
declare
  kept text;
begin
  foreach kept in array array['erased_holding', 'erased_event'] loop
    execute format('create trigger no_change before update or delete or truncate on vault.%I
                    for each statement execute function ledger.deny()', kept);
    execute format('alter table vault.%I enable always trigger no_change', kept);
  end loop;
end
$$;

create function vault.octets(base64url text) returns bytea
language sql immutable strict set search_path = pg_catalog, pg_temp as $$
  select decode(
    translate(base64url, '-_', '+/') || repeat('=', (4 - length(base64url) % 4) % 4), 'base64')
$$;

create function vault.data_of(jws bytea) returns jsonb
language sql immutable strict set search_path = pg_catalog, pg_temp as $$
  select convert_from(vault.octets(split_part(convert_from(jws, 'UTF8'), '.', 2)), 'UTF8')::jsonb
         -> 'dat'
$$;

-- Deletes what an erasure names that the log says was approved; returns how many disclosures.
-- It waits for the append under way, and the next one waits for it: none slips in between.
create function vault.erase(erasure uuid) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  proposal jsonb;
  holdings uuid[];
  eids bytea[];
  gone bigint;
begin
  perform from ledger.head for update;
  select vault.data_of(p.raw) into proposal
    from ledger.event a
    join ledger.event p on p.stream = a.stream
                       and p.eid = vault.octets(vault.data_of(a.raw) ->> 'target')
    where a.stream = erasure
      and split_part(a.kind, '/', 1) = 'erasure.approved'
      and split_part(p.kind, '/', 1) = 'erasure.proposed'
    limit 1;
  if proposal is null then
    raise exception 'no approved erasure %', erasure using errcode = '42501';
  end if;
  select array_agg(split_part(h, '.', 2)::uuid) into holdings
    from jsonb_array_elements_text(proposal -> 'holdings') h;
  select array_agg(vault.octets(e)) into eids
    from jsonb_array_elements_text(proposal -> 'events') e;
  insert into vault.erased_holding (hld, stream)
    select h, erasure from unnest(holdings) h on conflict do nothing;
  insert into vault.erased_event (eid, stream)
    select e, erasure from unnest(eids) e on conflict do nothing;
  delete from vault.disclosure where hld = any(holdings) or eid = any(eids);
  get diagnostics gone = row_count;
  return gone;
end
$$;

-- Remembers that every erasure of the first entries of the log is carried out here.
create function vault.advance(entries bigint) returns bigint
language sql security definer set search_path = pg_catalog, pg_temp as $$
  update vault.forgotten set size = greatest(size, entries) returning size
$$;

drop function ledger.append(
  bigint, bytea, bytea, bytea,
  uuid[], int8[], text[], text[], uuid[], bytea[], bytea[], bytea[],
  text[], int4[],
  bytea[], int4[],
  int2[], int8[], bytea[],
  bytea[], bytea[], uuid[], bytea[], bytea[]
);

-- Appends one batch if the head is still (old_size, old_root); returns the new size.
-- tag_n and mark_n are 1-based event numbers inside the batch; an empty vault_macs is none.
-- What a batch discloses about a holding that was erased meanwhile is forgotten at once.
create function ledger.append(
  old_size bigint, old_root bytea, new_frontier bytea, new_root bytea,
  streams uuid[], seqs int8[], kinds text[], isses text[], jtis uuid[], eids bytea[],
  raws bytea[], leaves bytea[],
  tags text[], tag_n int4[],
  marks bytea[], mark_n int4[],
  tile_levels int2[], tile_ns int8[], tile_hashes bytea[],
  vault_eids bytea[], vault_digests bytea[], vault_hlds uuid[], vault_nonces bytea[],
  vault_ciphertexts bytea[], vault_macs bytea[]
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
              cardinality(vault_ciphertexts), cardinality(vault_macs)] is distinct from
        array[sealed, sealed, sealed, sealed, sealed]
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
    insert into vault.disclosure (eid, digest, hld, nonce, ciphertext, mac)
      select a, b, c, d, e, nullif(f, '')
      from unnest(vault_eids, vault_digests, vault_hlds, vault_nonces, vault_ciphertexts,
                  vault_macs) u (a, b, c, d, e, f)
      where not exists (select from vault.erased_holding x where x.hld = c);
  end if;

  perform pg_notify('stored_event', '');
  return old_size + n;
end
$$;

revoke all on all functions in schema ledger, vault from public;
grant execute on function ledger.append to ledger_api;
grant usage on schema ledger, vault to ledger_eraser;
grant select on all tables in schema ledger to ledger_eraser;
grant select on vault.erased_holding, vault.erased_event, vault.forgotten
  to ledger_api, ledger_eraser;
grant execute on function vault.erase, vault.advance to ledger_eraser;

reset role;
