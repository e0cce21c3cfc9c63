-- A projection that an entry of the log stopped says at which one it stands and why, so that
-- the others go on and nobody takes its answers for complete.

set local role ledger_projector;

alter table projection.position add column stopped text;

reset role;
