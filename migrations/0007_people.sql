-- SPDX-License-Identifier: Apache-2.0
-- Who logs in: sessions, passkeys and what ties a log-in to an officer. No name, address or
-- number of a person is kept here, and no secret: only digests of the secrets that browsers
-- hold, and public keys.

-- Roles belong to the whole server, so another ledger may have made it already.
do $$
begin
  begin
    if not exists (select from pg_catalog.pg_roles where rolname = 'ledger_people') then
      create role ledger_people login;
    end if;
  exception when duplicate_object or unique_violation then
    null;  -- another ledger's migration made it between the look and the leap
  end;
  if not pg_has_role(current_user, 'ledger_people', 'usage') then
    execute format('grant ledger_people to %I', current_user);
  end if;
end
$$;

create schema people authorization ledger_owner;

set local role ledger_owner;

create domain people.digest as bytea check (octet_length(value) = 32);
create domain people.officer as text collate "C" check (value ~ '^off\.[0-9a-f-]{36}$');
create domain people.seconds as bigint check (value >= 0);

-- The subject is HMAC-SHA-256 under the key of the service: a list of subjects finds nobody.
create table people.binding (
  issuer  text collate "C" not null check (octet_length(issuer) between 1 and 1024),
  subject people.digest not null,
  officer people.officer not null,
  made_at people.seconds not null,
  primary key (issuer, subject)
);
create index binding_officer on people.binding (officer);

create table people.invitation (
  code       people.digest primary key,
  officer    people.officer not null,
  expires_at people.seconds not null
);

create table people.passkey (
  id         bytea primary key check (octet_length(id) between 16 and 1023),
  officer    people.officer not null,
  public_key bytea not null check (octet_length(public_key) between 32 and 1024),  -- COSE
  sign_count bigint not null check (sign_count between 0 and 4294967295),
  synced     bool not null,
  made_at    people.seconds not null,
  used_at    people.seconds not null
);
create index passkey_officer on people.passkey (officer);

create table people.session (
  id            people.digest primary key,
  officer       people.officer not null,
  way           text collate "C" not null check (way in ('oidc', 'passkey')),
  since_index   bigint not null check (since_index >= 0),  -- a stop of the officer's keys from here on ends it
  born_at       people.seconds not null,
  used_at       people.seconds not null,
  fresh_at      people.seconds,  -- when the person last proved any factor
  stepped_up_at people.seconds   -- when it was one that is good enough to sign by
);
create index session_officer on people.session (officer, born_at);
create index session_born on people.session (born_at);

-- What a browser has begun: a log-in, a step-up, a registration. Taken once, by deleting it.
create table people.ceremony (
  id         people.digest primary key,
  purpose    text collate "C" not null,
  officer    people.officer,
  session    people.digest,
  invitation people.digest,
  expires_at people.seconds not null
);
create index ceremony_expires on people.ceremony (expires_at);

-- Evidence beside high-impact events; whoever audits verifies it with the public key beside it.
create table people.approval (
  eid                people.digest primary key,
  officer            people.officer not null,
  public_key         bytea not null,  -- SubjectPublicKeyInfo
  authenticator_data bytea not null,
  client_data        bytea not null,
  signature          bytea not null,
  at                 people.seconds not null
);
create trigger no_change before update or delete or truncate on people.approval
  for each statement execute function ledger.deny();
alter table people.approval enable always trigger no_change;

grant usage on schema people to ledger_people;
grant select, insert, delete on people.binding, people.invitation, people.ceremony to ledger_people;
grant select, insert, update, delete on people.passkey, people.session to ledger_people;
grant select, insert on people.approval to ledger_people;

reset role;
