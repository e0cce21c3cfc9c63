-- SPDX-License-Identifier: Apache-2.0
-- Keys that officers made in their browsers and that wait for a proposal of the registry's
-- administrators. Public keys and proofs alone; the proposal itself is an event of the log.

set local role ledger_owner;

create table people.enrolment (
  kid     text collate "C" primary key check (kid ~ '^[A-Za-z0-9_-]{43}$'),
  officer people.officer not null,
  request text not null check (octet_length(request) between 1 and 4096),
  made_at people.seconds not null
);
create index enrolment_officer on people.enrolment (officer, made_at);

grant select, insert, delete on people.enrolment to ledger_people;

reset role;
