-- SPDX-License-Identifier: Apache-2.0
-- Webhooks: who is told about new entries of the log, how far each has been told, and what
-- could not be delivered. The feed stays the contract; this is a convenience on top of it.

-- Roles belong to the whole server, so another ledger may have made it already.
do $$
begin
  begin
    if not exists (select from pg_catalog.pg_roles where rolname = 'ledger_notices') then
      create role ledger_notices login;
    end if;
  exception when duplicate_object or unique_violation then
    null;  -- another ledger's migration made it between the look and the leap
  end;
  if not pg_has_role(current_user, 'ledger_notices', 'usage') then
    execute format('grant ledger_notices to %I', current_user);
  end if;
end
$$;

create schema notices authorization ledger_owner;

set local role ledger_owner;

create table notices.subscription (
  id            uuid primary key,
  authority     text collate "C" not null,
  kid           text collate "C" not null,            -- the key that asked for it
  url           text collate "C" not null check (octet_length(url) <= 2048),
  kinds         text[] not null check (cardinality(kinds) <= 64),  -- none: every kind
  secret        bytea not null check (octet_length(secret) = 60),  -- AES-256-GCM: nonce, text, tag
  position      bigint not null check (position >= 0),  -- the next index that is looked at
  seen          bytea check (octet_length(seen) = 32),  -- event id of the entry before it
  made_at       bigint not null check (made_at >= 0),
  failing_since bigint,
  disabled_at   bigint
);
create index subscription_authority on notices.subscription (authority, made_at);

-- A row is there while its notices are not delivered.
create table notices.delivery (
  id           bigint generated always as identity primary key,
  subscription uuid not null references notices.subscription on delete cascade,
  first        bigint not null check (first >= 0),
  last         bigint not null check (last >= first),
  body         bytea not null check (octet_length(body) <= 131072),
  attempts     int not null default 0,
  due_at       bigint,                                -- none once it is given up
  problem      text collate "C"
);
create index delivery_due on notices.delivery (subscription, due_at);

grant usage on schema ledger to ledger_notices;
grant select on ledger.event, ledger.head to ledger_notices;
grant usage on schema notices to ledger_notices;
grant select, insert, update, delete on notices.subscription, notices.delivery to ledger_notices;

reset role;
