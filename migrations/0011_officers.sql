-- SPDX-License-Identifier: Apache-2.0
-- The erasure of an officer forgets the log-in, too: what a person logs in with is kept no longer
-- than the name. Evidence beside events (people.approval) stays, since it proves them and names
-- an opaque officer. A restored backup forgets again, as with everything that is erased.

set local role ledger_owner;

-- Deletes what an officer logs in with and made up to a time; what is newer belongs to somebody
-- who came back into service.
create function people.forget(whom text, made_until bigint) returns void
language sql set search_path = pg_catalog, pg_temp as $$
  delete from people.session where officer = whom and born_at <= made_until;
  delete from people.ceremony where officer = whom and expires_at <= made_until;
  delete from people.invitation where officer = whom and expires_at <= made_until;
  delete from people.binding where officer = whom and made_at <= made_until;
  delete from people.passkey where officer = whom and made_at <= made_until;
  delete from people.enrolment where officer = whom and made_at <= made_until;
$$;
revoke all on function people.forget from public;

create function vault.signed_at(jws bytea) returns bigint
language sql immutable strict set search_path = pg_catalog, pg_temp as $$
  select (convert_from(vault.octets(split_part(convert_from(jws, 'UTF8'), '.', 2)), 'UTF8')::jsonb
          ->> 'iat')::bigint
$$;
revoke all on function vault.signed_at from public;

-- As in version 0006, and the log-in of an officer besides.
create or replace function vault.erase(erasure uuid) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  proposal jsonb;
  signed_at bigint;
  holdings uuid[];
  eids bytea[];
  gone bigint;
begin
  perform from ledger.head for update;
  select vault.data_of(p.raw), vault.signed_at(p.raw) into proposal, signed_at
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
  if proposal ->> 'record' like 'off.%' then
    perform people.forget(proposal ->> 'record', signed_at);
  end if;
  return gone;
end
$$;

reset role;
