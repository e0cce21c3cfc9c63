-- Where projections note how far they have read, and the extension that searches parts of
-- texts (spec/store.md 4.3 and 7.1). The projections' own tables are not made here: each can
-- be dropped and built anew from the log by the role that owns this schema.

-- Already there on a server where somebody made it for this database in another schema.
create extension if not exists pg_trgm schema projection;

grant usage on schema projection to ledger_api, ledger_reader;

set local role ledger_projector;

alter default privileges in schema projection grant select on tables to ledger_api, ledger_reader;

create table projection.position (
  name    text collate "C" primary key,
  version int not null,
  size    bigint not null check (size >= 0)            -- number of log entries folded
);

reset role;
